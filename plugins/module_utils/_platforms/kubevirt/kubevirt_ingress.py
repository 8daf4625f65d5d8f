# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module kubevirt_ingress. Source: platform_facts#2.6, #11.9.

The node ports are the hosted cluster's: they are read there, with the kubeconfig that the hosted cluster has published.
"""

from __future__ import annotations

import base64

from ..._clusters.guest_api import SOURCES
from ..._kernel.changes import ChangeSet
from ..._kernel.facts import Fact, FactGoal, Observed
from ..._kernel.kinds import EVENT, HOSTED_CLUSTER, SECRET, SERVICE, control_plane_namespace
from ..._kernel.objects import Object, lookup
from ..._kernel.operation import Plan
from ..._kernel.owned_objects import Owned, gone
from ..._kernel.ports.hub import Hub, OpenHub, WatchSpec
from . import ingress

MODULE = "kubevirt_ingress"
_STEP = (
    "Look at the provider of load balancers: IPAddressPools with free addresses (module load_balancer_pool), events of"
    " the Service."
)


class KubevirtIngressPresent:
    """Service in front of the hosted cluster's router; its address is what DNS has to name."""

    def __init__(self, hub: Hub, options: Object, open_hub: OpenHub) -> None:
        self._hub = hub
        self._options = options
        self._open_hub = open_hub
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)
        self._home = control_plane_namespace(self._namespace, self._name)
        self._ports: dict[str, int] = {}

    def plan(self) -> Plan:
        changes = ChangeSet()
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        if cluster is None:
            changes.refuse(
                "not_found", "it does not exist", "Check name, namespace and the management cluster.", self._ref
            )
            return Plan(changes)
        if lookup(cluster, ("spec", "platform", "type")) != "KubeVirt":
            cause = (
                f"its platform is {lookup(cluster, ('spec', 'platform', 'type'))}, and this ingress is for OpenShift"
                " Virtualization"
            )
            changes.refuse(
                "wrong_platform", cause, "On bare metal use module load_balancer_pool in the hosted cluster.", self._ref
            )
            return Plan(changes)
        domain = ingress.apps_domain(cluster)
        if ingress.passes_through(cluster):
            return self._nothing_needed(domain)
        ports = self._node_ports(changes, cluster)
        if changes.refusals:
            return Plan(changes)
        body = ingress.apps_service(cluster, ports)
        live = Owned(self._hub, changes, MODULE).ensure(SERVICE, body, "ingress of the hosted cluster")
        plan = Plan(
            changes,
            (SERVICE, self._home, body["metadata"]["name"]),
            live,
            extra={"needed": True, "domain": f"*.{domain}"},
        )
        plan.goal = lambda _answer: self._goal(body["metadata"]["name"]) if self._options["wait"] else None
        plan.outcome = lambda service: _outcome(domain, service)
        plan.extra["node_ports"] = ports
        return plan

    def _nothing_needed(self, domain: str) -> Plan:
        """The apps are wildcard routes of the management cluster's own ingress."""
        changes = ChangeSet()
        extra = {
            "needed": False,
            "domain": f"*.{domain}",
            "dns_records": [],
            "addresses": [],
            "node_ports": {},
            "resource": {},
        }
        changes.notes.append(
            f"{self._ref} passes the base domain of its management cluster through: no Service and no DNS record is"
            " needed."
        )
        return Plan(changes, extra=extra)

    def _node_ports(self, changes: ChangeSet, cluster: Object) -> dict[str, int]:
        given = {
            name: self._options[f"{name}_node_port"] for name in ingress.PORTS if self._options.get(f"{name}_node_port")
        }
        if "https" in given:
            return given
        if not self._ports:
            content = self._kubeconfig(changes, cluster)
            if not content:
                return {}
            self._ports = ingress.node_ports(self._open_hub(content).get(SERVICE, *ingress.ROUTER))
        if "https" not in self._ports:
            cause = f"the hosted cluster has no Service {'/'.join(ingress.ROUTER)} with node ports yet"
            step = (
                "Wait until its first node is ready and its ingress operator has made the router, or give"
                " https_node_port."
            )
            changes.refuse("router_missing", cause, step, self._ref)
        return {**self._ports, **given}

    def _kubeconfig(self, changes: ChangeSet, cluster: Object) -> bytes:
        path, key = SOURCES["kubeconfig"]
        name = lookup(cluster, path)
        encoded = lookup(self._hub.get(SECRET, self._namespace, str(name)), ("data", key)) if name else None
        if not encoded:
            step = "Wait until it is available (hosted_cluster_wait), or give https_node_port and http_node_port."
            changes.refuse("kubeconfig_missing", "it has published no kubeconfig yet", step, self._ref)
            return b""
        return base64.b64decode(encoded)

    def _goal(self, name: str) -> FactGoal:
        def service(seen: Observed) -> Object | None:
            return seen.get(SERVICE, self._home, name)

        def refusal(seen: Observed) -> str:
            return ingress.refusal(service(seen), seen.all(EVENT), self._hub.now())

        def missing(seen: Observed) -> str:
            if ingress.addresses(service(seen)):
                return ""
            return f"no address ({refusal(seen) or 'no provider of load balancers has answered'})"

        specs = (WatchSpec(SERVICE, self._home, name), WatchSpec(EVENT, self._home))
        fact = Fact("an address", specs, missing, SERVICE.ref(self._home, name), _STEP, refusal)
        return FactGoal("address", fact, float(self._options["wait_timeout"]))


def _outcome(domain: str, service: Object) -> Object:
    found = ingress.addresses(service)
    return {"addresses": found, "dns_records": ingress.records(domain, found)}


class KubevirtIngressAbsent:
    """Takes our Service away; the DNS record is for whoever made it."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        changes = ChangeSet()
        namespace, name = self._options["namespace"], self._options["name"]
        home, service = control_plane_namespace(namespace, name), f"{name}-apps"
        live = Owned(self._hub, changes, MODULE).remove(SERVICE, home, service, "state is absent", disruptive=True)
        plan = Plan(changes, extra={"needed": False, "addresses": [], "dns_records": [], "resource": {}})
        if changes.steps and self._options["wait"]:
            plan.goal = lambda _answer: gone(SERVICE, home, service, float(self._options["wait_timeout"]))
        plan.extra["released"] = ingress.addresses(live) if changes.steps else []
        return plan
