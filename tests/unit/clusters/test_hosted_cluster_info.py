# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations hosted_cluster_info, nodepool_info, hosted_cluster_wait and hosted_cluster_credentials on the in-memory hub."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_credentials import Credentials
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_info import HostedClusterInfo
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_wait import HostedClusterWait
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError, OptionError, RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kube.foreign_kubeconfig import parsed
from ansible_collections.hypershift.core.plugins.module_utils._machine.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool_info import NodePoolInfo

from builders.memory_hub import MemoryHub
from builders.objects import conditions, live_cluster, live_pool, options


def named(name: str, tier: str = "prod", **status: str) -> dict[str, Any]:
    cluster = live_cluster()
    cluster["metadata"] |= {"name": name, "labels": {"tier": tier}}
    cluster["status"]["conditions"] = conditions(**status)
    return cluster


def info(hub: MemoryHub, **given: Any) -> dict[str, Any]:
    return run(HostedClusterInfo(hub, options("hosted_cluster_info", **given)), hub, False, lambda line: None)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["a", "b", "c"]),
        ({"name": ["b"]}, ["b"]),
        ({"name": ["b"], "namespace": "clusters"}, ["b"]),
        ({"name": ["a", "c"]}, ["a", "c"]),
        ({"label_selectors": ["tier=canary"]}, ["c"]),
        ({"name": ["nobody"], "namespace": "clusters"}, []),
    ],
)
def test_any_number_of_clusters_with_one_request(given: dict[str, Any], names: list[str]) -> None:
    hub = MemoryHub(named("a"), named("b"), named("c", "canary"))
    result = info(hub, **given)
    assert [c["name"] for c in result["hosted_clusters"]] == names and len(hub.reads) == 1
    assert len(result["resources"]) == len(names) and result["changed"] is False


def test_node_pools_cost_one_more_request() -> None:
    hub = MemoryHub(named("demo"), live_pool(), live_pool(name="second"))
    result = info(hub, node_pools=True, raw=False)
    assert len(hub.reads) == 2 and len(result["hosted_clusters"][0]["node_pools"]) == 2 and result["resources"] == []


def test_node_pools_of_one_cluster() -> None:
    other = live_pool(name="other")
    other["spec"]["clusterName"] = "other"
    hub = MemoryHub(live_pool(), other)
    result = run(NodePoolInfo(hub, options("nodepool_info", cluster_name="demo")), hub, False, lambda line: None)
    assert [p["name"] for p in result["node_pools"]] == ["demo"]


def wait(hub: MemoryHub, lines: list[str] | None = None, **given: Any) -> dict[str, Any]:
    opts = options("hosted_cluster_wait", **{"wait_timeout": 600, "progress_timeout": 300, **given})
    return run(HostedClusterWait(hub, opts), hub, False, (lines if lines is not None else []).append)


def turn(hub: MemoryHub, name: str, **status: str) -> None:
    hub.edit(HOSTED_CLUSTER, "clusters", name, {"status": {"conditions": conditions(**status)}})


def test_many_clusters_share_one_watch_and_end_with_the_last() -> None:
    hub = MemoryHub(*(named(n, Available="False/WaitingForAvailable") for n in ("a", "b", "c")))
    hub.script = [(float(10 * (i + 1)), lambda h, n=n: turn(h, n)) for i, n in enumerate("abc")]
    result = wait(hub)
    assert hub.watches == 1 and hub.seconds == 30.0
    assert [round(c["seconds"]) for c in result["wait"]["clusters"]] == [10, 20, 30]


def test_progress_line_only_when_the_summary_changes() -> None:
    hub, lines = MemoryHub(named("a", Available="False/WaitingForAvailable", EtcdAvailable="False/EtcdWaitingForQuorum")), []
    hub.script = [
        (5.0, lambda h: turn(h, "a", Available="False/x", EtcdAvailable="False/EtcdWaitingForQuorum")),
        (65.0, lambda h: turn(h, "a")),
    ]
    wait(hub, lines)
    assert len(lines) == 2 and lines[0].startswith("[a] 00:00 etcd") and lines[1].startswith("[a] 01:05 available")


def test_timeout_tells_what_was_missing_and_since_when() -> None:
    hub = MemoryHub(named("a", Available="False/WaitingForAvailable"))
    with pytest.raises(WaitError) as caught:
        wait(hub, wait_timeout=120)
    assert caught.value.failure.code == "timeout" and hub.seconds == 120.0
    assert "goal available not reached within 120 s" in str(caught.value) and "missing: Available=True" in str(caught.value)
    assert caught.value.extra["wait"]["clusters"][0]["unchanged_seconds"] == 120.0


def test_silence_ends_the_wait_sooner() -> None:
    hub = MemoryHub(named("a", Available="False/WaitingForAvailable"))
    with pytest.raises(WaitError, match="nothing has changed for 300 s"):
        wait(hub, wait_timeout=6000)
    assert hub.seconds == 300.0


