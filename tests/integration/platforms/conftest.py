# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One stage for all tests of platforms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded_hub import EmbeddedHub
from platforms.stage import Stage


@pytest.fixture(scope="session")
def stage(hub: EmbeddedHub) -> Iterator[Stage]:
    stage = Stage(hub)
    stage.up()
    yield stage
    stage.down()
