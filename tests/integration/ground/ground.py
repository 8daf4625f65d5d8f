# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tasks on the empty hub, and the tests' own hands on it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.conditions import is_true

from direct import SKIP_NAMESPACE_DELETION, Direct, hosted_cluster, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from playing import Admin, Played, Player

Obj = dict[str, Any]
ENGINE, HOME, LOCAL = "multiclusterengine", "multicluster-engine", "local-cluster"
FAULT = "simulator.hypershift.core/fault"
MODULES = (
    *("hypershift.core.multicluster_engine", "hypershift.core.multicluster_engine_components", "hypershift.core.hosted_cluster_import"),
    *("hypershift.core.hypershift_addon", "hypershift.core.hypershift_addon_config"),
)
# Everything that an installation may leave behind, and that was not there before.
LEFT = (
    *("namespaces", "subscriptions.operators.coreos.com", "operatorgroups.operators.coreos.com", "installplans.operators.coreos.com"),
    *("clusterserviceversions.operators.coreos.com", "multiclusterengines.multicluster.openshift.io"),
    *("managedclusters.cluster.open-cluster-management.io", "managedclusteraddons.addon.open-cluster-management.io"),
    *("addondeploymentconfigs.addon.open-cluster-management.io", "deployments.apps", "secrets", "configmaps", "clusterroles"),
)


class Ground:
    """One account, one execution path."""

    def __init__(self, hub: EmbeddedHub, kubeconfig: Path, in_process: bool) -> None:
        self.player = Player(hub, kubeconfig, in_process=in_process, directly=in_process)
        self.admin = Admin(hub)

    def task(self, module: str, **options: Any) -> Obj:
        assert f"hypershift.core.{module}" in MODULES
        known = {"wait_timeout": 120} if module != "hypershift_addon_config" else {"wait_timeout": 120, "rollout_grace": 20}
        return {f"hypershift.core.{module}": {**known, **options}}

    def engine(self, **options: Any) -> Obj:
        return self.task("multicluster_engine", **{"patience": 2, **options})

    def play(self, *tasks: Obj, check: bool = False) -> Played:
        return self.player.play(*tasks, check=check)

    def again(self, *tasks: Obj) -> None:
        """A second run, and one in check mode, change nothing and send no write."""
        for check in (True, False):
            since = time.time()
            played = self.play(*tasks, check=check).ok()
            assert [t["result"]["changed"] for t in played.tasks] == [False] * len(tasks), played.output[-3000:]
            assert self.player.writes(since) == []

    def checked(self, *tasks: Obj) -> list[list[str]]:
        """Verb and object of each task's plan in check mode, during which nothing is written."""
        since = time.time()
        played = self.play(*tasks, check=True).ok()
        assert self.player.writes(since) == []
        return [[f"{step['verb']} {step['object']}" for step in t["result"]["plan"]] for t in played.tasks]

    # The tests' own hands

    def fault(self, kind: str, name: str, namespace: str, fault: str | None) -> None:
        """Switch on, or off with None."""
        where = ("-n", namespace) if namespace else ()
        self.admin.kubectl("annotate", "--overwrite", kind, name, *where, f"{FAULT}={fault}" if fault else f"{FAULT}-")

    def patch(self, kind: str, name: str, namespace: str, body: Obj) -> None:
        where = ("-n", namespace) if namespace else ()
        self.admin.kubectl("patch", kind, name, *where, "--type=merge", "-p", json.dumps(body))

    def host(self, name: str) -> None:
        """A hosted cluster that is available, and leaves nothing behind when it goes."""
        direct, made = Direct(self.player.hub), hosted_cluster(name, "clusters")
        del made["metadata"]["annotations"][SKIP_NAMESPACE_DELETION]
        direct.create(new("Secret", f"{name}-pull-secret", "clusters", data={".dockerconfigjson": "{}"}), made)
        until("it is available", lambda: is_true(direct.get("HostedCluster", "clusters", name), "Available"), seconds=120)

    def unhost(self, name: str) -> None:
        self.play({"hypershift.core.hosted_cluster": {"name": name, "state": "absent", "wait_timeout": 200}}).ok()
        Direct(self.player.hub).delete("Secret", "clusters", f"{name}-pull-secret")

    def reset(self) -> None:
        direct = Direct(self.player.hub)
        if self.admin.get("customresourcedefinition", "hostedclusters.hypershift.openshift.io"):
            for cluster in direct.list("HostedCluster"):
                direct.end("HostedCluster", cluster["metadata"]["namespace"], cluster["metadata"]["name"])
        imports = "managedclusters.cluster.open-cluster-management.io"
        self.admin.kubectl("wait", imports, "-l", "!local-cluster", "--for=delete", "--timeout=60s", check=False)
        self.play(self.task("hypershift_addon_config", state="absent")).ok()
        self.play(self.task("hypershift_addon", state="absent"), self.engine(state="absent")).ok()
        self.admin.kubectl("delete", "namespace", HOME, "--ignore-not-found")

    def left(self) -> set[str]:
        """Kind, namespace and name of all that is there, but for what API server and controllers keep for themselves."""
        found = set()
        for kind in LEFT:
            listed = self.admin.kubectl("get", kind, "-A", "-o", "json", check=False)
            for item in json.loads(listed)["items"] if listed else []:
                meta = item["metadata"]
                if meta["name"] != "kube-root-ca.crt" and not meta.get("namespace", "").startswith("kube-"):
                    found.add(f"{kind} {meta.get('namespace', '')}/{meta['name']}")
        return found
