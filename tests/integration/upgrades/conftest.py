# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hub of its own for campaigns: many hosted clusters, without the workloads of their control planes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from embedded_hub import EmbeddedHub
from playing import USER, Player
from upgrades.campaign import Campaigns

SPEED = 600


@pytest.fixture(scope="package")
def fleet_hub() -> Iterator[EmbeddedHub]:
    running = EmbeddedHub.up(name="test-fleet", crds=os.environ.get("HYPERSHIFT_TEST_CRDS", "auto"), speed=SPEED, profile="light")
    try:
        yield running
    finally:
        running.down()


@pytest.fixture(scope="package")
def campaigns(fleet_hub: EmbeddedHub) -> Campaigns:
    return Campaigns(Player(fleet_hub, fleet_hub.user_kubeconfig(USER, ["system:masters"]), limit=1200))
