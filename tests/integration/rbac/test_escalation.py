# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account with a documented role tries to become more than it is: on the API server's real RBAC, with the YAML as a reader copies it."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import POD
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub

from direct import Direct, Obj, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until

ROOT = Path(__file__).resolve().parents[3]
RBAC_KINDS = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
HOME, OTHERS = "escalation", ("kube-system", "others", "others-web")
# Administrators by what they are for; the page says so.
ADMINISTRATORS = {"hypershift-core-management", "hypershift-core-agent-platform", "hypershift-core-kubevirt-platform"}
# Each of these in a namespace of others, or anywhere, makes an account more than it is.
STEPS = (
    ("create", "", "pods", ""), ("create", "", "pods", "exec"), ("get", "", "pods", "exec"), ("create", "", "pods", "ephemeralcontainers"),
    ("get", "", "secrets", ""), ("list", "", "secrets", ""), ("create", "", "serviceaccounts", "token"),
    ("create", "apps", "deployments", ""), ("patch", "apps", "deployments", ""), ("patch", "apps", "statefulsets", ""),
    ("create", "apps", "daemonsets", ""), ("create", "batch", "jobs", ""), ("impersonate", "", "users", ""), ("impersonate", "", "serviceaccounts", ""),
    ("create", "rbac.authorization.k8s.io", "rolebindings", ""), ("bind", "rbac.authorization.k8s.io", "clusterroles", ""),
    ("escalate", "rbac.authorization.k8s.io", "clusterroles", ""), ("create", "rbac.authorization.k8s.io", "clusterrolebindings", ""),
)  # fmt: skip


def documented() -> list[list[Obj]]:
    text = (ROOT / "docs" / "rbac.md").read_text()
    return [list(yaml.safe_load_all(block)) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def bundles() -> dict[str, list[Obj]]:
    """Objects by the name of their first role, each with an account of its own. Their names are ours: other tests bind the page's to theirs."""
    found = {}
    for objects in copy.deepcopy(documented()):
        account = objects[0]["metadata"]["name"]
        if {o["metadata"]["name"] for o in objects if o["kind"].endswith("Role")} & ADMINISTRATORS:
            continue
        for obj in objects:
            for named in (obj["metadata"], obj.get("roleRef")):
                if named is not None and obj["kind"] in RBAC_KINDS:
                    named["name"] = f"{HOME}-{named['name']}"
        found[account] = objects
    return found


@pytest.fixture(scope="module")
def accounts(hub: EmbeddedHub) -> Iterator[dict[str, str]]:
    """Users by role; what was made is taken away again."""
    direct, made, users = Direct(hub), list[Obj](), dict[str, str]()
    every = [o for objects in bundles().values() for o in objects]
    namespaces = {str(o["metadata"]["namespace"]) for o in every if o["metadata"].get("namespace")} | {HOME, *OTHERS}
    for name in sorted(namespaces):
        if direct.get("Namespace", "", name) is None:
            direct.create(new("Namespace", name))
            made.append(new("Namespace", name))
    for account, objects in bundles().items():
        users[account] = f"system:serviceaccount:{HOME}:{account}"
        for obj in objects:
            if obj["kind"].endswith("Binding"):
                obj["subjects"] = [{"kind": "ServiceAccount", "name": account, "namespace": HOME}]
            direct.create(obj)
            made.append(obj)
    until("the bindings are in force", lambda: all(_has_something(direct, users[a], objects) for a, objects in bundles().items()))
    yield users
    for obj in reversed(made):
        direct.delete(obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"])


def _allowed(direct: Direct, user: str, namespace: str, verb: str, group: str, resource: str, sub: str = "", name: str = "") -> bool:
    attributes = {"verb": verb, "group": group, "resource": resource, "subresource": sub, "namespace": namespace, "name": name}
    groups = ["system:authenticated", "system:serviceaccounts", f"system:serviceaccounts:{HOME}"]
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
    review["spec"] = {"user": user, "groups": groups, "resourceAttributes": attributes}  # type: ignore[assignment]
    return bool(direct.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"])


def _has_something(direct: Direct, user: str, objects: list[Obj]) -> bool:
    """Each binding is in force: a right of its role is there."""
    for binding in (o for o in objects if o["kind"].endswith("Binding")):
        where = binding["metadata"].get("namespace", "")
        role = next(
            o
            for o in objects
            if o["metadata"] in ({"name": binding["roleRef"]["name"]}, {"name": binding["roleRef"]["name"], "namespace": where})
        )
        rule = role["rules"][0]
        resource, _slash, sub = rule["resources"][0].partition("/")
        name = (rule.get("resourceNames") or [""])[0]
        if not _allowed(direct, user, where, rule["verbs"][0], rule["apiGroups"][0], resource, sub, name):
            return False
    return True


def test_no_documented_role_leads_further(hub: EmbeddedHub, accounts: dict[str, str]) -> None:
    direct = Direct(hub)
    assert len(accounts) >= 7 and "hypershift-core-etcd-demo" in accounts
    assert _allowed(direct, accounts["hypershift-core-etcd-demo"], "clusters-demo", "create", "", "pods", "exec"), "the look itself"
    got = [
        f"{account}: {verb} {resource}/{sub} in {namespace}"
        for account, user in accounts.items() for namespace in OTHERS for verb, group, resource, sub in STEPS
        if _allowed(direct, user, namespace, verb, group, resource, sub)
    ]  # fmt: skip
    assert got == []


def test_a_pod_with_more_rights_is_refused(hub: EmbeddedHub, accounts: dict[str, str]) -> None:
    """What an account with the role for etcd once did: a privileged pod of a service account of kube-system."""
    direct = Direct(hub)
    direct.create(new("ServiceAccount", "hypershift-core-etcd-demo", HOME))
    account = hub.service_account_kubeconfig(HOME, "hypershift-core-etcd-demo")
    spec = {"serviceAccountName": "default", "containers": [{"name": "a", "image": "x", "securityContext": {"privileged": True}}]}
    for namespace in OTHERS:
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "more", "namespace": namespace}, "spec": spec}
        with pytest.raises(ApiError) as caught:
            KubeHub.from_options({"kubeconfig": str(account)}).create(POD, body)
        assert caught.value.status == 403, namespace


def test_the_command_prints_roles_for_named_clusters_alone() -> None:
    command = [sys.executable, str(ROOT / "tests" / "tools" / "rbac.py"), "--etcd", "prod/web.eu", "prod/shop"]
    objects = list(yaml.safe_load_all(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert {o["kind"] for o in objects} == {"Role", "RoleBinding"}
    assert {o["metadata"]["namespace"] for o in objects} == {"prod", "prod-web-eu", "prod-shop", "automation-drills"}
    secrets = [r for o in objects if o["kind"] == "Role" for r in o["rules"] if r["resources"] == ["secrets"]]
    assert [r["resourceNames"] for r in secrets] == [["web.eu-etcd-encryption-key"], ["shop-etcd-encryption-key"]]
