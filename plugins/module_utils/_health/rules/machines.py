# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: machines and nodes of a NodePool."""

from __future__ import annotations

from ..findings import Health, Severity
from ..pool_machines import WITHOUT_MACHINES
from ..subject import OF_POOL, Raw, Subject
from .rule import COMING, MACHINE_SECONDS, SLOW, Rule, worded
from .tuning import TUNING_RULES

_KIND = (OF_POOL,)


def wanted(subject: Subject) -> int:
    """Nodes that the pool must have at least; without a number and without autoscaling it is 0."""
    scaling = subject.spec.get("autoScaling")
    if scaling:
        return int(scaling.get("min") or 0)
    return int(subject.spec.get("replicas") or 0)


def ready(subject: Subject) -> int:
    return int(subject.status.get("replicas") or 0)


def makes_machines(platform: object) -> bool:
    """Whether the operator makes the machines of a pool; elsewhere people do, and replicas mean nothing."""
    return platform not in WITHOUT_MACHINES


def _platform(subject: Subject) -> object:
    return (subject.spec.get("platform") or {}).get("type")


def _expects_nodes(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """At 0 replicas AllMachinesReady and AllNodesHealthy are False with reason AsExpected, and that is fine."""
    if not makes_machines(_platform(subject)) or (wanted(subject) == 0 and ready(subject) == 0):
        return None
    return {"ready": str(ready(subject)), "wanted": str(wanted(subject))}


def _nodes_exist(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """Nodes can only be unhealthy once there are machines; their absence is told by AllMachinesReady."""
    return None if raw.get("reason") == "NotFound" else _expects_nodes(subject, raw)


def _scaling(subject: Subject, raw: Raw) -> dict[str, str] | None:
    if not subject.conditions or not makes_machines(_platform(subject)):
        return None
    have, scaling = ready(subject), subject.spec.get("autoScaling")
    if scaling:
        low, high = wanted(subject), int(scaling.get("max") or 0)
        return None if low <= have <= high else {"ready": str(have), "wanted": f"{low} to {high}"}
    return None if have == wanted(subject) else {"ready": str(have), "wanted": str(wanted(subject))}


def _drain(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"timeout": str(subject.spec.get("nodeDrainTimeout") or "0s")}


def _auto_repair(subject: Subject, raw: Raw) -> dict[str, str] | None:
    asked = (subject.spec.get("management") or {}).get("autoRepair")
    return {} if asked and raw.get("reason") != "AsExpected" else None


MACHINE_RULES = (
    Rule(
        code="machine_drain_blocked",
        title="A node cannot be drained",
        kinds=_KIND,
        conditions=("AllMachinesReady",),
        message=worded(r"Machine (?P<machine>[^\s:]+): [^\n]*(?:DrainingFailed|Drain not completed|cannot evict pod)"),
        check=_drain,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="machine {machine} cannot be drained (nodeDrainTimeout {timeout}; 0s waits for ever): {message}",
        next_step=(
            "Scale or move the named pod, or relax its PodDisruptionBudget; a nodeDrainTimeout such as 15m gets past it"
            " and takes effect on the existing machines without a rollout."
        ),
        reason=(
            "a drain is tried again for as long as nodeDrainTimeout allows; a budget may free itself, so it is no proof"
            " (platform_facts#6.5)"
        ),
        young=SLOW,
    ),
    Rule(
        code="no_suitable_agents",
        title="No free agent fits the pool",
        kinds=_KIND,
        conditions=("AllMachinesReady",),
        message=worded(r"NoSuitableAgents|no suitable agent|AgentNotYetFound"),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="no free agent fits the pool ({ready} of {wanted} nodes): {message}",
        next_step=(
            "Boot and approve more hosts, or widen agentLabelSelector; agents must be free, approved and of the pool's"
            " architecture."
        ),
        reason="each machine of the Agent platform takes one free agent (platform_facts#2.4)",
        young=SLOW,
    ),
    Rule(
        code="machines_lack_capacity",
        title="The platform cannot provide machines",
        kinds=_KIND,
        conditions=("AllMachinesReady",),
        message=worded(r"capacity|quota|limit ?exceeded|instanceprovisionfailed|unschedulable|insufficient"),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the platform cannot provide machines ({ready} of {wanted} nodes): {message}",
        next_step="Free or raise the quota, or choose another instance type, size or zone for a new pool.",
        reason="the condition gathers what the machines report (platform_facts#0.6)",
        young=SLOW,
    ),
    Rule(
        code="machines_not_created",
        title="No machine has been created",
        kinds=_KIND,
        conditions=("AllMachinesReady",),
        reasons=frozenset({"NotFound"}),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="no machine has been created ({ready} of {wanted} nodes)",
        next_step=(
            "Look at the other findings of the pool and at Deployments cluster-api and capi-provider in namespace"
            " {cpns}."
        ),
        reason="reason NotFound means that there is no machine at all (platform_facts#10.3)",
        starting=COMING,
        young=SLOW,
    ),
    Rule(
        code="machines_not_ready",
        title="Machines are not ready",
        kinds=_KIND,
        conditions=("AllMachinesReady",),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="machines are not ready ({ready} of {wanted} nodes): {message}",
        next_step=(
            "Look at the Machines (machines.cluster.x-k8s.io) in namespace {cpns} and at the provider's objects of the"
            " same name."
        ),
        reason="a machine takes up to 20 minutes; after that it will hardly come (platform_facts#0.6, #11.6)",
        young=COMING,
        young_seconds=MACHINE_SECONDS,
    ),
    Rule(
        code="ignition_not_reached",
        title="No machine has reached the ignition server",
        kinds=_KIND,
        conditions=("ReachedIgnitionEndpoint",),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="no machine has fetched its configuration from the ignition server",
        next_step=(
            "From the machines' network check DNS, proxy and firewall to the ignition endpoint in the cluster's status."
        ),
        reason="the first machine that fetches its payload turns the condition True (platform_facts#0.6, #11.2)",
        young=COMING,
        young_seconds=MACHINE_SECONDS,
    ),
    Rule(
        code="nodes_unhealthy",
        title="Nodes are not healthy",
        kinds=_KIND,
        conditions=("AllNodesHealthy",),
        check=_nodes_exist,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="nodes are not healthy ({ready} of {wanted} nodes): {message}",
        next_step=(
            "Look at the Nodes in the hosted cluster; NotReady right after joining is often the network plugin or a"
            " pending CSR."
        ),
        reason="the condition gathers the node health that the machines report (platform_facts#0.6)",
        starting=COMING,
        young=SLOW,
        young_seconds=MACHINE_SECONDS,
    ),
    Rule(
        code="remediation_stopped",
        title="Too many unhealthy nodes, repair has stopped",
        kinds=_KIND,
        conditions=("Ready",),
        reasons=frozenset({"TooManyUnhealthy"}),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="more than the allowed number of nodes are unhealthy, so automatic repair has stopped",
        next_step=(
            "Find what the nodes have in common (network, power, storage) and repair it; repair goes on when fewer are"
            " unhealthy."
        ),
        reason="the health check stops when more than 2 nodes are unhealthy (platform_facts#11.6)",
    ),
    Rule(
        code="pool_not_ready",
        title="The node pool is not ready",
        kinds=_KIND,
        conditions=("Ready",),
        check=_expects_nodes,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the pool is not ready ({ready} of {wanted} nodes): {message}",
        next_step="Follow the findings above it; without any, look at the Machines in namespace {cpns}.",
        reason="Ready is copied from the MachineDeployment or MachineSet (platform_facts#0.6)",
        young=COMING,
        young_seconds=MACHINE_SECONDS,
    ),
    Rule(
        code="pool_scaling",
        title="The pool has not its number of nodes yet",
        shows="status.replicas differs from spec.replicas, or is outside the autoscaling bounds",
        kinds=_KIND,
        check=_scaling,
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the pool has {ready} nodes and wants {wanted}",
        next_step="Wait; the goal nodes_ready tells when it is done.",
        reason="status.replicas counts the nodes that are ready (platform_facts#O.7)",
    ),
    Rule(
        code="cidr_conflict",
        title="Node addresses collide with the pod network",
        kinds=_KIND,
        conditions=("ClusterNetworkCIDRConflict",),
        status="True",
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="node addresses lie in the cluster's pod network: {message}",
        next_step=(
            "Create the cluster again with another cluster network; it cannot be changed, and traffic to these nodes"
            " gets lost."
        ),
        reason="cluster networks are immutable and must not overlap the machines' (platform_facts#0.3, #2.2)",
    ),
    Rule(
        code="auto_repair_failed",
        title="Automatic repair is not active",
        kinds=_KIND,
        conditions=("AutorepairEnabled",),
        check=_auto_repair,
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="automatic repair is asked for and not active: {message}",
        next_step=(
            "It starts once the first machine has reached the ignition server; if one has, look at "
            "MachineHealthCheck {name} in {cpns}."
        ),
        reason="the health check is made after ReachedIgnitionEndpoint only (platform_facts#11.6)",
    ),
    Rule(
        code="pool_version_skew",
        title="The pool's version is too far from its control plane",
        kinds=_KIND,
        conditions=("SupportedVersionSkew",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="the pool's version is too far from its control plane's: {message}",
        next_step="Update the pool; it may be at most 3 minor versions behind and never ahead.",
        reason="the condition advises only, the rollout goes on (platform_facts#6.5)",
    ),
    Rule(
        code="pool_tag_conflict",
        title="Tags of pool and cluster contradict each other",
        kinds=_KIND,
        conditions=("AWSResourceTagConflict",),
        status="True",
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="resource tags of the pool contradict the cluster's: {message}",
        next_step="Use one value for each key in the pool's and the cluster's resourceTags.",
        reason="one of the two values is dropped (platform_facts#0.6)",
    ),
    *TUNING_RULES,
)
