# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshot sets in a bucket: the same promises as in a directory, against a bucket in memory whose requests are counted and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.store import S3Store, open_bucket
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from botocore.exceptions import ClientError
from moto import mock_aws

from etcd_snapshots.samples import manifest_of, written

CONTENTS = {"etcd": b"abcdefg" * 100, "etcd-events": b"events"}
LARGE = {**CONTENTS, "etcd": b"a" * 6_000_001}  # goes up in two parts
WRITES = ("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "DeleteObject", "AbortMultipartUpload")
LOCKED = {"mode": "GOVERNANCE", "retain_days": 3}


_SESSION = cache(boto3.session.Session)  # reading the service's description takes longer than most of these tests


class World:
    """A bucket, and stores on it. asked: operations in order; refuse: operation -> code of the error that it gets, or a number of a write."""

    def __init__(self, folder: Path, versions: bool = False) -> None:
        self.folder = folder
        self.client = boto3.session.Session(region_name="us-east-1").client("s3")
        self.versions = versions
        self.client.create_bucket(Bucket="backup", ObjectLockEnabledForBucket=versions)
        self.asked: list[str] = []
        self.refuse: dict[str, str] = {}
        self.writes_left: int | None = None

    def store(self, **options: Any) -> S3Store:
        given = {"bucket": "backup", "prefix": "/sets/", "region": "us-east-1", "part_size_mib": 5, **options}
        store = open_bucket(given, sleep=lambda _seconds: None)
        if self.versions:  # this server in memory takes a lock with the older sum alone
            store._bucket._checksums = False
        events = store._bucket._client.meta.events
        events.register("before-call.s3", self._before)
        events.register("before-parameter-build.s3", _without_null)
        return store

    def _before(self, model: Any, **_: Any) -> None:
        self.asked.append(model.name)
        if model.name in self.refuse:
            raise ClientError({"Error": {"Code": self.refuse[model.name], "Message": "no"}}, model.name)
        if self.writes_left is not None and model.name in WRITES:
            if not self.writes_left:
                raise KeyboardInterrupt
            self.writes_left -= 1

    def put(self, store: S3Store, contents: dict[str, bytes] | None = None, **over: Any) -> Any:
        contents = CONTENTS if contents is None else contents
        manifest = manifest_of(contents, **over)
        store.put(manifest, written(self.folder / manifest.id, contents))
        return manifest

    def names(self) -> list[str]:
        return [o["Key"] for o in self.client.list_objects_v2(Bucket="backup").get("Contents", [])]

    def upload(self) -> dict[str, str]:
        [found] = self.client.list_multipart_uploads(Bucket="backup")["Uploads"]
        return {"Bucket": "backup", "Key": found["Key"], "UploadId": found["UploadId"]}

    def uploads(self) -> list[str]:
        return [u["Key"] for u in self.client.list_multipart_uploads(Bucket="backup").get("Uploads", [])]


def _without_null(params: dict[str, Any], **_: Any) -> None:
    """A server knows the version null of an object that was written without versions; this one in memory does not."""
    if params.get("VersionId") == "null":
        del params["VersionId"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("EC2_METADATA_DISABLED", "true")):
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3.session, "Session", _SESSION)
    with mock_aws():
        yield


