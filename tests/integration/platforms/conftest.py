# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One stage for all tests of platforms, on a hub of their own: hosted clusters of others would count among those that a platform carries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub
from platforms.stage import Stage
from playing import USER, Admin

SPEED = 600


@pytest.fixture(scope="package")
def hub() -> Iterator[EmbeddedHub]:
    running = EmbeddedHub.up(name="test-platforms", crds=os.environ.get("HYPERSHIFT_TEST_CRDS", "auto"), speed=SPEED, profile="light")
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="package")
def admin(hub: EmbeddedHub) -> Admin:
    return Admin(hub)


@pytest.fixture(scope="package")
def kubeconfig(hub: EmbeddedHub) -> Path:
    return hub.user_kubeconfig(USER, ["system:masters"])


@pytest.fixture(scope="package")
def stage(hub: EmbeddedHub) -> Iterator[Stage]:
    stage = Stage(hub)
    stage.up()
    yield stage
    stage.down()
