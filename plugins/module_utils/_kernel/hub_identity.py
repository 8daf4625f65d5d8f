# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which management cluster it is, whatever name leads to it.

A URL is no identity: a load balancer's name can be moved to another cluster. Namespace kube-system is made with the
cluster and goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ApiError, Failure, HypershiftError
from .kinds import NAMESPACE
from .ports.hub import Hub

NAMESPACE_NAME = "kube-system"
RIGHT = f"the verb get on namespace {NAMESPACE_NAME} (docs/rbac.md)"


@dataclass(frozen=True)
class Identity:
    """server: URL that was asked. uid: that of namespace kube-system; empty when it is unknown, and then ``unknown``
    says why."""

    server: str
    uid: str = ""
    unknown: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"server": self.server, "uid": self.uid}

    def as_result(self) -> dict[str, str | None]:
        """As results of tasks tell it: no uid where it is unknown."""
        return {"server": self.server, "uid": self.uid or None}


def refusal(name: str, planned: Mapping[str, Any], found: Identity) -> Failure | None:
    """Why a plan may not be carried out there; None when it is the cluster that the plan was made on.

    planned: entry of ``hubs`` in the plan. What cannot be compared is refused as well: an approval is for one cluster.
    """
    ref, at = f"Management cluster {name}", str(planned.get("server") or "an unknown server")
    if not planned.get("uid"):
        cause = (
            f"the plan does not tell on which cluster it was made ({at}), so nobody approved it for this one"
            f" ({found.server})"
        )
        return Failure("identity_unknown", cause, ref, next_step=f"Make a new plan with an account that has {RIGHT}.")
    if not found.uid:
        cause = (
            f"the plan was made on cluster {planned['uid']} ({at}), and which one this is cannot be asked:"
            f" {found.unknown}"
        )
        return Failure("identity_unknown", cause, ref, next_step=f"Give the account {RIGHT}, and run again.")
    if found.uid != planned["uid"]:
        cause = f"the plan was made on cluster {planned['uid']} ({at}), this is cluster {found.uid} ({found.server})"
        step = "Correct the kubeconfig or the name that leads there, or make a new plan for this cluster."
        return Failure("other_cluster", cause, ref, next_step=step)
    return None


BRIEFLY = 5.0  # seconds


def identify(hub: Hub) -> Identity:
    """Unknown for an account without the right. Raises ApiError when the cluster does not answer."""
    try:
        live = hub.get(NAMESPACE, None, NAMESPACE_NAME)
    except ApiError as error:
        if error.status != 403:
            raise
        return Identity(hub.server, unknown=error.failure.cause)
    uid = str(((live or {}).get("metadata") or {}).get("uid") or "")
    return Identity(hub.server, uid, "" if uid else f"it has no namespace {NAMESPACE_NAME}")


def identify_briefly(hub: Hub) -> Identity:
    """For what only tells it: never an error, and no long wait. Unknown when there is no quick answer."""
    try:
        return identify(hub.until(hub.monotonic() + BRIEFLY))
    except HypershiftError as error:
        return Identity(hub.server, unknown=error.failure.cause)
