# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plan, digest and refusals of a restore."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd import restore_mark as marks
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.plan import first_journal, foreseen
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.refusals import REFUSALS, accepted, refusals
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.situation import (
    Situation,
    Writer,
    differences,
    digest_of,
    lost,
    replicas_by_policy,
)

from etcd_restore.builders import NOW, claims, cluster, file_of, manifest, shard, stateful_set, world


def options(**given: Any) -> dict[str, Any]:
    return {"snapshot": "latest", "bump_revision": True, **given}


def paused(owner: str) -> dict[str, Any]:
    live = cluster(pausedUntil="true")
    live["metadata"]["annotations"] = {"hypershift.core/paused-by": owner} if owner else {}
    return live


def with_status(history: list[dict[str, str]]) -> dict[str, Any]:
    return {**cluster(), "status": {"version": {"history": history}}}


def marked(state: str) -> Any:
    return first_journal(world(), "d" * 64).mark(state)


def unasked(kind: str = "silent", ready: bool = False, number: int = 2, **over: Any) -> Any:
    members = [replace(m, revision=130, ready=ready) for m in shard().members]
    members[number] = replace(members[number], revision=None, not_asked=kind, error="it sent nothing for 25 s", ready=ready)
    return shard(members=tuple(members), **over)


deleted = cluster()
deleted["metadata"] |= {"deletionTimestamp": "2026-11-24T16:00:00Z"}

REFUSED: dict[str, Situation] = {
    "deleting": world(cluster=deleted),
    "snapshot_not_found": world(manifest=None),
    "snapshot_damaged": world(damage="file etcd.db is missing"),
    "snapshot_sealed": world(manifest=manifest(sealed="age")),
    "wrong_cluster": world(manifest=manifest(cluster_id="id-2")),
    "wrong_key": world(manifest=manifest(encryption_key_fingerprint="cd" * 32)),
    "kms_not_compared": world(
        cluster=cluster(secretEncryption={"type": "kms"}), key_fingerprint="", manifest=manifest(encryption_key_fingerprint="")
    ),
    "release_differs": world(manifest=manifest(release="4.20.1")),
    "shards_differ": world(every_shard=("etcd", "etcd-events"), shards=(shard(), shard("etcd-events"))),
    "update_in_progress": world(
        cluster=with_status([{"state": "Partial", "version": "4.21.4"}, {"state": "Completed", "version": "4.21.3"}])
    ),
    "rolling": world(shards=(shard(rolling=True),)),
    "etcd_recovery_active": world(recovery="Job etcd-recovery is running"),
    "retention_delete": world(shards=(shard(when_scaled="Delete"),)),
    "paused_by_other": world(cluster=paused("storage-team")),
    "restore_under_way": world(mark=marked(marks.RUNNING)),
    "missing_permission": world(shards=(unasked("forbidden"),)),
    "not_asked": world(shards=(unasked("denied"),)),
    "not_lost": world(shards=(unasked(ready=True),), options=options(assume_lost=["etcd-2"])),
    "locked": world(holder="host/1-2/abc"),
    "claim_lost": world(claims=claims(phase="Lost")),
    "no_space": world(manifest=manifest(files=(file_of(size=9 << 30),))),
    "size_unknown": world(shards=(shard(peers={}, replicas=0),)),
    "stray_writer": world(writers=(Writer("kube-apiserver", 3, 3, "u", ("by-hand",)),)),
}
ALLOWED: dict[str, Situation] = {
    "as it is": world(),
    "a pause without owner": world(cluster=paused("")),
    "our own pause": world(cluster=paused("etcd_restore")),
    "a part of the shards, named": world(every_shard=("etcd", "etcd-events"), options=options(shards=["etcd"])),
    "sealed, with an identity": world(manifest=manifest(sealed="age"), options=options(identity_file="/key")),
    "retention, allowed": world(shards=(shard(when_scaled="Delete"),), options=options(allow_retention_patch=True)),
    "first installation": world(cluster=with_status([{"state": "Partial", "version": "4.21.3"}])),
    "no encryption at all": world(
        cluster=cluster(secretEncryption=None), key_fingerprint="", manifest=manifest(encryption_key_fingerprint="")
    ),
    "members without claims": world(claims={}),
    "scaled to 0 by hand": world(shards=(shard(replicas=0, rolling=True),)),
    "not asked, called lost, and nothing speaks against it": world(
        shards=(unasked(ready_replicas=0),), options=options(assume_lost=["etcd-2"])
    ),
    "after one that was undone": world(mark=marked(marks.UNDONE)),
}


