# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""etcd_info, etcd_snapshot, etcd_snapshot_verify and etcd_member_recover on real etcd, through ansible-playbook."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.snapshot_commands import REAPER_SECONDS

from embedded_hub import EmbeddedHub, binaries
from embedded_hub.testing import until
from etcd_roles.stage import lose_quorum
from hosted_etcd import HostedEtcd, S3Server
from playing import USER, Player, Task, kill, tells_identity
from rbac.etcd_rights import ETCD_MODULES, expanded

Create = Callable[..., HostedEtcd]
TEMPORARY = "ls -A /var/lib"


MODULES = {
    "etcd_info": "hypershift.core.etcd_info",
    "etcd_snapshot": "hypershift.core.etcd_snapshot",
    "etcd_snapshot_verify": "hypershift.core.etcd_snapshot_verify",
    "etcd_member_recover": "hypershift.core.etcd_member_recover",
}


def task(etcd: HostedEtcd, module: str, **options: Any) -> Task:
    return {MODULES[module]: {"name": etcd.name, **options}}


@pytest.fixture(scope="module")
def etcd(create: Create) -> HostedEtcd:
    made = create()
    made.put_many("/kept/", 300)
    return made


def left(etcd: HostedEtcd) -> list[str]:
    """What is in etcd's volumes beside its data."""
    found = [etcd.run("sh", "-c", TEMPORARY, member=n).split() for n in range(len(etcd.pods("app=etcd")))]
    return [name for names in found for name in names if name != "data"]


