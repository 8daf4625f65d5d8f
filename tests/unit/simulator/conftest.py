# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters at the points of their life from which tests start."""

from __future__ import annotations

import copy
from functools import cache

import pytest

from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import hosted_cluster, node_pool, pull_secret


def _requested(profile: str) -> FakeManagementCluster:
    hub = FakeManagementCluster(full=profile == "full")
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster())
    hub.create(node_pool())
    return hub


@cache
def _installed(profile: str) -> FakeManagementCluster:
    # Made once and copied: an installation is a few hundred rounds of the loop.
    hub = _requested(profile)
    hub.run(900)
    hub.writes.clear()
    return hub


@pytest.fixture(params=["full", "light"])
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def hub(profile: str) -> FakeManagementCluster:
    return FakeManagementCluster(full=profile == "full")


@pytest.fixture
def requested(profile: str) -> FakeManagementCluster:
    """A hosted cluster with a pool of two, just created."""
    return _requested(profile)


@pytest.fixture
def installed(profile: str) -> FakeManagementCluster:
    """The same, installed and at rest."""
    return copy.deepcopy(_installed(profile))


@pytest.fixture
def installed_light() -> FakeManagementCluster:
    """For what does not depend on the workloads."""
    return copy.deepcopy(_installed("light"))


@pytest.fixture
def installed_full() -> FakeManagementCluster:
    return copy.deepcopy(_installed("full"))