@pytest.mark.parametrize("code", REFUSED)
def test_each_reason_is_refused_alone_and_says_what_to_do(code: str) -> None:
    found = refusals(REFUSED[code])
    assert [f.code for f in found] == [code]
    assert found[0].object == "HostedCluster clusters/demo" and found[0].next_step and "{" not in found[0].message()


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_no_reason(name: str) -> None:
    assert refusals(ALLOWED[name]) == []


def test_every_row_of_the_table_is_tested() -> None:
    assert set(REFUSED) == {row.code for row in REFUSALS}


@pytest.mark.parametrize("code", [row.code for row in REFUSALS if row.risk])
def test_a_risk_that_was_accepted_becomes_a_warning(code: str) -> None:
    risk = next(row.risk for row in REFUSALS if row.code == code)
    found = replace(REFUSED[code], options=options(accept=[risk]))
    assert refusals(found) == [] and len(accepted(found)) == 1 and risk in accepted(found)[0]


def test_all_refusals_come_at_once() -> None:
    found = refusals(world(damage="x", recovery="y", holder="z", manifest=manifest(cluster_id="other", release="1")))
    assert [f.code for f in found] == ["snapshot_damaged", "wrong_cluster", "release_differs", "etcd_recovery_active", "locked"]


def test_the_digest_stands_while_the_world_does() -> None:
    later = world(now=NOW + timedelta(hours=3), shards=(shard(members=tuple(replace(m, revision=999) for m in shard().members)),))
    assert digest_of(later) == digest_of(world()) == digest_of(world(mark=marked(marks.UNDONE)))
    assert differences(digest_of(world()), later) == []


@pytest.mark.parametrize(
    ("part", "changed"),
    {
        "hosted cluster": world(key_fingerprint="cd" * 32),
        "snapshot": world(manifest=manifest(files=(replace(file_of(), sha256="d" * 64),))),
        "etcd": world(shards=(shard(image="registry/etcd:3.7"),)),
        "writers": world(writers=(Writer("kube-apiserver", 2, 2, "uid-kube-apiserver"),)),
        "pause": world(cluster=paused("")),
        "options": world(options=options(assume_lost=["etcd-2"])),
    }.items(),
)
def test_a_change_gives_another_digest_and_is_named(part: str, changed: Situation) -> None:
    assert digest_of(changed) != digest_of(world())
    assert part in differences(digest_of(world()), changed)


def test_a_restore_that_was_done_can_be_planned_anew_but_not_repeated_by_accident() -> None:
    for state in (marks.DONE, marks.KEPT, marks.ROLLED_BACK):
        assert differences(digest_of(world()), world(mark=marked(state))) == ["earlier restores"]


@pytest.mark.parametrize("text", ["", "latest", "a" * 64, "a" * 64 + "-12", "x" * 200])
def test_what_is_no_digest_names_nothing(text: str) -> None:
    assert differences(text, world()) == []


def test_what_is_lost() -> None:
    assert lost(world()) == {"revisions": 30, "by_shard": {"etcd": 30}, "seconds": 540, "since": "2026-11-24T16:51:00Z"}
    silent = shard(members=tuple(replace(m, revision=None) for m in shard().members))
    assert lost(world(shards=(silent,)))["revisions"] is None
    behind = shard(members=tuple(replace(m, revision=5) for m in shard().members))
    assert lost(world(shards=(behind,)))["revisions"] == 0


