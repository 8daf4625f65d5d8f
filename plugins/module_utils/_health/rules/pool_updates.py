# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: updates of a NodePool as its conditions tell them."""

from __future__ import annotations

from ..._kernel.times import seconds_since
from ..findings import Health, Severity
from ..pool_machines import UPDATING
from ..subject import OF_POOL, Raw, Subject
from .rule import Rule, goals

# A node takes 10 to 20 minutes to replace; a pool that has been at it for an hour deserves a look.
_LONG_UPDATE_SECONDS = 3600


def drain_timeout(subject: Subject) -> str:
    return str(subject.spec.get("nodeDrainTimeout") or "0s")


def _slow(subject: Subject, raw: Raw) -> dict[str, str] | None:
    for name in UPDATING:
        found = subject.conditions.get(name)
        if not found or found.get("status") != "True":
            continue
        age = seconds_since(found.get("lastTransitionTime"), subject.now)
        if age is not None and age >= _LONG_UPDATE_SECONDS:
            timeout = drain_timeout(subject)
            drain = (
                " and nodeDrainTimeout 0s waits for ever"
                if timeout in ("0s", "0")
                else f" (nodeDrainTimeout {timeout})"
            )
            return {"minutes": str(int(age // 60)), "drain": drain}
    return None


_KIND = (OF_POOL,)

POOL_UPDATE_RULES = (
    Rule(
        code="inplace_upgrade_failed",
        title="An update in place stopped at a node",
        kinds=_KIND,
        conditions=("UpdatingVersion", "UpdatingConfig"),
        reasons=frozenset({"InplaceUpgradeFailed"}),
        severity=Severity.FATAL,
        verdict=Health.DEGRADED,
        cause="the update in place stopped: {message}",
        next_step=(
            "Read the log of pod machine-config-daemon on that node in hosted namespace {name}-upgrade; repair or "
            "replace the node. False does not mean finished here."
        ),
        reason="a degraded node turns the condition False and nothing goes on (platform_facts#6.5)",
        stops=goals("node_pools_settled"),
    ),
    Rule(
        code="pool_update_slow",
        title="A pool has been updating for long",
        shows="`UpdatingVersion`, `UpdatingConfig` or `UpdatingPlatformMachineTemplate` True for more than an hour",
        kinds=_KIND,
        check=_slow,
        severity=Severity.WARNING,
        verdict=Health.PROGRESSING,
        cause="the pool has been updating for {minutes} min{drain}",
        next_step=(
            "Look for pods that a PodDisruptionBudget protects on the node that is being drained, and set"
            " nodeDrainTimeout."
        ),
        reason="a drain without limit is the usual cause of a rollout that hangs (platform_facts#6.5)",
    ),
    Rule(
        code="pool_updating",
        title="The pool is being updated",
        kinds=_KIND,
        conditions=UPDATING,
        status="True",
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the pool is being updated: {message}",
        next_step="Wait; the goal node_pools_settled tells when it is done.",
        reason="each of the three conditions is True while nodes are replaced or changed (platform_facts#6.5, #O.7)",
    ),
)
