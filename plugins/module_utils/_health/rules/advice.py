# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: things a hosted cluster can live with for a while."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import Raw, Subject
from .rule import BOTH, COMING, NOISE, Rule


def _auto_node(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return {} if subject.spec.get("autoNode") else None


ADVICE_RULES = (
    Rule(
        code="identity_providers_invalid",
        title="An identity provider cannot be used",
        conditions=("ValidIDPConfiguration",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="users cannot log in through the configured identity providers: {message}",
        next_step=(
            "Correct spec.configuration.oauth and its Secrets in namespace {namespace}; OpenID is tested through a "
            "worker, so with 0 nodes it stays this way."
        ),
        reason="the control-plane operator asks the provider through konnectivity (platform_facts#3)",
        starting=NOISE,
    ),
    Rule(
        code="release_images_unused",
        title="Images of the release are missing that nothing waits for",
        conditions=("ValidReleaseInfo",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="images are not in the release, and the control plane runs without them: {message}",
        next_step=(
            "Mirror the complete release before the next update, or a component that is switched on later finds its"
            " image missing."
        ),
        reason=(
            "the condition lists what the payload lacks, needed or not, and holds nothing back"
            " (platform_facts#0.5, #11.7)"
        ),
    ),
    Rule(
        code="etcd_encryption_failed",
        title="Encryption of existing data failed",
        conditions=("EtcdDataEncryptionUpToDate",),
        reasons=frozenset({"ReEncryptionFailed"}),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="data in etcd could not be encrypted with the new key: {message}",
        next_step="Keep the previous key; look at the StorageVersionMigration objects of the hosted cluster.",
        reason="objects written under the old key need it until they are rewritten (platform_facts#0.5)",
    ),
    Rule(
        code="etcd_encryption_migrating",
        title="Data is being encrypted with a new key",
        conditions=("EtcdDataEncryptionUpToDate",),
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="data in etcd is being encrypted with the new key: {message}",
        next_step="Keep the previous key until this is done.",
        reason="objects written under the old key need it until they are rewritten (platform_facts#0.5)",
    ),
    Rule(
        code="restore_not_finished",
        title="The restore from a backup is not finished",
        conditions=("HostedClusterRestoredFromBackup",),
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the restore from a backup is not finished: {message}",
        next_step="Wait; do not change the cluster before it is True.",
        reason="the condition turns True when a restored cluster may be used (platform_facts#0.5, #8.8)",
    ),
    Rule(
        code="etcd_backup_running",
        title="A backup of etcd is running",
        conditions=("EtcdBackupSucceeded",),
        reasons=frozenset({"BackupInProgress"}),
        severity=Severity.INFO,
        verdict=Health.HEALTHY,
        cause="a backup of etcd is running",
        next_step="Wait for it before taking another one.",
        reason="the condition is False while a backup runs (platform_facts#0.5, #8.7)",
    ),
    Rule(
        code="etcd_backup_failed",
        title="The last backup of etcd failed",
        conditions=("EtcdBackupSucceeded",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="the last backup of etcd failed: {message}",
        next_step="Look at the backup objects in namespace {cpns} and take one by hand before any risky change.",
        reason="the condition tells of the most recent backup only (platform_facts#0.5, #8.7)",
    ),
    Rule(
        code="network_policy_not_applied",
        title="Tenant isolation of the virtual machines is not complete",
        conditions=("ValidKubeVirtInfraNetworkPolicyRBAC",),
        severity=Severity.WARNING,
        verdict=Health.DEGRADED,
        cause="the network policy of the virtual machines could not be applied: {message}",
        next_step="Give the infrastructure kubeconfig's account the rights that the message names.",
        reason="without it virtual machines of this cluster may reach more than they should (platform_facts#0.5, #2.6)",
    ),
    Rule(
        code="auto_node_not_ready",
        title="Automatic node provisioning is not ready",
        conditions=("AutoNodeEnabled",),
        check=_auto_node,
        severity=Severity.WARNING,
        verdict=Health.PROGRESSING,
        cause="automatic node provisioning is not ready: {message}",
        next_step="Look at the karpenter Deployments in namespace {cpns}.",
        reason="the condition is False also when the feature is simply off (platform_facts#0.5)",
        starting=COMING,
    ),
    Rule(
        code="not_upgradeable",
        title="Minor updates are held back",
        conditions=("ClusterVersionUpgradeable",),
        severity=Severity.INFO,
        verdict=Health.HEALTHY,
        cause="a minor update would be refused now: {message}",
        next_step="Resolve the named reason before the next minor update; patch updates are not affected.",
        reason="only a change of the minor version asks for Upgradeable (platform_facts#6.3)",
    ),
    Rule(
        code="no_update_channel",
        title="No update channel is set",
        conditions=("ClusterVersionRetrievedUpdates",),
        reasons=frozenset({"NoChannel"}),
        severity=Severity.INFO,
        verdict=Health.HEALTHY,
        cause="no update channel is set, so available updates are not known",
        next_step="Set spec.channel, for example stable-4.21.",
        reason="without a channel availableUpdates is null (platform_facts#6.2)",
    ),
    Rule(
        code="updates_not_retrieved",
        title="Available updates cannot be retrieved",
        conditions=("ClusterVersionRetrievedUpdates",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="available updates cannot be retrieved: {message}",
        next_step="Let the cluster reach the update service, or set spec.updateService to a local one.",
        reason="the version operator asks the update service through konnectivity (platform_facts#6.2)",
    ),
    Rule(
        code="kubevirt_mtu_low",
        title="The MTU under the virtual machines is low",
        conditions=("ValidKubeVirtInfraNetworkMTU",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="the network under the virtual machines has a low MTU, which costs throughput",
        next_step="Use an MTU of 9000 or more on the management cluster.",
        reason="packets are encapsulated twice (platform_facts#2.6)",
    ),
    Rule(
        code="nodes_not_live_migratable",
        title="Virtual machines cannot be migrated live",
        kinds=BOTH,
        conditions=("KubeVirtNodesLiveMigratable",),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="virtual machines cannot be migrated live: {message}",
        next_step=(
            "Use a storage class with ReadWriteMany; until then maintenance of a management node restarts workers."
        ),
        reason="live migration needs shared volumes (platform_facts#2.6)",
    ),
    Rule(
        code="validation_failed",
        title="The operator reports something as not valid",
        shows="any `Valid...=False` condition that this page does not name",
        kinds=BOTH,
        # Conditions that this collection does not know by name: Valid* ones of newer operators and other platforms.
        conditions=("Valid*",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the operator reports {condition} as false: {message}",
        next_step="Act on the message; the condition is newer than this collection's knowledge.",
        reason="conditions named Valid are True when all is well (platform_facts#0.5, #0.6)",
        young=NOISE,
    ),
)
