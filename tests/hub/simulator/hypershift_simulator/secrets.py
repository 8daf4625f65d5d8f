# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a control plane generates once: certificate authorities, etcd certificates, kubeconfigs, the password."""

from __future__ import annotations

import hashlib

import yaml

from . import endpoints, pki
from .actions import Action, ensure, ensure_once
from .context import Context
from .kinds import new
from .names import CORE_IGNITION, WORKER_SSH, Obj, b64, unb64
from .pki import Pair
from .view import ClusterView


def secret(view: ClusterView, name: str, data: dict[str, str | bytes], kind: str = "Opaque", namespace: str = "") -> Obj:
    obj = new("Secret", name, namespace or view.cpns, type=kind, data={key: b64(value) for key, value in data.items()})
    obj["metadata"]["annotations"] = dict(view.marks)
    return obj


def config_map(view: ClusterView, name: str, data: dict[str, str], labels: Obj | None = None) -> Obj:
    obj = new("ConfigMap", name, view.cpns, data=data)
    obj["metadata"]["annotations"] = dict(view.marks)
    if labels:
        obj["metadata"]["labels"] = labels
    return obj


def pair_of(found: Obj | None, certificate: str, key: str) -> Pair | None:
    data = (found or {}).get("data") or {}
    if certificate not in data or key not in data:
        return None
    return Pair(unb64(data[certificate]), unb64(data[key]))


def foundations(view: ClusterView, ctx: Context) -> list[Action]:
    """The certificate authorities; everything else is signed by them once they are there."""
    actions: list[Action] = []
    authorities = ["root-ca"]
    if view.spec["etcd"]["managementType"] == "Managed":
        authorities.append("etcd-signer")
    for name in authorities:
        if view.child("Secret", name) is None:
            pair = pki.authority(name, ctx.now)
            actions += ensure(view.store, secret(view, name, {"ca.crt": pair.certificate, "ca.key": pair.key}))
    return actions


def certificates(view: ClusterView, ctx: Context) -> list[Action]:
    actions: list[Action] = []
    root = pair_of(view.child("Secret", "root-ca"), "ca.crt", "ca.key")
    if root is None:
        return []
    bundle = root.certificate.decode()
    actions += ensure_once(view.store, config_map(view, "root-ca", {"ca.crt": bundle}))
    actions += ensure_once(view.store, config_map(view, "sre-metric-set", {"config": "kubeAPIServer: []\n"}))
    signer = pair_of(view.child("Secret", "etcd-signer"), "ca.crt", "ca.key")
    if signer is not None:
        for name in ("etcd-ca", "etcd-metrics-ca"):
            actions += ensure_once(view.store, config_map(view, name, {"ca.crt": signer.certificate.decode()}))
        actions += _etcd(view, ctx, signer)
    return actions


def _etcd(view: ClusterView, ctx: Context, signer: Pair) -> list[Action]:
    # Peers are checked by address as well: on one machine that is the loopback.
    peers, servers = ["127.0.0.1", "::1"], ["localhost"]
    for shard in view.etcd_shards:
        domain, client = f"{shard}-discovery.{view.cpns}.svc", f"{shard}-client"
        peers += [f"*.{domain}", f"*.{domain}.cluster.local"]
        servers += [client, f"{client}.{view.cpns}", f"{client}.{view.cpns}.svc"]
    servers += peers
    actions: list[Action] = []
    for name, prefix, names in (
        ("etcd-client-tls", "etcd-client", []),
        ("etcd-server-tls", "server", servers),
        ("etcd-peer-tls", "peer", peers),
    ):
        if view.child("Secret", name) is None:
            pair = pki.leaf(signer, f"{prefix}.{view.cpns}"[:64], ctx.now, names, "etcd")
            actions += ensure(view.store, secret(view, name, {f"{prefix}.crt": pair.certificate, f"{prefix}.key": pair.key}))
    return actions


def ignition_ca(view: ClusterView, ctx: Context) -> list[Action]:
    root = pair_of(view.child("Secret", "root-ca"), "ca.crt", "ca.key")
    if root is None or view.child("Secret", "ignition-server-ca-cert"):
        return []
    data: dict[str, str | bytes] = {"tls.crt": root.certificate, "tls.key": root.key}
    return ensure(view.store, secret(view, "ignition-server-ca-cert", data, "kubernetes.io/tls"))


