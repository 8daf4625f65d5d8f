# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the machines of a node pool run its present configuration.

No condition tells: UpdatingConfig compares a hash that leaves out ``configuration.image``, ``proxy`` and the TLS
profile of the hosted cluster, so it stays False while they roll every node (openshift/hypershift nodepool/config.go,
HashWithoutVersion). What tells is the Secret that the pool's MachineDeployment (in place: MachineSet) starts machines
from, ``user-data-<pool>-<hash>``:
the operator notes the hash on the NodePool, as nodePoolCurrentConfigVersion, once all machines have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Raw = Mapping[str, Any]

_HYPERSHIFT = "hypershift.openshift.io"
POOL = f"{_HYPERSHIFT}/nodePool"
FINISHED = f"{_HYPERSHIFT}/nodePoolCurrentConfigVersion"
_IN_PLACE_STOPPED = f"{_HYPERSHIFT}/nodePoolUpgradeInProgressFalse"
# Conditions of a NodePool that tell of a rollout.
UPDATING = ("UpdatingVersion", "UpdatingConfig", "UpdatingPlatformMachineTemplate")
# Platforms on which people make the machines (openshift/hypershift: isAutomatedMachineManagement).
WITHOUT_MACHINES = ("None", "IBMCloud")


class Stand(Enum):
    DONE = "done"
    ROLLING = "rolling"
    STOPPED = "stopped"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Rollout:
    """text: what is the case, in a few words; empty when done."""

    stand: Stand
    text: str = ""


_DONE = Rollout(Stand.DONE)


class MachineOwners:
    """MachineDeployments and MachineSets as they were read, of any number of pools. unseen: why they were not read, or
    empty."""

    def __init__(self, deployments: Iterable[Raw] = (), machine_sets: Iterable[Raw] = (), unseen: str = "") -> None:
        self.unseen = unseen
        self._deployments, self._sets = _by_pool(deployments), _by_pool(machine_sets)

    def rollout(self, pool: Raw) -> Rollout:
        """Where the machines of a raw NodePool stand."""
        meta = pool.get("metadata") or {}
        kind, owners = (
            ("MachineSet", self._sets) if updates_in_place(pool) else ("MachineDeployment", self._deployments)
        )
        owner = owners.get(f"{meta.get('namespace')}/{meta.get('name')}")
        if owner is not None:
            return _compared(kind, owner, str(meta.get("name")), _finished(pool))
        if not keeps_account(pool):
            return _DONE  # its conditions are all that there is
        return Rollout(Stand.UNSEEN, self.unseen or f"its {kind} was not found")


def updates_in_place(pool: Raw) -> bool:
    return ((pool.get("spec") or {}).get("management") or {}).get("upgradeType") == "InPlace"


def keeps_account(pool: Raw) -> bool:
    """Whether its operator notes the configuration that machines of its making have finished."""
    return (
        bool(_finished(pool)) and ((pool.get("spec") or {}).get("platform") or {}).get("type") not in WITHOUT_MACHINES
    )


def _finished(pool: Raw) -> str:
    return str(((pool.get("metadata") or {}).get("annotations") or {}).get(FINISHED) or "")


def _by_pool(objects: Iterable[Raw]) -> dict[str, Raw]:
    """By ``namespace/name`` of the pool. The MachineSets of a MachineDeployment carry the same annotation, under names
    of their own."""
    found = {}
    for obj in objects:
        meta = obj.get("metadata") or {}
        pool = str((meta.get("annotations") or {}).get(POOL) or "")
        if pool.partition("/")[2] == meta.get("name"):
            found[pool] = obj
    return found


def _compared(kind: str, owner: Raw, pool: str, finished: str) -> Rollout:
    meta, spec, status = owner.get("metadata") or {}, owner.get("spec") or {}, owner.get("status") or {}
    template = ((spec.get("template") or {}).get("spec") or {}).get("bootstrap") or {}
    source = str(template.get("dataSecretName") or "")
    wanted = source.removeprefix(f"user-data-{pool}-")
    if wanted and wanted == finished:
        return _DONE
    ref = f"{kind} {meta.get('namespace')}/{meta.get('name')}"
    if not wanted:
        return Rollout(Stand.ROLLING, f"{ref} has no configuration yet")
    text = f"{ref} rolls out configuration {wanted}, the pool has finished {finished or 'none'}"
    if kind == "MachineSet":
        problem = (meta.get("annotations") or {}).get(_IN_PLACE_STOPPED)
        return Rollout(Stand.STOPPED, f"{text}: {problem}") if problem else Rollout(Stand.ROLLING, text)
    total = int(spec.get("replicas") or 0)
    return Rollout(Stand.ROLLING, f"{text}; {int(status.get('updatedReplicas') or 0)} of {total} machines are new")


NOT_READ = MachineOwners(unseen="nobody looked at its MachineDeployment")
