# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshot sets in a real S3 server: whole or not there, proved, locked, and each failure in one plain sentence."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import FOREVER
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.opening import open_store
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3 import bucket as s3_bucket
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.store import S3Store
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._machine.files import sha256_of

from builders.effort import growth
from etcd_snapshots.samples import NOW, manifest_of, written
from hosted_etcd import S3Server
from snapshot_store.options import s3_options

CONTENTS = {"etcd": bytes(range(256)) * 900, "etcd-events": b"events"}
LARGE = {"etcd": bytes(range(251)) * 83_560}  # 20.97 MB: five parts of 5 MiB
PLACE = f"clusters/demo/{manifest_of().id}"
DAY = {"mode": "GOVERNANCE", "retain_days": 1}


def opened(server: S3Server, bucket: str, **over: Any) -> S3Store:
    store = open_store({"s3": s3_options(server, bucket, **over)})
    assert isinstance(store, S3Store)
    return store


def failure(call: Callable[[], Any]) -> tuple[str, str]:
    """Code and message: one line, and nothing of the request in it."""
    with pytest.raises(HypershiftError) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".") and "Signature" not in text
    return caught.value.failure.code, text


def keys(client: Any, bucket: str) -> list[str]:
    return [o["Key"] for o in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.parametrize("prefix", ["", "team/backups/"])
def test_a_set_goes_up_and_comes_back(server: S3Server, client: Any, bucket: str, tmp_path: Path, prefix: str) -> None:
    store, manifest = opened(server, bucket, prefix=prefix), manifest_of(CONTENTS)
    store.check(for_writing=True)
    store.put(manifest, written(tmp_path, CONTENTS))
    (entry,) = store.sets()
    assert entry.manifest == manifest and entry.good and entry.size == 230_406 and entry.retain_until is None
    assert keys(client, bucket) == [f"{prefix}{PLACE}/{f}" for f in ("etcd-events.db", "etcd.db", "manifest.json")]
    store.fetch(manifest, "etcd", tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes() == CONTENTS["etcd"] and stat.S_IMODE((tmp_path / "x.db").stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".*")) and store.prove(manifest) == "" and store.leftovers() == [] and store.free_bytes() is None
    store.put(manifest, dict.fromkeys(CONTENTS, tmp_path / "gone"))  # the same set is there
    assert failure(lambda: store.put(manifest_of({"etcd": b"other"}), written(tmp_path, {"etcd": b"other"})))[0] == "snapshot_exists"
    verified = replace(manifest, verified_at=NOW, verification={"rto": 1.5})
    store.update_manifest(verified)
    assert store.sets("clusters", "demo")[0].manifest == verified and store.sets("other") == [] == store.sets("clusters", "dem")
    store.delete(entry)
    assert keys(client, bucket) == [] and store.sets() == [] == store.leftovers()
    assert failure(lambda: store.update_manifest(manifest))[0] == "snapshot_not_found"


def test_a_large_file_goes_up_in_parts(server: S3Server, client: Any, bucket: str, tmp_path: Path) -> None:
    store, manifest = opened(server, bucket, part_size_mib=5), manifest_of(LARGE)
    store.put(manifest, written(tmp_path, LARGE))
    assert client.head_object(Bucket=bucket, Key=f"{PLACE}/etcd.db")["ETag"].endswith('-5"')
    store.fetch(manifest, "etcd", tmp_path / "x.db")
    assert sha256_of(tmp_path / "x.db") == (manifest.files[0].stored_size, manifest.files[0].stored_sha256)
    assert store.prove(manifest) == "" and client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


@pytest.mark.parametrize("contents", [CONTENTS, LARGE], ids=["whole", "in parts"])
def test_wrong_bytes_never_become_a_set(server: S3Server, client: Any, bucket: str, tmp_path: Path, contents: dict[str, bytes]) -> None:
    store, sources = opened(server, bucket, part_size_mib=5), written(tmp_path, contents)
    sources["etcd"].write_bytes(contents["etcd"][:-1] + b"?")
    for _time in range(2):
        assert failure(lambda: store.put(manifest_of(contents), sources))[0] == "snapshot_damaged"
    sources["etcd"].write_bytes(contents["etcd"] + b"?")
    assert failure(lambda: store.put(manifest_of(contents), sources))[0] == "snapshot_damaged"
    assert keys(client, bucket) == [] and store.sets() == [] and store.leftovers() == []


def test_a_harmed_set_is_listed_with_its_problem(server: S3Server, client: Any, bucket: str, tmp_path: Path) -> None:
    store, manifest = opened(server, bucket), manifest_of(CONTENTS)
    store.put(manifest, written(tmp_path, CONTENTS))
    flipped = b"?" + CONTENTS["etcd"][1:]
    client.put_object(Bucket=bucket, Key=f"{PLACE}/etcd.db", Body=flipped)
    assert store.sets()[0].good and "SHA-256 differs" in store.prove(manifest)
    assert failure(lambda: store.fetch(manifest, "etcd", tmp_path / "x.db"))[0] == "snapshot_damaged"
    assert not (tmp_path / "x.db").exists() and not list(tmp_path.glob(".*"))
    client.put_object(Bucket=bucket, Key=f"{PLACE}/etcd.db", Body=flipped[:-1])
    assert store.sets()[0].problem == "file etcd.db has 230399 bytes instead of 230400"
    assert failure(lambda: store.fetch(manifest, "etcd", tmp_path / "x.db"))[0] == "snapshot_damaged" and not list(tmp_path.glob(".*"))
    client.delete_object(Bucket=bucket, Key=f"{PLACE}/etcd.db")
    assert store.sets()[0].problem == "file etcd.db is missing" and store.prove(manifest) == "file etcd.db is missing"
    client.put_object(Bucket=bucket, Key=f"{PLACE}/manifest.json", Body=b"{")
    assert store.sets()[0].problem == "the manifest is bad: it is no JSON"
    assert failure(lambda: store.fetch(manifest_of(tail="zz99"), "etcd", tmp_path / "x.db"))[0] == "not_found"


def test_a_broken_download_goes_on_where_it_broke(server: S3Server, bucket: str, tmp_path: Path) -> None:
    store, manifest = opened(server, bucket), manifest_of(LARGE)
    store.put(manifest, written(tmp_path, LARGE))
    part = tmp_path / f".x.db.{manifest.files[0].stored_sha256[:12]}.part"
    part.write_bytes(LARGE["etcd"][:9_000_001])
    starts: list[int] = []
    real = store._bucket.stream
    store._bucket.stream = lambda key, start: (starts.append(start), real(key, start))[1]  # type: ignore[method-assign]
    store.fetch(manifest, "etcd", tmp_path / "x.db")
    assert starts == [9_000_001] and (tmp_path / "x.db").read_bytes() == LARGE["etcd"]
    part.write_bytes(b"another file altogether")
    store.fetch(manifest, "etcd", tmp_path / "x.db")
    assert starts[1:] == [23, 0] and (tmp_path / "x.db").read_bytes() == LARGE["etcd"] and not part.exists()


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_locked_set_is_not_deleted(server: S3Server, client: Any, locking: str, tmp_path: Path, mode: str) -> None:
    store = opened(server, locking, object_lock={"mode": mode, "retain_days": 2}, part_size_mib=5)
    store.check(for_writing=True)
    contents = {**LARGE, "etcd-events": b"events"}
    manifest = manifest_of(contents)
    store.put(manifest, written(tmp_path, contents))
    store.update_manifest(replace(manifest, verified_at=NOW))
    (entry,) = store.sets()
    expected = datetime.now(UTC) + timedelta(days=2)
    assert entry.good and entry.retain_until is not None and abs(entry.retain_until - expected) < timedelta(minutes=2)
    code, text = failure(lambda: store.delete(entry))
    assert code == "locked_by_retention" and f"{mode} until 20" in text
    assert store.sets() == [entry] and store.prove(manifest) == ""
    lifting = opened(server, locking, allow_governance_bypass=True)
    if mode == "COMPLIANCE":
        assert failure(lambda: lifting.delete(entry))[0] == "locked_by_retention" and store.sets() == [entry]
    else:
        lifting.delete(entry)
        assert store.sets() == [] and client.list_object_versions(Bucket=locking).get("Versions", []) == []


def test_a_legal_hold_outlasts_every_bypass(server: S3Server, client: Any, locking: str, tmp_path: Path) -> None:
    store = opened(server, locking, allow_governance_bypass=True, object_lock=DAY)
    store.put(manifest_of(), written(tmp_path, {"etcd": b"data"}))
    client.put_object_legal_hold(Bucket=locking, Key=f"{PLACE}/manifest.json", LegalHold={"Status": "ON"})
    (entry,) = store.sets()
    assert entry.retain_until == FOREVER
    assert "legal hold" in failure(lambda: store.delete(entry))[1] and store.sets()[0].good


def test_one_locked_file_protects_the_whole_set(server: S3Server, client: Any, locking: str, tmp_path: Path) -> None:
    store = opened(server, locking)
    store.put(manifest_of(CONTENTS), written(tmp_path, CONTENTS))
    until = datetime.now(UTC) + timedelta(days=1)
    client.put_object_retention(Bucket=locking, Key=f"{PLACE}/etcd.db", Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})
    (entry,) = store.sets()
    assert failure(lambda: store.delete(entry))[0] == "locked_by_retention" and store.sets()[0].good


