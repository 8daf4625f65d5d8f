# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tasks of cases.py find: hosted clusters that are paused or far too slow to move, and what is left of others."""

from __future__ import annotations

import time

from direct import IMAGE, SPEED, Direct, Obj, capi, hosted_cluster, new, node_pool, path
from embedded_hub.testing import until
from rbac.cases import HELD, KIND_OF, SLOW
from rbac.rights import DEPLOYMENTS, MACHINES, SETS

PREFIX = "rights-"
HOLD = "tests.hypershift.core/hold"
LABELS = {"hypershift.openshift.io/safe-to-delete-with-cluster": "true", "hypershift.openshift.io/auto-created-for-infra": "some-infra"}
PAUSED = {"cluster.x-k8s.io/paused": "true"}
SPREAD = {"spread": "yes"}
_PULL_SECRET = {".dockerconfigjson": "{}"}
_FINALIZED = ("HostedCluster", "NodePool", "HostedControlPlane", "Cluster", "MachineDeployment", "MachineSet", "Machine")


class World:
    """Namespaces that belong to one test run, so that runs on the same hub do not meet."""

    def __init__(self, direct: Direct) -> None:
        self.namespace = f"{PREFIX}{int(time.time()) % 10**6:06d}"
        self._direct = direct

    def home(self, cluster: str) -> str:
        return f"{self.namespace}-{cluster}"

    def make(self) -> None:
        self.remove()
        self._direct.create(
            *(new("Namespace", name) for name in (self.namespace, f"{self.namespace}-two")),
            new("Namespace", f"{self.namespace}-made", labels={"hypershift.core/created-by": "hosted_cluster"}),
        )
        self._slow()
        self._still()
        self._held()
        self._left()
        self._upgradeable()
        until("status of the paused cluster names its kubeconfig", self._published)
        until("the cluster that may be upgraded is complete", self._completed)

    def remove(self) -> None:
        """Ask for the end of everything, also what an interrupted run has left; the hub finishes it."""
        for kind in _FINALIZED:
            for obj in self._direct.list(kind):
                if obj["metadata"]["namespace"].startswith(PREFIX):
                    self._direct.end(kind, obj["metadata"]["namespace"], obj["metadata"]["name"])
        self._direct.delete("NodeHealthCheck", "", "rights")
        for namespace in self._direct.list("Namespace"):
            if namespace["metadata"]["name"].startswith(PREFIX):
                self._direct.delete("Namespace", "", namespace["metadata"]["name"])

    def _cluster(self, name: str, namespace: str = "", spec: Obj | None = None, **meta: object) -> None:
        """With its pull secret and its control plane's namespace."""
        where = namespace or self.namespace
        self._direct.create(
            new("Namespace", f"{where}-{name}"),
            new("Secret", f"{name}-pull-secret", where, data=_PULL_SECRET),
            hosted_cluster(name, where, spec, speed=SLOW, **meta),
        )

    def _slow(self) -> None:
        self._cluster("slow", labels=SPREAD)
        self._cluster("two", f"{self.namespace}-two", labels=SPREAD)
        self._cluster("pausing")
        self._cluster("going", finalizers=[HOLD])
        self._direct.create(
            node_pool("slow", self.namespace, "slow"),
            node_pool("pausing", self.namespace, "pausing"),
            capi("MachineHealthCheck", "pausing", self.home("pausing")),
        )
        control_plane = new("HostedControlPlane", "leftover", self.home("going"), spec=_control_plane(), finalizers=[HOLD])
        self._direct.create(control_plane)
        self._direct.delete("HostedControlPlane", self.home("going"), "leftover")
        self._doomed()

    def _doomed(self) -> None:
        """A node pool that will not go, and machines of it that do not either."""
        self._direct.create(node_pool("doomed", self.namespace, "slow", finalizers=[HOLD]))
        mark = {"hypershift.openshift.io/nodePool": f"{self.namespace}/doomed"}
        for resource in (DEPLOYMENTS, SETS, MACHINES):
            kind, home = KIND_OF[resource], self.home("slow")
            self._direct.create(capi(kind, "doomed", home, annotations=mark, finalizers=[HOLD]))
            self._direct.delete(kind, home, "doomed")

    def _still(self) -> None:
        """Paused, with a node pool, a pull secret and a trust bundle of its own, and a published kubeconfig."""
        self._direct.create(
            new("ConfigMap", "still-trust-bundle", self.namespace, data={"ca-bundle.crt": "one"}),
            new("Secret", "still-admin-kubeconfig", self.namespace, data={"kubeconfig": "{}"}),
        )
        self._cluster("still", spec={"pausedUntil": "true", "additionalTrustBundle": {"name": "still-trust-bundle"}})
        self._direct.create(node_pool("still", self.namespace, "still", spec={"pausedUntil": "true"}))

    def _upgradeable(self) -> None:
        """A cluster that really comes up, with a pool behind it and one that never gets its nodes; a remediation in flight."""
        self._direct.create(
            new("Namespace", self.home("ready")),
            new("Secret", "ready-pull-secret", self.namespace, data=_PULL_SECRET),
            hosted_cluster("ready", self.namespace),
            node_pool("behind", self.namespace, "ready", spec={"release": {"image": IMAGE.replace("4.20.4", "4.20.3")}}),
            node_pool("never-there", self.namespace, "ready", annotations={SPEED: SLOW}),
            new("NodeHealthCheck", "rights", spec={"selector": {}, "pauseRequests": ["tests"]}),
        )
        status = {"inFlightRemediations": {"worker-1": "2026-01-01T00:00:00Z"}}
        self._direct.request("PATCH", path("NodeHealthCheck", "", "rights") + "/status", {"status": status})

    def _completed(self) -> bool:
        cluster = self._direct.get("HostedCluster", self.namespace, "ready") or {}
        history = ((cluster.get("status") or {}).get("version") or {}).get("history") or [{}]
        return history[0].get("state") == "Completed"

    def _published(self) -> bool:
        cluster = self._direct.get("HostedCluster", self.namespace, "still") or {}
        return bool((cluster.get("status") or {}).get("kubeconfig"))

    def _held(self) -> None:
        """Paused clusters, each with one paused object of Cluster API."""
        for resource, name in HELD.items():
            self._cluster(name, spec={"pausedUntil": "true"})
            self._direct.create(capi(KIND_OF[resource], "one", self.home(name), annotations=PAUSED))

    def _left(self) -> None:
        """What outlived hosted clusters."""
        self._direct.create(
            *(new("Namespace", self.home(name)) for name in ("left", "left-map", "orphan")),
            new("Secret", "left-pull-secret", self.namespace, data=_PULL_SECRET, labels=LABELS),
            new("ConfigMap", "left-map-trust-bundle", self.namespace, data={"ca-bundle.crt": "one"}, labels=LABELS),
            node_pool("orphan", self.namespace, "orphan"),
        )


def _control_plane() -> Obj:
    cluster = hosted_cluster("leftover", "none")["spec"]
    kept = {key: cluster[key] for key in ("etcd", "infraID", "networking", "platform", "services")}
    return {**kept, "dns": {"baseDomain": "example.com"}, "releaseImage": cluster["release"]["image"], "pullSecret": {"name": "none"},
            "sshKey": {"name": "none"}, "issuerURL": "https://kubernetes.default.svc"}  # fmt: skip
