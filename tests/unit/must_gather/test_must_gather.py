# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""must_gather against a management cluster in memory; the archives are real files."""

from __future__ import annotations

import base64
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import (
    ApiError,
    Failure,
    HypershiftError,
    OptionError,
    RefusedError,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import Hub, LogWindow
from ansible_collections.hypershift.core.plugins.module_utils._machine.archives import ArchiveFolder
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.must_gather import MustGather
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.objects import MAX_LINE

from builders.memory_hub import MemoryHub
from builders.objects import conditions, live_cluster, live_pool, options

Obj = dict[str, Any]
PASSWORD = "kubeadmin-Pass-1234"
KUBECONFIG = b"the hosted cluster's kubeconfig"
DEMO, CPNS = "management/namespaces/clusters", "management/namespaces/clusters-demo"


def obj(kind: str, name: str, namespace: str = "", **body: Any) -> Obj:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **({"namespace": namespace} if namespace else {})}, **body}


def secret(name: str, namespace: str, **data: bytes) -> Obj:
    return obj("Secret", name, namespace, type="Opaque", data={key: base64.b64encode(value).decode() for key, value in data.items()})


def pod(name: str, namespace: str, restarts: int = 0) -> Obj:
    containers = [{"name": "main", "state": {"running": {}}, "restartCount": restarts}]
    return obj("Pod", name, namespace, status={"containerStatuses": containers})


def world(*more: Obj) -> MemoryHub:
    cluster = live_cluster()
    return MemoryHub(
        cluster, live_pool(cluster), *more,
        secret("demo-admin-kubeconfig", "clusters", kubeconfig=KUBECONFIG), secret("demo-kubeadmin-password", "clusters", password=PASSWORD.encode()),
        obj("ConfigMap", "leaky", "clusters-demo", data={"note": f"log in with {PASSWORD}"}),
        pod("etcd-0", "clusters-demo", restarts=2), pod("operator-1", "hypershift"), pod("hypershift-addon-manager-1", "multicluster-engine"),
        pod("console-1", "multicluster-engine"), obj("Node", "worker-0"),
    )  # fmt: skip


class Case:
    """Runs the operation; opened: the hub behind each hosted kubeconfig."""

    def __init__(self, folder: Path, hub: MemoryHub | None = None, **given: Any) -> None:
        self.hub, self.folder, self.given = hub or world(), folder, given
        self.guest = MemoryHub(obj("ClusterVersion", "version"), obj("Node", "hosted-0"), obj("ClusterOperator", "dns"))
        self.opened: list[bytes] = []
        self.lines: list[str] = []

    def open(self, content: bytes) -> Hub:
        self.opened.append(content)
        return self.guest  # type: ignore[return-value]

    def run(self, check: bool = False, **more: Any) -> Obj:
        known = options("must_gather", dest=str(self.folder), **{**self.given, **more})
        operation = MustGather(self.hub, known, ArchiveFolder(str(self.folder)), self.open)  # type: ignore[arg-type]
        return run(operation, self.hub, check, self.lines.append)  # type: ignore[arg-type]