def test_a_lock_needs_a_bucket_that_can(server: S3Server, client: Any, bucket: str, tmp_path: Path) -> None:
    store = opened(server, bucket, object_lock=DAY)
    for call in (lambda: store.check(True), lambda: store.put(manifest_of(), written(tmp_path, {"etcd": b"data"}))):
        assert failure(call)[0] == "no_object_lock"
    assert keys(client, bucket) == []


def test_versions_go_with_the_set(server: S3Server, client: Any, locking: str, tmp_path: Path) -> None:
    store = opened(server, locking)
    store.put(manifest_of(), written(tmp_path, {"etcd": b"data"}))
    store.update_manifest(replace(manifest_of(), verified_at=NOW))
    client.delete_object(Bucket=locking, Key=f"{PLACE}/etcd.db")  # leaves a marker
    (entry,) = store.sets()
    assert entry.problem == "file etcd.db is missing"
    store.delete(entry)
    left = client.list_object_versions(Bucket=locking)
    assert left.get("Versions", []) == [] and left.get("DeleteMarkers", []) == []


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"access_key": "nobody"}, "unauthorized"),
        ({"secret_key": "wrong"}, "unauthorized"),
        ({"bucket": "there-is-none"}, "not_found"),
        ({"bucket": "Not A Bucket"}, "invalid_option"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "unreachable"),
        ({"endpoint_url": "127.0.0.1"}, "invalid_option"),
        ({"access_key": "", "secret_key": "", "profile": "no-such-profile"}, "no_credentials"),
    ],
)
def test_what_is_wrong_is_told(server: S3Server, bucket: str, tmp_path: Path, over: dict[str, Any], code: str) -> None:
    options = {"s3": {**s3_options(server, bucket), **over}}
    sources = written(tmp_path, {"etcd": b"data"})
    for call in (
        lambda: open_store(options).check(),
        lambda: open_store(options).sets(),
        lambda: open_store(options).leftovers(),
        lambda: open_store(options).put(manifest_of(), sources),
    ):
        found, text = failure(call)
        assert found == code and server.secret_key not in text


