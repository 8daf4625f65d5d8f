# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster with something to find in it, and accounts that have exactly the rights that a test gives them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from direct import Direct, hosted_cluster, new, node_pool
from embedded_hub import EmbeddedHub
from embedded_hub.containers import Container
from embedded_hub.testing import until
from rbac.observe_rights import NAMESPACES

Obj = dict[str, Any]
NAMESPACE, NAME, CONTROL_PLANE = "observe", "gather", "observe-gather"
PASSWORD = "made-for-a-test-0815"
RBAC = "rbac.authorization.k8s.io"


class Stage:
    """The hosted cluster: available, with node pool, workloads and one log that tells a secret."""

    def __init__(self, hub: EmbeddedHub, folder: Path) -> None:
        self.hub, self.direct, self._folder = hub, Direct(hub), folder

    def up(self) -> None:
        self.direct.create(
            new("Namespace", NAMESPACE),
            new("Secret", f"{NAME}-pull-secret", NAMESPACE, data={".dockerconfigjson": '{"auths": {}}'}),
            new("Secret", "mirror", NAMESPACE, data={"password": PASSWORD}),
            hosted_cluster(NAME, NAMESPACE, annotations={}),
            node_pool("workers", NAMESPACE, NAME),
        )
        until("the hosted cluster is installed", self._installed, seconds=120)
        self.direct.create(
            new("ConfigMap", "leaky", CONTROL_PLANE, data={"script": f"curl -u robot:{PASSWORD} https://mirror.example.com"})
        )
        self.log("etcd", f"ready\nlogged in to the mirror with {PASSWORD}\n")

    def log(self, container: str, text: str) -> None:
        path = self._folder / f"{container}.log"
        path.write_text(text)
        self.hub.register_container(CONTROL_PLANE, "etcd-0", container, Container(log=str(path)))

    def down(self) -> None:
        self.hub.unregister_pod(CONTROL_PLANE, "etcd-0")
        self.direct.delete("NodePool", NAMESPACE, "workers")
        self.direct.delete("HostedCluster", NAMESPACE, NAME)
        until("the hosted cluster is gone", lambda: self.direct.get("HostedCluster", NAMESPACE, NAME) is None, seconds=120)
        self.direct.delete("Namespace", "", NAMESPACE)

    def _installed(self) -> bool:
        cluster = self.direct.get("HostedCluster", NAMESPACE, NAME) or {}
        history = ((cluster.get("status") or {}).get("version") or {}).get("history") or []
        return bool(history) and history[0]["state"] == "Completed"


def content(path: str) -> dict[str, bytes]:
    """Files of an archive by their paths."""
    with tarfile.open(path) as archive:
        return {m.name.partition("/")[2]: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


class Accounts:
    """Service accounts in the namespace of the stage."""

    def __init__(self, stage: Any) -> None:
        """stage: anything with hub and direct."""
        self._stage = stage

    def make(self, name: str, rows: Iterable[tuple[str, str, str]]) -> str:
        """Kubeconfig of a new account with these rights (verb, resource, scope); they are effective."""
        direct, given = self._stage.direct, sorted(rows)
        direct.create(new("ServiceAccount", name, NAMESPACE))
        by_scope: dict[str, list[Obj]] = {}
        for verb, resource, scope in given:
            plural, _dot, group = resource.partition(".")
            by_scope.setdefault(scope, []).append({"apiGroups": [group], "resources": [plural], "verbs": [verb]})
        for scope, rules in by_scope.items():
            direct.create(*bound(name, f"{name}-{scope.replace('_', '-')}", rules, namespace_of(scope)))
        for row in given[:1] + given[-1:]:  # bindings are taken up in the order in which they were made
            self.effective(name, row)
        for row in given:
            self.effective(name, row)
        return str(self._stage.hub.service_account_kubeconfig(NAMESPACE, name))

    def effective(self, name: str, row: tuple[str, str, str]) -> None:
        until(f"{name} has {row}", lambda: self._allowed(name, *row))

    def _allowed(self, name: str, verb: str, resource: str, scope: str) -> bool:
        plural, _dot, group = resource.partition(".")
        plural, _slash, sub = plural.partition("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "subresource": sub, "namespace": namespace_of(scope)}
        spec = {"user": f"system:serviceaccount:{NAMESPACE}:{name}", "resourceAttributes": attributes}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        answer = self._stage.direct.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return bool(answer["status"]["allowed"])


def namespace_of(scope: str) -> str:
    return {"hosted": NAMESPACE, "control_plane": CONTROL_PLANE, "all": ""}.get(scope, NAMESPACES.get(scope, ""))


def bound(account: str, name: str, rules: list[Obj], namespace: str) -> Iterator[Obj]:
    """A ClusterRole with these rules, bound to the account."""
    yield {**new("ClusterRole", name), "rules": rules}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": name}
    subject = {"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}
    yield {**new("RoleBinding" if namespace else "ClusterRoleBinding", name, namespace), "roleRef": reference, "subjects": [subject]}
