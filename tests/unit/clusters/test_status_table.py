# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The status table, from summaries of real-looking objects."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.hypershift.core.plugins.filter.status_table import to_status_table
from ansible_collections.hypershift.core.plugins.module_utils._health.summaries import summarize_hosted_cluster
from ansible_collections.hypershift.core.plugins.module_utils._kernel.text import aligned

from builders.memory_hub import START
from builders.objects import conditions, live_cluster, live_pool


def test_one_line_per_cluster_with_versions_nodes_health_and_pause() -> None:
    cluster = live_cluster()
    cluster["spec"]["pausedUntil"] = "true"
    cluster["status"]["conditions"] = conditions(ReconciliationActive="False/ReconciliationPaused")
    cluster["metadata"]["annotations"] = {"hypershift.core/paused-by": "storage"}
    summary = summarize_hosted_cluster(cluster, now=START, node_pools=[live_pool(), live_pool(name="two", nodes=3)])
    header, line = to_status_table({"hosted_clusters": [summary]})
    assert header.split() == ["CLUSTER", "VERSION", "UPDATE", "NODES", "HEALTH", "PAUSED", "WHAT"]
    assert line.split()[:6] == ["clusters/demo", "4.20.4", "-", "5/5", "paused", "storage"]


def test_an_update_under_way_is_shown() -> None:
    cluster = live_cluster()
    summary = summarize_hosted_cluster(cluster, now=START, node_pools=[live_pool()])
    lines = to_status_table(
        {"hosted_clusters": [{**summary, "desired_version": "4.20.9"}, {**summary, "desired_version": summary["version"]}]}
    )
    assert [line.split()[1:3] for line in lines[1:]] == [["4.20.4", "4.20.9"], ["4.20.4", "-"]]


def test_without_hosted_clusters_it_says_so() -> None:
    assert to_status_table({"hosted_clusters": []}) == ["No hosted cluster was found."]


def test_columns_are_aligned_and_the_last_is_cut() -> None:
    lines = aligned([("A", "B"), ("longer", "x" * 200)])
    assert lines[0] == "A       B" and lines[1].endswith("...") and len(lines[1]) < 110
    assert aligned([]) == []


@pytest.mark.parametrize("wrong", ["text", 3, {}, None])
def test_wrong_input_is_told(wrong: object) -> None:
    with pytest.raises(AnsibleFilterError, match="takes the result of"):
        to_status_table(wrong)
