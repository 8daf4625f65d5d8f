# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must stop a restore before any harm: each is refused with its cause, and nothing is written."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from embedded_hub import EmbeddedHub
from embedded_hub.audit import stores
from etcd_restore.restoring import Result, Scene
from etcd_restore.rights import ALWAYS, CONDITIONAL, CONTROL_PLANE, HOSTED, expanded
from faults.proxy import Exchange, Handler, Rule, proxying
from playing import USER, describe, tells_identity


@pytest.fixture(scope="module")
def scene(stage: Callable[..., Scene]) -> Scene:
    made = stage("guarded", replicas=1)
    made.etcd.put_many("/before/", 100, 100)
    made.take()
    return made


@pytest.fixture
def untouched(scene: Scene, hub: EmbeddedHub) -> Iterator[None]:
    """No write by the account under test, and every key as before."""
    keys, started = scene.etcd.keys(), time.time()
    yield
    writes = [describe(e) for e in hub.audit(user=USER, since=started) if stores(e)]
    assert [w for w in writes if "pods/" not in w and not w.startswith("create pods guarded")] == []
    assert scene.etcd.keys() == keys
    scene.assert_running()


def code(result: Result) -> str:
    assert result["failed"] and result["changed"] is False, result
    found: str = result["failure"]["code"]
    return found


def on_disk(scene: Scene) -> str:
    return str(scene.folder / "clusters" / scene.name / scene.snapshot)


def test_a_digest_of_another_plan(scene: Scene, untouched: None) -> None:
    digest = scene.plan()["digest"]
    assert code(scene.apply("0" * 64)) == "plan_outdated"
    other = scene.apply(digest, bump_revision=False)
    assert code(other) == "plan_outdated" and "options changed since" in other["msg"]
    assert code(scene.roll_back(digest)) == "no_such_restore"


def test_the_same_digest_on_another_management_cluster(scene: Scene, hub: EmbeddedHub, untouched: None) -> None:
    """A second cluster is dear: here the same one, behind an address at which namespace kube-system has another uid."""
    planned = scene.plan()
    own = scene.etcd._rest.get("/api/v1/namespaces/kube-system")["metadata"]["uid"]
    assert planned["management_cluster"] == {"server": hub.server, "uid": own}

    def moved(handler: Handler, exchange: Exchange) -> None:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "another"}}
        handler.answer(exchange, 200, json.dumps(body).encode())

    rule = Rule(lambda exchange: exchange.path.endswith("/namespaces/kube-system"), moved, times=-1)
    with proxying(hub, scene.kubeconfig, rule) as proxy:
        elsewhere = replace(scene, kubeconfig=proxy.kubeconfig())
        for refused in (elsewhere.apply(planned["digest"]), elsewhere.roll_back(planned["digest"])):
            assert code(refused) == "other_cluster" and "this is cluster another" in refused["msg"] and proxy.url in refused["msg"]
        assert not [exchange for exchange in proxy.seen if exchange.writes] and len(proxy.seen) == 2, "nothing else is asked there"


def test_a_snapshot_of_another_cluster_or_key(scene: Scene, untouched: None) -> None:
    path = f"{on_disk(scene)}/manifest.json"
    with open(path) as file:
        good = file.read()
    for change, expected in (({"cluster_id": "other"}, "wrong_cluster"), ({"encryption_key_fingerprint": "ab" * 32}, "wrong_key")):
        with open(path, "w") as file:
            file.write(json.dumps({**json.loads(good), **change}))
        assert code(scene.plan()) == expected
    with open(path, "w") as file:
        file.write(good)


