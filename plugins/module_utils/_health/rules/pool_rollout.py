# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: rollouts of a NodePool that none of its conditions tells."""

from __future__ import annotations

from ..findings import Health, Severity
from ..pool_machines import UPDATING, Stand
from ..subject import OF_POOL, Raw, Subject
from .rule import Check, Rule, goals


def _stands(stand: Stand) -> Check:
    """Where the machines stand so, and no condition says it already."""

    def check(subject: Subject, raw: Raw) -> dict[str, str] | None:
        found = subject.rollout
        if found is None or found.stand is not stand or subject.deleting:
            return None
        told = any(subject.status_of(t) == "True" or subject.reason_of(t) == "InplaceUpgradeFailed" for t in UPDATING)
        # A pool that has never finished a configuration is starting: its machines are told of by AllMachinesReady.
        return None if told or not subject.arrived() else {"detail": found.text}

    return check


_KIND = (OF_POOL,)
_SOURCE = (
    "UpdatingConfig leaves out what the hosted cluster's configuration adds (openshift/hypershift nodepool/config.go)"
)

POOL_ROLLOUT_RULES = (
    Rule(
        code="inplace_rollout_stopped",
        title="An update in place that no condition tells stopped at a node",
        shows=(
            "annotation `nodePoolUpgradeInProgressFalse` on the MachineSet of the pool, whose configuration is not"
            " finished"
        ),
        kinds=_KIND,
        check=_stands(Stand.STOPPED),
        severity=Severity.FATAL,
        verdict=Health.DEGRADED,
        cause="the update in place stopped: {detail}",
        next_step=(
            "Read the log of pod machine-config-daemon on that node in hosted namespace {name}-upgrade; repair or"
            " replace the node."
        ),
        reason=_SOURCE,
        stops=goals("node_pools_settled"),
    ),
    Rule(
        code="pool_rolls_unannounced",
        title="Machines of the pool are replaced, and no condition tells",
        shows=(
            "the Secret that the MachineDeployment (in place: MachineSet) of the pool starts machines from has another"
            " suffix than annotation `nodePoolCurrentConfigVersion`"
        ),
        kinds=_KIND,
        check=_stands(Stand.ROLLING),
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="nodes get another configuration, which no condition tells: {detail}",
        next_step="Wait; the goal node_pools_settled tells when it is done.",
        reason=_SOURCE,
    ),
    Rule(
        code="pool_rollout_unseen",
        title="Nobody can tell whether the pool replaces machines",
        shows=(
            "MachineDeployments and MachineSets in the control plane's namespace that may not be read, or are not there"
        ),
        kinds=_KIND,
        check=_stands(Stand.UNSEEN),
        severity=Severity.WARNING,
        verdict=Health.UNKNOWN,
        cause="whether nodes are being replaced was not seen: {detail}",
        next_step=(
            "Give the account list on machinedeployments and machinesets (cluster.x-k8s.io) in namespace {cpns}; see"
            " docs/rbac.md."
        ),
        reason=_SOURCE,
    ),
)