def test_an_encrypted_connection_to_a_plain_server(server: S3Server, bucket: str) -> None:
    store = opened(server, bucket, endpoint_url=server.endpoint.replace("http", "https"))
    assert failure(store.check)[0] in ("untrusted_certificate", "unreachable")


def test_an_account_that_may_only_read(server: S3Server, client: Any, bucket: str, tmp_path: Path) -> None:
    opened(server, bucket).put(manifest_of(), written(tmp_path, {"etcd": b"data"}))
    denied = ["PutObject", "DeleteObject", "ListBucketVersions", "ListBucketMultipartUploads", "GetObjectRetention"]
    where = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    rule = {"Effect": "Deny", "Principal": "*", "Action": [f"s3:{a}" for a in denied], "Resource": where}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [rule]}))
    try:
        store = opened(server, bucket)
        (entry,) = store.sets()
        assert entry.good and store.prove(manifest_of()) == ""
        store.fetch(manifest_of(), "etcd", tmp_path / "x.db")
        assert failure(lambda: store.put(manifest_of(tail="cd34"), written(tmp_path, {"etcd": b"data"})))[0] == "missing_permission"
        assert failure(lambda: store.delete(entry))[0] == "missing_permission"
        assert store.sets() == [entry] and store.leftovers() == []
    finally:
        client.delete_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize("contents", [CONTENTS, LARGE], ids=["whole", "in parts"])
def test_encrypted_by_the_server(server: S3Server, client: Any, bucket: str, tmp_path: Path, contents: dict[str, bytes]) -> None:
    store, manifest = opened(server, bucket, sse="AES256", part_size_mib=5), manifest_of(contents)
    store.put(manifest, written(tmp_path, contents))
    for file in ("etcd.db", "manifest.json"):
        assert client.head_object(Bucket=bucket, Key=f"{PLACE}/{file}")["ServerSideEncryption"] == "AES256"
    assert store.sets()[0].good and store.prove(manifest) == ""


