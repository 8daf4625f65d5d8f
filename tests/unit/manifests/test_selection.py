# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names and selectors that match nothing are said; a server without HyperShift is told from one without hosted clusters."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_absent import HostedClusterAbsent
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_info import HostedClusterInfo
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._manifests.selection import installed_ones
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.reading import hosted_names
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool import NodePool
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool_info import NodePoolInfo

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, live_pool, options


class Elsewhere(MemoryHub):
    """An API server that does not serve HyperShift."""

    def __init__(self, code: str = "not_installed") -> None:
        super().__init__()
        self._code = code

    def list(self, *arguments: Any, **named: Any) -> Any:
        raise ApiError(Failure(self._code, "HyperShift is not served here"), 404)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({}, ""),
        ({"name": ["demo"]}, ""),
        ({"name": ["demmo"], "namespace": "clusters"}, "No hosted cluster is called demmo in namespace clusters."),
        ({"name": ["demo", "x", "y"]}, "No hosted cluster is called x, y."),
        ({"label_selectors": ["tier=gld"]}, "No hosted cluster has the labels tier=gld."),
        ({"name": ["demo"], "label_selectors": ["tier=gld"]}, "No hosted cluster is called demo with labels tier=gld."),
    ],
)
def test_what_matches_nothing_is_said(given: dict[str, Any], note: str) -> None:
    hub = MemoryHub(live_cluster())
    result = run(HostedClusterInfo(hub, options("hosted_cluster_info", **given)), hub, False, lambda line: None)
    assert result.get("notes", []) == ([note] if note else []) and result["changed"] is False


def test_node_pools_likewise() -> None:
    hub = MemoryHub(live_pool())
    result = run(NodePoolInfo(hub, options("nodepool_info", name=["other"])), hub, False, lambda line: None)
    assert result["notes"] == ["No node pool is called other."] and result["node_pools"] == []


def test_removing_a_wrong_name_says_so_and_what_is_there() -> None:
    hub = MemoryHub(live_cluster())
    given = options("hosted_cluster", name="dmeo", state="absent")
    result = run(HostedClusterAbsent(hub, given), hub, False, lambda line: None)
    assert result["notes"] == ["HostedCluster clusters/dmeo does not exist, so no hosted cluster is removed. There: demo."]
    assert result["changed"] is False and hub.writes == []
    pool = run(NodePool(hub, options("nodepool", name="other", state="absent")), hub, False, lambda line: None)
    assert pool["notes"] == ["NodePool clusters/other does not exist, so no node pool is removed."]


def test_before_an_installation_there_are_none() -> None:
    assert installed_ones(Elsewhere()) == [] and hosted_names(Elsewhere()) == []
    with pytest.raises(ApiError):
        installed_ones(Elsewhere("unexpected_answer"))
