# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a tenant can write, in objects, pods and its own API, must not end, blow up or stall the work for others."""

from __future__ import annotations

import base64
import json
import os
import random
import string
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry, run_operation
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._fleet.reading import HubSource, read_fleet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.leases import LONGEST, duration_of, held_by, lease_holder
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import Plan
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Proof
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.processes import Holder
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import ExecResult
from ansible_collections.hypershift.core.plugins.module_utils._kernel.printable import all_printable, one_line, printable
from ansible_collections.hypershift.core.plugins.module_utils._kube.answers import Limits
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport
from ansible_collections.hypershift.core.plugins.module_utils._machine.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.must_gather import MustGather
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.redaction import Redactor

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster
from builders.transfers import pod_files
from kube.faulty_server import Answer, serving
from kube.garbage import LISTS
from must_gather.test_must_gather import Case, content, obj, secret, world

NOW = datetime(2026, 11, 26, 3, 15, tzinfo=UTC)
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202etxt\u2066\r[fake] all is well\x00\udc80"
SMALL = Limits(answer=1 << 20, values=100_000, pages=5, listed=4 << 20, seconds=0.6, whole=0.6)


class TwoTenants(Case):
    """Hosted cluster demo with an API of garbage, and another one with a good one."""

    def __init__(self, folder: Path, url: str) -> None:
        other = live_cluster(name="good")
        hub = world(other, secret("good-admin-kubeconfig", "clusters", kubeconfig=b"good"))
        hub.objects[("HostedCluster", "clusters", "good")].setdefault("status", {})["kubeconfig"] = {"name": "good-admin-kubeconfig"}
        super().__init__(folder, hub, parallel=2, hosted=True)
        self.bad = KubeHub(Transport(connect({"host": url, "api_key": "t"}), limits=SMALL))

    def open(self, content: bytes) -> Hub:
        return self.guest if content == b"good" else self.bad  # type: ignore[return-value]


@pytest.mark.parametrize(
    "name", ["nested", "items-are-numbers", "bomb", "a-byte-now-and-then", "pages-without-end", "no-metadata", "endless"]
)
def test_garbage_of_one_hosted_api_leaves_the_other_archives(name: str, tmp_path: Path) -> None:
    answer: Answer = LISTS[name][0]
    with serving(answer) as (_server, url):
        started = time.monotonic()
        result = TwoTenants(tmp_path, url).run()
    rows = {row["name"]: row for row in result["archives"]}
    assert set(rows) == {"demo", "good"} and time.monotonic() - started < 8
    assert rows["good"]["hosted"] == {"asked": True, "reached": True, "reason": ""}
    assert not [f for f in rows["good"]["failures"] if "hosted" in f["what"]]
    told = [f["reason"] for f in rows["demo"]["failures"]] + [rows["demo"]["hosted"]["reason"]]
    assert any(url in text for text in told) and "management/namespaces/clusters-demo/core/pods.json" in content(rows["demo"]["path"])