def real_api_server(view: ClusterView, ctx: Context) -> list[Action]:
    """What an API server reads: its certificate, the keys for service accounts, the key for Secrets in etcd."""
    root = pair_of(view.child("Secret", "root-ca"), "ca.crt", "ca.key")
    actions: list[Action] = []
    if root is not None and view.child("Secret", "kas-server-crt") is None:
        service = f"kube-apiserver.{view.cpns}.svc"
        names = ["kube-apiserver", service, "localhost", "kubernetes", "kubernetes.default.svc", endpoints.real_address(view)]
        pair = pki.leaf(root, service[:64], ctx.now, names)
        actions += ensure(view.store, secret(view, "kas-server-crt", {"tls.crt": pair.certificate, "tls.key": pair.key}))
    if view.child("Secret", "sa-signing-key") is None:
        public, private = pki.signing_keys()
        actions += ensure(view.store, secret(view, "sa-signing-key", {"service-account.pub": public, "service-account.key": private}))
    name = (((view.spec.get("secretEncryption") or {}).get("aescbc") or {}).get("activeKey") or {}).get("name", "")
    key = ((view.store.get("Secret", view.namespace, name) or {}).get("data") or {}).get("key")
    if key:
        document = pki.encryption_configuration(key)
        actions += ensure(view.store, secret(view, "kas-secret-encryption-config", {"config.yaml": document}))
    return actions


def core_ignition(view: ClusterView) -> list[Action]:
    """The configuration that every pool builds on: three documents, one more with mirrors. The one with the SSH key follows the key."""
    names = ["ignition-config-apiserver-haproxy", "ignition-config-worker-fips"]
    if view.spec.get("imageContentSources"):
        names.append("ignition-config-image-content")
    actions: list[Action] = []
    for name in names:
        document = f"apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: 99-{name}\n"
        actions += ensure_once(view.store, config_map(view, name, {"config": document}, {CORE_IGNITION: "true"}))
    return [*actions, *ensure(view.store, config_map(view, WORKER_SSH, {"config": _ssh(view)}, {CORE_IGNITION: "true"}))]


def _ssh(view: ClusterView) -> str:
    name = (view.spec.get("sshKey") or {}).get("name", "")
    encoded = ((view.store.get("Secret", view.namespace, name) or {}).get("data") or {}).get("id_rsa.pub", "") if name else ""
    users = [{"name": "core", "sshAuthorizedKeys": [unb64(encoded).decode()]}] if encoded else []
    document = {
        "apiVersion": "machineconfiguration.openshift.io/v1",
        "kind": "MachineConfig",
        "metadata": {"name": f"99-{WORKER_SSH}"},
        "spec": {"config": {"ignition": {"version": "3.2.0"}, "passwd": {"users": users}}},
    }
    return str(yaml.safe_dump(document))


def access(view: ClusterView, ctx: Context) -> list[Action]:
    """Kubeconfigs and the password: they exist once the API is published and its server is up."""
    root = pair_of(view.child("Secret", "root-ca"), "ca.crt", "ca.key")
    endpoint = endpoints.api_server(view, ctx.full)
    if root is None or endpoint is None:
        return []
    actions: list[Action] = []
    for name, server, user in _kubeconfigs(view, endpoint):
        if view.child("Secret", name) is None:
            client = pki.leaf(root, user, ctx.now, organization="system:masters")
            key = "value" if name == f"{view.infra_id}-kubeconfig" else "kubeconfig"
            actions += ensure(view.store, secret(view, name, {key: pki.kubeconfig(server, root, client, view.name)}))
    if not view.oauth_configured and view.child("Secret", "kubeadmin-password") is None:
        actions += ensure(view.store, secret(view, "kubeadmin-password", {"password": ctx.password()}))
    return actions


def _kubeconfigs(view: ClusterView, endpoint: tuple[str, int]) -> list[tuple[str, str, str]]:
    host, port = endpoint
    external = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    service = "https://kube-apiserver:6443"
    result = [
        ("admin-kubeconfig", external, "system:admin"),
        ("bootstrap-kubeconfig", external, "system:bootstrapper"),
        ("service-network-admin-kubeconfig", service, "system:admin"),
        ("localhost-kubeconfig", "https://localhost:6443", "system:admin"),
        ("hcco-kubeconfig", service, "system:hosted-cluster-config"),
        (f"{view.infra_id}-kubeconfig", f"https://kube-apiserver.{view.cpns}.svc:6443", "system:admin"),
    ]
    custom = view.spec.get("kubeAPIServerDNSName")
    if custom:
        result.append(("custom-admin-kubeconfig", f"https://{custom}:{port}", "system:admin"))
    return result


def digest(data: Obj) -> str:
    text = "\n".join(f"{key}={value}" for key, value in sorted(data.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
