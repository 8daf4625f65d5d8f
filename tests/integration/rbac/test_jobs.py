# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole life of a hosted cluster by accounts that have the documented rights and nothing else.

In process each module has an account of its own with exactly its table; as ordinary modules the three combined roles do the work, applied as
docs/rbac.md prints them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from direct import IMAGE, Direct, new, path
from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from embedded_hub.testing import until
from playing import Admin, Player
from rbac.accounts import Accounts
from rbac.rights import LEVELS, MACHINE_CONFIGS, MODULES
from rbac.test_documented import documented_roles

WAIT = {"wait_timeout": 240, "progress_timeout": 120}
Task = dict[str, Any]


def provide_hub_defaults(direct: Direct) -> None:
    """What pull_secret.inherit and ssh_key.inherit look for on an OpenShift hub."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "machineconfigs", "singular": "machineconfig", "kind": "MachineConfig"}
    spec = {"group": MACHINE_CONFIGS.partition(".")[2], "scope": "Cluster", "names": names, "versions": [version]}
    direct.create(new("CustomResourceDefinition", MACHINE_CONFIGS, spec=spec))

    def served() -> bool:
        try:
            direct.request("GET", path("MachineConfig"))
        except ApiError:
            return False
        return True

    until("machineconfigs are served", served)
    users = [{"name": "core", "sshAuthorizedKeys": ["ssh-ed25519 AAAA tests"]}]
    direct.create(
        new("Secret", "pull-secret", "openshift-config", data={".dockerconfigjson": '{"auths": {}}'}),
        new("MachineConfig", "99-worker-ssh", spec={"config": {"passwd": {"users": users}}}),
    )


def job(where: dict[str, Any], by: Callable[[str, str], dict[str, Any]], folder: Path) -> list[Task]:
    """Every module, every state. by(module, least level) names the account."""
    cluster, pool = {**where, "name": "permitted"}, {**where, "name": "further"}

    def task(module: str, level: str, **options: Any) -> Task:
        return {f"hypershift.core.{module}": {**options, **by(module, level)}}

    return [
        task("hosted_cluster", "full", **cluster, platform="kubevirt", release_image=IMAGE, pull_secret={"inherit": True},
             ssh_key={"inherit": True}, etcd_encryption={"generate": True}, additional_trust_bundle={"content": "none"}, **WAIT,
             node_pools=[{"name": "permitted", "replicas": 1, "auto_repair": True, "config": ["permitted-config"]}]),
        task("hosted_cluster_wait", "read", **where, name=["permitted"], goal="version_completed", **WAIT),
        task("hosted_cluster_info", "read", **where, name=["permitted"], node_pools=True),
        task("hosted_cluster_info", "read", node_pools=True, raw=False),
        task("nodepool_info", "read", **where, name=["permitted"]),
        task("nodepool_info", "read", raw=False),
        task("hosted_cluster", "operate", **cluster, channel="stable-4.20", **WAIT),
        task("hosted_cluster", "full", **cluster, pull_secret={"content": '{"auths": {"registry.example.com": {}}}'}, **WAIT),
        task("nodepool", "operate", **pool, cluster_name="permitted", replicas=1, config=["permitted-config"], wait=False),
        task("nodepool", "operate", **pool, labels={"tier": "test"}, wait=False),
        task("hosted_cluster_upgrade", "operate", **cluster, image=IMAGE.replace("4.20.4", "4.20.9"), allow_unlisted=True, **WAIT),
        task("nodepool_upgrade", "operate", cluster_name="permitted", **where, **WAIT),
        task("node_health_check_pause", "operate", entry="permitted"),
        task("node_health_check_pause", "operate", entry="permitted", state="absent"),
        task("pause_reconcile", "operate", **cluster, state="paused", owner="tests", until="2099-01-01T00:00:00Z", **WAIT),
        task("pause_reconcile_info", "read", **where),
        task("pause_reconcile_info", "read"),
        task("pause_reconcile", "operate", **cluster, state="resumed", owner="tests", **WAIT),
        task("hosted_cluster_credentials", "full", **cluster, kubeconfig_dest=str(folder / "k"), password_dest=str(folder / "p")),
        task("nodepool", "operate", **pool, state="absent", **WAIT),
        task("hosted_cluster", "full", **cluster, state="absent", delete_namespace=True, **WAIT),
    ]  # fmt: skip


def test_each_module_with_its_own_table(hub: EmbeddedHub, admin: Admin, kubeconfig: Path, tmp_path: Path) -> None:
    direct, namespace = Direct(hub), f"permitted-{tmp_path.parent.name.rpartition('-')[2]}"
    provide_hub_defaults(direct)
    direct.create(
        new("Namespace", namespace, labels={"hypershift.core/created-by": "hosted_cluster"}),
        new("ConfigMap", "permitted-config", namespace, data={"config": "{}"}),
    )
    accounts = Accounts(hub, direct)
    files = {m: str(accounts.make(f"{namespace}-{m.replace('_', '-')}", rights, namespace, "")) for m, rights in MODULES.items()}
    accounts.wait_until_effective()
    tasks = job({"namespace": namespace}, lambda module, _level: {"kubeconfig": files[module]}, tmp_path)
    done = Player(hub, kubeconfig).play(*tasks).ok()
    assert done.tasks[-1]["result"]["plan"][-1]["object"] == f"Namespace {namespace}"
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert (admin.get("hostedclusters,nodepools,secrets", "-n", namespace) or {"items": []})["items"] == []


@pytest.fixture
def levels(hub: EmbeddedHub) -> dict[str, str]:
    """Level -> kubeconfig of service account automation in a namespace of that level's name; the roles are those of docs/rbac.md."""
    direct, accounts, files = Direct(hub), Accounts(hub, Direct(hub)), {}
    for level in LEVELS:
        home = f"automation-{level}"
        direct.create(new("Namespace", home), new("ServiceAccount", "automation", home))
        for obj in documented_roles(level):
            for subject in obj.get("subjects", []):
                subject["namespace"] = home
            direct.create(obj)
        files[level] = str(hub.service_account_kubeconfig(home, "automation"))
        accounts.expect_documented(f"system:serviceaccount:{home}:automation", level)
    accounts.wait_until_effective()
    return files


def test_the_combined_roles(hub: EmbeddedHub, kubeconfig: Path, levels: dict[str, str], tmp_path: Path) -> None:
    direct = Direct(hub)
    provide_hub_defaults(direct)
    direct.create(new("ConfigMap", "permitted-config", "clusters", data={"config": "{}"}))
    tasks = job({"namespace": "clusters"}, lambda _module, level: {"kubeconfig": levels[level]}, tmp_path)
    done = Player(hub, kubeconfig, in_process=False).play(*tasks).ok()
    assert all(t["state"] == "ok" for t in done.tasks) and len(done.tasks) == len(tasks)
    direct.delete("ConfigMap", "clusters", "permitted-config")
