# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is known of an etcd: its StatefulSet, its pods, and what each member says of itself.

Source: platform_facts#8.0, #8.1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from .._kernel.objects import Object, lookup
from .asking import UNREADABLE, short
from .commands import CONTAINER

UNSEEN = "unknown"


@dataclass(frozen=True)
class Listed:
    """A member as the member list has it. id in hexadecimal, as etcdctl prints it."""

    id: str
    name: str
    peer_urls: tuple[str, ...] = ()
    learner: bool = False


@dataclass(frozen=True)
class Member:
    """A pod of the StatefulSet and the etcd in it. Sizes in bytes; None or empty: it did not say.

    state: ``running``, or why the container does not run; ``unknown`` when that cannot be seen. error: why it did not
    answer. not_asked: kind of what kept the question from it (etcd_asking), empty when it was asked or does not run; it
    is neither healthy nor failed then. hash, hash_revision: of its data at that revision.
    """

    name: str
    pod_exists: bool = False
    ready: bool = False
    state: str = "absent"
    restarts: int = 0
    claim: str = ""
    claim_phase: str = ""
    node: str = ""
    id: str = ""
    cluster_id: str = ""
    healthy: bool = False
    leader: str = ""
    learner: bool = False
    version: str = ""
    tool: str = ""
    db_size: int | None = None
    db_in_use: int | None = None
    free: int | None = None
    revision: int | None = None
    raft_term: int | None = None
    raft_index: int | None = None
    raft_applied: int | None = None
    alarms: tuple[str, ...] = ()
    error: str = ""
    hash: int | None = None
    hash_revision: int | None = None
    compact_revision: int | None = None
    listed: tuple[Listed, ...] = ()
    not_asked: str = ""

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def is_leader(self) -> bool:
        return bool(self.id) and self.id == self.leader

    def as_dict(self) -> Object:
        """Return value of etcd_info; healthy is None when nobody could say."""
        known = {k: v for k, v in asdict(self).items() if k not in ("listed", "leader")}
        return {
            **known,
            "healthy": None if self.not_asked else self.healthy,
            "alarms": list(self.alarms),
            "leader": self.is_leader,
        }


@dataclass(frozen=True)
class Shard:
    """One StatefulSet of etcd members.

    replicas: wanted now (0 while it is scaled down). rolling: an update of it is under way. when_scaled: what becomes
    of claims when it is scaled down. peers: member name -> peer URL of the whole initial cluster, as the StatefulSet
    tells the members. available: status of condition EtcdAvailable, empty when there is none.
    """

    name: str
    namespace: str
    replicas: int
    ready_replicas: int
    rolling: bool
    when_scaled: str
    service: str
    image: str
    peers: dict[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    available: str = ""

    @property
    def size(self) -> int:
        """Members it has when it runs."""
        return len(self.peers) or self.replicas

    @property
    def quorum(self) -> int:
        return self.size // 2 + 1

    def member(self, name: str) -> Member | None:
        return next((m for m in self.members if m.name == name), None)


def is_etcd(stateful_set: Object) -> bool:
    """A StatefulSet with a container named etcd and the label of etcd on its pods: the only one, or a shard."""
    template = lookup(stateful_set, ("spec", "template")) or {}
    labels = {**(stateful_set["metadata"].get("labels") or {}), **(lookup(template, ("metadata", "labels")) or {})}
    marks = (labels.get("app", ""), labels.get("hypershift.openshift.io/control-plane-component", ""))
    return _etcd_container(stateful_set) is not None and any(
        mark == "etcd" or mark.startswith("etcd-") for mark in marks
    )


def shard_of(stateful_set: Object) -> Shard:
    spec, status, meta = stateful_set["spec"], stateful_set.get("status") or {}, stateful_set["metadata"]
    current, update = status.get("currentRevision"), status.get("updateRevision")
    observed = int(status.get("observedGeneration") or 0) >= int(meta.get("generation") or 0)
    return Shard(
        name=meta["name"],
        namespace=meta["namespace"],
        replicas=int(spec.get("replicas", 1)),
        ready_replicas=int(status.get("readyReplicas") or 0),
        rolling=not observed or bool(update and current and update != current),
        when_scaled=str(lookup(spec, ("persistentVolumeClaimRetentionPolicy", "whenScaled")) or "Retain"),
        service=str(spec.get("serviceName") or f"{meta['name']}-discovery"),
        image=str((_etcd_container(stateful_set) or {}).get("image", "")),
        peers=_peers(stateful_set),
    )


def _etcd_container(stateful_set: Object) -> Object | None:
    containers = lookup(stateful_set, ("spec", "template", "spec", "containers")) or []
    return next((c for c in containers if c.get("name") == CONTAINER), None)


def _peers(stateful_set: Object) -> dict[str, str]:
    """From ETCD_INITIAL_CLUSTER, the truth that the members start from; by the rule of names when it is not told."""
    meta, spec = stateful_set["metadata"], stateful_set["spec"]
    container = _etcd_container(stateful_set) or {}
    told = next(
        (str(e.get("value") or "") for e in container.get("env") or [] if e.get("name") == "ETCD_INITIAL_CLUSTER"), ""
    )
    told = told.replace("$(NAMESPACE)", meta["namespace"])
    pairs = [pair.partition("=") for pair in told.split(",") if "=" in pair]
    if pairs and "$(" not in told:
        return {name.strip(): url.strip() for name, _equals, url in pairs}
    service = spec.get("serviceName") or f"{meta['name']}-discovery"
    names = [f"{meta['name']}-{n}" for n in range(int(spec.get("replicas", 1)))]
    return {name: f"https://{name}.{service}.{meta['namespace']}.svc:2380" for name in names}


def member_of(name: str, pod: Object | None, claim: Object | None) -> Member:
    """What the management cluster says of a member."""
    known = Member(
        name,
        claim=lookup(claim or {}, ("metadata", "name")) or "",
        claim_phase=(
            "Terminating"
            if lookup(claim or {}, ("metadata", "deletionTimestamp"))
            else lookup(claim or {}, ("status", "phase")) or ""
        ),
    )
    if pod is None:
        return known
    statuses = lookup(pod, ("status", "containerStatuses")) or []
    container: Object = next((s for s in statuses if s.get("name") == CONTAINER), {})
    state = "terminating" if pod["metadata"].get("deletionTimestamp") else _container_state(container, pod)
    phase = lookup(pod, ("status", "phase")) or "not reported"
    return replace(
        known,
        pod_exists=True,
        ready=any(
            c.get("type") == "Ready" and c.get("status") == "True" for c in lookup(pod, ("status", "conditions")) or []
        ),
        state=state,
        restarts=int(container.get("restartCount") or 0),
        node=str(lookup(pod, ("spec", "nodeName")) or ""),
        not_asked=UNREADABLE if state == UNSEEN else "",
        error=(
            f"its pod (phase {short(phase, 40)}) does not say what container {CONTAINER} does"
            if state == UNSEEN
            else ""
        ),
    )


def _container_state(container: Object, pod: Object) -> str:
    state = container.get("state") or {}
    if "running" in state:
        return "running"
    for kind in ("waiting", "terminated"):
        if kind in state:
            return short((state[kind] or {}).get("reason") or kind, 80)
    phase = str(lookup(pod, ("status", "phase")) or "Pending")
    return UNSEEN if phase in ("Running", "Unknown") else short(phase, 80)