def test_one_hopeless_cluster_does_not_stop_the_others() -> None:
    hub = MemoryHub(named("a", Available="False/x"), named("b", Available="False/x"))
    hub.script = [(5.0, lambda h: h.drop(HOSTED_CLUSTER, "clusters", "a")), (50.0, lambda h: turn(h, "b"))]
    with pytest.raises(WaitError) as caught:
        wait(hub)
    rows = {c["name"]: c["outcome"] for c in caught.value.extra["wait"]["clusters"]}
    assert rows == {"a": "hopeless", "b": "done"} and "(1 of 2 clusters did not get there)" in str(caught.value)


def test_more_than_ten_clusters_are_counted_in_one_line() -> None:
    hub, lines = MemoryHub(*(named(f"c{i:02d}") for i in range(12))), []
    wait(hub, lines)
    assert lines[-1] == "[12 clusters] 00:00 12/12 available"


@pytest.mark.parametrize("given", [{"name": ["nobody"]}, {"label_selectors": ["tier=none"]}])
def test_nothing_to_wait_for_is_an_error(given: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="no hosted cluster"):
        wait(MemoryHub(named("a")), **given)


def secret(name: str, key: str, value: str) -> dict[str, Any]:
    data = {key: base64.b64encode(value.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "clusters"}, "data": data}


def credentials(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("hosted_cluster_credentials", name="demo", **given)
    opened: list[bytes] = []

    def open_hub(content: bytes) -> MemoryHub:
        opened.append(content)
        return MemoryHub()

    result = run(Credentials(hub, opts, write_private_file, parsed, open_hub, check), hub, check, lambda line: None)
    assert result.get("verified", False) is bool(opened)
    return result


PUBLISHED = (secret("demo-admin-kubeconfig", "kubeconfig", "apiVersion: v1"), secret("demo-kubeadmin-password", "password", "s3cret"))


def test_files_are_private_and_written_once(tmp_path: Path) -> None:
    hub, path = MemoryHub(live_cluster(), *PUBLISHED), tmp_path / "kubeconfig"
    given = {"kubeconfig_dest": str(path), "password_dest": str(tmp_path / "password")}
    assert credentials(hub, check=True, **given)["changed"] and not path.exists()
    result = credentials(hub, **given)
    assert result["changed"] and path.read_text() == "apiVersion: v1" and "s3cret" not in str(result)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(list(tmp_path.iterdir())) == 2
    assert credentials(hub, **given)["changed"] is False
    path.chmod(0o644)
    assert credentials(hub, **given)["changed"] and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_unwritable_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(HypershiftError, match="cannot be written: No such file or directory"):
        credentials(MemoryHub(live_cluster(), *PUBLISHED), kubeconfig_dest=str(tmp_path / "missing" / "k"))


def test_content_is_returned_on_request() -> None:
    result = credentials(MemoryHub(live_cluster(), *PUBLISHED), return_content=True)
    assert (result["kubeconfig"], result["password"]) == ("apiVersion: v1", "s3cret")


def test_verified_after_it_is_written_and_not_in_check_mode(tmp_path: Path) -> None:
    hub, given = MemoryHub(live_cluster(), *PUBLISHED), {"kubeconfig_dest": str(tmp_path / "k"), "verify": True}
    assert "verified" not in credentials(hub, check=True, **given)
    assert credentials(hub, **given)["verified"] and (tmp_path / "k").exists()


@pytest.mark.parametrize("way", [{"return_content": True}, {"kubeconfig_dest": "k"}])
def test_a_kubeconfig_that_runs_commands_is_refused_and_not_written(tmp_path: Path, way: dict[str, Any]) -> None:
    user = {"exec": {"command": "sh", "apiVersion": "client.authentication.k8s.io/v1"}}
    evil = json.dumps({"users": [{"name": "other", "user": user}]})
    given = {key: str(tmp_path / value) if isinstance(value, str) else value for key, value in way.items()}
    hub = MemoryHub(live_cluster(), secret("demo-admin-kubeconfig", "kubeconfig", evil), PUBLISHED[1])
    with pytest.raises(HypershiftError, match="exec plugin or an auth provider, which is not run") as caught:
        credentials(hub, **given)
    assert (caught.value.failure.code, caught.value.failure.object) == ("untrusted_kubeconfig", "HostedCluster clusters/demo")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "spec", "words"),
    [
        ({"kubeconfig": None}, {}, "published no kubeconfig yet"),
        ({"kubeadminPassword": None}, {"configuration": {"oauth": {}}}, "identity providers are configured"),
    ],
)
def test_what_is_not_published_is_explained(status: dict[str, Any], spec: dict[str, Any], words: str) -> None:
    cluster = live_cluster()
    cluster["status"] |= status
    cluster["spec"] |= spec
    with pytest.raises(RefusedError, match=words):
        credentials(MemoryHub(cluster, *PUBLISHED), kubeconfig_dest="/nowhere/k", password_dest="/nowhere/p")
