# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The S3 server of the tests: on loopback alone, with keys, and with its data after a crash."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable
from pathlib import Path

import boto3
import pytest

from embedded_hub import ports, process
from embedded_hub.ports import pick_ports
from hosted_etcd import S3Server
from hosted_etcd.s3 import listening


@pytest.mark.parametrize("taken", ["volume", "filer.grpc"])
def test_a_port_that_is_taken_at_the_last_moment_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str) -> None:
    chosen: list[dict[str, int]] = []
    with socket.socket() as other:

        def pick(names: Iterable[str]) -> dict[str, int]:
            chosen.append(pick_ports(names))
            if len(chosen) == 1:
                other.bind(("127.0.0.1", chosen[0][taken]))
                other.listen(1)
            return chosen[-1]

        monkeypatch.setattr(ports, "pick_ports", pick)
        server = S3Server.up(tmp_path / "s3")
        try:
            assert len(chosen) == 2 and server.running and server.endpoint.endswith(f":{chosen[1]['s3']}")
            assert max(chosen[1].values()) < 32768, "below the ports that outgoing connections take"
        finally:
            server.remove()


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
