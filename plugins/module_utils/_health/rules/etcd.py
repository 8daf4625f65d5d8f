# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: etcd of a hosted control plane."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import OF_CONTROL_PLANE, Raw, Subject
from .rule import COMING, Rule, goals, worded


def _storage_class(subject: Subject, raw: Raw) -> dict[str, str]:
    storage = ((subject.spec.get("etcd") or {}).get("managed") or {}).get("storage") or {}
    name = (storage.get("persistentVolume") or {}).get("storageClassName")
    return {"storage_class": f"storage class {name}" if name else "the default storage class"}


ETCD_RULES = (
    Rule(
        code="etcd_recovery_failed",
        title="The automatic recovery of etcd failed",
        conditions=("EtcdRecoveryActive",),
        reasons=frozenset({"EtcdRecoveryJobFailed"}),
        severity=Severity.FATAL,
        verdict=Health.DEGRADED,
        cause="the automatic recovery of an etcd member failed and will not be tried again",
        next_step=(
            "Check every member (endpoint health and hashkv) before touching anything; replace the one failing "
            "member by hand, or restore from a snapshot when quorum is lost."
        ),
        reason="after a failed job the operator asks for a person (platform_facts#8.2)",
        stops=goals("available", "healthy"),
    ),
    Rule(
        code="etcd_recovery_active",
        title="The operator is recovering an etcd member",
        conditions=("EtcdRecoveryActive",),
        status="True",
        severity=Severity.WARNING,
        verdict=Health.DEGRADED,
        cause="an etcd member failed and the operator is recovering it",
        next_step="Wait for Job etcd-recovery in namespace {cpns}; do not delete pods or volumes of etcd meanwhile.",
        reason="a recovery by hand must not race with the job (platform_facts#8.2)",
    ),
    Rule(
        code="etcd_snapshot_not_restored",
        title="The snapshot for a new cluster is not restored",
        kinds=(OF_CONTROL_PLANE,),
        conditions=("EtcdSnapshotRestored",),
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="etcd could not start from the snapshot: {message}",
        next_step=(
            "Read the log of init container etcd-init of pod etcd-0 in namespace {cpns}; an expired URL needs a "
            "new HostedCluster, because restoreSnapshotURL cannot be changed."
        ),
        reason=(
            "the init container fetches the snapshot at first start only and the field is immutable"
            " (platform_facts#0.3, #8.0)"
        ),
    ),
    Rule(
        code="etcd_volume_pending",
        title="A volume of etcd cannot be provided",
        conditions=("EtcdAvailable",),
        message=worded(r"volume claim (?P<claim>\S+) pending:? ?(?P<why>.*)"),
        check=_storage_class,
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="etcd's volume claim {claim} is pending on {storage_class}: {why}",
        next_step=(
            "Look at the claim's events in namespace {cpns}; the storage class of etcd cannot be changed after "
            "creation, so make the class work or create the cluster again with another one."
        ),
        reason="the condition's message copies the claim's trouble (platform_facts#8.1, #11.10)",
        starting=(Severity.ERROR, Health.BLOCKED),
    ),
    Rule(
        code="etcd_missing",
        title="etcd does not exist",
        conditions=("EtcdAvailable",),
        reasons=frozenset({"StatefulSetNotFound"}),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the StatefulSet of etcd does not exist",
        next_step="Check that Deployment control-plane-operator in namespace {cpns} runs; it creates etcd.",
        reason="the StatefulSet is created by the control-plane operator only (platform_facts#8.1, #O.4)",
        starting=COMING,
    ),
    Rule(
        code="etcd_no_quorum",
        title="etcd has no quorum",
        conditions=("EtcdAvailable",),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="etcd has no quorum: {message}",
        next_step=(
            "Look at the pods and volumes app=etcd in namespace {cpns}: Pending pods lack a node in their own zone "
            "or a volume; with two failing members do not delete anything and restore from a snapshot."
        ),
        reason=(
            "quorum needs more than half of the members Ready; pods must sit in different zones (platform_facts#2.2,"
            " #8.1, #8.2)"
        ),
        starting=COMING,
    ),
    Rule(
        code="unmanaged_etcd_unavailable",
        title="The external etcd cannot be used",
        conditions=("UnmanagedEtcdAvailable",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the external etcd cannot be used: {message}",
        next_step=(
            "Correct the Secret of spec.etcd.unmanaged.tls in namespace {namespace}: keys etcd-client-ca.crt,"
            " etcd-client.crt and etcd-client.key."
        ),
        reason="the operator only checks the client Secret of an unmanaged etcd (platform_facts#0.3, #0.5)",
        stops=goals("healthy"),
        stops_new=goals("available"),
    ),
)