def test_reading_back_in_full(server: S3Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    real = s3_bucket.Bucket.stream
    monkeypatch.setattr(s3_bucket.Bucket, "stream", lambda self, key, start: (reads.append(key), real(self, key, start))[1])
    opened(server, bucket).put(manifest_of(CONTENTS), written(tmp_path, CONTENTS))
    assert reads == []  # this server proves the sum of every part it is given
    opened(server, bucket, prove="full").put(manifest_of(CONTENTS, tail="cd34"), written(tmp_path, CONTENTS))
    assert [k.rpartition("/")[2] for k in reads] == ["etcd.db", "etcd-events.db"]


class Died(BaseException):
    """As if the process had ended here: nothing that follows is done."""


@pytest.mark.parametrize("step", range(1, 11))
def test_killed_while_uploading_and_run_again(
    server: S3Server, client: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Each request that writes is the last one in turn."""
    contents = {**LARGE, "etcd-events": b"events"}
    store, manifest, sources = opened(server, bucket, part_size_mib=5), manifest_of(contents), written(tmp_path, contents)
    sent: list[str] = []
    writes = ("put_object", "create_multipart_upload", "upload_part", "complete_multipart_upload", "abort_multipart_upload")

    def dying(name: str) -> Callable[..., Any]:
        real = getattr(store._bucket._client, name)

        def call(**arguments: Any) -> Any:
            sent.append(name)
            if len(sent) >= step:
                raise Died
            return real(**arguments)

        return call

    with monkeypatch.context() as patch:
        for name in writes:
            patch.setattr(store._bucket._client, name, dying(name))
        died = False
        try:
            store.put(manifest, sources)
        except Died:
            died = True
    assert died == (step <= 9)  # an upload begun, five parts, its end; the small file; the manifest
    if died:
        assert store.sets() == []
    store.put(manifest, sources)
    assert store.sets()[0].good and store.prove(manifest) == "" and store.leftovers() == []
    assert client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_leftovers_are_found_and_removed_when_they_are_old(server: S3Server, client: Any, bucket: str) -> None:
    store = opened(server, bucket)
    client.put_object(Bucket=bucket, Key=f"{PLACE}/etcd.db", Body=b"x")
    client.put_object(Bucket=bucket, Key="clusters/demo/notes/readme.txt", Body=b"not ours")
    client.create_multipart_upload(Bucket=bucket, Key=f"{PLACE}/etcd-events.db")
    client.create_multipart_upload(Bucket=bucket, Key="other/upload")
    found = [PLACE, f"{PLACE}/etcd-events.db (unfinished upload)"]
    assert store.leftovers() == found and store.leftovers("clusters", "demo") == found and store.leftovers("clusters", "blue") == []
    assert store.remove_leftovers() == []
    store._clock = lambda: datetime.now(UTC) + timedelta(seconds=3700)
    assert sorted(store.remove_leftovers()) == sorted(found) and store.leftovers() == []
    assert keys(client, bucket) == ["clusters/demo/notes/readme.txt"]
    assert [u["Key"] for u in client.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["other/upload"]


def test_memory_does_not_grow_with_the_file(server: S3Server, bucket: str, tmp_path: Path) -> None:
    store, big = opened(server, bucket), tmp_path / "big"
    store.put(manifest_of(tail="warm"), written(tmp_path, {"etcd": b"data"}))  # the library's own footprint
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    size, digest = sha256_of(big)
    plain = manifest_of()
    manifest = replace(plain, files=(replace(plain.files[0], size=size, sha256=digest, stored_size=size, stored_sha256=digest),))

    def there_and_back() -> None:
        store.put(manifest, {"etcd": big})
        store.fetch(manifest, "etcd", tmp_path / "x.db")

    assert growth(there_and_back) < 20 * 1024


def test_the_server_is_killed_while_it_takes_a_set(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of its own, since its end would disturb others."""
    server = S3Server.up(tmp_path_factory.mktemp("s3"))
    try:
        setup = opened(server, "backups", part_size_mib=5)
        setup._bucket._client.create_bucket(Bucket="backups")
        manifest, sources = manifest_of(LARGE), written(tmp_path, LARGE)
        real, sent = setup._bucket._client.upload_part, []

        def killing(**arguments: Any) -> Any:
            sent.append(arguments["PartNumber"])
            if len(sent) == 3:
                server.kill()
            return real(**arguments)

        with monkeypatch.context() as patch:
            patch.setattr(setup._bucket._client, "upload_part", killing)
            code, _text = failure(lambda: setup.put(manifest, sources))
        assert code in ("unreachable", "stream_broken") and len(sent) == 3
        assert failure(setup.sets)[0] == "unreachable"
        S3Server.up(server.folder)
        again = opened(server, "backups", part_size_mib=5)
        end = time.monotonic() + 60
        while True:  # the volume server registers some seconds after the S3 port answers
            try:
                assert again.sets() == []
                again.put(manifest, sources)
                break
            except HypershiftError as error:
                assert error.failure.code in ("api_unavailable", "unreachable", "stream_broken") and time.monotonic() < end
        assert again.sets()[0].good and again.prove(manifest) == "" and again.leftovers() == []
    finally:
        server.remove()