def reapers() -> set[int]:
    """Processes that wait to remove a temporary snapshot which nobody else removes."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cmdline").read_bytes() == f"sleep\0{REAPER_SECONDS}\0".encode():
                found.add(int(folder.name))
    return found


def test_a_healthy_etcd(player: Player, etcd: HostedEtcd) -> None:
    found = player.play(task(etcd, "etcd_info")).ok().last["etcd"]
    assert (found["verdict"], found["quorate"], found["operator_recovery"]) == ("healthy", True, "")
    shard = found["shards"][0]
    assert [m["name"] for m in shard["members"]] == ["etcd-0", "etcd-1", "etcd-2"]
    assert sum(m["leader"] for m in shard["members"]) == 1
    assert len({m["hash"] for m in shard["members"]}) == 1
    assert {m["tool"] for m in shard["members"]} == {"etcdutl"}
    assert {e["name"] for e in shard["member_list"]} == {"etcd-0", "etcd-1", "etcd-2"}


def test_a_snapshot_is_proved_kept_private_and_leaves_nothing_behind(player: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    options = {"directory": str(tmp_path / "store"), "max_age": "1h", "retention": {"keep_last": 2}}
    foreseen = player.play(task(etcd, "etcd_snapshot", **options), check=True).ok().last
    assert [s["verb"] for s in foreseen["plan"]] == ["snapshot"]
    assert not (tmp_path / "store").exists()
    before = reapers()
    played = player.play(task(etcd, "etcd_snapshot", **options)).ok()
    until("the process that would remove the file is gone with it", lambda: reapers() <= before, 5)
    taken = played.last["snapshot"]
    assert (played.last["changed"], taken["shards"][0]["live_keys"]) == (True, len(etcd.keys()))
    files = [f for f in (tmp_path / "store").rglob("*") if f.is_file()]
    assert sorted(f.name for f in files) == ["etcd.db", "manifest.json"]
    assert {f.stat().st_mode & 0o777 for f in files} == {0o600}
    assert left(etcd) == []
    again = player.play(task(etcd, "etcd_snapshot", **options)).ok()
    assert not again.last["changed"]
    assert again.last["snapshot"]["id"] == taken["id"]
    gone = player.play(task(etcd, "etcd_snapshot", directory=options["directory"], state="absent", snapshot=taken["id"])).ok()
    assert gone.last["changed"]
    assert (
        not player.play(task(etcd, "etcd_snapshot", directory=options["directory"], state="absent", snapshot=taken["id"]))
        .ok()
        .last["changed"]
    )


def test_a_drill_in_a_pod_and_with_programs_of_this_machine(player: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    player.play(task(etcd, "etcd_snapshot", directory=store)).ok()
    report = tmp_path / "report.json"
    in_pod = player.play(task(etcd, "etcd_snapshot_verify", directory=store, report=str(report))).ok().last["report"]
    assert in_pod["passed"]
    assert in_pod["shards"][0]["restore_seconds"] < in_pod["rto_seconds"]
    assert json.loads(report.read_text()) == in_pod
    here = player.play(task(etcd, "etcd_snapshot_verify", directory=store, etcd_directory=etcd_programs())).ok().last["report"]
    assert [c["ok"] for c in here["shards"][0]["checks"]] == [True] * 5
    listed = player.play({"hypershift.core.etcd_snapshot_info": {"directory": store}}).ok().last
    assert listed["snapshots"][0]["verified"]


def test_a_spoilt_snapshot_fails_its_drill(quick: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    store = tmp_path / "store"
    quick.play(task(etcd, "etcd_snapshot", directory=str(store))).ok()
    manifest = next(store.rglob("manifest.json"))
    told = json.loads(manifest.read_text())
    told["files"][0]["live_keys"] += 1
    manifest.write_text(json.dumps(told))
    failed = quick.play(task(etcd, "etcd_snapshot_verify", directory=str(store), etcd_directory=etcd_programs())).failed()
    assert failed["failure"]["code"] == "drill_failed"
    assert re.search(r"keys after the restore is \d+, not \d+", failed["msg"])
    data = next(store.rglob("etcd.db"))
    content = bytearray(data.read_bytes())
    content[5000] ^= 1
    data.write_bytes(content)
    failed = quick.play(task(etcd, "etcd_snapshot_verify", directory=str(store), etcd_directory=etcd_programs())).failed()
    assert failed["failure"]["code"] == "snapshot_damaged"


def test_sealed_into_a_bucket_and_proved_from_there(quick: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.touch(0o600)
    key.write_text(f"{identity}\n")
    server = S3Server.up(tmp_path / "s3")
    try:
        s3 = {
            "bucket": "snapshots",
            "endpoint_url": server.endpoint,
            "region": server.region,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
        }
        server_bucket(s3)
        taken = quick.play(task(etcd, "etcd_snapshot", s3=s3, recipients=[str(identity.to_public())])).ok()
        assert taken.last["snapshot"]["sealed"]
        assert server.secret_key not in taken.output
        refused = quick.play(task(etcd, "etcd_snapshot_verify", s3=s3, etcd_directory=etcd_programs())).failed()
        assert refused["failure"]["code"] == "snapshot_sealed"
        drill = quick.play(task(etcd, "etcd_snapshot_verify", s3=s3, identity_file=str(key), etcd_directory=etcd_programs())).ok()
        assert drill.last["report"]["passed"]
    finally:
        server.stop()


def test_a_member_sends_its_snapshot_itself(quick: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    import boto3

    server = S3Server.up(tmp_path / "s3")
    try:
        keys = {"aws_access_key_id": server.access_key, "aws_secret_access_key": server.secret_key}
        client = boto3.client("s3", endpoint_url=server.endpoint, region_name=server.region, **keys)
        client.create_bucket(Bucket="sent")
        url = client.generate_presigned_url("put_object", Params={"Bucket": "sent", "Key": "demo.db"}, ExpiresIn=600)
        played = quick.play(task(etcd, "etcd_snapshot", upload_urls={"etcd": url})).ok()
        body = client.get_object(Bucket="sent", Key="demo.db")["Body"].read()
        assert hashlib.sha256(body).hexdigest() == played.last["manifest"]["files"][0]["sha256"]
        assert "Signature" not in played.output
        assert left(etcd) == []
        spoilt = quick.play(task(etcd, "etcd_snapshot", upload_urls={"etcd": url.replace("Signature=", "Signature=0")}))
        assert spoilt.failed()["failure"]["code"] == "upload_failed"
        assert "Signature" not in spoilt.output
        other = quick.play(task(etcd, "etcd_snapshot", upload_urls={"events": url})).failed()
        assert "upload_urls names events, the shards are etcd" in other["msg"]
    finally:
        server.stop()


@pytest.mark.parametrize("kind", ["close", "exit", "kill", "stall"])
def test_a_stream_that_breaks_in_the_pod(quick: Player, etcd: HostedEtcd, tmp_path: Path, kind: Any) -> None:
    faults = [etcd.fault("skip=", kind, after=40_000, times=1, pod=f"etcd-{n}") for n in range(3)]
    options = {"directory": str(tmp_path / "store"), "stall_timeout": 2}
    quick.play(task(etcd, "etcd_snapshot", **options)).ok()
    assert sum(f.hits for f in faults) == 1
    for fault in faults:
        fault.clear()
    listed = quick.play({"hypershift.core.etcd_snapshot_info": {"directory": options["directory"], "prove": True}}).ok().last
    assert [s["good"] for s in listed["snapshots"]] == [True]
    assert left(etcd) == []


def test_a_killed_run_leaves_no_set_and_the_next_one_takes_one(quick: Player, etcd: HostedEtcd, tmp_path: Path) -> None:
    faults = [etcd.fault("skip=", "stall", after=10_000, times=1, pod=f"etcd-{n}") for n in range(3)]
    options = {"directory": str(tmp_path / "store"), "stall_timeout": 60}
    process, _record = quick.start(task(etcd, "etcd_snapshot", **options))
    until("the transfer has stalled", lambda: sum(f.hits for f in faults) == 1)
    kill(process)
    for fault in faults:
        fault.clear()
    listed = quick.play({"hypershift.core.etcd_snapshot_info": {"directory": options["directory"]}}).ok().last
    assert listed["snapshots"] == []
    assert len(listed["leftovers"]) == 1
    quick.play(task(etcd, "etcd_snapshot", **options)).ok()
    assert quick.play({"hypershift.core.etcd_snapshot_info": {"directory": options["directory"]}}).ok().last["clusters"][0]["good"] == 1
    for number in range(3):
        etcd.run("sh", "-c", "rm -f /var/lib/.hypershift-core-snapshot-*", member=number)


def test_too_little_room_is_refused_before_anything_is_written(quick: Player, create: Create, tmp_path: Path) -> None:
    small = create(replicas=1, volume_bytes=180 << 20)
    failed = quick.play(task(small, "etcd_snapshot", directory=str(tmp_path))).failed()
    assert failed["failure"]["code"] == "no_space"
    assert re.search(r"/var/lib has [\d.]+ MiB free, a temporary snapshot needs [\d.]+ MiB", failed["msg"])
    assert left(small) == []


def test_3_5_with_one_member_and_etcdctl_alone(quick: Player, create: Create, tmp_path: Path) -> None:
    old = create(replicas=1, version="3.5")
    old.put_many("/old/", 50)
    found = quick.play(task(old, "etcd_info")).ok().last["etcd"]
    assert (found["verdict"], found["shards"][0]["members"][0]["tool"]) == ("healthy", "etcdctl")
    quick.play(task(old, "etcd_snapshot", directory=str(tmp_path / "store"))).ok()
    assert quick.play(task(old, "etcd_snapshot_verify", directory=str(tmp_path / "store"))).ok().last["report"]["passed"]
    wrong = quick.play(task(old, "etcd_snapshot_verify", directory=str(tmp_path / "store"), etcd_directory=etcd_programs())).failed()
    assert wrong["failure"]["code"] == "wrong_tool"


def test_two_shards_make_one_set(quick: Player, create: Create, tmp_path: Path) -> None:
    both = create(replicas=1, shards=("etcd", "etcd-events"))
    taken = quick.play(task(both, "etcd_snapshot", directory=str(tmp_path / "store"))).ok().last
    assert [s["shard"] for s in taken["snapshot"]["shards"]] == ["etcd", "etcd-events"]
    assert quick.play(task(both, "etcd_snapshot_verify", directory=str(tmp_path / "store"))).ok().last["report"]["passed"]
    fault = both.fault("skip=", "exit", after=0, times=99, pod="etcd-events-0")
    failed = quick.play(task(both, "etcd_snapshot", directory=str(tmp_path / "none"), stall_timeout=2)).failed()
    fault.clear()
    assert failed["failure"]["code"] == "transfer_failed"
    assert not list((tmp_path / "none").rglob("*.db"))  # all shards or none


def test_a_failed_member_under_load_is_replaced(quick: Player, etcd: HostedEtcd) -> None:
    with etcd.load(30):
        etcd.destroy_data(1)
        until("the member has failed", lambda: not ready(etcd, "etcd-1"))
        seen = quick.play(task(etcd, "etcd_info", compare_data=False)).ok().last["etcd"]
        assert seen["verdict"] == "member_failed"
        done = quick.play(task(etcd, "etcd_member_recover")).ok()
    assert [s["verb"] for s in done.last["plan"]] == ["delete", "delete"]
    assert done.last["etcd"]["verdict"] == "healthy"
    assert len({h.hash for h in etcd.hashkv().values()}) == 1
    again = quick.play(task(etcd, "etcd_member_recover")).ok()
    assert not again.last["changed"]
    assert quick.writes(again.started) == []


def test_an_account_without_exec_learns_which_right_is_missing(hub: EmbeddedHub, etcd: HostedEtcd, admin: Any, tmp_path: Path) -> None:
    admin.kubectl("create", "serviceaccount", "looker", "-n", "default", check=False)
    admin.kubectl("create", "clusterrolebinding", "looker", "--clusterrole=view", "--serviceaccount=default:looker", check=False)
    rules = [{"apiGroups": ["hypershift.openshift.io"], "resources": ["hostedclusters"], "verbs": ["get"]}]
    admin.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "looker-hc"}, "rules": rules})
    admin.kubectl("create", "clusterrolebinding", "looker-hc", "--clusterrole=looker-hc", "--serviceaccount=default:looker", check=False)
    player = Player(hub, hub.service_account_kubeconfig("default", "looker"))
    until("the binding is effective", lambda: player.play(task(etcd, "etcd_info")).last.get("etcd"), 20)
    seen = player.play(task(etcd, "etcd_info")).ok().last["etcd"]
    assert (seen["verdict"], seen["quorate"], len(seen["not_asked"])) == ("unknown", None, 3)
    assert f"pods/exec in namespace {etcd.namespace}" in seen["next_step"]
    for module, options in (("etcd_snapshot", {"directory": str(tmp_path)}), ("etcd_member_recover", {})):
        failed = player.play(task(etcd, module, **options)).failed()
        assert failed["failure"]["code"] == "missing_permission"
        assert f"pods/exec in namespace {etcd.namespace}" in failed["msg"]


@pytest.mark.parametrize("module", MODULES)
def test_the_documented_rights_are_those_that_are_used(hub: EmbeddedHub, etcd: HostedEtcd, tmp_path: Path, module: str) -> None:
    user = f"carer-{module.replace('_', '-')}"
    player = Player(hub, hub.user_kubeconfig(user, ["system:masters"]))
    options = {"directory": str(tmp_path / "store")} if "snapshot" in module else {}
    if module == "etcd_snapshot_verify":
        Player(hub, hub.kubeconfig).play(task(etcd, "etcd_snapshot", **options)).ok()
    if module == "etcd_member_recover":
        etcd.destroy_data(2)
        until("the member has failed", lambda: not ready(etcd, "etcd-2"))
        options = {"settle_seconds": 1}
    started = time.time()
    player.play(task(etcd, module, **options)).ok()
    used = {asked(event) for event in hub.audit(user=user, since=started) if not tells_identity(event)}
    assert used - expanded(ETCD_MODULES[module]) == set()
    assert expanded(ETCD_MODULES[module], always=True) - used == set()


def asked(event: dict[str, Any]) -> tuple[str, str, str]:
    ref = event["objectRef"]
    part, group = (f"/{ref['subresource']}" if ref.get("subresource") else ""), (f".{ref['apiGroup']}" if ref.get("apiGroup") else "")
    verb = "create" if ref.get("subresource") == "exec" else event["verb"]
    return verb, ref["resource"] + part + group, "hosted" if ref.get("namespace") == "clusters" else "control_plane"


def test_lost_quorum_is_told_while_the_hosted_api_is_down(quick: Player, create: Create, tmp_path: Path) -> None:
    etcd = create()
    etcd.put_many("/kept/", 100)
    lose_quorum(etcd)
    played = quick.play(task(etcd, "etcd_info")).ok()
    found = played.last["etcd"]
    assert (found["verdict"], found["quorate"]) == ("no_quorum", False)
    assert "1 of 3 members" in found["cause"] or "0 of 3 members" in found["cause"]
    execs = [e for e in quick.hub.audit(user=USER, since=played.started) if (e.get("objectRef") or {}).get("subresource") == "exec"]
    assert 1 <= len(execs) <= 3, "every member is asked once, and nobody waits for those that do not answer"
    refused = quick.play(task(etcd, "etcd_member_recover")).failed()
    assert "not_quorate" in json.dumps(refused["refusals"])
    rescued = quick.play(task(etcd, "etcd_snapshot", directory=str(tmp_path / "store"))).ok().last
    assert rescued["snapshot"]["shards"][0]["live_keys"] == 100
    assert "newer writes may be lost" in json.dumps(rescued["warnings"])


def ready(etcd: HostedEtcd, name: str) -> bool:
    for pod in etcd.pods("app=etcd"):
        if pod["metadata"]["name"] == name:
            return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions") or [])
    return False


def etcd_programs() -> str:
    """Folder with etcd 3.6 and its tools."""
    return str(binaries.family("etcd", lambda _line: None)["etcd"].parent)


def server_bucket(s3: dict[str, str]) -> None:
    import boto3

    keys = {"aws_access_key_id": s3["access_key"], "aws_secret_access_key": s3["secret_key"]}
    boto3.client("s3", endpoint_url=s3["endpoint_url"], region_name=s3["region"], **keys).create_bucket(Bucket=s3["bucket"])
