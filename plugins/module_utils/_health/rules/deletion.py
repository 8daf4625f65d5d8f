# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: what a deletion waits for."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import Raw, Subject
from .rule import CHANGE_GOALS, DELETION, Rule, goals, worded

OPERATOR_FINALIZER = "hypershift.openshift.io/finalizer"


def _names(items: list[str], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def _pools_left(subject: Subject, raw: Raw) -> dict[str, str] | None:
    names = [str((pool.get("metadata") or {}).get("name")) for pool in subject.node_pools]
    return {"pools": _names(sorted(names)), "count": str(len(names))} if names else None


def _control_plane_left(subject: Subject, raw: Raw) -> dict[str, str] | None:
    if not subject.control_plane or subject.node_pools:
        return None
    finalizers = ((subject.control_plane.get("metadata") or {}).get("finalizers")) or []
    return {"finalizers": _names(list(finalizers)) or "none"}


def _foreign_finalizers(subject: Subject, raw: Raw) -> dict[str, str] | None:
    left = list(subject.meta.get("finalizers") or ())
    return {"finalizers": _names(left)} if left and OPERATOR_FINALIZER not in left else None


DELETION_RULES = (
    Rule(
        code="deletion_oidc_documents",
        title="The OIDC documents cannot be removed",
        conditions=("ReconciliationSucceeded",),
        message=worded(r"oidc|s3 bucket"),
        phase=DELETION,
        severity=Severity.FATAL,
        verdict=Health.DELETING,
        cause="the operator cannot remove the cluster's OIDC documents: {message}",
        next_step=(
            "Give the operator its bucket configuration back, or remove the documents by hand and then finalizer "
            "hypershift.io/aws-oidc-discovery from the HostedCluster."
        ),
        reason="deletion fails with an error while the operator has no bucket configuration (platform_facts#2.7, #O.9)",
        stops=goals("gone"),
    ),
    Rule(
        code="deletion_error",
        title="The operator meets an error while deleting",
        conditions=("ReconciliationSucceeded",),
        phase=DELETION,
        severity=Severity.ERROR,
        verdict=Health.DELETING,
        cause="the operator meets an error while deleting: {message}",
        next_step="Act on the message; the operator tries again by itself.",
        reason="the condition carries the error that ended the last loop (platform_facts#O.3, #O.9)",
    ),
    Rule(
        code="cloud_resources_left_behind",
        title="Cloud resources are left behind",
        conditions=("CloudResourcesDestroyed",),
        reasons=frozenset({"CloudResourcesDeletionTimedOut"}),
        phase=DELETION,
        severity=Severity.ERROR,
        verdict=Health.DELETING,
        cause="the operator gave up on cloud resources of the cluster: {message}",
        next_step=(
            "Look for load balancers, volumes and buckets tagged kubernetes.io/cluster/<infraID>=owned and remove them"
            " by hand."
        ),
        reason="after 10 minutes the operator goes on without them (platform_facts#O.9)",
    ),
    Rule(
        code="deletion_cloud_resources",
        title="Deletion waits for cloud resources",
        conditions=("CloudResourcesDestroyed",),
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="the hosted cluster is still removing its load balancers, volumes and registry storage: {message}",
        next_step="Wait; the operator gives up after 10 minutes.",
        reason=(
            "with annotation cleanup-cloud-resources the control plane removes them before it goes (platform_facts#O.9)"
        ),
    ),
    Rule(
        code="deletion_security_group",
        title="Deletion waits for the security group",
        conditions=("AWSDefaultSecurityGroupDeleted",),
        phase=DELETION,
        severity=Severity.WARNING,
        verdict=Health.DELETING,
        cause="the default security group cannot be removed: {message}",
        next_step=(
            "Remove what still uses it: network interfaces of instances or load balancers outside the cluster's care."
        ),
        reason="a security group in use cannot be deleted (platform_facts#0.5, #O.9)",
    ),
    Rule(
        code="deletion_node_pools",
        title="Deletion waits for node pools",
        shows="a deletionTimestamp, and NodePools of the cluster that are left",
        check=_pools_left,
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="deletion waits for {count} node pools: {pools}",
        next_step=(
            "If it takes long, look for Machines that cannot be drained in namespace {cpns}; nodeDrainTimeout 0s waits"
            " for ever."
        ),
        reason="node pools go first and wait for their machines (platform_facts#O.7, #O.9)",
    ),
    Rule(
        code="deletion_control_plane",
        title="Deletion waits for the control plane",
        shows="a deletionTimestamp, no NodePool left, and a HostedControlPlane that is still there",
        check=_control_plane_left,
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="deletion waits for the HostedControlPlane in namespace {cpns}; finalizers left: {finalizers}",
        next_step="If it takes long, read the log of Deployment control-plane-operator in namespace {cpns}.",
        reason=(
            "the control plane goes after the node pools and the CAPI cluster, its namespace after it"
            " (platform_facts#O.9)"
        ),
    ),
    Rule(
        code="deletion_grace_period",
        title="Deletion waits for its grace period",
        conditions=("HostedClusterDestroyed",),
        status="True",
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="everything is removed and the grace period runs: {message}",
        next_step="Wait for the time in annotation hypershift.openshift.io/destroy-grace-period.",
        reason="the last finalizer stays for the grace period (platform_facts#O.9)",
    ),
    Rule(
        code="deletion_foreign_finalizer",
        title="A finalizer of somebody else holds the object",
        shows="a deletionTimestamp and finalizers without `hypershift.openshift.io/finalizer`",
        check=_foreign_finalizers,
        phase=DELETION,
        severity=Severity.WARNING,
        verdict=Health.DELETING,
        cause="the operator is done, but these finalizers hold the object: {finalizers}",
        next_step=(
            "Let their owner finish; openshift.io/destroy-cluster belongs to the command line tool that creates "
            "and destroys clusters."
        ),
        reason="the operator only removes its own finalizers (platform_facts#O.2)",
    ),
    Rule(
        code="deleting",
        title="The hosted cluster is being deleted",
        shows="a deletionTimestamp",
        check=lambda subject, raw: {},
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="the hosted cluster is being deleted",
        next_step="Wait, or look at the other findings for what holds it.",
        reason="deletion is ordered and each step waits for the one before (platform_facts#O.9)",
        stops=CHANGE_GOALS | goals("paused", "resumed"),
    ),
)
