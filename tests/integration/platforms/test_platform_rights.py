# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The modules of platforms ask for what docs/rbac.md says, and for nothing else; a right that is missing is named."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from embedded_hub.testing import until
from platforms import test_agent_modules as agents
from platforms import test_kubevirt_modules as virt
from platforms.stage import Stage
from playing import ROOT, Player, tells_identity
from rbac.accounts import HOME, Accounts
from rbac.platform_rights import AGENT_MODULES, KUBEVIRT_MODULES, PLATFORM_MODULES, expanded
from rbac.rights import Right

Task = dict[str, Any]
Rights = set[tuple[str, str]]


def story(kind: str) -> list[Task]:
    """Everything that the modules can do, in one play."""
    if kind == "agent":
        network = {**agents.NETWORK, "interfaces": {"52:54:00:00:00:11": "eth0"}}
        return [
            *(agents.service(), agents.env(), agents.hosts(count=1), agents.info()),
            agents.service(os_images=[{**agents.IMAGE, "version": "9.6.2"}], mirror_registry_config={"registries_conf": "other"}),
            agents.env(pull_secret={"content": {"auths": {"quay.io": {}}}}, agent_labels={"a": "b"}, nmstate_configs=[network]),
            agents.env(nmstate_configs=[]),
            {"hypershift.core.agent": {"namespace": agents.HOME, "infra_env": "workers", "state": "absent"}},
            *(agents.env(state="absent", delete_namespace=True), agents.service(state="absent")),
        ]
    return [
        *(virt.pool(), virt.policy(), virt.ingress()),
        *(virt.pool(addresses=["192.0.2.32-192.0.2.33"]), virt.ingress(https_node_port=32444)),
        *(virt.ingress(state="absent"), virt.policy(state="absent"), virt.pool(state="absent")),
    ]


class Permitted:
    """Accounts with rights of one kind of platform, in all namespaces."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.accounts = Accounts(stage.hub, stage.direct)

    def player(self, name: str, rights: Rights) -> Player:
        kubeconfig = self.accounts.make(name, [Right(verb, resource, "all") for verb, resource in sorted(rights)], "", "")
        self.accounts.wait_until_effective()
        return Player(self.stage.hub, kubeconfig)

    def asked(self, name: str, since: float) -> Rights:
        events = self.stage.hub.audit(user=f"system:serviceaccount:{HOME}:{name}", since=since)
        return {
            (e["verb"], f"{e['objectRef']['resource']}.{e['objectRef'].get('apiGroup', '')}".rstrip("."))
            for e in events
            if not tells_identity(e)
        }


@pytest.fixture(scope="module")
def permitted(stage: Stage) -> Iterator[Permitted]:
    stage.namespace("metallb-system")
    stage.namespace("multicluster-engine")
    stage.reached("demo", virt.SPACE)
    stage.hosts(agents.HOME, "workers", 1)
    until("the namespace is gone", lambda: stage.get("Namespace", agents.HOME) is None)
    yield Permitted(stage)
    stage.unreached("demo", virt.SPACE)


def all_of(modules: dict[str, Any]) -> Rights:
    return {right for rows in modules.values() for right in expanded(rows)}


@pytest.mark.parametrize(("kind", "modules"), [("agent", AGENT_MODULES), ("kubevirt", KUBEVIRT_MODULES)])
def test_what_is_asked_for_is_what_is_documented(permitted: Permitted, kind: str, modules: dict[str, Any]) -> None:
    given, since = all_of(modules), time.time()
    one = permitted.player(f"{kind}-platform", given)
    one.play(*story(kind)).ok()
    seen = permitted.asked(f"{kind}-platform", since)
    assert seen <= given, sorted(seen - given)
    # Hosts beyond the management cluster's own and a role that differs are not in the story.
    unseen = {
        ("list", "baremetalhosts.metal3.io"),
        ("patch", "roles.rbac.authorization.k8s.io"),
        ("*", "agents.agent-install.openshift.io"),
    }
    unseen |= {("patch", "l2advertisements.metallb.io")}
    assert given - seen - unseen == set()


MISSING: dict[str, tuple[Task, str, str]] = {
    "assisted_service": (agents.service(), "get", "agentserviceconfigs.agent-install.openshift.io"),
    "infra_env": (agents.env(), "get", "infraenvs.agent-install.openshift.io"),
    "agent": (agents.hosts(), "list", "agents.agent-install.openshift.io"),
    "agent_info": (agents.info(), "list", "agents.agent-install.openshift.io"),
    "load_balancer_pool": (virt.pool(), "create", "ipaddresspools.metallb.io"),
    "ingress_wildcard_policy": (virt.policy(), "patch", "ingresscontrollers.operator.openshift.io"),
    "kubevirt_ingress": (virt.ingress(https_node_port=32443), "create", "services"),
}


def test_a_missing_right_is_named(permitted: Permitted) -> None:
    assert set(MISSING) == set(PLATFORM_MODULES)
    lacking = {(verb, resource) for _task, verb, resource in MISSING.values()}
    given = all_of(PLATFORM_MODULES) - lacking - {("*", "agents.agent-install.openshift.io")}
    one = permitted.player("platform-lacking", given)
    tasks = [{**task, "name": module, "ignore_errors": True} for module, (task, _verb, _resource) in MISSING.items()]
    found = {t["task"]: t["result"] for t in one.play(*tasks).ok().tasks}
    for module, (_task, verb, resource) in MISSING.items():
        assert found[module]["failure"]["code"] == "missing_permission", module
        assert f"{verb} {resource}" in found[module]["msg"].replace("verb ", "").replace(" on ", " "), found[module]["msg"]
    permitted.stage.remove("MetalLB", "metallb", "metallb-system")


def test_the_documented_roles_are_the_table(stage: Stage) -> None:
    page = (ROOT / "docs" / "rbac.md").read_text().partition("### Roles for platforms")[2]
    objects = [o for o in yaml.safe_load_all(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]) if o["kind"] == "ClusterRole"]
    granted = [{(verb, f"{r['resources'][0]}.{r['apiGroups'][0]}".rstrip(".")) for r in o["rules"] for verb in r["verbs"]} for o in objects]
    for have, modules in zip(granted, (AGENT_MODULES, KUBEVIRT_MODULES), strict=True):
        whole = {resource for verb, resource in have if verb == "*"}
        assert {(v, r) for v, r in all_of(modules) if r not in whole or v == "*"} == have
    for obj in objects:  # the server takes them as they stand there
        stage.put(obj)
        stage.remove("ClusterRole", obj["metadata"]["name"])
