# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import shutil
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from embedded_hub import pki


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pki")
    pki.create_pki(path, "hub")
    return path


def handshake(folder: Path, client: str, host: str, client_ca: Path | None = None) -> dict[str, object]:
    """A TLS handshake in memory, both sides as strict as Python 3.13; gives the certificate that the server saw."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(folder / "apiserver.crt", folder / "apiserver.key")
    server_context.load_verify_locations(folder / "ca.crt")
    server_context.verify_mode = ssl.CERT_REQUIRED
    client_context = ssl.create_default_context(cafile=str(client_ca or folder / "ca.crt"))
    client_context.load_cert_chain(folder / f"{client}.crt", folder / f"{client}.key")
    for context in (server_context, client_context):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    one = client_context.wrap_bio(to_client, to_server, server_hostname=host)
    for _round in range(4):
        for side in (one, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    seen = server.getpeercert()
    assert seen is not None
    return dict(seen)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "kubernetes.default.svc", "10.96.0.1"])
def test_strict_clients_accept_the_server(folder: Path, host: str) -> None:
    assert handshake(folder, "admin", host)


def test_another_name_is_refused(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, "admin", "example.com")


def test_every_hub_has_its_own_authority(folder: Path, tmp_path: Path) -> None:
    pki.create_pki(tmp_path, "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, "admin", "127.0.0.1", client_ca=tmp_path / "ca.crt")


def test_keys_are_private(folder: Path) -> None:
    keys = list(folder.glob("*.key"))
    assert len(keys) == len(pki.CLIENTS) + 4  # ca, apiserver, loopback, service accounts
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_user_and_groups_stand_in_the_subject(folder: Path) -> None:
    pair = pki.Authority.load(folder).client("jane", ["team-a", "team-b"])
    subject = x509.load_pem_x509_certificate(pair.cert).subject
    assert [name.value for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["jane"]
    assert [name.value for name in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == ["team-a", "team-b"]


def test_a_loaded_authority_signs_for_the_same_hub(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "pki"
    shutil.copytree(folder, own)  # what is written here is not for the tests that share the folder
    pki.Authority.load(own).client("later").write(own, "later")
    assert handshake(own, "later", "127.0.0.1")["subject"] == ((("commonName", "later"),),)


def test_a_client_certificate_cannot_serve(folder: Path) -> None:
    usage = x509.load_pem_x509_certificate((folder / "admin.crt").read_bytes()).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert list(usage.value) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_parts_of_the_hub_are_different_users() -> None:
    users = [user for user, _groups in pki.CLIENTS.values()]
    assert len(set(users)) == len(users)
