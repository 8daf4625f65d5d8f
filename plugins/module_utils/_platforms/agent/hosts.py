# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Agents: hosts that a discovery image has brought. Selecting, describing and changing them.

Source: platform_facts#2.4. Insufficient in the middle of an installation is normal; of a host that belongs to no
cluster it is a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..._kernel import conditions
from ..._kernel.compare import merge_patch
from ..._kernel.label_selectors import matcher
from ..._kernel.objects import Object, deep_merge, lookup
from ..._kernel.text import message_line
from .discovery_image import INFRA_ENV_LABEL

ARCHITECTURE_LABEL = "inventory.agent-install.openshift.io/cpu-architecture"
READY = "known-unbound"
_INSUFFICIENT = ("insufficient-unbound", "insufficient")
_LOST = ("disconnected-unbound", "disconnected")
_FAILED = ("failure", "error")
_WORDS = {
    "discovering": "the host is being looked at",
    "discovering-unbound": "the host is being looked at",
    "known-unbound": "ready to be bound to a hosted cluster",
    "binding": "it is being bound",
    "known": "bound, and waits for its installation",
    "installing": "the installation has begun",
    "installing-in-progress": "the installation goes on",
    "installing-pending-user-action": "it waits for the host to boot from its disk",
    "added-to-existing-cluster": "installed, and a node of its cluster",
    "unbinding": "it is being taken out of its cluster",
    "unbinding-pending-user-action": "it waits for the host to boot the discovery image again",
    "disconnected": "the host does not report any more",
    "disconnected-unbound": "the host does not report any more",
    "insufficient": "the host does not meet the requirements",
    "insufficient-unbound": "the host does not meet the requirements",
    "disabled-unbound": "the host is disabled",
    "error": "the installation failed",
}


def is_bound(agent: Object) -> bool:
    """Whether it belongs to a cluster, or is on its way into one."""
    return bool(lookup(agent, ("spec", "clusterDeploymentName", "name")))


def state(agent: Object) -> str:
    return str(lookup(agent, ("status", "debugInfo", "state")) or "")


def host_name(agent: Object) -> str:
    """The name that was asked for, else the one the host calls itself."""
    return str(lookup(agent, ("spec", "hostname")) or lookup(agent, ("status", "inventory", "hostname")) or "")


def mac_addresses(agent: Object) -> set[str]:
    interfaces = lookup(agent, ("status", "inventory", "interfaces")) or ()
    return {str(i.get("macAddress") or "").lower() for i in interfaces} - {""}


def selected(agents: Iterable[Object], options: Object) -> list[Object]:
    """Those that all given ways of selecting agree on, by name. Raises OptionError for a selector that is none."""
    labels = matcher(options.get("label_selectors") or (), "label_selectors")
    ids, names = set(options.get("ids") or ()), set(options.get("hostnames") or ())
    macs = {str(m).lower() for m in options.get("mac_addresses") or ()}
    env = options.get("infra_env")

    def chosen(agent: Object) -> bool:
        meta = agent["metadata"]
        have = meta.get("labels") or {}
        return bool(
            labels(have)
            and (not env or have.get(INFRA_ENV_LABEL) == env)
            and (not ids or meta["name"] in ids)
            and (not names or host_name(agent) in names or lookup(agent, ("status", "inventory", "hostname")) in names)
            and (not macs or macs & mac_addresses(agent))
        )

    return sorted((a for a in agents if chosen(a)), key=lambda a: str(a["metadata"]["name"]))


def failing(agent: Object) -> list[str]:
    """Validations that failed, in the service's words; those that are still to be made are none."""
    groups = lookup(agent, ("status", "validationsInfo")) or {}
    rows = [v for _name, group in sorted(groups.items()) for v in group or () if v.get("status") in _FAILED]
    return [f"{v.get('id')}: {message_line(v.get('message'))}" for v in rows]


def problem(agent: Object) -> str:
    """Why a host that belongs to no cluster cannot be used; empty when it can, or will be judged later."""
    if is_bound(agent):
        return ""
    synced = conditions.get(agent, "SpecSynced")
    if synced and synced.status == "False" and synced.reason == "InputError":
        return f"its settings are refused: {message_line(synced.message)}"
    if state(agent) not in _INSUFFICIENT:
        return ""
    found = failing(agent)
    validated = conditions.get(agent, "Validated")
    words = "; ".join(found) or (message_line(validated.message) if validated and validated.status == "False" else "")
    return f"its validations fail: {words}" if words else ""