def test_the_steps_in_order() -> None:
    verbs = [(e["verb"], e["object"].rpartition("/")[2]) for e in foreseen(world())]
    members = [f"etcd-{n}" for n in range(3)]
    writers = ["kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver"]
    assert verbs == [
        *(("create", f"{m}-restore-trial") for m in members), ("patch", "demo"), ("pause", "demo"),
        *(("scale", w) for w in writers), ("scale", "etcd"), *(("create", f"{m}-restore") for m in members),
        *(("exchange", m) for m in members), *(("delete", f"{m}-restore") for m in members), ("scale", "etcd"), *(("scale", w) for w in writers),
        ("resume", "demo"), *(("remove", m) for m in members),
    ]  # fmt: skip
    assert [e["disruptive"] for e in foreseen(world())].count(True) == 7


def test_steps_that_depend() -> None:
    bare = shard(members=tuple(replace(m, claim="") for m in shard().members))
    assert "PersistentVolumeClaim clusters-demo/data-etcd-2" in [e["object"] for e in foreseen(world(shards=(bare,)))]
    retained = [e["object"] for e in foreseen(world(shards=(shard(when_scaled="Delete"),))) if e["verb"] == "patch"]
    assert retained == ["HostedCluster clusters/demo", "StatefulSet clusters-demo/etcd"]
    verbs = {e["verb"] for e in foreseen(world(cluster=paused(""), options=options(keep_old_data=True)))}
    assert not verbs & {"pause", "resume", "remove"}


def test_the_journal_begins_with_everything_as_found() -> None:
    live = paused("")
    journal = first_journal(world(cluster=live, units=(live, {"kind": "NodePool", "metadata": {"name": "p"}, "spec": {}})), "d" * 70)
    assert journal.writers == dict.fromkeys(("kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver"), 3)
    assert journal.pauses["HostedCluster/demo"]["pausedUntil"] == "true" and journal.pauses["NodePool/p"]["pausedUntil"] is None
    record = journal.shards[0]
    assert (record.replicas, record.quorate, record.live_keys, sorted(record.peers)) == (3, False, 300, ["etcd-0", "etcd-1", "etcd-2"])
    ready = first_journal(world(shards=(shard(ready_replicas=2),)), "d" * 70)
    assert ready.shards[0].quorate


def test_replicas_when_nobody_knows() -> None:
    assert (replicas_by_policy(cluster()), replicas_by_policy(cluster(controllerAvailabilityPolicy="SingleReplica"))) == (3, 1)


def test_helper_pod_stands_where_the_member_did_and_gets_no_traffic() -> None:
    from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore import volume_pod as pods

    made = pods.pod(stateful_set(), "etcd-1", "data-etcd-1", "abc", "")
    spec, container = made["spec"], made["spec"]["containers"][0]
    assert made["metadata"]["labels"] == {"app": "etcd-restore", "hypershift.core/etcd-restore": "abc"}
    assert "ownerReferences" not in made["metadata"] and spec["automountServiceAccountToken"] is False and spec["activeDeadlineSeconds"]
    assert (spec["nodeSelector"], spec["priorityClassName"], spec["securityContext"]) == ({"zone": "a"}, "hypershift-etcd", {"fsGroup": 7})
    assert (container["image"], container["securityContext"]) == ("registry/etcd:3.6", {"runAsUser": 7})
    assert spec["volumes"][0]["persistentVolumeClaim"]["claimName"] == "data-etcd-1"
    claim = pods.claim(stateful_set(), "data-etcd-1")
    assert claim["metadata"]["labels"] == {"team": "a", "app": "etcd"} and claim["spec"]["resources"]["requests"]["storage"] == "8Gi"
