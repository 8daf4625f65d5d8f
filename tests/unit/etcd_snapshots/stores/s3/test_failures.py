# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each answer of an S3 server becomes one plain sentence with a stable code, and nothing of the request is in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.opening import open_store
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3 import bucket as s3_bucket
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3 import failures
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.bucket import Bucket
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.failures import told_of_s3
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.fetching import Fetching, reading
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.s3.file_part import FilePart
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._machine.files import sha256_of
from botocore import exceptions

from etcd_snapshots.samples import file_of

SECRET = "wJalrXUtnFEMI-very-secret"


def answer(code: str) -> exceptions.ClientError:
    text = f"Bad thing: X-Amz-Signature=abc&secret={SECRET}"
    return exceptions.ClientError({"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "PutObject")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (answer("NoSuchBucket"), "not_found"),
        (answer("AccessDenied"), "missing_permission"),
        (answer("403"), "missing_permission"),
        (answer("InvalidAccessKeyId"), "unauthorized"),
        (answer("SignatureDoesNotMatch"), "unauthorized"),
        (answer("ExpiredToken"), "unauthorized"),
        (answer("RequestTimeTooSkewed"), "clock_skew"),
        (answer("PermanentRedirect"), "wrong_region"),
        (answer("SlowDown"), "api_unavailable"),
        (answer("QuotaExceeded"), "no_space"),
        (answer("BadDigest"), "transfer_corrupt"),
        (answer("KMS.NotFoundException"), "kms_refused"),
        (answer("KMSInvalidKeyUsageException"), "kms_refused"),
        (answer("ObjectLockConfigurationNotFoundError"), "no_object_lock"),
        (answer("Some<New>Code\n"), "s3_error"),
        (exceptions.NoCredentialsError(), "no_credentials"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "no_credentials"),
        (exceptions.ProfileNotFound(profile="x"), "no_credentials"),
        (exceptions.EndpointConnectionError(endpoint_url=f"https://u:{SECRET}@h"), "unreachable"),
        (exceptions.ConnectTimeoutError(endpoint_url="https://h"), "unreachable"),
        (exceptions.SSLError(endpoint_url="https://h", error="x"), "untrusted_certificate"),
        (exceptions.ReadTimeoutError(endpoint_url="https://h"), "stream_broken"),
        (exceptions.ConnectionClosedError(endpoint_url="https://h"), "stream_broken"),
        (exceptions.ResponseStreamingError(error="x"), "stream_broken"),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), "stream_broken"),
        (exceptions.ParamValidationError(report=SECRET), "invalid_option"),
        (exceptions.UnknownServiceError(service_name="x", known_service_names="y"), "s3_error"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_each_error_has_its_code_and_no_secret(error: Exception, code: str) -> None:
    with pytest.raises(HypershiftError) as caught, told_of_s3("Bucket s3://b"):
        raise error
    text = str(caught.value)
    assert caught.value.failure.code == code and caught.value.failure.next_step
    assert text.startswith("Bucket s3://b: ") and text.endswith(".") and "\n" not in text and "<" not in text
    assert SECRET not in text and "Signature" not in text and caught.value.__cause__ is None


def test_a_defect_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), told_of_s3("Bucket s3://b"):
        raise KeyError("x")


def test_every_documented_code_has_a_next_step() -> None:
    rows = [*failures._CODES.values(), *failures._BY_CLASS.values()]
    assert all(cause and step.endswith(".") and code.islower() for code, cause, step in rows)


def test_without_boto3_one_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(HypershiftError) as caught:
        open_store({"s3": {"bucket": "b"}})
    assert caught.value.failure.code == "missing_library" and "boto3" in str(caught.value)


@pytest.mark.parametrize("options", [{}, {"directory": "/x", "s3": {"bucket": "b"}}, {"directory": "", "s3": None}])
def test_exactly_one_place(options: dict[str, Any]) -> None:
    with pytest.raises(HypershiftError) as caught:
        open_store(options)
    assert caught.value.failure.code == "invalid_option"