def is_ready(agent: Object) -> bool:
    """It can become a node at any time, or is one already on the way."""
    return bool(lookup(agent, ("spec", "approved"))) and (is_bound(agent) or state(agent) == READY)


def is_free(agent: Object) -> bool:
    return is_ready(agent) and not is_bound(agent)


def words(agent: Object) -> str:
    """What the state means, and what is wrong, in one line."""
    found = problem(agent)
    if found:
        return found
    here = state(agent)
    text = _WORDS.get(here, here or "it has not reported yet")
    if here in _LOST:
        connected = conditions.get(agent, "Connected")
        return f"{text}: {message_line(connected.message)}" if connected and connected.message else text
    return text if lookup(agent, ("spec", "approved")) else f"{text}; not approved"


def row(agent: Object) -> Object:
    """One line of the table. memory_gib and the rest are what the host reported; empty before it did."""
    meta, inventory = agent["metadata"], lookup(agent, ("status", "inventory")) or {}
    memory = lookup(inventory, ("memory", "physicalBytes")) or 0
    return {
        "id": meta["name"],
        "namespace": meta.get("namespace", ""),
        "infra_env": (meta.get("labels") or {}).get(INFRA_ENV_LABEL, ""),
        "hostname": host_name(agent),
        "mac_addresses": sorted(mac_addresses(agent)),
        "state": state(agent),
        "approved": bool(lookup(agent, ("spec", "approved"))),
        "role": str(lookup(agent, ("spec", "role")) or ""),
        "architecture": str(
            lookup(inventory, ("cpu", "architecture")) or (meta.get("labels") or {}).get(ARCHITECTURE_LABEL) or ""
        ),
        "cpus": int(lookup(inventory, ("cpu", "count")) or 0),
        "memory_gib": round(memory / 2**30, 1),
        "cluster": cluster(agent),
        "free": is_free(agent),
        "installation_disk": str(lookup(agent, ("spec", "installation_disk_id")) or ""),
        "labels": dict(meta.get("labels") or {}),
        "words": words(agent),
    }


def cluster(agent: Object) -> str:
    """``namespace/name`` of the cluster it belongs to, empty when it is free."""
    found = lookup(agent, ("spec", "clusterDeploymentName")) or {}
    return "/".join(part for part in (str(found.get("namespace") or ""), str(found.get("name") or "")) if part)


def disk_id(agent: Object, wanted: str) -> str:
    """The id of a disk that is named by id, path, name or link; empty when the host has no such disk."""
    for disk in lookup(agent, ("status", "inventory", "disks")) or ():
        names = [disk.get(key) for key in ("id", "path", "name", "byPath", "byID", "by_path", "by_id", "wwn", "serial")]
        if wanted in [n for n in names if n] or wanted == f"/dev/{disk.get('name')}":
            return str(disk["id"])
    return ""


def disks(agent: Object) -> list[str]:
    found = lookup(agent, ("status", "inventory", "disks")) or ()
    return [str(d.get("path") or (f"/dev/{d['name']}" if d.get("name") else d["id"])) for d in found]


def patch(agent: Object, options: Object) -> Object:
    """What the options change of one host. Of a bound one labels alone: the rest would reach into a running node."""
    desired: Object = {"metadata": {"labels": options["labels"]}} if options.get("labels") else {}
    if not is_bound(agent):
        spec = {name: options[name] for name in ("approved", "hostname", "role") if options.get(name) is not None}
        if options.get("installation_disk"):
            spec["installation_disk_id"] = disk_id(agent, options["installation_disk"])
        desired = deep_merge(desired, {"spec": spec} if spec else {})
    return merge_patch(desired, agent)


def capacity(agents: Sequence[Object], selectors: Sequence[str]) -> list[Object]:
    """Per label selector: {selector, matching, free, bound, not_ready}; the first row, with selector '', counts them
    all."""
    rows = []
    for selector in ("", *selectors):
        chosen = [
            a for a in agents if matcher([selector] if selector else [], "selectors")(a["metadata"].get("labels") or {})
        ]
        free, bound = sum(is_free(a) for a in chosen), sum(is_bound(a) for a in chosen)
        rows.append(
            {
                "selector": selector,
                "matching": len(chosen),
                "free": free,
                "bound": bound,
                "not_ready": len(chosen) - free - bound,
            }
        )
    return rows
