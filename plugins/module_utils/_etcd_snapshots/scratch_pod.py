# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pod of ours that lives for one task: nothing of the hosted cluster is mounted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import POD
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.ports.shell import Shell

FOLDER = "/scratch"
CONTAINER = "scratch"
LABEL = "hypershift.core/scratch"


@contextmanager
def scratch_pod(
    hub: Hub, namespace: str, image: str, bytes_needed: int, timeout: float, progress: Callable[[str], None]
) -> Iterator[Shell]:
    """Shell of a pod with an empty folder at /scratch; the pod is deleted at the end, and ends itself if nobody
    does."""
    name = f"etcd-drill-{hub.random_name(6)}"
    hub.create(POD, _manifest(namespace, name, image, bytes_needed, int(timeout)))
    try:
        wait_for(hub, _running(namespace, name), timeout, progress)
        yield hub.shell(namespace, name, CONTAINER)
    finally:
        hub.delete(POD, namespace, name)


def _manifest(namespace: str, name: str, image: str, bytes_needed: int, timeout: int) -> dict[str, Any]:
    limit = f"{max(256, (bytes_needed >> 20) + 64)}Mi"
    container = {
        "name": CONTAINER,
        "image": image,
        "command": ["sh", "-c", f"sleep {timeout + 3600}"],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": limit}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "scratch", "mountPath": FOLDER}],
    }
    spec = {
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": timeout + 3600,
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": limit}}],
    }
    pod = POD.manifest(name, namespace, spec=spec)
    pod["metadata"]["labels"] = {LABEL: "etcd-drill"}
    return pod


def _running(namespace: str, name: str) -> Fact:
    def state(seen: Observed) -> str:
        return str(lookup(seen.get(POD, namespace, name) or {}, ("status", "phase")) or "Pending")

    def reason(seen: Observed) -> str:
        statuses = lookup(seen.get(POD, namespace, name) or {}, ("status", "containerStatuses")) or []
        return next((str(lookup(s, ("state", "waiting", "reason")) or "") for s in statuses), "")

    def missing(seen: Observed) -> str:
        return "" if state(seen) == "Running" else f"its phase is {state(seen)} {reason(seen)}".strip()

    def hopeless(seen: Observed) -> str:
        if state(seen) in ("Failed", "Succeeded"):
            return f"its phase is {state(seen)}"
        return reason(seen) if reason(seen) in ("InvalidImageName", "ErrImageNeverPull") else ""

    step = "Look at the pod's events: image, quota, nodes with room."
    return Fact(
        "the scratch pod to run", (WatchSpec(POD, namespace, name),), missing, POD.ref(namespace, name), step, hopeless
    )
