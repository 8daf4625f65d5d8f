# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hub of its own, on which nothing is installed: OLM, the multicluster engine and its add-on are simulated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub
from ground.ground import Ground
from playing import USER

SPEED = 120


@pytest.fixture(scope="package")
def ground_hub() -> Iterator[EmbeddedHub]:
    running = EmbeddedHub.up(
        name="test-ground", crds=os.environ.get("HYPERSHIFT_TEST_CRDS", "auto"), speed=SPEED, profile="light", empty=True
    )
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="package")
def everything(ground_hub: EmbeddedHub) -> Path:
    return ground_hub.user_kubeconfig(USER, ["system:masters"])


@dataclass
class Standing:
    """What the tests of this package, in whatever order, have left standing on the hub."""

    installed: bool = False


@pytest.fixture(scope="package")
def standing() -> Standing:
    return Standing()


@pytest.fixture
def cleared(ground_hub: EmbeddedHub, everything: Path, standing: Standing) -> None:
    """An OpenShift on which nothing is installed, whichever test was before."""
    if standing.installed:
        Ground(ground_hub, everything, True).reset()
        standing.installed = False


@pytest.fixture(params=["in_process", "module"])
def both(request: pytest.FixtureRequest, ground_hub: EmbeddedHub, everything: Path, cleared: None) -> Ground:
    """Both execution paths."""
    return Ground(ground_hub, everything, request.param == "in_process")


@pytest.fixture
def ground(ground_hub: EmbeddedHub, everything: Path, cleared: None) -> Ground:
    return Ground(ground_hub, everything, True)


@pytest.fixture
def bare(ground: Ground) -> Iterator[Ground]:
    """An OpenShift, and again afterwards, whatever has happened in between."""
    yield ground
    ground.reset()


@pytest.fixture
def installed(ground_hub: EmbeddedHub, everything: Path, standing: Standing) -> Ground:
    """With the engine and the add-on; tests leave it as they found it, or install what they have removed."""
    ground = Ground(ground_hub, everything, True)
    if not standing.installed:
        standing.installed = True  # in part, should the installation fail
        ground.play(ground.engine(channel="stable-2.10"), ground.task("hypershift_addon")).ok()
    return ground
