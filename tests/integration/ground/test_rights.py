# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The modules ask for what docs/rbac.md says, and for nothing else; a right that is missing is named."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from direct import Direct
from embedded_hub import EmbeddedHub
from embedded_hub.bare import open_definition
from embedded_hub.testing import until
from ground.ground import Ground
from playing import tells_identity
from rbac.ground_rights import GROUND_MODULES, NAMESPACES, expanded

Right = tuple[str, str, str]
HOME = "accounts"
_SCOPES = {"let": "cluster", **{namespace: scope for scope, namespace in NAMESPACES.items()}}  # let: of the hosted cluster here


def account(ground_hub: EmbeddedHub, name: str, rights: set[Right]) -> Ground:
    """With these rights alone, everywhere: the namespaces are not there yet."""
    direct, group = Direct(ground_hub), "rbac.authorization.k8s.io"
    direct.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}})
    direct.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": HOME}})
    rules = [{"apiGroups": [r.partition(".")[2]], "resources": [r.partition(".")[0]], "verbs": [v]} for v, r, _scope in sorted(rights)]
    direct.create({"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    subject = {"kind": "ServiceAccount", "name": name, "namespace": HOME}
    reference = {"apiGroup": group, "kind": "ClusterRole", "name": name}
    binding = {"apiVersion": f"{group}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name}, "roleRef": reference}
    direct.create({**binding, "subjects": [subject]})
    verb, resource, _scope = sorted(rights)[0]
    attributes = {"verb": verb, "group": resource.partition(".")[2], "resource": resource.partition(".")[0]}
    spec = {"user": f"system:serviceaccount:{HOME}:{name}", "resourceAttributes": attributes}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    until(name, lambda: direct.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"])
    return Ground(ground_hub, ground_hub.service_account_kubeconfig(HOME, name), True)


def asked(ground_hub: EmbeddedHub, name: str, since: float) -> set[Right]:
    found = set()
    for stages in (["ResponseComplete"], ["ResponseStarted"]):
        events = ground_hub.audit(user=f"system:serviceaccount:{HOME}:{name}", since=since, stages=stages)
        for event in (event for event in events if not tells_identity(event)):
            ref = event["objectRef"]
            where = ref.get("namespace", "") if ref["resource"] != "namespaces" else ""
            found.add((event["verb"], f"{ref['resource']}.{ref.get('apiGroup', '')}".rstrip("."), _SCOPES.get(where, where) or "all"))
    return found


FLAGS: dict[str, Any] = {"install_flags": {"add": {"--metrics-set": "All"}}, "variables": {"hcMaxNumber": 100, "autoImportDisabled": True}}
S3: dict[str, Any] = {"bucket": "b", "region": "r", "credentials": "c"}
IMAGES = {"override_images": {"hypershift-operator": "registry.example.com/o"}}


def lives(ground: Ground) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each module's tasks, in an order in which they can all be done."""
    task, engine = ground.task, ground.engine
    config, imported = partial(task, "hypershift_addon_config"), partial(task, "hosted_cluster_import", name="let")
    components = partial(task, "multicluster_engine_components")
    manual = {"install_plan_approval": "Manual", "availability_config": "Basic"}
    return [
        ("multicluster_engine", [engine(channel="stable-2.10"), engine(channel="stable-2.11", **manual)]),
        ("hypershift_addon", [task("hypershift_addon")]),
        (
            "multicluster_engine_components",
            [components(disabled=["discovery", "local-cluster"], wait=False), components(enabled=["local-cluster"])],
        ),
        ("hypershift_addon", [task("hypershift_addon")]),
        (
            "hypershift_addon_config",
            [
                config(**FLAGS, **IMAGES, oidc_s3=S3),
                config(install_flags={"clear": ["--metrics-set"]}, absent_credentials=["oidc_s3"]),
                config(override_images={"hypershift-operator": None}, oidc_s3=S3),
                config(oidc_s3={**S3, "bucket": "c"}),
                config(state="absent"),
            ],
        ),
        ("hosted_cluster_import", [imported(wait=False), imported(labels={"a": "b"}, wait=False), imported(state="absent")]),
        ("hosted_cluster_import", [imported(klusterlet_addons=True), imported(state="absent")]),
        ("hypershift_addon", [task("hypershift_addon", state="absent")]),
        ("multicluster_engine", [engine(state="absent")]),
    ]


def test_each_module_asks_for_its_rights_and_no_others(ground_hub: EmbeddedHub, bare: Ground) -> None:
    since, accounts = time.time(), {}
    definition = open_definition("agent.open-cluster-management.io", "v1", "KlusterletAddonConfig", "klusterletaddonconfigs", True)
    bare.admin.apply(definition)  # of ACM
    until("it is served", lambda: "klusterletaddonconfigs" in bare.admin.kubectl("api-resources", "-o", "name"))
    for module, rows in GROUND_MODULES.items():
        accounts[module] = account(ground_hub, f"asks-{module.replace('_', '-')}", expanded(rows))
    there = False
    for module, tasks in lives(bare):
        if (module == "hosted_cluster_import") != there:
            there = not there
            bare.host("let") if there else bare.unhost("let")
        accounts[module].play(*tasks).ok()
    for module, rows in GROUND_MODULES.items():
        seen = asked(ground_hub, f"asks-{module.replace('_', '-')}", since)
        assert seen == expanded(rows), (module, sorted(seen - expanded(rows)), sorted(expanded(rows) - seen))
