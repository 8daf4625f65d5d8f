# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""For each documented right a task that cannot do without it. world.py makes what the tasks find.

A task fails at the missing right; the order in MODULES is the order of the tasks, and what one writes before it fails does not help the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from direct import IMAGE, SPEED, Obj
from rbac.rights import (
    CAPI_CLUSTERS,
    CLUSTERS,
    CONFIG_MAPS,
    CONTROL_PLANES,
    DEPLOYMENTS,
    HEALTH_CHECKS,
    MACHINE_CONFIGS,
    MACHINES,
    MODULES,
    NAMESPACES,
    NODE_HEALTH_CHECKS,
    POOLS,
    SECRETS,
    SETS,
    Right,
)

KIND_OF = {
    DEPLOYMENTS: "MachineDeployment",
    SETS: "MachineSet",
    MACHINES: "Machine",
    HEALTH_CHECKS: "MachineHealthCheck",
    CAPI_CLUSTERS: "Cluster",
}
HELD = {resource: f"held-{kind.lower()}" for resource, kind in KIND_OF.items()}
SLOW = "0.0000001"  # the simulator's first look is its last
WAIT: Obj = {"wait_timeout": 20, "progress_timeout": 10}
STALL: Obj = {"wait_timeout": 4, "progress_timeout": 1}  # the module acts on a stalled deletion after a second


@dataclass(frozen=True)
class Case:
    """options: of the task, namespace left out; cluster: whose control plane's namespace counts; suffix: another namespace than usual."""

    options: Obj
    cluster: str = ""
    suffix: str = ""
    everywhere: bool = False  # the namespace does not exist, so no RoleBinding can be in it
    stalls: bool = False


def _create(**options: Any) -> Case:
    """Creation of a hosted cluster that would come up far too slowly to be noticed."""
    return Case({"name": "fresh", "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, "wait": False,
                 "annotations": {SPEED: SLOW}, **options})  # fmt: skip


def _still(**options: Any) -> Case:
    return Case({"name": "still", "allow_paused": True, "wait": False, **options})


def _absent(name: str, **options: Any) -> Case:
    return Case({"name": name, "state": "absent", **WAIT, **options}, cluster=name)


_POOLS = {"node_pools": [{"name": "fresh", "replicas": 1}]}
_BUNDLE = {"additional_trust_bundle": {"content": "other"}}
_CLUSTER: dict[tuple[str, str, str], Case] = {
    ("get", CLUSTERS, "hosted"): _create(),
    ("patch", CLUSTERS, "hosted"): _still(labels={"changed": "yes"}),
    ("get", CONFIG_MAPS, "operator"): _create(),
    ("list", POOLS, "hosted"): _create(**_POOLS),
    ("patch", POOLS, "hosted"): _still(node_pools=[{"name": "still", "labels": {"changed": "yes"}}]),
    ("create", POOLS, "hosted"): _create(name="half-made", **_POOLS),
    ("get", CONFIG_MAPS, "hosted"): _create(additional_trust_bundle={"name": "none"}),
    ("list", CLUSTERS, "hosted"): Case({"name": "slow", **WAIT}),
    ("watch", CLUSTERS, "hosted"): Case({"name": "slow", **WAIT}),
    ("watch", POOLS, "hosted"): Case({"name": "slow", "wait_for": "nodes_ready", **WAIT}),
    ("list", CLUSTERS, "all"): _create(),
    ("create", CLUSTERS, "hosted"): _create(),
    ("get", NAMESPACES, "all"): _create(),
    ("create", NAMESPACES, "all"): Case(_create().options, suffix="-absent", everywhere=True),
    ("get", SECRETS, "hosted"): _create(),
    ("create", SECRETS, "hosted"): _create(name="other"),
    ("patch", SECRETS, "hosted"): _still(pull_secret={"content": {"auths": {"other.example.com": {}}}}),
    ("create", CONFIG_MAPS, "hosted"): _create(**_BUNDLE),
    ("patch", CONFIG_MAPS, "hosted"): _still(**_BUNDLE),
    ("get", SECRETS, "hub_config"): _create(name="heir", pull_secret={"inherit": True}),
    ("get", MACHINE_CONFIGS, "all"): _create(name="heir", ssh_key={"inherit": True}),
    ("delete", CLUSTERS, "hosted"): _absent("slow"),
    ("delete", POOLS, "hosted"): _absent("orphan"),
    **{("list", resource, "control_plane"): _absent("slow") for resource in KIND_OF},
    **{("patch", resource, "control_plane"): _absent(name) for resource, name in HELD.items()},
    **{
        ("watch", resource, "control_plane"): Case({"name": "slow", "wait_for": "node_pools_settled", **WAIT}, cluster="slow")
        for resource in (DEPLOYMENTS, SETS)
    },
    ("list", CONTROL_PLANES, "control_plane"): _absent("going"),
    ("watch", CONTROL_PLANES, "control_plane"): _absent("going"),
    ("patch", CONTROL_PLANES, "control_plane"): Case(
        {"name": "going", "state": "absent", "remove_finalizers": ["HostedControlPlane"], **STALL}, cluster="going", stalls=True
    ),
    ("list", SECRETS, "hosted"): _absent("left"),
    ("delete", SECRETS, "hosted"): _absent("left"),
    ("list", CONFIG_MAPS, "hosted"): _absent("left"),
    ("delete", CONFIG_MAPS, "hosted"): _absent("left-map"),
    ("delete", NAMESPACES, "all"): Case({"name": "none", "state": "absent", "delete_namespace": True}, suffix="-made"),
}