def content(path: str) -> dict[str, bytes]:
    """Files of an archive by their paths, in their order."""
    with tarfile.open(path) as archive:
        return {m.name.partition("/")[2]: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


def one(result: Obj) -> tuple[Obj, dict[str, bytes], Obj]:
    (row,) = result["archives"]
    files = content(row["path"])
    return row, files, json.loads(files["index.json"])


def test_an_archive_of_a_hosted_cluster(tmp_path: Path) -> None:
    case = Case(tmp_path, name=["demo"], namespace="clusters")
    case.hub.logs_of[("clusters-demo", "etcd-0", "main", False)] = b"now\n"
    case.hub.logs_of[("clusters-demo", "etcd-0", "main", True)] = b"panic: " + PASSWORD.encode() + b"\n"
    result = case.run()
    row, files, index = one(result)
    assert result["changed"] is True and case.hub.writes == [] and case.lines == [
        f"[HostedCluster clusters/demo] healthy: {row['path']} ({row['bytes'] / 2**20:.1f} MiB)"
    ]  # fmt: skip
    assert (
        list(files)[:2] == ["index.json", "summary.txt"] and row["path"] == f"{tmp_path}/must-gather_clusters_demo_20261124T030000Z.tar.gz"
    )
    assert {f"{DEMO}/hypershift.openshift.io/hostedclusters.json", f"{DEMO}/hypershift.openshift.io/nodepools.json", f"{CPNS}/core/configmaps.json",
            f"{CPNS}/core/pods.json", "management/cluster/core/nodes.json", "management/namespaces/hypershift/core/pods.json"} <= set(files)  # fmt: skip
    assert files[f"{CPNS}/pods/etcd-0/main.log"] == b"now\n" and files[f"{CPNS}/pods/etcd-0/main.previous.log"] == b"panic: <hidden>\n"
    assert json.loads(files[f"{CPNS}/core/configmaps.json"])["items"][0]["data"] == {"note": "log in with <hidden>"}
    assert all(PASSWORD.encode() not in data and base64.b64encode(PASSWORD.encode()) not in data for data in files.values())
    assert json.loads(files[f"{DEMO}/core/secrets.json"])["items"][0] == {
        "metadata": {"name": "demo-admin-kubeconfig", "namespace": "clusters"},
        "type": "Opaque",
    }
    assert index["health"]["verdict"] == row["verdict"] == "healthy" and files["summary.txt"].startswith(
        b"HostedCluster clusters/demo (KubeVirt, 4.20.4): healthy"
    )
    assert index["redaction"] == {"secrets_read": True, "secret_values": 1, "masked": 2, "by": {"secret_value": 2}} and row["masked"] == 2
    assert (row["files"], row["logs"], row["objects"]) == (len(files) - 2, 2, index["counts"]["objects"]) and row["failures"] == row[
        "left_out"
    ] == []
    assert index["hosted"] == {"asked": False, "reached": False, "reason": ""} and case.opened == []
    assert sorted(r[1] for r in case.hub.reads if r[0] == "logs") == [
        "clusters-demo/etcd-0/main", "clusters-demo/etcd-0/main previous", "hypershift/operator-1/main", "multicluster-engine/hypershift-addon-manager-1/main",
    ]  # fmt: skip


def test_the_verdict_says_what_is_wrong(tmp_path: Path) -> None:
    cluster = live_cluster()
    cluster["status"]["conditions"] = conditions(EtcdAvailable="False/EtcdQuorumNotAvailable", Available="False/EtcdQuorumNotAvailable")
    row, files, index = one(Case(tmp_path, MemoryHub(cluster)).run())
    assert row["verdict"] == "unavailable" and row["cause"] == index["health"]["cause"] != ""
    assert f"Cause: {row['cause']}\nNext step: {row['next_step']}".encode() in files["summary.txt"]


def test_secrets_in_what_is_told_about_an_archive(tmp_path: Path) -> None:
    """Conditions and refusals are repeated in the index, the summary and the result: all through the door of the files."""
    word = "Kp7-xV2mQz9_rT4w"
    said = f"GET https://robot:{word}@quay.io/v2: Bearer {word}, password={word}, log in with {PASSWORD}"
    cluster = live_cluster()
    cluster["status"]["conditions"] = conditions(Available="False/WaitingForEtcd", EtcdAvailable="False/EtcdWaiting")
    for condition in cluster["status"]["conditions"]:
        condition["message"] = said
    hub = MemoryHub(cluster, secret("demo-kubeadmin-password", "clusters", password=PASSWORD.encode()))
    hub.logs_of[("clusters-demo", "etcd-0", "main", False)] = said.encode()
    case = Case(tmp_path, hub, name=["demo"], namespace="clusters")
    result = case.run()
    row, files, index = one(result)
    assert row["verdict"] == index["health"]["verdict"] != "healthy"
    everything = json.dumps(result).encode() + b"".join(files.values()) + "".join(case.lines).encode()
    assert word.encode() not in everything and PASSWORD.encode() not in everything
    for told in (json.dumps(row), json.dumps(index["health"]), files["summary.txt"].decode()):
        assert "https://robot:<hidden>@quay.io/v2: Bearer <hidden>, password=<hidden>, log in with <hidden>" in told


def test_the_hosted_clusters_own_api(tmp_path: Path) -> None:
    case = Case(tmp_path, hosted=True)
    _row, files, index = one(case.run())
    assert case.opened == [KUBECONFIG] and index["hosted"] == {"asked": True, "reached": True, "reason": ""} and case.guest.writes == []
    assert {p for p in files if p.startswith("hosted/")} == {
        "hosted/cluster/config.openshift.io/clusterversions.json", "hosted/cluster/config.openshift.io/clusteroperators.json", "hosted/cluster/core/nodes.json",
    }  # fmt: skip


def _silent(case: Case) -> None:
    class Silent(MemoryHub):
        def list(self, *_unused: Any, **_named: Any) -> list[Obj]:
            raise ApiError(Failure("api_unreachable", "it does not answer"), 0)

    case.guest = Silent()


def _no_kubeconfig(case: Case) -> None:
    cluster = live_cluster()
    del cluster["status"]["kubeconfig"]
    case.hub.put(cluster)


def _empty_secret(case: Case) -> None:
    case.hub.put(secret("demo-admin-kubeconfig", "clusters"))


def _bad_kubeconfig(case: Case) -> None:
    def refuse(_content: bytes) -> Hub:
        raise ApiError(Failure("no_credentials", "the kubeconfig in the Secret is malformed"))

    case.open = refuse  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_silent, "it does not answer"),
        (_no_kubeconfig, "it has published no kubeconfig yet"),
        (_empty_secret, "Secret clusters/demo-admin-kubeconfig has no usable key kubeconfig"),
        (_bad_kubeconfig, "the kubeconfig in the Secret is malformed"),
    ],
)
def test_a_hosted_api_that_cannot_be_asked_is_data(tmp_path: Path, broken: Callable[[Case], None], reason: str) -> None:
    case = Case(tmp_path, hosted=True)
    broken(case)
    row, files, index = one(case.run())
    assert row["hosted"] == index["hosted"] == {"asked": True, "reached": False, "reason": reason} and row["failures"] == []
    assert f"Its own API was not read: {reason}." in files["summary.txt"].decode() and not any(p.startswith("hosted/") for p in files)


