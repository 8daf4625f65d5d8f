# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._kernel.text import likely


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(
        self,
        terms: list[Any],
        variables: Mapping[str, Any] | None = None,
        prefix: str = "",
        others: Iterable[str] = (),
        **_named: Any,
    ) -> list[str]:
        if not prefix:
            raise AnsibleLookupError("unknown_variables needs prefix: how the names of the role or playbook begin.")
        known = {name for path in terms for name in _names_in(str(path), prefix)}
        return [_sentence(name, prefix, known) for name in unknown_names(variables or {}, known, prefix, others)]


def unknown_names(variables: Mapping[str, Any], known: set[str], prefix: str, others: Iterable[str] = ()) -> list[str]:
    """Names that begin with prefix and are not known, sorted."""
    elsewhere = tuple(others)
    return sorted(
        name
        for name in variables
        if name.startswith(prefix)
        and name not in known
        and not name.endswith("_result")
        and not (elsewhere and name.startswith(elsewhere))
        and not _is_result(variables[name])
    )


def _is_result(value: Any) -> bool:
    return isinstance(value, Mapping) and "changed" in value


def _names_in(path: str, prefix: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return re.findall(rf"\b{re.escape(prefix)}\w+", file.read())
    except OSError as error:
        raise AnsibleLookupError(f"unknown_variables cannot read {path}: {error.strerror}.") from None


def _sentence(name: str, prefix: str, known: set[str]) -> str:
    meant = likely(name.removeprefix(prefix), [k.removeprefix(prefix) for k in known])  # all begin alike
    step = (
        f"did you mean {prefix}{meant}?" if meant else f"correct it, or call a variable of your own without {prefix}."
    )
    return f"Variable {name} is known to nobody and would be ignored: {step}"