@pytest.mark.parametrize("wrong", [{"part_size_mib": 4}, {"object_lock": {"mode": "COMPLIANCE", "retain_days": 0}}])
def test_numbers_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(HypershiftError) as caught:
        open_store({"s3": {"bucket": "b", **wrong}})
    assert caught.value.failure.code == "invalid_option" and "is less than" in str(caught.value)


def test_a_password_in_the_endpoint_is_not_repeated() -> None:
    options = {"bucket": "b", "endpoint_url": f"http://user:{SECRET}@127.0.0.1:9", "access_key": "a", "secret_key": "b", "region": "x"}
    with pytest.raises(HypershiftError) as caught:
        open_store({"s3": options}).check()
    assert caught.value.failure.code in ("unreachable", "invalid_option") and SECRET not in str(caught.value)


class OldServer:
    """A client of a server that knows no sums but MD5; it remembers what it was sent."""

    def __init__(self, code: str = "NotImplemented") -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.bodies: list[bytes] = []
        self.code = code

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append((name, arguments))
            if any(a.startswith("Checksum") for a in arguments):
                raise answer(self.code)
            if "Body" in arguments:
                body = arguments["Body"]
                self.bodies.append(body if isinstance(body, bytes) else body.read())
            return {"UploadId": "1", "ETag": "e"}

        return call


