# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The S3 server of the tests: on loopback alone, with keys, and with its data after a crash."""

from __future__ import annotations

import http.client
from pathlib import Path

import boto3

from embedded_hub import process
from hosted_etcd import S3Server
from hosted_etcd.s3 import listening


def test_a_server_from_start_to_end(tmp_path: Path) -> None:
    server = S3Server.up(tmp_path / "s3")
    try:
        identity = process.recorded(server.folder, "weed")
        assert identity is not None
        sockets = listening(identity.pid)
        assert sockets
        assert all(address.startswith("0100007F:") for address in sockets)
        client = boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
            region_name=server.region,
        )
        client.create_bucket(Bucket="snapshots")
        client.put_object(Bucket="snapshots", Key="one", Body=b"x" * 100_000)
        server.kill()
        assert not server.running
        again = S3Server.up(server.folder)
        assert again == server
        assert len(client.get_object(Bucket="snapshots", Key="one")["Body"].read()) == 100_000
        host, port = server.endpoint.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port))
        connection.request("GET", "/snapshots/one")
        assert connection.getresponse().status == 403
    finally:
        server.remove()
    assert not server.running
    assert not server.folder.exists()
