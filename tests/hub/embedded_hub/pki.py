# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hub's certificates: one CA, serving and client leaves, and the key pair for service accounts.

Python 3.13 verifies X.509 strictly: without critical keyUsage and basicConstraints and a subjectKeyIdentifier on
the CA, or an authorityKeyIdentifier on a leaf, every Python client refuses what kubectl accepts.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .files import write_private

_VALID = datetime.timedelta(days=365)
_SKEW = datetime.timedelta(hours=1)


def _key_usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _pem_key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _VALID)
    )


def _alternative_names(hosts: Iterable[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, both PEM."""

    cert: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> None:
        write_private(folder / f"{name}.crt", self.cert)
        write_private(folder / f"{name}.key", self.key)


class Authority:
    """A certificate authority that signs serving and client certificates."""

    def __init__(self, cert: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._cert = cert
        self._key = key

    @classmethod
    def create(cls, common_name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        builder = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(builder.sign(key, hashes.SHA256()), key)

    @classmethod
    def load(cls, folder: Path) -> Authority:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{folder / 'ca.key'} does not hold an elliptic curve key.")
        return cls(x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes()), key)

    @property
    def cert_pem(self) -> bytes:
        return self._cert.public_bytes(serialization.Encoding.PEM)

    def write(self, folder: Path) -> None:
        Pair(self.cert_pem, _pem_key(self._key)).write(folder, "ca")

    def serving(self, common_name: str, hosts: Iterable[str]) -> Pair:
        return self._leaf(common_name, (), ExtendedKeyUsageOID.SERVER_AUTH, tuple(hosts))

    def client(self, user: str, groups: Iterable[str] = ()) -> Pair:
        return self._leaf(user, tuple(groups), ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def _leaf(self, user: str, groups: tuple[str, ...], usage: x509.ObjectIdentifier, hosts: tuple[str, ...]) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        # One relative name per group: the API server reads every O of the subject as a group.
        attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, user))
        issuer_id = self._cert.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = (
            _builder(x509.Name(attributes), self._cert.subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(_alternative_names(hosts)), critical=False)
        cert = builder.sign(self._key, hashes.SHA256())
        return Pair(cert.public_bytes(serialization.Encoding.PEM), _pem_key(key))


def write_service_account_keys(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_private(folder / "sa.key", _pem_key(key))
    write_private(folder / "sa.pub", public)


APISERVER_HOSTS = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "127.0.0.1", "10.96.0.1")

# Own identities, so that the audit log tells the parts of the hub and its users apart.
CLIENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "admin": ("admin", ("system:masters",)),
    "kubelet-client": ("kubelet-client", ("system:masters",)),
    "kwok": ("embedded-hub:kwok", ("system:masters",)),
    "hub": ("embedded-hub:setup", ("system:masters",)),
    "pod-runner": ("embedded-hub:pod-runner", ("system:masters",)),
    "simulator": ("embedded-hub:simulator", ("system:masters",)),
    "kube-controller-manager": ("system:kube-controller-manager", ()),
    "kube-scheduler": ("system:kube-scheduler", ()),
}


def create_pki(folder: Path, hub: str) -> Authority:
    """Make everything one hub needs, fresh."""
    authority = Authority.create(f"embedded-hub-{hub}")
    authority.write(folder)
    authority.serving("kube-apiserver", APISERVER_HOSTS).write(folder, "apiserver")
    authority.serving("loopback", ("localhost", "127.0.0.1")).write(folder, "loopback")
    for name, (user, groups) in CLIENTS.items():
        authority.client(user, groups).write(folder, name)
    write_service_account_keys(folder)
    return authority
