# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster whose add-on keeps the operator, with two hosted clusters."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.conditions import is_true

from direct import Direct, hosted_cluster, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from ground.ground import Ground
from observe.stage import NAMESPACE
from playing import USER, Admin, Player

Obj = dict[str, Any]
CLUSTERS = ("blue", "green")


class Console:
    def __init__(self, hub: EmbeddedHub) -> None:
        self.hub, self.direct = hub, Direct(hub)
        self.kubeconfig = hub.user_kubeconfig(USER, ["system:masters"])
        self.player = Player(hub, self.kubeconfig)
        self.other_path = Player(hub, self.kubeconfig, in_process=False)

    def up(self) -> None:
        ground = Ground(self.hub, self.kubeconfig, True)
        ground.play(ground.engine(channel="stable-2.10"), ground.task("hypershift_addon")).ok()
        self.direct.create(new("Namespace", NAMESPACE), new("Namespace", "openshift-config-managed"))
        for name in CLUSTERS:
            self.direct.create(
                new("Secret", f"{name}-pull-secret", NAMESPACE, data={".dockerconfigjson": '{"auths": {}}'}),
                hosted_cluster(name, NAMESPACE, labels={"color": name}),
            )
        # As long as one is being installed the operator writes its status all the time, and a patch meets conflicts.
        until("the hosted clusters are available", lambda: all(map(self._is_available, CLUSTERS)), seconds=120)

    def _is_available(self, name: str) -> bool:
        return is_true(self.direct.get("HostedCluster", NAMESPACE, name), "Available")

    def config_map(self, name: str, namespace: str = "hypershift") -> Obj | None:
        return self.direct.get("ConfigMap", namespace, name)

    def operator_arguments(self) -> set[str]:
        found = Admin(self.hub).get("deployment", "operator", "-n", "hypershift")
        return set(found["spec"]["template"]["spec"]["containers"][0]["args"])

    def fault(self, name: str, fault: str | None) -> None:
        self.direct.merge("HostedCluster", NAMESPACE, name, {"metadata": {"annotations": {"simulator.hypershift.core/fault": fault}}})
