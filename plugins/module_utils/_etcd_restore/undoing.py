# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way back on the members' volumes, without exec: pods that do it by their own command.

Source: platform_facts#8.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._kernel.errors import HypershiftError
from .._kernel.facts import Fact, Observed
from .._kernel.held_lease import LeaseLost
from .._kernel.kinds import POD
from .._kernel.objects import lookup
from .._kernel.ports.hub import WatchSpec
from . import volume_commands, volume_pod
from .session import Session
from .volume_access import Volume, claims_of, close_pods, volumes

BACK, DISCARD = "back", "discard"
PATIENCE = 120.0  # seconds for removing what is only in the way


def swap_back(session: Session) -> str:
    """The data of before in use again on every volume. Raises HypershiftError."""
    every = volumes(session)
    _commanded(session, every, volume_commands.swap_back(session.journal.run), BACK, "putting the previous data back")
    for volume in every:
        session.did("exchange", f"Member {session.home}/{volume.member}", "the data of before is in use again", True)
    return f"{len(every)} volumes"


def discard(session: Session) -> str:
    """Nothing of ours left on the volumes, as far as pods ran on them: without one nothing was written.

    Returns what could not be removed, empty when all was: it does no harm, since etcd never looks at it, and must not
    keep the cluster down.
    """
    ours = {p["metadata"]["name"]: p for p in session.hub.list(POD, session.home, label_selector=volume_pod.SELECTOR)}
    used = [
        v
        for v in volumes(session)
        if volume_pod.is_ready(ours.get(volume_pod.pod_name(v.member)))
        or volume_pod.pod_name(v.member, DISCARD) in ours
    ]
    left = ""
    try:
        if used:
            _commanded(
                session,
                used,
                volume_commands.discard(session.journal.run),
                DISCARD,
                "removing the restored copy",
                min(session.timeout, PATIENCE),
            )
    except LeaseLost:
        raise
    except HypershiftError as error:
        if error.failure.code == "volume_failed":
            raise  # the pod ran and found something else than the journal tells: data that was exchanged
        left = (
            f"restored copies may be left on the volumes as /var/lib/data.restored-{session.journal.run}"
            f" ({error.failure.cause})"
        )
        session.say(left)
    close_pods(session)
    return left


def _commanded(
    session: Session, every: Sequence[Volume], command: Sequence[str], use: str, what: str, timeout: float | None = None
) -> None:
    """A pod for each volume that runs the command and ends. It may be begun again after it was cut off anywhere."""
    close_pods(session)  # an earlier attempt, and those that wait for exec: one pod per volume at a time
    for volume, (stateful_set, claim) in zip(every, claims_of(session, every), strict=True):
        body = volume_pod.pod(
            stateful_set, volume.member, claim, session.journal.run, session.helper_image, use, command
        )
        session.create(POD, body, f"{what} on the volume of {volume.member}")
    names = {volume_pod.pod_name(v.member, use): v for v in every}

    def missing(seen: Observed) -> str:
        late = {
            n: p
            for n in names
            if lookup(p := seen.get(POD, session.home, n) or {}, ("status", "phase")) not in ("Succeeded", "Failed")
        }
        return ", ".join(f"{n}: {volume_pod.trouble(p or None)}" for n, p in late.items())

    step = "See the pod's events: its node, its volume or its image is what is missing. Run the same task again."
    session.wait(Fact(f"pods for {what} ended", (WatchSpec(POD, session.home),), missing, session.ref, step), timeout)
    ended = {p["metadata"]["name"]: p for p in session.hub.list(POD, session.home, label_selector=volume_pod.SELECTOR)}
    for name, volume in names.items():
        wrong = (
            volume_pod.failure(ended.get(name))
            if name in ended
            else "its pod is gone, and nobody knows what it has done"
        )
        if wrong:
            raise volume.failed(
                "volume_failed", f"{what} failed: {wrong}", "Look at the pod's log, then run the same task again."
            )
    close_pods(session)
