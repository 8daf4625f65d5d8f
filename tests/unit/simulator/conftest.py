# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters at the points of their life from which tests start."""

from __future__ import annotations

import pytest
from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import hosted_cluster, node_pool, pull_secret

CREATED = 300.0
INSTALLED = 900.0


@pytest.fixture(params=["full", "light"])
def hub(request: pytest.FixtureRequest) -> FakeManagementCluster:
    return FakeManagementCluster(full=request.param == "full")


@pytest.fixture
def requested(hub: FakeManagementCluster) -> FakeManagementCluster:
    """A hosted cluster with a pool of two, just created."""
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster())
    hub.create(node_pool())
    return hub


@pytest.fixture
def installed(requested: FakeManagementCluster) -> FakeManagementCluster:
    requested.run(INSTALLED)
    return requested
