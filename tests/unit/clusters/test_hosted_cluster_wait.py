# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Option targets of hosted_cluster_wait: each cluster waits for something of its own, with one watch per kind."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_wait import HostedClusterWait
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, NEWER, conditions, live_cluster, live_pool, options


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    return run(HostedClusterWait(hub, options("hosted_cluster_wait", **given)), hub, check, lambda line: None)


def cluster(name: str, version: str, image: str, state: str = "Completed", namespace: str = "clusters", **told: str) -> dict[str, Any]:
    body = live_cluster()
    body["metadata"] |= {"name": name, "namespace": namespace}
    body["spec"]["release"]["image"] = image
    body["status"]["version"] |= {"desired": {"image": image, "version": version}}
    body["status"]["version"]["history"].insert(0, {"state": state, "version": version, "image": image})
    body["status"]["conditions"] = conditions(**told)
    return body


def test_each_target_has_a_goal_of_its_own_and_nothing_is_polled() -> None:
    hub = MemoryHub(cluster("one", "4.20.4", IMAGE), cluster("two", "4.20.9", NEWER, "Partial", "other"))
    hub.script = [(40.0, lambda h: h.put(cluster("two", "4.20.9", NEWER, namespace="other")))]
    targets = [{"name": "one", "version": "4.20.4", "image": IMAGE}, {"name": "two", "namespace": "other", "version": "4.20.9"}]
    result = go(hub, goal="version_completed", targets=targets)
    rows = result["wait"]["clusters"]
    assert [(r["namespace"], r["name"], r["outcome"], r["seconds"]) for r in rows] == [
        ("clusters", "one", "done", 0.0),
        ("other", "two", "done", 40.0),
    ]
    assert hub.reads == [] and hub.writes == [] and hub.watches == 2


def test_the_version_of_one_target_is_not_that_of_another() -> None:
    hub = MemoryHub(cluster("one", "4.20.4", IMAGE), cluster("two", "4.20.4", IMAGE))
    targets = [{"name": "one", "version": "4.20.4"}, {"name": "two", "version": "4.20.9"}]
    with pytest.raises(WaitError) as caught:
        go(hub, goal="version_completed", targets=targets, wait_timeout=30)
    rows = caught.value.extra["wait"]["clusters"]
    assert [(r["name"], r["outcome"]) for r in rows] == [("one", "done"), ("two", "waiting")]
    assert "4.20.4, not 4.20.9" in rows[1]["missing"][0] and "1 of 2 clusters" in caught.value.failure.cause


def test_a_failed_result_has_the_rows_of_all_targets() -> None:
    blocked = cluster("bad", "4.20.4", IMAGE, ValidReleaseImage="False/InvalidImage", Progressing="False/Blocked")
    slow = cluster("slow", "4.20.9", NEWER, "Partial", ClusterVersionProgressing="True")
    hub = MemoryHub(blocked, slow, cluster("good", "4.20.9", NEWER))
    hub.script = [(25.0, lambda h: h.put(cluster("slow", "4.20.9", NEWER)))]
    targets = [{"name": name, "version": "4.20.9", "image": NEWER} for name in ("bad", "slow", "good", "absent")]
    with pytest.raises(WaitError) as caught:
        go(hub, goal="version_completed", targets=targets)
    rows = {r["name"]: r for r in caught.value.extra["wait"]["clusters"]}
    outcomes = {name: r["outcome"] for name, r in rows.items()}
    assert outcomes == {"bad": "hopeless", "slow": "done", "good": "done", "absent": "hopeless"}
    assert rows["bad"]["finding"]["cause"] and rows["absent"]["finding"]["code"] == "object_vanished" and hub.seconds == 25.0


def test_node_pools_of_each_target() -> None:
    pools = [live_pool(name=name) for name in ("a", "b")]
    pools[1]["status"]["version"] = "4.20.1"
    hub = MemoryHub(cluster("demo", "4.20.4", IMAGE), *pools)
    result = go(hub, goal="node_pools_settled", targets=[{"name": "demo", "version": "4.20.4", "node_pools": ["a"]}])
    assert result["wait"]["clusters"][0]["summary"] == "1 of 1 node pools settled"


def test_the_same_cluster_twice_and_other_selections_are_refused() -> None:
    with pytest.raises(OptionError, match="has it twice"):
        go(MemoryHub(), targets=[{"name": "one"}, {"name": "one", "namespace": "clusters"}])
    with pytest.raises(OptionError, match="excludes label_selectors"):
        go(MemoryHub(), targets=[{"name": "one"}], label_selectors=["a=b"])
    for option, value in (("name", ["one"]), ("namespace", "x"), ("version", "4.20.4")):
        with pytest.raises(ValueError, match="mutually exclusive"):
            options("hosted_cluster_wait", **{"targets": [{"name": "one"}], option: value})


def test_check_mode_does_not_wait() -> None:
    hub = MemoryHub()
    assert go(hub, check=True, targets=[{"name": "one"}])["changed"] is False and hub.watches == 0
