# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates that a strict TLS stack takes, kubeconfigs that a client reads."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import yaml
from cryptography import x509

from hypershift_simulator import pki
from hypershift_simulator.client import Access

NOW = datetime.now(UTC)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """A whole TLS handshake in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [server.wrap_bio(to_server, to_client, server_side=True), client.wrap_bio(to_client, to_server, server_hostname=name)]
    done: set[int] = set()
    for _ in range(10):
        for index, end in enumerate(ends):
            try:
                end.do_handshake()
                done.add(index)
            except ssl.SSLWantReadError:
                continue
        if done == {0, 1}:
            return
    raise AssertionError("the handshake does not end")


def context(purpose: int, ca: pki.Pair, pair: pki.Pair, folder: Path, name: str) -> ssl.SSLContext:
    result = ssl.SSLContext(purpose)
    result.verify_flags |= ssl.VERIFY_X509_STRICT
    result.load_verify_locations(cadata=ca.certificate.decode())
    result.verify_mode = ssl.CERT_REQUIRED
    path = folder / f"{name}.pem"
    path.write_bytes(pair.certificate + pair.key)
    result.load_cert_chain(path)
    return result


def test_peers_with_one_certificate_each_trust_one_another_strictly(tmp_path: Path) -> None:
    ca = pki.authority("etcd-signer", NOW)
    names = ["*.etcd-discovery.clusters-demo.svc", "127.0.0.1"]
    first, second = (pki.leaf(ca, "peer", NOW, names, "etcd") for _ in range(2))
    server = context(ssl.PROTOCOL_TLS_SERVER, ca, first, tmp_path, "server")
    client = context(ssl.PROTOCOL_TLS_CLIENT, ca, second, tmp_path, "client")
    handshake(server, client, "etcd-0.etcd-discovery.clusters-demo.svc")
    handshake(server, context(ssl.PROTOCOL_TLS_CLIENT, ca, second, tmp_path, "again"), "127.0.0.1")


def test_the_user_of_a_kubeconfig_is_in_its_certificate(tmp_path: Path) -> None:
    ca = pki.authority("root-ca", NOW)
    text = pki.kubeconfig("https://198.51.100.7:6443", ca, pki.leaf(ca, "system:admin", NOW, organization="system:masters"), "demo")
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    access = Access.read(path)
    assert access.server == "https://198.51.100.7:6443" and access.certificate is not None
    subject = x509.load_pem_x509_certificate(access.certificate).subject.rfc4514_string()
    assert subject == "O=system:masters,CN=system:admin"
    assert access.ssl_context().verify_mode == ssl.CERT_REQUIRED
    assert yaml.safe_load(text)["current-context"] == "demo"
