# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pod that works on a member's volume while etcd is down, and the claim of a member that has lost its own."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from .._etcd.asking import short
from .._etcd.commands import CONTAINER
from .._kernel.kinds import PERSISTENT_VOLUME_CLAIM, POD
from .._kernel.objects import Object, lookup
from .._kernel.printable import shortened

CONTAINER_NAME = "restore"
LABEL = "hypershift.core/etcd-restore"
TRIAL = "trial"  # use of the pods that prove the tools
SELECTOR = "app=etcd-restore"
SAFETY_SECONDS = 6 * 3600  # a forgotten pod must not hold the volume for ever
# The place of the pod must suit the volume as the member's did; RWO volumes are often bound to a node.
_POD_FIELDS = (
    "securityContext",
    "nodeSelector",
    "tolerations",
    "affinity",
    "priorityClassName",
    "imagePullSecrets",
    "runtimeClassName",
)


def pod_name(member: str, use: str = "") -> str:
    return f"{member}-restore{use and '-'}{use}"


def label_of(run: str, use: str = "") -> str:
    """Value of the label: pods of another use have other volumes or another command, and must never be taken for those
    that restore."""
    return f"{run}{use and '-'}{use}"


def pod(
    stateful_set: Object, member: str, claim: str, run: str, image: str, use: str = "", command: Sequence[str] = ()
) -> Object:
    """Without owner, so that nothing removes it under way; not of etcd's labels, so that no Service sends clients to
    it.

    claim: empty for a pod without the member's volume. command: what it does by itself, once; it waits for exec when
    there is none.
    """
    meta, template = stateful_set["metadata"], lookup(stateful_set, ("spec", "template", "spec")) or {}
    etcd: Object = next((c for c in template.get("containers") or [] if c.get("name") == CONTAINER), {})
    container: Object = {
        "name": CONTAINER_NAME,
        "image": image or etcd.get("image", ""),
        "command": list(command)
        or ["/bin/sh", "-c", "trap 'kill $!; exit 0' TERM INT; while :; do sleep 30 & wait $!; done"],
        "volumeMounts": [{"name": "data", "mountPath": "/var/lib"}, {"name": "restore", "mountPath": "/restore"}],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    container |= {k: deepcopy(etcd[k]) for k in ("securityContext", "resources", "imagePullPolicy") if etcd.get(k)}
    spec: Object = {k: deepcopy(template[k]) for k in _POD_FIELDS if template.get(k)}
    spec |= {
        "restartPolicy": "Never" if command else "Always",
        "automountServiceAccountToken": False,
        "activeDeadlineSeconds": SAFETY_SECONDS,
        "terminationGracePeriodSeconds": 5,
        "containers": [container],
        "volumes": [
            {"name": "data", **({"persistentVolumeClaim": {"claimName": claim}} if claim else {"emptyDir": {}})},
            {"name": "restore", "emptyDir": {}},
        ],
    }
    manifest = POD.manifest(pod_name(member, use), meta["namespace"], spec=spec)
    manifest["metadata"]["labels"] = {"app": "etcd-restore", LABEL: label_of(run, use)}
    return manifest


def claim(stateful_set: Object, name: str) -> Object:
    """The claim as the StatefulSet would make it."""
    meta = stateful_set["metadata"]
    templates = lookup(stateful_set, ("spec", "volumeClaimTemplates")) or []
    template = next(
        (t for t in templates if name.startswith(f"{t['metadata']['name']}-")), templates[0] if templates else {}
    )
    body = PERSISTENT_VOLUME_CLAIM.manifest(name, meta["namespace"], spec=deepcopy(template.get("spec") or {}))
    given = template.get("metadata") or {}
    body["metadata"]["labels"] = {
        **(given.get("labels") or {}),
        **(lookup(stateful_set, ("spec", "selector", "matchLabels")) or {}),
    }
    if given.get("annotations"):
        body["metadata"]["annotations"] = dict(given["annotations"])
    return body


def is_ready(found: Object | None) -> bool:
    statuses = lookup(found or {}, ("status", "containerStatuses")) or []
    deleting = lookup(found or {}, ("metadata", "deletionTimestamp"))
    return not deleting and any(
        s.get("name") == CONTAINER_NAME and "running" in (s.get("state") or {}) for s in statuses
    )


def is_over(found: Object) -> bool:
    """Whether it can do no more work."""
    return lookup(found, ("status", "phase")) in ("Succeeded", "Failed")


def failure(found: Object | None) -> str:
    """What a pod with a command of its own ended with, empty while it has not failed."""
    if lookup(found or {}, ("status", "phase")) != "Failed":
        return ""
    for status in lookup(found or {}, ("status", "containerStatuses")) or []:
        ended = (status.get("state") or {}).get("terminated") or {}
        if ended:
            return short(
                ended.get("message") or f"{ended.get('reason') or 'it ended'} with status {ended.get('exitCode')}", 200
            )
    return short(
        lookup(found or {}, ("status", "message")) or lookup(found or {}, ("status", "reason")) or "it failed", 200
    )


def trouble(found: Object | None) -> str:
    """Why it does not run, in a few words."""
    if found is None:
        return "not there"
    if lookup(found, ("metadata", "deletionTimestamp")):
        return "being deleted"
    for status in lookup(found, ("status", "containerStatuses")) or []:
        waiting = (status.get("state") or {}).get("waiting") or {}
        if waiting.get("reason"):
            return shortened(" ".join(f"{waiting['reason']} {waiting.get('message', '')}".split()), 200)
    for entry in lookup(found, ("status", "conditions")) or []:
        if entry.get("type") == "PodScheduled" and entry.get("status") == "False":
            return shortened(" ".join(str(entry.get("message") or entry.get("reason")).split()), 200)
    return str(lookup(found, ("status", "phase")) or "Pending")
