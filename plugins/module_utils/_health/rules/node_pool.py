# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: what the operator refuses in a NodePool, and its updates."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import OF_POOL, Raw, Subject
from .pool_updates import POOL_UPDATE_RULES, drain_timeout
from .rule import COMING, DELETION, NOISE, Rule, goals, worded

_KIND = (OF_POOL,)
_STOPS = goals("nodes_ready", "node_pools_settled")


def _image(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"image": (subject.spec.get("release") or {}).get("image") or "<unset>"}


def _drain(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"timeout": drain_timeout(subject), "replicas": str(subject.status.get("replicas") or 0)}


NODE_POOL_RULES = (
    Rule(
        code="pool_older_than_supported",
        title="The node pool's release is older than the operator supports",
        kinds=_KIND,
        conditions=("ValidReleaseImage",),
        message=worded(r"minimum version supported"),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="release {image} is too old: {message}",
        next_step="Choose a release from the minimum that is named up to the control plane's version.",
        reason="each platform has a minimum (openshift/hypershift support/supportedversion)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_newer_than_control_plane",
        title="The node pool's release is newer than its control plane",
        kinds=_KIND,
        conditions=("ValidReleaseImage",),
        message=worded(
            r"version supported|higher than|cannot be (newer|greater)|attempting to use|downgrade|not supported"
        ),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="release {image} does not fit the control plane's version: {message}",
        next_step=(
            "Update the control plane first and wait for version_completed, or choose a release that is not newer "
            "and not a minor below the pool's own."
        ),
        reason=(
            "the minor version of a pool is capped by the control plane's completed one and may not go down"
            " (platform_facts#6.5)"
        ),
        stops=_STOPS,
    ),
    Rule(
        code="pool_release_image_invalid",
        title="The node pool's release image cannot be used",
        kinds=_KIND,
        conditions=("ValidReleaseImage",),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="release image {image} cannot be used: {message}",
        next_step=(
            "Check the reference and that the cluster's pull secret may read it, then correct spec.release.image of the"
            " pool."
        ),
        reason="no rollout starts while ValidReleaseImage is False (platform_facts#6.5)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_architecture_unsupported",
        title="The architecture does not fit platform or payload",
        kinds=_KIND,
        conditions=("ValidArchPlatform",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the pool's architecture cannot be used: {message}",
        next_step=(
            "Use an architecture the platform supports and a -multi release for mixed architectures; on Agent with "
            "IBM Z leave amd64."
        ),
        reason="each platform supports a fixed set of architectures (platform_facts#0.6)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_management_invalid",
        title="The update settings of the pool are not valid",
        kinds=_KIND,
        conditions=("UpdateManagementEnabled",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="spec.management is not valid: {message}",
        next_step="Correct spec.management; maxSurge and maxUnavailable must not both be 0.",
        reason="the operator stops at this check until the spec changes (platform_facts#6.5, #O.7)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_autoscaling_invalid",
        title="The autoscaling settings are not valid",
        kinds=_KIND,
        conditions=("AutoscalingEnabled",),
        reasons=frozenset({"ValidationFailed"}),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the scaling settings are not valid: {message}",
        next_step="Set either replicas or autoScaling; min 0 works on AWS and Azure only.",
        reason="False is normal while autoscaling is off, only this reason is a fault (platform_facts#0.6, #11.5)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_waits_for_core_config",
        title="The pool waits for the cluster's ignition configuration",
        kinds=_KIND,
        conditions=("ValidMachineConfig",),
        message=worded(r"core ignition config"),
        severity=Severity.WARNING,
        verdict=Health.PROGRESSING,
        cause="the pool waits for the ignition configuration of its cluster: {message}",
        next_step=(
            "Wait until the control plane is available; it writes ConfigMaps labelled core-ignition-config in namespace"
            " {cpns}."
        ),
        reason="the operator counts these ConfigMaps before it makes machines (platform_facts#O.7)",
        starting=COMING,
    ),
    Rule(
        code="pool_config_missing",
        title="A ConfigMap of the pool does not exist",
        kinds=_KIND,
        conditions=("ValidMachineConfig", "ValidTuningConfig"),
        message=worded(r"configmaps? \"?(?P<missing>[\w./-]+)\"?.*not found"),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="ConfigMap {missing} that the pool refers to does not exist",
        next_step=(
            "Create it in namespace {namespace} with key config (spec.config) or tuning (spec.tuningConfig), or "
            "remove the reference."
        ),
        reason="pool configuration is read from the namespace of the NodePool (platform_facts#4.1, #4.2)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_config_invalid",
        title="The machine configuration of the pool is not valid",
        kinds=_KIND,
        conditions=("ValidMachineConfig",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the machine configuration is not valid: {message}",
        next_step=(
            "Correct the ConfigMap named by spec.config: MachineConfig, KubeletConfig (one per pool), "
            "ContainerRuntimeConfig or image policies only."
        ),
        reason="anything else is refused and no rollout starts (platform_facts#4.1)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_tuning_invalid",
        title="The tuning configuration of the pool is not valid",
        kinds=_KIND,
        conditions=("ValidTuningConfig",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the tuning configuration is not valid: {message}",
        next_step=(
            "Correct the ConfigMap named by spec.tuningConfig: Tuned objects or exactly one PerformanceProfile, no"
            " unknown field."
        ),
        reason="tuning manifests are decoded strictly (platform_facts#4.2)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_platform_invalid",
        title="The platform settings of the pool are not valid",
        kinds=_KIND,
        conditions=("ValidPlatformConfig", "ValidMachineTemplate", "ValidPlatformImage"),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the platform settings cannot be used: {message}",
        next_step=(
            "Correct spec.platform of the pool; for an image that cannot be found, name it (ami, diskImage) or use"
            " another region."
        ),
        reason="machines are made from this template only (platform_facts#0.6)",
        stops=_STOPS,
    ),
    Rule(
        code="pool_security_group_missing",
        title="The pool waits for the cluster's security group",
        kinds=_KIND,
        conditions=("AWSSecurityGroupAvailable",),
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the pool has no security group: {message}",
        next_step=(
            "Wait for condition AWSDefaultSecurityGroupCreated of the cluster, or name security groups in the pool."
        ),
        reason="a pool without own groups uses the cluster's default one (platform_facts#0.6, #2.7)",
        starting=COMING,
    ),
    Rule(
        code="pool_payload_failed",
        title="The ignition payload could not be made",
        kinds=_KIND,
        conditions=("ValidGeneratedPayload",),
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the ignition payload of the pool could not be made: {message}",
        next_step=(
            "Read the log of Deployment ignition-server in namespace {cpns}; a wrong MachineConfig is the usual cause."
        ),
        reason="machines without a payload cannot join (platform_facts#0.6, #O.7)",
        starting=COMING,
        young=NOISE,
    ),
    Rule(
        code="pool_payload_config_invalid",
        title="The ignition payload rejects the pool's configuration",
        kinds=_KIND,
        conditions=("ValidGeneratedPayload",),
        status="Unknown",
        reasons=frozenset({"InvalidConfig"}),
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the ignition payload of the pool cannot be made from its configuration: {message}",
        next_step=(
            "Correct the ConfigMap of spec.config or spec.tuningConfig that is named; no node joins or is replaced"
            " until then."
        ),
        reason=(
            "the operator writes this reason with an empty status (openshift/hypershift nodepool/conditions.go,"
            " platform_facts#O.7)"
        ),
    ),
    Rule(
        code="pool_waits_for_ignition",
        title="The pool waits for the ignition endpoint",
        kinds=_KIND,
        conditions=("IgnitionEndpointAvailable",),
        severity=Severity.ERROR,
        verdict=Health.PROGRESSING,
        cause="the pool waits for the ignition endpoint of its cluster: {message}",
        next_step=(
            "Wait until the control plane is available; otherwise look at Service, Route and CA Secret of"
            " ignition-server in {cpns}."
        ),
        reason="the condition is there only while the endpoint is missing (platform_facts#0.6, #O.7)",
        starting=COMING,
    ),
    *POOL_UPDATE_RULES,
    Rule(
        code="pool_deleting",
        title="The node pool is being deleted",
        shows="a deletionTimestamp on the NodePool",
        kinds=_KIND,
        check=_drain,
        phase=DELETION,
        severity=Severity.INFO,
        verdict=Health.DELETING,
        cause="the pool is being deleted and waits for its machines ({replicas} left, nodeDrainTimeout {timeout})",
        next_step=(
            "If it takes long, look for Machines that cannot be drained in namespace {cpns}; a timeout of 0s waits for"
            " ever."
        ),
        reason="the finalizer stays until the last machine is gone (platform_facts#O.7)",
        stops=_STOPS,
    ),
)
