# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which management cluster the digest of a plan approves a restore on."""

from __future__ import annotations

from .._kernel.errors import Failure
from .._kernel.hub_identity import RIGHT, Identity
from .situation import Situation


def elsewhere(digest: str, here: Identity, ref: str) -> Failure:
    """Why the digest approves nothing here."""
    is_ = (
        f"this is cluster {here.uid} ({here.server})"
        if here.uid
        else f"of this one only the address is known ({here.server}): {here.unknown}"
    )
    cause = (
        f"the plan of digest {digest[:12]} was not made on this management cluster, as far as it can be asked now;"
        f" {is_}"
    )
    step = (
        f"Correct the kubeconfig or the name that leads there, give the account {RIGHT} if it had it before, or plan"
        " anew (state: planned)."
    )
    return Failure("other_cluster", cause, ref, next_step=step)


def unidentified(situation: Situation) -> list[str]:
    if situation.management.uid:
        return []
    why = f"which management cluster this is cannot be asked ({situation.management.unknown})"
    return [f"{why}, so the digest is bound to its address {situation.management.server} alone"]
