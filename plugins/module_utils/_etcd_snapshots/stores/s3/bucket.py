# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the store needs of a bucket, and no more: a thin layer over boto3's client."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from ...._machine.files import CHUNK, open_regular
from ...store import FOREVER
from .failures import broken, code_of, told_of_s3
from .file_part import FilePart, hash_part, md5_of, text_of

MAX_PARTS = 10_000
_WITHOUT_CHECKSUMS = frozenset({"NotImplemented", "501", "XNotImplemented", "InvalidArgument", "UnsupportedArgument"})


@dataclass(frozen=True)
class Lock:
    """Object lock for what is written."""

    mode: str
    until: datetime

    def arguments(self) -> dict[str, Any]:
        return {"ObjectLockMode": self.mode, "ObjectLockRetainUntilDate": self.until}


@dataclass(frozen=True)
class Found:
    """An object, or one version of it."""

    key: str
    size: int
    changed: datetime
    version: str | None = None


class Bucket:
    """One bucket through one client. encryption: arguments of every write. part_size: bytes; larger files go up in
    parts of it."""

    def __init__(self, client: Any, name: str, thing: str, encryption: dict[str, str], part_size: int) -> None:
        self._client = client
        self.name = name
        self.thing = thing
        self._encryption = encryption
        self._part_size = part_size
        self._checksums = True

    def head(self, key: str, version: str | None = None) -> dict[str, Any] | None:
        """Headers, None when it does not exist."""
        with told_of_s3(self.thing):
            try:
                found: dict[str, Any] = self._client.head_object(**self._at(key, version))
            except Exception as error:
                if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                    return None
                raise
            return found

    def read(self, key: str, limit: int) -> tuple[bytes, dict[str, Any]] | None:
        """A small object and its headers, None when it does not exist."""
        with told_of_s3(self.thing):
            try:
                answer: dict[str, Any] = self._client.get_object(**self._at(key))
            except Exception as error:
                if code_of(error) in ("NoSuchKey", "404"):
                    return None
                raise
            with answer["Body"] as body:
                return body.read(limit), answer

    def stream(self, key: str, start: int) -> Generator[bytes, None, None]:
        """The object's bytes from start on, as they arrive."""
        with told_of_s3(self.thing):
            answer = self._client.get_object(**self._at(key), Range=f"bytes={start}-")
            with answer["Body"] as body:
                while block := self._next(body):
                    yield block

    def _next(self, body: Any) -> bytes:
        try:
            block: bytes = body.read(CHUNK)
        except OSError:  # from below boto3; it is not the local disk's
            raise broken(self.thing) from None
        return block

    def listing(self, prefix: str) -> Iterator[Found]:
        with told_of_s3(self.thing):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield Found(item["Key"], item["Size"], item["LastModified"])

    def versions(self, prefix: str) -> list[Found]:
        """Every version and delete marker; the plain objects where the server or the account knows no versions."""
        found = []
        with told_of_s3(self.thing):
            try:
                for page in self._client.get_paginator("list_object_versions").paginate(
                    Bucket=self.name, Prefix=prefix
                ):
                    for item in page.get("Versions", []) + page.get("DeleteMarkers", []):
                        found.append(Found(item["Key"], item.get("Size", -1), item["LastModified"], item["VersionId"]))
            except Exception as error:
                if code_of(error) not in ("AccessDenied", "NotImplemented", "501", "MethodNotAllowed"):
                    raise
                return list(self.listing(prefix))
        return found

    def must_lock(self) -> None:
        """Raise when the bucket has no object lock; an account that may not ask learns it from its first write."""
        with told_of_s3(self.thing):
            try:
                self._client.get_object_lock_configuration(Bucket=self.name)
            except Exception as error:
                if code_of(error) not in ("AccessDenied", "403", "NotImplemented", "501"):
                    raise

    def uploads(self, prefix: str) -> list[tuple[str, str, datetime]]:
        """Key, upload id and start of every unfinished upload; none where the server cannot tell."""
        with told_of_s3(self.thing):
            try:
                pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self.name, Prefix=prefix)
                return [(u["Key"], u["UploadId"], u["Initiated"]) for page in pages for u in page.get("Uploads", [])]
            except Exception as error:
                if code_of(error) not in ("AccessDenied", "NotImplemented", "501"):
                    raise
                return []

    def abort(self, key: str, upload: str) -> None:
        with told_of_s3(self.thing):
            self._client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload)

    def delete(self, found: Found, bypass: bool) -> None:
        extra = {"BypassGovernanceRetention": True} if bypass else {}
        with told_of_s3(self.thing):
            self._client.delete_object(**self._at(found.key, found.version), **extra)

    def write(self, key: str, content: bytes, lock: Lock | None) -> None:
        """A small object."""
        with told_of_s3(self.thing):
            self._put(key, content, hashlib.sha256(content).digest(), lock)

    def upload(self, path: Path, key: str, size: int, sha256: str, lock: Lock | None) -> bool:
        """Bring a file up, in parts when it is large; True when the server has proved the sum of all bytes.

        Raises SourceChanged, with nothing at the key, when the file is not what size and sha256 say.
        """
        with told_of_s3(self.thing), open_regular(path) as file:
            if size > self._part_size:
                return self._upload_parts(file, key, size, sha256, lock)
            whole, digest = hashlib.sha256(), hashlib.sha256()
            if hash_part(file, 0, size, whole, digest) != size or file.read(1) or whole.hexdigest() != sha256:
                raise SourceChanged
            return self._put(key, FilePart(file, 0, size), digest.digest(), lock)

    def _put(self, key: str, body: Any, digest: bytes, lock: Lock | None) -> bool:
        common = {
            **self._at(key),
            **self._encryption,
            **(lock.arguments() if lock else {}),
            "Metadata": {"sha256": digest.hex()},
        }
        return self._summed(self._client.put_object, common, body, digest)

    def _upload_parts(self, file: BinaryIO, key: str, size: int, sha256: str, lock: Lock | None) -> bool:
        part_size = max(self._part_size, -(-size // MAX_PARTS))
        arguments = {
            **self._at(key),
            **self._encryption,
            **(lock.arguments() if lock else {}),
            "Metadata": {"sha256": sha256},
        }
        if self._checksums:
            arguments["ChecksumAlgorithm"] = "SHA256"
        try:
            started = self._client.create_multipart_upload(**arguments)
        except Exception as error:
            if not self._checksums or code_of(error) not in _WITHOUT_CHECKSUMS:
                raise
            self._checksums = False
            del arguments["ChecksumAlgorithm"]
            started = self._client.create_multipart_upload(**arguments)
        where = {**self._at(key), "UploadId": started["UploadId"]}
        try:
            parts, proved = self._send_parts(file, where, size, part_size, sha256)
            self._client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(Exception):  # what cannot be ended now is found as a leftover
                self._client.abort_multipart_upload(**where)
            raise
        return proved

    def _send_parts(
        self, file: BinaryIO, where: dict[str, Any], size: int, part_size: int, sha256: str
    ) -> tuple[list[dict[str, Any]], bool]:
        whole, parts, proved = hashlib.sha256(), [], True
        for number, start in enumerate(range(0, size, part_size), 1):
            digest, length = hashlib.sha256(), min(part_size, size - start)
            if hash_part(file, start, length, whole, digest) != length:
                raise SourceChanged
            answer: dict[str, Any] = {}
            arguments = {**where, "PartNumber": number}
            proved &= self._summed(
                self._client.upload_part, arguments, FilePart(file, start, length), digest.digest(), answer
            )
            summed = {"ChecksumSHA256": text_of(digest.digest())} if answer.get("ChecksumSHA256") else {}
            parts.append({"PartNumber": number, "ETag": answer["ETag"], **summed})
        file.seek(size)
        if whole.hexdigest() != sha256 or file.read(1):
            raise SourceChanged
        return parts, proved

    def _summed(
        self, call: Any, arguments: dict[str, Any], body: Any, digest: bytes, answer: dict[str, Any] | None = None
    ) -> bool:
        """Send with the SHA-256 of the body, or with the older MD5 where the server does not know it; True when it has
        proved the former."""
        if self._checksums:
            try:
                got = call(**arguments, Body=body, ChecksumSHA256=text_of(digest))
                (answer if answer is not None else {}).update(got)
                return bool(got.get("ChecksumSHA256") == text_of(digest))
            except Exception as error:
                if code_of(error) not in _WITHOUT_CHECKSUMS:
                    raise
                self._checksums = False
        got = call(**arguments, Body=body, ContentMD5=md5_of(body))
        (answer if answer is not None else {}).update(got)
        return False

    def _at(self, key: str, version: str | None = None) -> dict[str, Any]:
        return {"Bucket": self.name, "Key": key, **({"VersionId": version} if version else {})}


class SourceChanged(Exception):
    """The local file is not the one that was announced."""


def lock_of(headers: dict[str, Any]) -> datetime | None:
    """Until when an object is locked, as its headers say."""
    if headers.get("ObjectLockLegalHoldStatus") == "ON":
        return FOREVER
    until: datetime | None = headers.get("ObjectLockRetainUntilDate")
    return until
