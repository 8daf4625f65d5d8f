# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stands in for a management cluster where a module needs none. Private to hypershift.core."""

from __future__ import annotations

from typing import Any, NoReturn

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._process.surroundings import Surroundings


class NoCluster(Surroundings):
    """The clock and the random source of the Hub port; everything else is a defect of ours."""

    server = ""

    def __getattr__(self, name: str) -> Any:
        def refuse(*_arguments: Any, **_named: Any) -> NoReturn:
            raise HypershiftError(Failure("internal", f"a module without a management cluster asked one for {name}"))

        return refuse
