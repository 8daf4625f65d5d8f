# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tools of a restore are proved before anything of the hosted cluster is changed. Source: platform_facts#8.3.

What has stopped the members and then finds exec refused, an image that cannot be pulled or no room has taken a cluster
down for nothing.
"""

from __future__ import annotations

from functools import partial

from .._etcd.asking import ABSENT, FORBIDDEN, kind_of, remedy, short
from .._etcd.commands import CONTAINER, STATUS, answers, free_bytes, script
from .._etcd.discovery import PROBE_SILENCE
from .._etcd.state import member_of
from .._kernel.errors import ApiError, Failure
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import POD, STATEFUL_SET
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub, WatchSpec
from . import volume_commands, volume_pod
from .refusals import ROOM, room_on_volume
from .session import Session
from .volume_access import Volume, clear_old, close_pods, volumes
from .workloads import require


def exec_refusal(hub: Hub, namespace: str, members: list[str]) -> Failure | None:
    """Why commands in the helper pods would be refused; None when nothing is in the way.

    Asked of pods that are not there yet: rights and admission are decided before the API server looks for the pod, so
    that "not found" is the answer of one who may. Nothing is written by it.
    """
    found = each(partial(_refused, hub, namespace), members)
    return next((failure for failure in found if failure), None)


def _refused(hub: Hub, namespace: str, member: str) -> Failure | None:
    name = volume_pod.pod_name(member)
    try:
        hub.shell(namespace, name, volume_pod.CONTAINER_NAME).run(["true"], silence=PROBE_SILENCE)
    except ApiError as error:
        if error.failure.code == "missing_library":
            raise
        cause = short(error.failure.cause)
        kind = kind_of(error.status, cause)
        if kind == ABSENT:
            return None
        code = "missing_permission" if kind == FORBIDDEN else "exec_failed"
        told = (
            f"commands in the pods that would work on its volumes are not possible, so that nothing is begun ({cause})"
        )
        return Failure(code, told, POD.ref(namespace, name), next_step=remedy(kind, cause, name, namespace))
    return None


def rehearse(session: Session) -> str:
    """The helper pods without the members' volumes: image, place, exec, tool and room. Raises HypershiftError; nothing
    is stopped yet."""
    every = volumes(session)
    sets = {r.name: require(session, STATEFUL_SET, r.name) for r in session.journal.shards}
    clear_old(session)
    live = {p["metadata"]["name"]: p for p in session.hub.list(POD, session.home)}
    each(_room_on_volume, [v for v in every if member_of(v.member, live.get(v.member), None).running])
    for volume in every:
        body = volume_pod.pod(
            sets[volume.record.name], volume.member, "", session.journal.run, session.helper_image, volume_pod.TRIAL
        )
        session.create(POD, body, "proves image, place, exec and room before anything is stopped")
    session.wait(_running(session, [volume_pod.pod_name(v.member, volume_pod.TRIAL) for v in every]))
    each(_tried, every)
    close_pods(session)
    return f"{len(every)} pods ran, and took commands"


def _running(session: Session, names: list[str]) -> Fact:
    def missing(seen: Observed) -> str:
        late = {n: volume_pod.trouble(p) for n in names if not volume_pod.is_ready(p := seen.get(POD, session.home, n))}
        return ", ".join(f"{n}: {why}" for n, why in late.items())

    step = "See the pod's events: its node, its image or a policy is what is in the way. Nothing was stopped."
    return Fact("trial pods running", (WatchSpec(POD, session.home),), missing, session.ref, step)


def _tried(volume: Volume) -> None:
    """Commands, etcd's tool, and room for the snapshot on the node."""
    shell = volume.session.hub.shell(
        volume.session.home, volume_pod.pod_name(volume.member, volume_pod.TRIAL), volume_pod.CONTAINER_NAME
    )
    found = answers(volume.repeated(shell, script(dict(volume_commands.tools()))).text)
    if "tool" not in found or not found["tool"].ok:
        told = found["tool"].complaint() if "tool" in found else "it printed nothing that can be read"
        raise volume.failed(
            "no_tool", f"etcd's tool does not run in the helper's image: {told}", "Name an image with helper_image."
        )
    free, need = free_bytes(found.get("room")), int(volume.record.size * ROOM)
    if free is not None and free < need:
        cause = f"its node has {free >> 20} MiB free for the snapshot on its way, {need >> 20} MiB are needed"
        raise volume.failed("no_space", cause, "Make room on the node, then plan again.")


def _room_on_volume(volume: Volume) -> None:
    """Room beside the data in use, as a member that runs tells it; the helper pod on the volume looks again."""
    session, member, need = volume.session, volume.member, room_on_volume(volume.record.size)
    try:
        told = (
            session.hub.shell(session.home, member, CONTAINER)
            .run(script({"space": STATUS["space"]}), silence=PROBE_SILENCE)
            .text
        )
    except ApiError:
        return  # whether a member that cannot be asked may be passed over was decided by the plan
    free = free_bytes(answers(told).get("space"))
    if free is not None and free < need:
        cause = (
            f"its volume has {free >> 20} MiB free, {need >> 20} MiB are needed beside the data in use, which is kept"
            " until the end"
        )
        raise volume.failed("no_space", cause, "Make room or enlarge the volume, then plan again.")