def test_missing_rights_are_data(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.hub.forbidden = {("list", "Node"), ("list", "Secret"), ("list", "NodePool"), ("get", "Pod")}
    result = case.run()
    row, _files, index = one(result)
    assert [(f["what"], f["count"], f["status"], f["code"]) for f in row["failures"]] == [
        ("nodes (cluster)", 1, 403, "missing_permission"), ("pods/log clusters-demo/etcd-0 (container main)", 4, 403, "missing_permission"),
        ("secrets (clusters)", 3, 403, "missing_permission"),
    ]  # fmt: skip
    assert index["redaction"]["secrets_read"] is False and result["notes"] == [
        "the account may not list nodepools.hypershift.openshift.io."
    ]


def test_without_its_node_pools_nothing_is_called_healthy(tmp_path: Path) -> None:
    assert one(Case(tmp_path / "all").run())[0]["verdict"] == "healthy"
    case = Case(tmp_path / "part", unhealthy=True)
    case.hub.forbidden = {("list", "NodePool")}
    row, files, index = one(case.run())
    assert row["verdict"] == index["health"]["verdict"] == "unknown" and "its node pools could not be read" in row["cause"]
    assert "demo (KubeVirt, 4.20.4): unknown\nCause: its node pools could not be read: the account" in files["summary.txt"].decode()


def test_secrets_are_not_read_when_that_is_not_wanted(tmp_path: Path) -> None:
    case = Case(tmp_path, secrets=False)
    _row, files, index = one(case.run())
    assert ("list", "Secret") not in case.hub.reads and index["redaction"] == {
        "secrets_read": False,
        "secret_values": 0,
        "masked": 0,
        "by": {},
    }
    assert not any(path.endswith("secrets.json") for path in files)


def fleet(count: int) -> MemoryHub:
    hub = world()
    for number in range(count - 1):
        cluster = live_cluster(name=f"c{number}")
        cluster["metadata"]["labels"] = {"tier": "gold"} if number % 2 else {}
        cluster["status"]["conditions"] = conditions(Degraded="True/Broken") if number == 3 else cluster["status"]["conditions"]
        hub.put(cluster)
    return hub


def test_what_many_share_is_read_once(tmp_path: Path) -> None:
    case = Case(tmp_path, fleet(12), parallel=4)
    result = case.run()
    assert [(r["namespace"], r["name"]) for r in result["archives"]] == sorted(
        ("clusters", n) for n in ["demo", *(f"c{i}" for i in range(11))]
    )
    lists = [kind for verb, kind in case.hub.reads if verb == "list"]
    assert (
        lists.count("Node") == lists.count("CustomResourceDefinition") == lists.count("HostedCluster") == 1
        and lists.count("HostedControlPlane") == 12
    )
    assert lists.count("Secret") == 2 + 12 and [r for r in case.hub.reads if r == ("logs", "hypershift/operator-1/main")] != []
    assert sum(1 for r in case.hub.reads if r == ("logs", "hypershift/operator-1/main")) == 1
    nodes = {content(r["path"])["management/cluster/core/nodes.json"] for r in result["archives"]}
    assert len(nodes) == 1 and len(result["plan"]) == 12


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"unhealthy": True}, ["c3"]),
        ({"name": ["demo", "c1"]}, ["c1", "demo"]),
        ({"label_selectors": ["tier=gold"], "namespace": "clusters"}, ["c1", "c3"]),
        ({"namespace": "elsewhere"}, []),
    ],
)
def test_which_hosted_clusters(tmp_path: Path, given: Obj, names: list[str]) -> None:
    result = Case(tmp_path, fleet(5), **given).run()
    assert [r["name"] for r in result["archives"]] == names and result["changed"] is bool(names)
    nothing = ["Nothing was gathered: no hosted cluster is there that matches."]
    assert len(result["table"]) == len(names) + 1 if names else result["table"] == nothing