def test_a_snapshot_with_one_changed_byte(scene: Scene, untouched: None) -> None:
    path, digest = f"{on_disk(scene)}/etcd.db", scene.plan()["digest"]
    with open(path, "r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    assert code(scene.plan()) == "snapshot_damaged"
    assert code(scene.apply(digest)) == "snapshot_damaged"
    with open(path, "r+b") as file:
        file.seek(5000)
        file.write(byte)


def test_a_writer_that_scaling_would_not_stop(scene: Scene, untouched: None) -> None:
    digest = scene.plan()["digest"]
    path = f"/api/v1/namespaces/{scene.etcd.namespace}/pods"
    container = {"name": "kube-apiserver", "image": "registry.example.com/kube-apiserver:1"}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "by-hand", "labels": {"app": "kube-apiserver"}},
            "spec": {"containers": [container], "automountServiceAccountToken": False}}  # fmt: skip
    scene.etcd._rest.request("POST", path, body)
    refused = scene.apply(digest)
    scene.etcd._rest.request("DELETE", f"{path}/by-hand", {"gracePeriodSeconds": 0})
    assert code(refused) == "stray_writer" and "by-hand" in refused["msg"]


def test_a_pause_of_somebody_else(scene: Scene, untouched: None) -> None:
    path = scene.etcd._path("hostedclusters", scene.name)
    scene.etcd.patch(path, {"spec": {"pausedUntil": "true"}, "metadata": {"annotations": {"hypershift.core/paused-by": "storage"}}})
    refused = scene.plan()
    scene.etcd.patch(path, {"spec": {"pausedUntil": None}, "metadata": {"annotations": {"hypershift.core/paused-by": None}}})
    assert code(refused) == "paused_by_other" and "storage" in refused["msg"]


def test_a_lease_that_a_living_run_holds(scene: Scene, untouched: None) -> None:
    digest = scene.plan()["digest"]
    path = "/apis/coordination.k8s.io/v1/namespaces/clusters/leases"
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    spec = {"holderIdentity": f"elsewhere/{os.getpid()}-1/x", "leaseDurationSeconds": 600, "renewTime": now}
    meta = {"name": f"{scene.name}-etcd-restore"}
    scene.etcd._rest.request("POST", path, {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": spec})
    refused = scene.apply(digest)
    scene.etcd._rest.request("DELETE", f"{path}/{scene.name}-etcd-restore")
    assert code(refused) == "locked" and "elsewhere" in refused["msg"]


def test_a_volume_without_room_is_found_before_harm(stage: Callable[..., Scene]) -> None:
    """Only the pod on the volume sees it: everything that was stopped runs again, with the data that it had."""
    small = stage("small", replicas=1, volume_bytes=320 << 20)
    small.etcd.put_many("/before/", 40, 200_000)
    small.take()
    free = int(small.etcd.run("df", "-kP", "/var/lib").splitlines()[-1].split()[3]) >> 10
    small.etcd.run("dd", "if=/dev/zero", "of=/var/lib/ballast", "bs=1M", f"count={free - 60}")
    before = small.etcd.keys()
    failed = small.apply(small.plan()["digest"])
    assert failed["failure"]["code"] == "no_space" and "everything is as it was" in failed["msg"], failed["msg"]
    assert small.etcd.keys() == before
    small.assert_running()


def test_it_uses_exactly_the_rights_that_are_documented(scene: Scene, hub: EmbeddedHub) -> None:
    """By the audit log of a whole restore under an account of its own."""
    account = "restorer"
    own = replace(scene, kubeconfig=hub.user_kubeconfig(account, ["system:masters"]))
    started = time.time()
    result = own.apply(own.plan()["digest"])
    assert result["restore"]["state"] == "done", result.get("msg")
    used = {asked(event) for event in hub.audit(user=account, since=started) if not tells_identity(event)}
    assert used - expanded(ALWAYS, CONDITIONAL) == set()
    # What a wait finds in its first list is not watched any more.
    assert {right for right in expanded(ALWAYS) - used if right[0] != "watch"} == set()


def asked(event: Result) -> tuple[str, str, str]:
    ref = event["objectRef"]
    resource = (
        ref["resource"]
        + (f"/{ref['subresource']}" if ref.get("subresource") else "")
        + (f".{ref['apiGroup']}" if ref.get("apiGroup") else "")
    )
    verb = "create" if ref.get("subresource") == "exec" else event["verb"]
    return verb, resource, HOSTED if ref.get("namespace") == "clusters" else CONTROL_PLANE
