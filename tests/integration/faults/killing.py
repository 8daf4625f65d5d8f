# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kill a task at a chosen write, before it reached the API server or after, and look at what stands in the end."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from direct import Direct, Obj
from embedded_hub import EmbeddedHub
from faults.doing import Hold, on
from faults.proxy import Rule, proxying
from faults.running import Running
from playing import Player, Task

AT_ONCE = 3
_INFRA_LABEL = "hypershift.openshift.io/auto-created-for-infra"


@dataclass(frozen=True)
class Point:
    """Kill at write number ``write`` (from 1); reached: the API server has carried it out, only the answer is missing."""

    write: int
    reached: bool

    @property
    def name(self) -> str:
        return f"{'after' if self.reached else 'before'}-{self.write}"


def points(writes: int) -> list[Point]:
    return [Point(number, reached) for number in range(1, writes + 1) for reached in (False, True)]


def kill_at(hub: EmbeddedHub, player: Player, task: Task, point: Point, *others: Rule) -> list[str]:
    """Start the task, end it with SIGKILL at the point; the writes that were sent, the last one is the one that got no answer."""
    hold = Hold(point.reached)
    with proxying(hub, player.kubeconfig, Rule(on("write"), hold, skip=point.write - 1), *others) as proxy:
        ((module, options),) = task.items()
        run = Running(player, {module: {**options, "kubeconfig": str(proxy.kubeconfig())}})
        waited = 0
        while not hold.held.wait(1) and waited < 120 and run.running:
            waited += 1
        run.kill()
        assert hold.held.is_set(), f"write {point.write} was never sent:\n{run.output}"
        sent = [f"{e.verb} {e.resource}" for e in proxy.seen if e.writes]
        hold.let_go.set()
    return sent


def kill_everywhere(
    hub: EmbeddedHub, player: Player, tasks: dict[Point, Task], others: Callable[[], list[Rule]] = list
) -> dict[Point, list[str]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = {point: pool.submit(kill_at, hub, player, task, point, *others()) for point, task in tasks.items()}
        return {point: future.result() for point, future in found.items()}


def play_all(hub: EmbeddedHub, kubeconfig: Path, tasks: list[Task]) -> tuple[list[dict[str, Any]], list[str]]:
    """Results of the tasks in one play, and the writes it sent."""
    player = Player(hub, kubeconfig)
    played = player.play(*tasks).ok()
    return [t["result"] for t in played.tasks], player.writes(played.started)


def standing(direct: Direct, name: str) -> dict[str, Any]:
    """What stands in a cluster's namespace of its name, with what must differ between two runs replaced: names, infraID, generated keys."""
    namespace, clusters = name, direct.list("HostedCluster", name)
    infra = clusters[0]["spec"].get("infraID", "") if clusters else ""
    found = {}
    for kind in ("HostedCluster", "NodePool", "Secret", "ConfigMap", "MachineHealthCheck"):
        where = f"{namespace}-{name}" if kind == "MachineHealthCheck" else namespace
        for obj in direct.list(kind, where):
            if obj["metadata"]["name"] != "kube-root-ca.crt":
                found[f"{kind} {obj['metadata']['name']}"] = _essence(obj)
    space = direct.get("Namespace", "", namespace) or {"metadata": {"labels": {}}}
    found["Namespace"] = {k: v for k, v in (space["metadata"].get("labels") or {}).items() if k.startswith("hypershift")}
    text = json.dumps(found, sort_keys=True).replace(infra or "\0", "<infra>")
    result: dict[str, Any] = json.loads(text.replace(name, "<name>"))
    return result


def _essence(obj: Obj) -> Obj:
    spec = json.loads(json.dumps(obj.get("spec") or {}))
    spec.get("platform", {}).get("kubevirt", {}).pop("generateID", None)  # given by the operator
    for likewise in ("dns", "clusterID"):
        spec.pop(likewise, None)
    meta = obj["metadata"]
    marks = {k: v for k, v in (meta.get("annotations") or {}).items() if "pause" in k and not k.endswith("paused-at")}
    data = {k: _length(v) if "encryption" in meta["name"] else v for k, v in (obj.get("data") or {}).items()}
    return {"spec": spec, "labels": meta.get("labels") or {}, "pause": marks, "data": data, "deleting": "deletionTimestamp" in meta}


def _length(encoded: str) -> str:
    return f"{len(base64.b64decode(encoded))} bytes"


def infra_ids(direct: Direct, namespace: str) -> set[str]:
    """Every infraID that anything in the namespace names: there must be one."""
    found = {cluster["spec"]["infraID"] for cluster in direct.list("HostedCluster", namespace)}
    for kind in ("Secret", "ConfigMap"):
        found |= {(o["metadata"].get("labels") or {}).get(_INFRA_LABEL, "") for o in direct.list(kind, namespace)}
    return found - {""}
