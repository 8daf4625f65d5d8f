# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets and ConfigMaps that a hosted cluster refers to: found, marked and copied beside its control plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .actions import Action, Patch, ensure
from .kinds import new
from .names import CREATED_FOR_INFRA, REFERENCED_PREFIX, SAFE_TO_DELETE, Obj
from .view import ClusterView


@dataclass(frozen=True)
class Reference:
    what: str
    kind: str
    name: str
    key: str = ""
    target: str = ""
    type: str = "Opaque"

    def problem(self, source: Obj | None) -> str:
        if source is None:
            return f'failed to get {self.what} {self.name}: {self.kind} "{self.name}" not found'
        if self.key and self.key not in (source.get("data") or {}):
            return f'{self.what} "{self.name}" must have a {self.key} key'
        return ""


def pull_secret(view: ClusterView) -> Reference:
    name = view.spec["pullSecret"]["name"]
    return Reference("pull secret", "Secret", name, ".dockerconfigjson", "pull-secret", "kubernetes.io/dockerconfigjson")


def references(view: ClusterView) -> Iterator[Reference]:
    """In the order in which the operator copies them."""
    spec = view.spec
    yield pull_secret(view)
    aescbc = (spec.get("secretEncryption") or {}).get("aescbc") or {}
    for field, what in (("activeKey", "active aescbc secret"), ("backupKey", "backup aescbc secret")):
        if (aescbc.get(field) or {}).get("name"):
            yield Reference(what, "Secret", aescbc[field]["name"], "key")
    if (spec.get("auditWebhook") or {}).get("name"):
        yield Reference("audit webhook config", "Secret", spec["auditWebhook"]["name"], "webhook-kubeconfig")
    if (spec.get("sshKey") or {}).get("name"):
        yield Reference("hostedcluster SSHKey secret", "Secret", spec["sshKey"]["name"], "id_rsa.pub", "ssh-key")
    if (spec.get("additionalTrustBundle") or {}).get("name"):
        name = spec["additionalTrustBundle"]["name"]
        yield Reference("hostedcluster AdditionalTrustBundle ConfigMap", "ConfigMap", name, "ca-bundle.crt", "user-ca-bundle")
    if (spec.get("serviceAccountSigningKey") or {}).get("name"):
        name = spec["serviceAccountSigningKey"]["name"]
        yield Reference("service account signing key", "Secret", name, "key", "sa-signing-key")
    unmanaged = spec["etcd"].get("unmanaged")
    if unmanaged:
        yield Reference("unmanaged etcd tls secret", "Secret", unmanaged["tls"]["clientSecret"]["name"], "etcd-client.crt")
    for kind, name in sorted(set(configuration(spec.get("configuration") or {}))):
        yield Reference(f"referenced {kind.lower()}", kind, name)


_CONFIG_MAPS = {"ca", "clientCA", "additionalTrustedCA", "trustedCA", "issuerCertificateAuthority", "policy", "oauthMetadata"}
_SECRETS = {"servingCertificate", "fileData", "clientSecret", "bindPassword", "tlsClientCert", "tlsClientKey"}


def configuration(value: Any) -> Iterator[tuple[str, str]]:
    """Kind and name of every object that the cluster-wide configuration names."""
    if isinstance(value, list):
        for item in value:
            yield from configuration(item)
    elif isinstance(value, dict):
        for field, nested in value.items():
            name = nested.get("name") if isinstance(nested, dict) else None
            if name and field in _CONFIG_MAPS:
                yield "ConfigMap", name
            elif name and field in _SECRETS:
                yield "Secret", name
            else:
                yield from configuration(nested)


def credentials_problem(view: ClusterView) -> str:
    """What is wrong with the platform's credentials; empty when nothing is."""
    if "invalid-credentials" in view.faults and view.platform != "AWS":
        return "the platform does not accept the credentials"
    found = ((view.spec["platform"].get("kubevirt") or {}).get("credentials") or {}).get("infraKubeConfigSecret")
    if found:
        reference = Reference("infra cluster kubeconfig secret", "Secret", found["name"], found["key"])
        return reference.problem(view.store.get("Secret", view.namespace, found["name"]))
    return ""


def sync(view: ClusterView) -> tuple[list[Action], str]:
    """Copy what is referred to up to the first problem, and that problem."""
    actions: list[Action] = []
    for reference in references(view):
        source = view.store.get(reference.kind, view.namespace, reference.name)
        problem = reference.problem(source)
        if problem or source is None:
            return actions, problem
        actions += mark(view, source)
        actions += ensure(view.store, _copy(view, reference, source))
    return actions, ""


def problem(view: ClusterView) -> str:
    for reference in references(view):
        found = reference.problem(view.store.get(reference.kind, view.namespace, reference.name))
        if found:
            return found
    return ""


def _copy(view: ClusterView, reference: Reference, source: Obj) -> Obj:
    data = source.get("data") or {}
    if reference.target and reference.key:
        data = {reference.key: data[reference.key]}
    target = new(reference.kind, reference.target or reference.name, view.cpns, data=dict(data))
    if reference.kind == "Secret":
        target["type"] = reference.type if reference.target else source.get("type", "Opaque")
    target["metadata"]["annotations"] = dict(view.marks)
    return target


def mark(view: ClusterView, source: Obj) -> list[Action]:
    annotation = REFERENCED_PREFIX + view.name
    metadata = source["metadata"]
    if (metadata.get("annotations") or {}).get(annotation) == "true" or metadata.get("deletionTimestamp"):
        return []
    body = {"metadata": {"annotations": {annotation: "true"}}}
    return [Patch(source["kind"], view.namespace, metadata["name"], body)]


def unmark(view: ClusterView) -> list[Action]:
    annotation = REFERENCED_PREFIX + view.name
    return [
        Patch(kind, view.namespace, source["metadata"]["name"], {"metadata": {"annotations": {annotation: None}}})
        for kind in ("Secret", "ConfigMap")
        for source in view.store.list(kind, view.namespace)
        if annotation in (source["metadata"].get("annotations") or {})
    ]


def own_cli_secrets(view: ClusterView) -> list[Action]:
    """Secrets that were made with the cluster get it as their owner, so that they go with it."""
    actions: list[Action] = []
    for source in view.store.list("Secret", view.namespace):
        labels = source["metadata"].get("labels") or {}
        if labels.get(SAFE_TO_DELETE) != "true" or labels.get(CREATED_FOR_INFRA) != view.infra_id or not view.infra_id:
            continue
        owners = source["metadata"].get("ownerReferences") or []
        if any(owner["uid"] == view.metadata["uid"] for owner in owners):
            continue
        metadata = {"ownerReferences": [*owners, view.owner], "resourceVersion": source["metadata"]["resourceVersion"]}
        actions.append(Patch("Secret", view.namespace, source["metadata"]["name"], {"metadata": metadata}))
    return actions
