# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Deployments of operators, run by the real controllers."""

from __future__ import annotations

from collections.abc import Sequence

from ..kinds import new
from ..names import INSTALLED, Obj


def deployment(name: str, namespace: str, image: str, arguments: Sequence[str] = (), replicas: int = 1) -> Obj:
    """One container of the same name."""
    labels = {"name": name, "app": name}
    container: Obj = {"name": name, "image": image}
    if arguments:
        container["args"] = list(arguments)
    pod = {"containers": [container], "terminationGracePeriodSeconds": 0}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"name": name}}, "template": template}
    obj = new("Deployment", name, namespace, spec=spec)
    obj["metadata"] |= {"labels": labels, "annotations": {INSTALLED: "true"}}
    return obj


def available(obj: Obj | None) -> bool:
    """All wanted replicas of the present generation."""
    status = (obj or {}).get("status") or {}
    if obj is None or status.get("observedGeneration") != obj["metadata"].get("generation"):
        return False
    return bool(status.get("updatedReplicas", 0) == status.get("availableReplicas", 0) == obj["spec"].get("replicas", 1))