SHAPES: dict[str, Any] = {
    "events-of-texts": obj("Event", "e", "clusters-demo", series="x"),
    "annotations-list": {"kind": "Node", "metadata": {"name": "n", "annotations": ["kubectl.kubernetes.io/last-applied-configuration"]}},
    "container-statuses": obj("Pod", "etcd-1", "clusters-demo", status={"containerStatuses": ["x"]}),
    "container-name": obj("Pod", "etcd-1", "clusters-demo", status={"containerStatuses": [{"name": "../../x", "state": {"running": {}}}]}),
    "container-name-terminal": obj(
        "Pod", "etcd-1", "clusters-demo", status={"containerStatuses": [{"name": HOSTILE, "state": {"running": {}}}]}
    ),
    "states": obj("Pod", "etcd-1", "clusters-demo", status={"containerStatuses": [{"name": "a", "state": "x", "lastState": [1]}]}),
    "secret-data": obj("Secret", "s", "clusters-demo", data=["x"]),
    "config-map-data": obj("ConfigMap", "c", "clusters-demo", binaryData=["x"]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_objects_of_another_shape_cost_their_own_place_alone(shape: str, tmp_path: Path) -> None:
    result = Case(tmp_path, world(SHAPES[shape])).run()
    files = content(result["archives"][0]["path"])
    assert "management/namespaces/clusters/hypershift.openshift.io/hostedclusters.json" in files
    assert not [path for path in files if ".." in path or not path.isprintable()]
    assert all(row["reason"].isprintable() and row["next_step"] for row in json.loads(files["index.json"])["failures"])


@pytest.mark.parametrize("namespace", ["..", ".", "a/b", "%2e%2e", "A", "a.b", "x" * 64, "\x1b[2J"])
def test_an_agent_namespace_that_is_none_is_not_read(namespace: str, tmp_path: Path) -> None:
    hub = world(obj("InfraEnv", "others", namespace))
    cluster = hub.objects[("HostedCluster", "clusters", "demo")]
    cluster["spec"]["platform"] = {"type": "Agent", "agent": {"agentNamespace": namespace}}
    result = Case(tmp_path, hub).run()
    files = content(result["archives"][0]["path"])
    failures = [f for f in json.loads(files["index.json"])["failures"] if f["code"] == "invalid_name"]
    assert len(failures) == 3 and not [path for path in files if "infraenvs" in path]


def test_an_archive_that_ends_in_a_defect_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = MustGather._make

    def make(self: MustGather, job: Any, *rest: Any) -> Any:
        if job.target.identity[1] == "demo":
            raise KeyError("x")
        return before(self, job, *rest)

    monkeypatch.setattr(MustGather, "_make", make)
    with serving(LISTS["nothing"][0]) as (_server, url), pytest.raises(HypershiftError) as caught:
        TwoTenants(tmp_path, url).run()
    assert caught.value.failure.code == "internal" and caught.value.failure.object == "HostedCluster clusters/demo"
    assert [row["name"] for row in caught.value.extra["archives"]] == ["good"]


def test_garbage_of_one_hub_leaves_the_others() -> None:
    class Garbage(MemoryHub):
        def list(self, *_arguments: Any, **_named: Any) -> Any:
            raise AttributeError("'int' object has no attribute 'get'")

    hubs: list[Callable[[], Any]] = [lambda: MemoryHub(live_cluster()), Garbage]
    good, bad = read_fleet([HubSource(str(n), hub) for n, hub in enumerate(hubs)], with_minors=False)
    assert good.problem is None and bad.problem is not None and bad.problem.code == "internal" and "AttributeError" in bad.problem.cause


def test_masking_costs_little_and_asks_for_the_time() -> None:
    letters = random.Random(7)
    words = ["".join(letters.choices(string.ascii_letters + string.digits, k=17)) for _n in range(40_000)]
    text = " ".join(words).encode()
    redactor = Redactor()
    started = time.process_time()
    redactor.learn([{"metadata": {"name": "s", "namespace": "n"}, "data": {"password": base64.b64encode(text).decode()}}])
    masked = redactor.mask(text)
    assert time.process_time() - started < 5 and redactor.surplus == ["n/s"]
    assert masked is not None and masked[1]["secret_value"] > 15_000
    assert redactor.mask(text, lambda: True) is None


@pytest.mark.parametrize(
    "text",
    [
        b"\\" * 300_000,
        b"eyJ" * 100_000,
        b"-----BEGIN CERTIFICATE-----" * 10_000,
        b'\\"auth' * 100_000,
        b"token" + b" " * 300_000,
        b"://" + b"a:" * 10**5,
    ],
    ids=["backslashes", "tokens", "certificates", "auths", "spaces", "urls"],
)
def test_no_text_makes_masking_slow(text: bytes) -> None:
    started = time.process_time()
    redactor = Redactor()
    redactor.learn([{"data": {"password": base64.b64encode(text).decode()}}])
    redactor.mask(text)
    assert time.process_time() - started < 6


def test_nothing_unprintable_is_in_a_message_and_nothing_endless() -> None:
    failure = Failure("x", f"it says {HOSTILE}", f"Pod {HOSTILE}", next_step=HOSTILE)
    assert failure.message().isprintable() and "fake" in failure.message()
    assert len(Failure("x", "a" * 10**6, "n" * 10**6, next_step="b" * 10**6).message()) < 30_000
    assert one_line(f"a\n{HOSTILE}\u2028b").isprintable() and printable("a\n\tb\r\n") == "a\n\tb\r\n"
    assert all_printable({HOSTILE: [HOSTILE, 1, None, ("a", {"b": HOSTILE})]}) == {
        printable(HOSTILE): [printable(HOSTILE), 1, None, ["a", {"b": printable(HOSTILE)}]]
    }


def test_nothing_unprintable_leaves_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hostile:
        def plan(self) -> Plan:
            plan = Plan(extra={"text": HOSTILE, "rows": [{"message": HOSTILE}]})
            plan.act = lambda done, progress: progress(f"[demo] {HOSTILE}\n[other] done")
            return plan

    lines: list[str] = []
    entry = Entry("any", {}, lambda *_arguments: Hostile(), needs_cluster=False)  # type: ignore[arg-type,return-value]
    result = run_operation(entry, {}, False, lines.append)
    assert result["text"] == printable(HOSTILE) and result["rows"] == [{"message": printable(HOSTILE)}]
    assert len(lines) == 1 and lines[0].isprintable()


def lease(renewed: datetime, seconds: Any, holder: str = "other/1-1/x") -> dict[str, Any]:
    return {"spec": {"holderIdentity": holder, "renewTime": renewed.isoformat(), "leaseDurationSeconds": seconds}}


@pytest.mark.parametrize(
    ("renewed", "seconds", "held"),
    [
        (NOW, 60, True),
        (NOW - timedelta(seconds=61), 60, False),
        (NOW + timedelta(seconds=30), 60, True),  # clocks differ
        (NOW + timedelta(days=20_000), 60, False),
        (NOW - timedelta(days=2), 10**9, False),
        (NOW - timedelta(seconds=1), 10**30, False),
        (NOW - timedelta(hours=25), "soon", False),
    ],
)
def test_a_lease_of_others_is_believed_within_reason(renewed: datetime, seconds: Any, held: bool) -> None:
    live = lease(renewed, seconds)
    assert bool(held_by(live, Holder("me", "1-1", "y"), NOW, lambda _process: True)) is held
    assert bool(lease_holder(live, "mine", NOW)) is held
    assert duration_of(live) <= LONGEST


class Generous:
    """A pod that sends more than it has announced."""

    where = "Pod clusters-demo/etcd-0 (container etcd)"

    def __init__(self) -> None:
        self.sent = 0

    def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 0) -> ExecResult:
        for _n in range(300):
            self.sent += 1
            sink(b"x" * (1 << 20))
        return ExecResult(0)


def test_what_a_pod_sends_beyond_its_announcement_is_not_written(tmp_path: Path) -> None:
    shell = Generous()
    with pytest.raises(HypershiftError) as caught:
        pod_files(shell).download("/a", tmp_path / "a", Proof(10, "0" * 64))
    assert caught.value.failure.code == "transfer_corrupt" and "10 bytes" in str(caught.value)
    assert shell.sent == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)], ids=["pipe", "device"])
def test_pipes_and_devices_are_no_files(make: Callable[[Any], None], tmp_path: Path) -> None:
    place = tmp_path / "clusters" / "demo" / "20261126T031500Z-0123abcd"
    place.mkdir(parents=True)
    make(place / "manifest.json")
    make(tmp_path / "kubeconfig")
    (entry,) = DirectoryStore(tmp_path).sets()
    assert "no regular file" in entry.problem
    with pytest.raises(HypershiftError) as caught:
        write_private_file(str(tmp_path / "kubeconfig"), b"x", False)
    assert caught.value.failure.code == "no_regular_file" and not (tmp_path / "kubeconfig").is_file()