@pytest.fixture
def world(aws: None, tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def locking(aws: None, tmp_path: Path) -> World:
    return World(tmp_path, versions=True)


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(HypershiftError) as caught:
        call()
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    return caught.value.failure.code


def test_a_set_goes_in_and_comes_out(world: World) -> None:
    store = world.store()
    store.check(for_writing=True)
    manifest = world.put(store, LARGE)
    [entry] = store.sets("clusters", "demo")
    assert entry.good and entry.manifest == manifest and entry.size == sum(map(len, LARGE.values()))
    assert store.prove(manifest) == "" and store.where == "s3://backup/sets" and store.free_bytes() is None
    store.fetch(manifest, "etcd", world.folder / "back.db")
    assert (world.folder / "back.db").read_bytes() == LARGE["etcd"]
    assert store.leftovers() == [] and world.uploads() == []
    assert {k.rpartition("/")[0] for k in world.names()} == {f"sets/clusters/demo/{manifest.id}"}


def test_the_manifest_comes_last_and_goes_first(world: World) -> None:
    store = world.store()
    sent: list[str] = []
    store._bucket._client.meta.events.register(
        "provide-client-params.s3", lambda params, model, **_: sent.append(f"{model.name} {params.get('Key', '')}")
    )
    world.put(store, LARGE)
    uploads = [s for s in sent if s.startswith(("PutObject", "CompleteMultipartUpload"))]
    assert uploads[-1].endswith("/manifest.json") and len(uploads) == 3
    sent.clear()
    store.delete(store.sets()[0])
    assert next(s for s in sent if s.startswith("DeleteObject")).endswith("/manifest.json")
    assert world.names() == []


@pytest.mark.parametrize("writes", range(6))
def test_killed_before_any_write_no_half_set_is_seen_and_the_next_run_makes_it_whole(world: World, writes: int) -> None:
    world.writes_left = writes
    store = world.store()
    manifest = manifest_of(LARGE)
    with pytest.raises(KeyboardInterrupt):
        store.put(manifest, written(world.folder / "x", LARGE))
    assert store.sets() == []
    world.writes_left = None
    world.store().put(manifest, written(world.folder / "x", LARGE))
    [entry] = store.sets()
    assert entry.good and store.prove(manifest) == ""
    assert world.uploads() == []


def test_what_an_interrupted_run_has_brought_whole_is_not_sent_again(world: World) -> None:
    world.refuse = {"PutObject": "AccessDenied"}  # the large file goes up in parts, the small one does not
    manifest = manifest_of(LARGE)
    assert code_of(lambda: world.store().put(manifest, written(world.folder / "x", LARGE))) == "missing_permission"
    world.refuse = {"UploadPart": "AccessDenied"}
    world.store().put(manifest, written(world.folder / "x", LARGE))
    assert world.store().prove(manifest) == ""


def test_a_second_put_of_the_same_set_sends_nothing(world: World) -> None:
    store = world.store()
    world.put(store)
    world.asked.clear()
    world.put(store)
    assert not set(world.asked) & set(WRITES)


def test_another_set_of_that_id_is_not_overwritten(world: World) -> None:
    store = world.store()
    manifest = world.put(store)
    other = manifest_of({**CONTENTS, "etcd-events": b"others"})
    files = written(world.folder / "y", {**CONTENTS, "etcd-events": b"others"})
    before = world.names()
    assert code_of(lambda: store.put(other, files)) == "snapshot_exists"
    assert store.prove(manifest) == "" and world.names() == before


def test_a_set_is_put_with_all_its_shards_or_not(world: World) -> None:
    manifest = manifest_of(CONTENTS)
    files = {"etcd": written(world.folder / "x", CONTENTS)["etcd"]}
    assert code_of(lambda: world.store().put(manifest, files)) == "incomplete_set"
    assert world.names() == []


@pytest.mark.parametrize("shard", ["etcd", "etcd-events"])
@pytest.mark.parametrize("change", [lambda b: b[:-1] + b"X", lambda b: b + b"X", lambda b: b[:-1]], ids=["other", "longer", "shorter"])
def test_a_file_that_changed_since_is_not_stored(world: World, shard: str, change: Callable[[bytes], bytes]) -> None:
    store, manifest, files = world.store(), manifest_of(LARGE), written(world.folder / "x", LARGE)
    files[shard].write_bytes(change(LARGE[shard]))
    assert code_of(lambda: store.put(manifest, files)) == "snapshot_damaged"
    assert store.sets() == [] and world.uploads() == []
    assert not [k for k in world.names() if k.endswith(manifest.file_of(shard).file)]


def spoil(world: World, file: str, content: bytes | None) -> None:
    [key] = [k for k in world.names() if k.endswith(f"/{file}")]
    if content is None:
        world.client.delete_object(Bucket="backup", Key=key)
    else:
        world.client.put_object(Bucket="backup", Key=key, Body=content)


@pytest.mark.parametrize(
    ("content", "problem", "proof"),
    [
        (None, "file etcd-events.db is missing", "file etcd-events.db is missing"),
        (b"event", "file etcd-events.db has 5 bytes instead of 6", "size or SHA-256 differs"),
        (b"Events", "", "size or SHA-256 differs"),
    ],
)
def test_damage_is_seen(world: World, content: bytes | None, problem: str, proof: str) -> None:
    store = world.store()
    manifest = world.put(store)
    spoil(world, "etcd-events.db", content)
    [entry] = store.sets()
    assert entry.problem == problem
    assert proof in store.prove(manifest)
    with pytest.raises(HypershiftError):
        store.fetch(manifest, "etcd-events", world.folder / "back.db")
    assert not (world.folder / "back.db").exists()


def test_a_manifest_that_cannot_be_read_is_a_problem_and_no_set_to_delete_unseen(world: World) -> None:
    store = world.store()
    world.put(store)
    spoil(world, "manifest.json", b"{")
    [entry] = store.sets()
    assert not entry.good and "manifest is bad" in entry.problem


def test_neighbours_are_not_touched(world: World) -> None:
    """Not of another cluster whose name begins alike, and not what is none of ours."""
    store = world.store()
    world.put(store)
    other = world.put(store, name="demo2")
    foreign = ["sets/clusters/demo/notes.txt", "sets/README", "other/clusters/demo/20261124T164512Z-ab12/etcd.db", "sets/a/b/no-id/etcd.db"]
    for key in foreign:
        world.client.put_object(Bucket="backup", Key=key, Body=b"x")
    assert [e.name for e in store.sets("clusters", "demo")] == ["demo"] and [e.name for e in store.sets("clusters")] == ["demo", "demo2"]
    assert store.sets("cluster") == []
    assert store.remove_leftovers(min_age=-10) == []
    store.delete(store.sets("clusters", "demo")[0])
    assert store.prove(other) == ""
    assert sorted(foreign) == sorted(k for k in world.names() if "demo2/" not in k)


def test_verification_is_recorded_and_nothing_else_may_change(world: World) -> None:
    store = world.store()
    manifest = world.put(store)
    verified = replace(manifest, verified_at=datetime(2026, 11, 25, tzinfo=UTC), verification={"passed": True})
    store.update_manifest(verified)
    assert store.sets()[0].manifest == verified
    assert code_of(lambda: store.update_manifest(replace(manifest, release="4.21.0"))) == "snapshot_exists"
    assert code_of(lambda: store.update_manifest(manifest_of(CONTENTS, tail="zz99"))) == "snapshot_not_found"
    assert store.sets()[0].manifest == verified


def test_leftovers_are_named_and_go_when_they_are_old(world: World) -> None:
    store = world.store()
    world.put(store)
    world.client.put_object(Bucket="backup", Key="sets/clusters/demo/20261101T000000Z-dead/etcd.db", Body=b"x")
    world.client.create_multipart_upload(Bucket="backup", Key="sets/clusters/demo/20261102T000000Z-dead/etcd.db")
    names = ["clusters/demo/20261101T000000Z-dead", "clusters/demo/20261102T000000Z-dead/etcd.db (unfinished upload)"]
    assert sorted(store.leftovers("clusters", "demo")) == names
    world.client.abort_multipart_upload(**world.upload())
    assert store.remove_leftovers("clusters", "demo") == [], "it may be of a run that is at work now"
    world.client.create_multipart_upload(Bucket="backup", Key="sets/clusters/demo/20261102T000000Z-dead/etcd.db")
    later = S3Store(store._bucket, {"prefix": "sets"}, lambda: datetime.now(UTC) + timedelta(hours=2), lambda _s: None)
    assert later.remove_leftovers("clusters", "other") == []
    assert sorted(later.remove_leftovers("clusters", "demo")) == names
    assert store.leftovers() == [] and store.sets()[0].good and world.uploads() == []


def test_a_server_that_proves_no_sums_is_read_back(world: World) -> None:
    store = world.store()
    store._bucket._checksums = False
    world.put(store)
    assert world.asked.count("GetObject") >= 4  # both files, and the manifest before and after


@pytest.mark.parametrize("prove", [None, "full"])
def test_every_byte_can_be_read_back(world: World, prove: str | None) -> None:
    """What the server has proved by its sum need not be read."""
    store = world.store(prove=prove)
    events, sent = store._bucket._client.meta.events, list[str]()
    events.register("before-parameter-build.s3.PutObject", lambda params, **_: sent.append(params["ChecksumSHA256"]))
    events.register("after-call.s3.PutObject", lambda parsed, **_: parsed.update(ChecksumSHA256=sent[-1]))
    manifest = manifest_of({"etcd-events": b"events"})
    store.put(manifest, written(world.folder / "x", {"etcd-events": b"events"}))
    assert world.asked.count("GetObject") == (3 if prove else 2)


def test_encryption_is_asked_for_each_object(world: World) -> None:
    manifest = world.put(world.store(sse="aws:kms", kms_key_id="key-1"))
    for key in world.names():
        head = world.client.head_object(Bucket="backup", Key=key)
        assert (head["ServerSideEncryption"], head.get("SSEKMSKeyId")) == ("aws:kms", "key-1"), (key, manifest.id)


def test_a_locked_set_is_not_deleted_before_its_time(locking: World) -> None:
    store = locking.store(object_lock=LOCKED)
    store.check(for_writing=True)
    manifest = locking.put(store)
    [entry] = store.sets()
    assert entry.retain_until is not None
    assert timedelta(days=2.9) < entry.retain_until - datetime.now(UTC) <= timedelta(days=3)
    for key in locking.names():
        assert locking.client.head_object(Bucket="backup", Key=key)["ObjectLockMode"] == "GOVERNANCE"
    locking.asked.clear()
    assert code_of(lambda: store.delete(entry)) == "locked_by_retention"
    assert not set(locking.asked) & set(WRITES), "not even its manifest"
    assert store.prove(manifest) == ""
    later = S3Store(store._bucket, {"prefix": "sets"}, lambda: datetime.now(UTC) + timedelta(days=4), lambda _s: None)
    assert later._new_lock() is None


def test_a_lock_can_be_lifted_by_whoever_may(locking: World) -> None:
    locking.put(locking.store(object_lock=LOCKED))
    store = locking.store(allow_governance_bypass=True)
    store.delete(store.sets()[0])
    assert locking.client.list_object_versions(Bucket="backup").get("Versions", []) == [], "with all its versions"


def test_a_legal_hold_is_not_lifted(locking: World) -> None:
    locking.put(locking.store())
    [key] = [k for k in locking.names() if k.endswith("etcd-events.db")]
    locking.client.put_object_legal_hold(Bucket="backup", Key=key, LegalHold={"Status": "ON"})
    store = locking.store(allow_governance_bypass=True)
    with pytest.raises(HypershiftError, match="legal hold") as caught:
        store.delete(store.sets()[0])
    assert caught.value.failure.code == "locked_by_retention"
    assert store.sets()[0].good


def test_recording_a_drill_keeps_the_lock(locking: World) -> None:
    store = locking.store(object_lock=LOCKED)
    manifest = locking.put(store)
    before = store.sets()[0].retain_until
    locking.store().update_manifest(replace(manifest, verified_at=datetime(2026, 11, 25, tzinfo=UTC)))
    [entry] = store.sets()
    assert entry.retain_until == before and entry.manifest is not None and entry.manifest.verified_at is not None


def test_a_locked_leftover_stays_and_others_go(locking: World) -> None:
    store = locking.store(object_lock=LOCKED)
    manifest = locking.put(store)
    [key] = [k for k in locking.names() if k.endswith("manifest.json")]
    locking.client.delete_object(Bucket="backup", Key=key)
    locking.client.put_object(Bucket="backup", Key="sets/clusters/demo/20261101T000000Z-dead/etcd.db", Body=b"x")
    assert store.remove_leftovers(min_age=-10) == ["clusters/demo/20261101T000000Z-dead"]
    assert store.leftovers() == [f"clusters/demo/{manifest.id}"]


def test_a_bucket_without_locks_is_refused_before_anything_is_written(world: World) -> None:
    store = world.store(object_lock=LOCKED)
    assert code_of(lambda: store.check(for_writing=True)) == "no_object_lock"
    store.check()
    assert code_of(lambda: world.put(store)) == "no_object_lock"
    assert world.names() == []


def test_a_server_that_drops_the_lock_is_noticed(world: World) -> None:
    store = world.store(object_lock=LOCKED)
    world.refuse = {"GetObjectLockConfiguration": "AccessDenied"}  # not every account may ask
    store._bucket._client.meta.events.register("before-parameter-build.s3", _without_lock)
    assert code_of(lambda: world.put(store)) == "lock_missing"
    assert store.sets() == []


def _without_lock(params: dict[str, Any], **_: Any) -> None:
    for name in [n for n in params if n.startswith("ObjectLock")]:
        del params[name]


@pytest.mark.parametrize("code", ["AccessDenied", "NotImplemented", "501"])
def test_servers_that_know_no_versions_and_uploads_do(world: World, code: str) -> None:
    world.refuse = {"ListObjectVersions": code, "ListMultipartUploads": code}
    store = world.store()
    world.put(store)
    assert store.leftovers() == [] and store.remove_leftovers(min_age=-10) == []
    store.delete(store.sets()[0])
    assert world.names() == []


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("ListObjectsV2", lambda s, _m: s.check()),
        ("ListObjectsV2", lambda s, _m: s.sets()),
        ("GetObject", lambda s, _m: s.sets()),
        ("HeadObject", lambda s, m: s.prove(m)),
        ("ListObjectVersions", lambda s, _m: s.delete(s.sets()[0])),
        ("ListMultipartUploads", lambda s, _m: s.leftovers()),
        ("DeleteObject", lambda s, _m: s.delete(s.sets()[0])),
        ("GetObjectLockConfiguration", lambda s, _m: s._bucket.must_lock()),
    ],
)
def test_what_cannot_be_asked_is_said_and_not_taken_for_nothing(world: World, operation: str, call: Callable[..., Any]) -> None:
    store = world.store()
    manifest = world.put(store)
    world.refuse = {operation: "SlowDown"}
    assert code_of(lambda: call(store, manifest)) == "api_unavailable"


def test_a_refusal_to_delete_that_is_no_lock_is_said(world: World) -> None:
    store = world.store()
    world.put(store)
    world.refuse = {"DeleteObject": "AccessDenied"}
    assert code_of(lambda: store.delete(store.sets()[0])) == "missing_permission"
    assert store.sets()[0].good


def test_a_bucket_that_is_not_there(world: World) -> None:
    assert code_of(lambda: world.store(bucket="nowhere").check()) == "not_found"
