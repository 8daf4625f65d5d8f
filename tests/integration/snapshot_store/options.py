# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says of the S3 server of these tests."""

from __future__ import annotations

from typing import Any

from hosted_etcd import S3Server


def s3_options(server: S3Server, bucket: str, **over: Any) -> dict[str, Any]:
    """The option s3 of a task."""
    keys = {"access_key": server.access_key, "secret_key": server.secret_key}
    return {"bucket": bucket, "endpoint_url": server.endpoint, "region": server.region, **keys, **over}
