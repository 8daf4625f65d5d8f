# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Service accounts with exactly the rights that a test gives them, on the API server's real RBAC."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from direct import Direct, Obj, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from rbac.rights import FIXED_NAMESPACES, ONLY, SCOPES, Right, of_level, rules

HOME = "accounts"
GROUP = "rbac.authorization.k8s.io"


class Accounts:
    """Makes accounts; wait_until_effective() before the first use, since the API server takes up bindings a moment later."""

    def __init__(self, hub: EmbeddedHub, direct: Direct) -> None:
        self._hub = hub
        self._direct = direct
        self._expected: list[Obj] = []
        direct.create(new("Namespace", HOME))

    def make(self, name: str, rights: Iterable[Right], hosted: str, control_plane: str) -> Path:
        """Kubeconfig of a new service account. hosted and control_plane: the namespaces of these scopes, empty for cluster-wide."""
        given = tuple(rights)
        self._direct.create(new("ServiceAccount", name, HOME))
        for scope in SCOPES:
            namespace = {"hosted": hosted, "control_plane": control_plane, "all": ""}.get(scope, FIXED_NAMESPACES.get(scope, ""))
            found = rules(given, scope)
            if found:
                self._bind(name, f"{name}-{scope}", found, namespace)
                one = next(r for r in given if r.scope == scope)
                self._expect(f"system:serviceaccount:{HOME}:{name}", one, namespace)
        return self._hub.service_account_kubeconfig(HOME, name)

    def expect_documented(self, user: str, level: str, hosted: str = "clusters") -> None:
        """Wait for every right of a combined role too."""
        for right in of_level(level):
            namespace = {"hosted": hosted, "control_plane": "", "all": ""}.get(right.scope, FIXED_NAMESPACES.get(right.scope, ""))
            self._expect(user, right, namespace)

    def wait_until_effective(self) -> None:
        for review in self._expected:
            until(f"{review['spec']}", lambda review=review: self._allowed(review))  # type: ignore[misc]
        self._expected = []

    def _bind(self, account: str, binding: str, found: list[dict[str, list[str]]], namespace: str) -> None:
        role = f"rights-{hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16]}"
        subject = {"kind": "ServiceAccount", "name": account, "namespace": HOME}
        kind = "RoleBinding" if namespace else "ClusterRoleBinding"
        reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}
        self._direct.create(
            {**new("ClusterRole", role), "rules": found},
            {**new(kind, binding, namespace), "roleRef": reference, "subjects": [subject]},
        )

    def _expect(self, user: str, right: Right, namespace: str) -> None:
        attributes = {"verb": right.verb, "group": right.group, "resource": right.plural, "namespace": namespace}
        attributes["name"] = ONLY.get((right.resource, right.scope), "")
        spec = {"user": user, "resourceAttributes": attributes}
        self._expected.append({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})

    def _allowed(self, review: Obj) -> bool:
        answer = self._direct.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return bool(answer["status"]["allowed"])