@pytest.mark.parametrize("size", [1000, 5000])
def test_a_server_without_newer_sums_gets_older_ones(tmp_path: Path, size: int) -> None:
    path, server = tmp_path / "etcd.db", OldServer()
    path.write_bytes(bytes(range(250)) * (size // 250))
    bucket = Bucket(server, "b", "Bucket s3://b", {}, part_size=2000)
    for _time in range(2):
        assert bucket.upload(path, "k", *sha256_of(path), lock=None) is False  # so the store reads it back
    assert b"".join(server.bodies) == path.read_bytes() * 2
    sent = [arguments for _name, arguments in server.calls if "Body" in arguments and "ChecksumSHA256" not in arguments]
    assert all(len(a["ContentMD5"]) == 24 for a in sent)
    refused = [name for name, arguments in server.calls if any(a.startswith("Checksum") for a in arguments)]
    assert len(refused) == 1  # it is asked once


def test_another_refusal_is_no_reason_to_send_less(tmp_path: Path) -> None:
    path, server = tmp_path / "etcd.db", OldServer("AccessDenied")
    path.write_bytes(b"data")
    with pytest.raises(HypershiftError) as caught:
        Bucket(server, "b", "Bucket s3://b", {}, 2000).upload(path, "k", *sha256_of(path), lock=None)
    assert caught.value.failure.code == "missing_permission" and len(server.calls) == 1


def test_a_part_is_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    with path.open("rb", buffering=0) as file:
        part = FilePart(file, 3, 4)
        assert part.read() == b"3456" and part.read() == b"" and part.tell() == 4
        assert part.seek(-1, 2) == 3 and part.read(5) == b"6" and part.seek(1) == 1 and part.read(2) == b"45" and part.seek(-1, 1) == 2


class Breaking(Bucket):
    """Gives what it has in pieces and breaks after each as told: an exception, or an orderly end."""

    def __init__(self, content: bytes, piece: int, ends: list[str]) -> None:
        super().__init__(None, "b", "Bucket s3://b", {}, 1)
        self.content, self.piece, self.ends, self.starts = content, piece, ends, list[int]()

    def stream(self, key: str, start: int) -> Iterator[bytes]:  # type: ignore[override]
        self.starts.append(start)
        how = self.ends.pop(0) if self.ends else "all"
        if start >= len(self.content):
            with told_of_s3("Bucket s3://b"):
                raise answer("InvalidRange")
        if how == "all":
            yield self.content[start:]
        elif how == "denied":
            with told_of_s3("Bucket s3://b"):
                raise answer("AccessDenied")
        else:
            if how.startswith("piece"):
                yield self.content[start : start + self.piece]
            if how.endswith("broken"):
                raise failures.broken("Bucket s3://b")


@pytest.mark.parametrize(
    ("ends", "pauses"),
    [
        (["piece broken", "piece broken", "broken", "piece broken"], [1, 1, 2, 1]),
        (["piece ended", "ended", "ended", "ended"], [1, 2, 4, 8]),
        (["broken"] * 4, [1, 2, 4, 8]),
        (["piece broken"] * 40, [1] * 34),
    ],
)
def test_reading_goes_on_after_each_break(tmp_path: Path, ends: list[str], pauses: list[float]) -> None:
    content, slept = bytes(range(100)) * 10, list[float]()
    bucket, file = Breaking(content, 30, list(ends)), file_of(content=content)
    Fetching(bucket, "k", file, slept.append).to(tmp_path / "x", "id")
    assert (tmp_path / "x").read_bytes() == content and slept == pauses and not list(tmp_path.glob(".*"))


def test_reading_ends_when_nothing_comes_any_more_and_the_next_run_goes_on(tmp_path: Path) -> None:
    content, slept = bytes(range(100)) * 10, list[float]()
    bucket, file = Breaking(content, 30, ["piece broken", *["broken"] * 9]), file_of(content=content)
    with pytest.raises(HypershiftError) as caught:
        Fetching(bucket, "k", file, slept.append).to(tmp_path / "x", "id")
    assert caught.value.failure.code == "stream_broken" and len(slept) == 4 and not (tmp_path / "x").exists()
    bucket.ends, bucket.starts = [], []
    Fetching(bucket, "k", file, slept.append).to(tmp_path / "x", "id")
    assert bucket.starts == [30] and (tmp_path / "x").read_bytes() == content


def test_a_refusal_is_not_tried_again() -> None:
    slept: list[float] = []
    with pytest.raises(HypershiftError):
        list(reading(Breaking(b"x", 1, ["denied"]), "k", 0, 1, slept.append))
    assert slept == []


@pytest.mark.parametrize("content", [b"short", b"much longer than it should be"])
def test_an_object_of_another_size_is_never_handed_out(tmp_path: Path, content: bytes) -> None:
    bucket, file = Breaking(content, 1, []), file_of(content=b"the real one")
    with pytest.raises(HypershiftError) as caught:
        Fetching(bucket, "k", file, lambda _seconds: None).to(tmp_path / "x", "id")
    assert caught.value.failure.code == "snapshot_damaged" and list(tmp_path.iterdir()) == []


def test_locks_are_read_from_headers() -> None:
    assert s3_bucket.lock_of({}) is None and s3_bucket.lock_of({"ObjectLockLegalHoldStatus": "OFF"}) is None


@pytest.mark.parametrize(
    "code",
    [
        *("SlowDown", "503", "ServiceUnavailable", "Throttling", "RequestLimitExceeded", "InternalError", "500", "502", "504"),
        *("RequestTimeout", "OperationAborted"),
    ],
)
def test_a_server_that_is_busy_is_told_from_one_that_refuses(code: str) -> None:
    with pytest.raises(HypershiftError) as caught, told_of_s3("Bucket s3://b"):
        raise answer(code)
    assert caught.value.failure.code == "api_unavailable" and "later" in caught.value.failure.next_step


@pytest.mark.parametrize("half", [{"access_key": "a"}, {"secret_key": "b"}])
def test_half_of_the_credentials_is_refused(half: dict[str, str]) -> None:
    with pytest.raises(HypershiftError, match="go together") as caught:
        open_store({"s3": {"bucket": "b", "region": "x", **half}})
    assert caught.value.failure.code == "invalid_option"


def test_credentials_are_used_as_they_are_given() -> None:
    options = {"bucket": "b", "region": "eu-x-1", "access_key": "a", "secret_key": "s", "session_token": "t", "validate_certs": False}
    client = open_store({"s3": options})._bucket._client  # type: ignore[attr-defined]
    found = client._request_signer._credentials
    assert (found.access_key, found.secret_key, found.token, client.meta.region_name) == ("a", "s", "t", "eu-x-1")
