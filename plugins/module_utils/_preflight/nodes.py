# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preflight checks of nodes, storage and load balancers of a management cluster.

Source: platform_facts#1.3, #2.2, #2.3, #11.1,
#11.3."""

from __future__ import annotations

from .._kernel.kinds import IP_ADDRESS_POOL, NODE, STORAGE_CLASS
from .._kernel.objects import lookup
from .capacity import capacity, usable, workers
from .inspection import KUBEVIRT, CheckResult, Inspection, failed, ok, unknown, warning

WORKERS = 3
_ZONE = "topology.kubernetes.io/zone"
_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
CLOUDS = frozenset({"AWS", "Azure", "GCP", "IBMCloud", "PowerVS"})


def default_storage_class(inspection: Inspection) -> CheckResult:
    """Claims of etcd without a class of their own take the default one (platform_facts#11.10)."""
    classes = inspection.all(STORAGE_CLASS)
    defaults = sorted(
        str(c["metadata"]["name"])
        for c in classes
        if any((c["metadata"].get("annotations") or {}).get(key) == "true" for key in _DEFAULT)
    )
    if not defaults:
        cause = f"none of {len(classes)} storage classes is the default, so claims of etcd stay Pending"
        return failed("none", cause, f"Annotate one with {_DEFAULT[0]}=true.")
    if len(defaults) > 1:
        cause = f"{len(defaults)} storage classes are the default: {', '.join(defaults)}"
        return warning(", ".join(defaults), cause, f"Keep one, and take {_DEFAULT[0]} from the others.")
    return ok(defaults[0])


def worker_nodes(inspection: Inspection) -> CheckResult:
    """Three or more of them, ready and schedulable (platform_facts#1.3, #2.2)."""
    every, good = workers(inspection), usable(inspection)
    left = sorted(str(n["metadata"]["name"]) for n in every if n not in good)
    value = f"{len(good)} of {len(every)} usable"
    if len(good) < WORKERS and (inspection.highly_available or not good or len(inspection.all(NODE)) == 1):
        out = f" ({', '.join(left)}: not ready, cordoned, tainted or reserved)" if left else ""
        cause = f"{len(good)} worker nodes are usable, and {WORKERS} are needed{out}"
        return failed(value, cause, "Add worker nodes, or make those usable that are there.")
    if len(good) < WORKERS:
        cause = f"{len(good)} worker nodes are usable; a management cluster is supported from {WORKERS} on"
        return warning(value, cause, "Add worker nodes.")
    if left:
        cause = f"not usable for new control planes: {', '.join(left)} (not ready, cordoned, tainted or reserved)"
        return warning(value, cause, "Look at these nodes, or leave them be when that is on purpose.")
    return ok(value)


def zones(inspection: Inspection) -> CheckResult:
    """Members of etcd must not share a zone label, except on OpenShift Virtualization, where they should not
    (platform_facts#2.2, 11.3)."""
    good = usable(inspection)
    names = [str((n["metadata"].get("labels") or {}).get(_ZONE) or "") for n in good]
    distinct, bare = sorted({n for n in names if n}), names.count("")
    value = ", ".join(distinct) or "no zone labels"
    if not inspection.highly_available:
        return ok(f"{value}; a single replica needs no spread")
    step = f"Give the worker nodes {WORKERS} different values of label {_ZONE}."
    if not good:
        return unknown(value, "no worker node is usable", "See check worker_nodes.")
    # Nodes without the label are in nobody's zone: anti-affinity by zone does not keep pods off them.
    if distinct and len(distinct) + bare < WORKERS:
        cause = (
            f"the usable worker nodes are in {len(distinct)} zone(s) ({value}), so two of three members of etcd would"
            " have to share one"
        )
        if inspection.platforms == (KUBEVIRT,):
            return warning(value, cause, step)
        return failed(value, f"{cause} and stay Pending", step)
    if bare:
        return warning(
            value,
            f"{bare} of {len(good)} usable worker nodes have no label {_ZONE}, so nothing spreads members over zones",
            step,
        )
    return ok(value)


def load_balancer(inspection: Inspection) -> CheckResult:
    """A cloud, or MetalLB with a pool: services of type LoadBalancer need one (platform_facts#2.3, #2.6)."""
    platform = inspection.infrastructure
    if not platform:
        return unknown("", "Infrastructure cluster tells no platform", "Look at Infrastructure cluster.")
    if platform in CLOUDS:
        return ok(f"{platform} serves load balancers")
    gap = inspection.gap(IP_ADDRESS_POOL) or inspection.unproven(IP_ADDRESS_POOL)
    if gap:
        return gap
    pools = inspection.all(IP_ADDRESS_POOL)
    names = ", ".join(sorted(str(p["metadata"]["name"]) for p in pools))
    if not pools:
        cause = (
            f"the management cluster runs on {platform}, and MetalLB has no IPAddressPool, so load balancers get no"
            " address"
        )
        step = "Create an IPAddressPool and an L2Advertisement or BGPAdvertisement for it."
        if KUBEVIRT in inspection.platforms:
            return failed("none", cause, step)
        return warning("none", cause, f"{step} Publishing by NodePort does without.")
    if all(lookup(p, ("spec", "autoAssign")) is False for p in pools):
        cause = f"no IPAddressPool assigns addresses by itself ({names})"
        return warning(
            names, cause, "Set spec.autoAssign of one to true, or annotate the services of each hosted cluster."
        )
    return ok(f"MetalLB: {names}")


def room(inspection: Inspection) -> CheckResult:
    """Whether the wanted hosted clusters fit by the published figures (platform_facts#11.1)."""
    numbers = capacity(inspection)
    fits, wanted = int(numbers.get("fits") or 0), inspection.wanted
    if not numbers.get("nodes"):
        return unknown("0 nodes", "no worker node is usable, so there is nothing to count", "See check worker_nodes.")
    free = numbers["free"]
    value = f"{fits} more fit, {wanted} wanted"
    left = f"{free['cpu']} vCPU, {free['memory_gib']} GiB and {free['pods']} pods are free"
    step = "Add worker nodes, or free some; return value capacity has the numbers."
    if fits < wanted:
        cause = (
            f"{left} on {numbers['nodes']} worker nodes: {fits} more fit, {wanted} wanted, and {numbers['limited_by']}"
            " runs out first"
        )
        if inspection.highly_available:
            return failed(value, cause, step)
        return unknown(
            value, f"{cause}, counted as if they were highly available: nothing is published for a single replica", step
        )
    if numbers["fits_without_one_node"] < wanted:
        cause = f"{left}, which is enough only as long as no worker node is lost or drained"
        return warning(value, cause, "Add a worker node, so that its pods find a place while another one is drained.")
    return ok(value)