def _pool(**options: Any) -> Case:
    return Case({"name": "slow", **WAIT, **options}, cluster="slow")


def _doomed(**options: Any) -> Case:
    return Case({"name": "doomed", "state": "absent", **STALL, **options}, cluster="slow", stalls=True)


_NEW = {"name": "new", "cluster_name": "slow", "replicas": 1, "wait": False}
_IN_POOL = (DEPLOYMENTS, SETS, MACHINES)
_NODEPOOL = {
    ("get", POOLS, "hosted"): _pool(),
    ("get", CLUSTERS, "hosted"): _pool(**_NEW),
    ("get", CONFIG_MAPS, "hosted"): _pool(**_NEW, config=["none"]),
    ("create", POOLS, "hosted"): _pool(**_NEW),
    ("patch", POOLS, "hosted"): _pool(labels={"changed": "yes"}),
    ("delete", POOLS, "hosted"): _pool(state="absent"),
    **{(verb, resource, "hosted"): _pool() for verb in ("list", "watch") for resource in (POOLS, CLUSTERS)},
    **{("list", resource, "control_plane"): _doomed() for resource in _IN_POOL},
    **{("watch", resource, "control_plane"): _pool() for resource in (DEPLOYMENTS, SETS)},
    **{("patch", resource, "control_plane"): _doomed(remove_finalizers=[KIND_OF[resource]]) for resource in _IN_POOL},
}


def _pause(reason: str) -> Case:
    return Case({"name": "pausing", "state": "paused", "owner": "tests", "reason": reason, "unlimited": True, **WAIT}, cluster="pausing")


_PAUSING = {(r.verb, r.resource, r.scope): _pause(r.key) for r in MODULES["pause_reconcile"]}


def _info(**options: Any) -> Case:
    return Case(options)


_ANYWHERE: Obj = {"namespace": None}
_HOSTED_CLUSTER_INFO = {
    ("get", CLUSTERS, "hosted"): _info(name=["still"]),
    ("list", CLUSTERS, "hosted"): _info(),
    ("list", CLUSTERS, "all"): _info(**_ANYWHERE),
    ("list", POOLS, "hosted"): _info(node_pools=True),
    ("list", POOLS, "all"): _info(node_pools=True, **_ANYWHERE),
}
_NODEPOOL_INFO = {
    ("get", POOLS, "hosted"): _info(name=["still"]),
    ("list", POOLS, "hosted"): _info(cluster_name="still"),
    ("list", POOLS, "all"): _info(**_ANYWHERE),
}
_PAUSE_INFO = {(r.verb, r.resource, r.scope): _info(**({} if r.scope == "hosted" else _ANYWHERE)) for r in MODULES["pause_reconcile_info"]}


def _goal(goal: str, *names: str, **options: Any) -> Case:
    return Case({"name": list(names), "goal": goal, **WAIT, **options}, cluster=names[0] if names else "")


