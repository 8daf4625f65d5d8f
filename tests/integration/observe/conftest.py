# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hosted cluster for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from embedded_hub import EmbeddedHub
from observe.console import Console
from observe.stage import Accounts, Stage


@pytest.fixture(scope="package")
def stage(hub: EmbeddedHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(hub, tmp_path_factory.mktemp("logs"))
    stage.up()
    yield stage
    stage.down()


@pytest.fixture(scope="package")
def console() -> Iterator[Console]:
    """A hub of its own with the engine and the add-on, which sets the operator's flags."""
    hub = EmbeddedHub.up(name="test-observe", crds=os.environ.get("HYPERSHIFT_TEST_CRDS", "auto"), speed=600, profile="light", empty=True)
    try:
        console = Console(hub)
        console.up()
        yield console
    finally:
        hub.down()


@pytest.fixture(scope="package")
def accounts(stage: Stage) -> Accounts:
    return Accounts(stage)