def test_the_management_cluster_alone(tmp_path: Path) -> None:
    case = Case(tmp_path, scope="management", hosted=True)
    row, files, index = one(case.run())
    assert row["path"].endswith("/must-gather_management_20261124T030000Z.tar.gz") and (row["namespace"], row["name"], row["verdict"]) == (
        "",
        "",
        "",
    )
    assert not any("/namespaces/clusters" in path for path in files) and files["summary.txt"].startswith(b"Management cluster\n")
    assert index["hosted"]["asked"] is False and ("list", "HostedCluster") not in case.hub.reads


def test_a_name_that_is_not_there_is_refused(tmp_path: Path) -> None:
    case = Case(tmp_path / "new", name=["demo", "nowhere"], namespace="clusters")
    with pytest.raises(RefusedError, match="HostedCluster clusters/nowhere: it does not exist"):
        case.run()
    assert not (tmp_path / "new").exists()


def test_check_mode_reads_no_more_than_it_must_and_writes_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path / "new", hosted=True)
    result = case.run(check=True)
    (entry,) = result["plan"]
    assert result["changed"] is True and not (tmp_path / "new").exists() and result["archives"] == []
    assert entry["object"] == "HostedCluster clusters/demo" and entry["why"].endswith(
        "/new/must-gather_clusters_demo_20261124T030000Z.tar.gz"
    )
    assert {"secrets", "pods/log", "machines.cluster.x-k8s.io", "kubevirtmachines.infrastructure.cluster.x-k8s.io"} <= set(entry["reads"])
    assert {"clusters", "clusters-demo", "hypershift", "multicluster-engine"} <= set(entry["namespaces"])
    assert case.hub.reads == [("list", "HostedCluster"), ("list", "NodePool")] and case.opened == []


def test_a_young_archive_stands_for_a_new_one(tmp_path: Path) -> None:
    case = Case(tmp_path, max_age="1h")
    first = case.run()["archives"][0]["path"]
    case.hub.seconds = 3500
    again = case.run()
    assert (
        again["changed"] is False
        and again["archives"][0] | {"kept": True} == again["archives"][0]
        and again["archives"][0]["path"] == first
    )
    case.hub.seconds = 3700
    assert case.run()["archives"][0]["path"] == f"{tmp_path}/must-gather_clusters_demo_20261124T040140Z.tar.gz"


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    case = Case(tmp_path, retention=2)
    (tmp_path / "must-gather_clusters_demo-2_20261001T000000Z.tar.gz").write_bytes(b"of another cluster")
    for number in range(4):
        case.hub.seconds = number * 60.0
        last = case.run()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "must-gather_clusters_demo-2_20261001T000000Z.tar.gz",
        "must-gather_clusters_demo_20261124T030200Z.tar.gz",
        "must-gather_clusters_demo_20261124T030300Z.tar.gz",
    ]  # fmt: skip
    assert last["plan"][-1]["verb"] == "remove" and last["plan"][-1]["object"].endswith("20261124T030100Z.tar.gz")


