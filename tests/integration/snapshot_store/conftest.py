# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One S3 server for these tests; a bucket of its own for each."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from hosted_etcd import S3Server

_NUMBERS = itertools.count(1)
_KEK = "00112233445566778899aabbccddeeff" * 2  # without a key for its keys this server refuses to encrypt


@pytest.fixture(scope="package")
def server() -> Iterator[S3Server]:
    folder = Path(tempfile.mkdtemp(prefix="hypershift-s3-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEED_S3_SSE_KEK", _KEK)
        running = S3Server.up(folder)
    try:
        yield running
    finally:
        running.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def client(server: S3Server) -> Any:
    """The bucket owner's own hands, not the code under test."""
    return boto3.client(
        "s3", endpoint_url=server.endpoint, region_name=server.region, aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key, config=Config(s3={"addressing_style": "path"}),
    )  # fmt: skip


@pytest.fixture
def new_bucket(client: Any) -> Iterator[Callable[..., str]]:
    made: list[str] = []

    def make(**arguments: Any) -> str:
        made.append(f"snapshots-{next(_NUMBERS)}")
        client.create_bucket(Bucket=made[-1], **arguments)
        return made[-1]

    yield make
    for bucket in made:  # each takes volumes of the server, which has a hundred; one with locked objects has to stay
        objects = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        if client.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            for item in objects:
                client.delete_object(Bucket=bucket, Key=item["Key"])
            for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
                client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
            client.delete_bucket(Bucket=bucket)


@pytest.fixture
def bucket(new_bucket: Callable[..., str]) -> str:
    return new_bucket()


@pytest.fixture
def locking(new_bucket: Callable[..., str]) -> str:
    return new_bucket(ObjectLockEnabledForBucket=True)