_SPREAD: Obj = {"name": None, "label_selectors": ["spread=yes"], **_ANYWHERE}
_WAITING = {
    ("list", CLUSTERS, "hosted"): _goal("available", "slow"),
    ("watch", CLUSTERS, "hosted"): _goal("available", "slow"),
    ("list", CLUSTERS, "all"): _goal("available", **_SPREAD),
    ("watch", CLUSTERS, "all"): _goal("available", **_SPREAD),
    ("list", POOLS, "hosted"): _goal("nodes_ready", "slow"),
    ("watch", POOLS, "hosted"): _goal("nodes_ready", "slow"),
    ("list", POOLS, "all"): _goal("nodes_ready", **_SPREAD),
    ("watch", POOLS, "all"): _goal("nodes_ready", **_SPREAD),
    ("list", CONTROL_PLANES, "control_plane"): _goal("gone", "slow"),
    ("watch", CONTROL_PLANES, "control_plane"): _goal("gone", "slow"),
    **{(verb, r, "control_plane"): _goal("node_pools_settled", "slow") for verb in ("list", "watch") for r in (DEPLOYMENTS, SETS)},
    **{(verb, r, "all"): _goal("node_pools_settled", "slow", "pausing") for verb in ("list", "watch") for r in (DEPLOYMENTS, SETS)},
    ("list", CONTROL_PLANES, "all"): _goal("gone", "slow", "pausing"),
    ("watch", CONTROL_PLANES, "all"): _goal("gone", "slow", "pausing"),
}
_FETCH = Case({"name": "still", "return_content": True})
_CREDENTIALS = {("get", CLUSTERS, "hosted"): _FETCH, ("get", SECRETS, "hosted"): _FETCH}

_NEWER, _NEXT_MINOR = IMAGE.replace("4.20.4", "4.20.9"), IMAGE.replace("4.20.4", "4.21.1")


def _upgrade(name: str = "ready", image: str = _NEWER) -> Case:
    return Case({"name": name, "image": image, **WAIT})


_UPGRADE = {
    ("get", CLUSTERS, "hosted"): _upgrade(),
    ("patch", CLUSTERS, "hosted"): _upgrade(),
    ("list", POOLS, "hosted"): _upgrade(),
    ("get", CONFIG_MAPS, "operator"): _upgrade(image=_NEXT_MINOR),
    ("list", CLUSTERS, "hosted"): _upgrade("slow", IMAGE),
    ("watch", CLUSTERS, "hosted"): _upgrade("slow", IMAGE),
    ("watch", POOLS, "hosted"): _upgrade("slow", IMAGE),
}


def _pools(name: str) -> Case:
    return Case({"cluster_name": "ready", "node_pools": [name], **WAIT}, cluster="ready")


_POOL_UPGRADE = {
    ("get", CLUSTERS, "hosted"): _pools("behind"),
    ("list", POOLS, "hosted"): _pools("behind"),
    ("patch", POOLS, "hosted"): _pools("behind"),
    ("list", CLUSTERS, "hosted"): _pools("never-there"),
    ("watch", CLUSTERS, "hosted"): _pools("never-there"),
    ("watch", POOLS, "hosted"): _pools("never-there"),
    **{(verb, r, "control_plane"): _pools("never-there") for verb in ("list", "watch") for r in (DEPLOYMENTS, SETS)},
}


def _remediation(entry: str) -> Case:
    return Case({"name": ["rights"], "entry": entry, "wait_timeout": 20, **_ANYWHERE})


_HEALTH_CHECK_PAUSE = {
    ("list", NODE_HEALTH_CHECKS, "all"): _remediation("tests"),
    ("patch", NODE_HEALTH_CHECKS, "all"): _remediation("others"),
    ("watch", NODE_HEALTH_CHECKS, "all"): _remediation("tests"),
}

CASES: dict[str, dict[tuple[str, str, str], Case]] = {
    "hosted_cluster": _CLUSTER,
    "hosted_cluster_credentials": _CREDENTIALS,
    "hosted_cluster_info": _HOSTED_CLUSTER_INFO,
    "hosted_cluster_upgrade": _UPGRADE,
    "hosted_cluster_wait": _WAITING,
    "node_health_check_pause": _HEALTH_CHECK_PAUSE,
    "nodepool": _NODEPOOL,
    "nodepool_info": _NODEPOOL_INFO,
    "nodepool_upgrade": _POOL_UPGRADE,
    "pause_reconcile": _PAUSING,
    "pause_reconcile_info": _PAUSE_INFO,
}


def pairs() -> list[tuple[str, Right]]:
    """Modules with each right that they cannot do without."""
    return [(module, right) for module, rights in MODULES.items() for right in rights if not right.optional]


def case_of(module: str, right: Right) -> Case:
    return CASES[module][(right.verb, right.resource, right.scope)]