def test_the_least_important_is_left_out_of_an_archive_that_is_too_large(tmp_path: Path) -> None:
    case = Case(tmp_path, max_size=65536)
    noise = base64.encodebytes(bytes((n * n + 7 * n) % 251 ^ (n >> 3) % 256 for n in range(120_000)))
    for number in range(3):
        case.hub.put(pod(f"noisy-{number}", "clusters-demo"))
        case.hub.logs_of[("clusters-demo", f"noisy-{number}", "main", False)] = noise[number * 40_000 :] + str(number).encode()
    case.hub.logs_of[("clusters-demo", "etcd-0", "main", True)] = b"panic\n"
    row, files, index = one(case.run())
    assert Path(row["path"]).stat().st_size == row["bytes"] <= 65536 and f"{CPNS}/pods/etcd-0/main.previous.log" in files
    assert {e["why"] for e in index["left_out"]} == {"the archive would be larger than max_size"} and f"{CPNS}/core/pods.json" in files
    gone = {e["what"] for e in index["left_out"]}
    assert gone and not gone & set(files) and {f["path"] for f in index["files"]} | {"index.json", "summary.txt"} == set(files)


def test_what_there_was_no_time_for_is_named(tmp_path: Path) -> None:
    class Slow(MemoryHub):
        def logs(self, namespace: str, pod: str, container: str, want: LogWindow) -> bytes:
            self.seconds += 40
            return super().logs(namespace, pod, container, want)

    hub = Slow()
    hub.objects = world(*(pod(f"p{n:02}", "clusters-demo") for n in range(30))).objects
    row, files, index = one(Case(tmp_path, hub, max_time=60, parallel=1).run())
    assert {e["why"] for e in index["left_out"]} == {"max_time was over"} and row["left_out"][0]["count"] >= 1
    assert (
        "customresourcedefinitions.apiextensions.k8s.io (cluster)" in {e["what"] for e in index["left_out"]}
        and f"{CPNS}/core/pods.json" in files
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parallel": 0}, "option parallel is 0, and must not be below 1"),
        ({"max_size": 10}, "option max_size is 10, and must not be below 65536"),
        ({"retention": 0}, "option retention is 0, and must not be below 1"),
        ({"log_since": "yesterday"}, "option log_since is 'yesterday', which is no duration"),
        ({"max_age": "0"}, "option max_age is '0', which is no duration"),
    ],
)
def test_numbers_that_make_no_sense(tmp_path: Path, given: Obj, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Case(tmp_path, **given).run()


def test_one_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "must-gather_clusters_c1_20261124T030000Z.tar.gz").mkdir()
    case = Case(tmp_path, fleet(4), parallel=1)
    with pytest.raises(HypershiftError, match="must-gather_clusters_c1_") as caught:
        case.run()
    assert [r["name"] for r in caught.value.extra["archives"]] == ["c0", "c2", "demo"] and caught.value.extra["changed"] is True


def test_window_of_logs(tmp_path: Path) -> None:
    seen: list[LogWindow] = []

    class Seen(MemoryHub):
        def logs(self, namespace: str, pod: str, container: str, want: LogWindow) -> bytes:
            seen.append(want)
            return b"x\n"

        def list(self, kind: Kind, *rest: Any, **named: Any) -> list[Obj]:
            return super().list(kind, *rest, **named)

    hub = Seen()
    hub.objects = world().objects
    Case(tmp_path, hub, log_tail=10, log_since="1h30m", log_bytes=2048).run()
    assert set(seen) == {LogWindow(False, 10, 5400, 2048), LogWindow(True, 10, 5400, 2048)}


def test_an_endless_line_of_a_log_is_cut_after_its_secrets_are_hidden(tmp_path: Path) -> None:
    case = Case(tmp_path, name=["demo"], namespace="clusters")
    line = b"x" * (MAX_LINE - 20) + b" https://robot:" + PASSWORD.encode() + b"@mirror.example.com " + b"y" * 500_000
    case.hub.logs_of[("clusters-demo", "etcd-0", "main", False)] = b"first\n" + line + b"\nlast\n"
    _row, files, index = one(case.run())
    first, long, last, _end = files[f"{CPNS}/pods/etcd-0/main.log"].split(b"\n")
    assert (
        (first, last) == (b"first", b"last")
        and len(long) < MAX_LINE + 40
        and long.endswith(b" more bytes>")
        and PASSWORD.encode()[:6] not in long
    )
    assert {row["why"] for row in index["left_out"] if "main.log" in row["what"]} == {f"the ends of lines of more than {MAX_LINE} bytes"}
