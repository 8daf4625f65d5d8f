# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kinds of Cluster API, in the version that the platform writes."""

from __future__ import annotations

from .crd import AGE, Column, Definition
from .schema import Schema, array, boolean, enum, int_or_text, integer, long, mapping, moment, obj, open_object, required, text
from .shared import (
    LABEL_KEY_PATTERN,
    cluster_api_conditions,
    failure_domains,
    label_selector,
    later_conditions,
    machine_addresses,
    object_reference,
)

_CLUSTER = Column("Cluster", ".spec.clusterName")
_PHASE = Column("Phase", ".status.phase")
_SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}


def _cluster_name() -> Schema:
    return required(text(min=1, max=63))


def _gates() -> Schema:
    gate = {"conditionType": required(text(min=1, max=316, pattern=LABEL_KEY_PATTERN)), "polarity": enum("Positive", "Negative")}
    return array(obj(gate), max=32, keys=["conditionType"])


def _taints() -> Schema:
    name = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    value = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
    fields = {
        "effect": required(enum("NoSchedule", "PreferNoSchedule", "NoExecute")),
        "key": required(text(min=1, max=317, pattern=rf"^({name}(\.{name})*\/)?{value}$")),
        "propagation": required(enum("Always", "OnInitialization")),
        "value": text(min=1, max=63, pattern=f"^({value})?$"),
    }
    return array(obj(fields), min=1, max=64, keys=["key", "effect"])


def _machine_spec() -> Schema:
    return obj(
        {
            "bootstrap": required(obj({"configRef": object_reference(), "dataSecretName": text(min=0, max=253)})),
            "clusterName": _cluster_name(),
            "failureDomain": text(min=1, max=256),
            "infrastructureRef": required(object_reference()),
            "nodeDeletionTimeout": text(),
            "nodeDrainTimeout": text(),
            "nodeVolumeDetachTimeout": text(),
            "providerID": text(min=1, max=512),
            "readinessGates": _gates(),
            "taints": _taints(),
            "version": text(min=1, max=256),
        }
    )


def _machine_template() -> Schema:
    metadata = {"annotations": mapping(text()), "labels": mapping(text())}
    return obj({"metadata": obj(metadata), "spec": _machine_spec()})


def _naming() -> Schema:
    return obj({"template": text(min=1, max=256)})


def _failure() -> dict[str, Schema]:
    return {"failureMessage": text(min=1, max=10240), "failureReason": text()}


def _base_status() -> dict[str, Schema]:
    return {"conditions": cluster_api_conditions(), "observedGeneration": long(), "v1beta2": later_conditions()}


def _counts(*names: str) -> dict[str, Schema]:
    return {name: integer() for name in ("replicas", "readyReplicas", "availableReplicas", *names)}


def _definition(kind: str, short_names: list[str], **more: object) -> Definition:
    plural = f"{kind.lower()}s"
    return Definition(
        "cluster.x-k8s.io",
        "v1beta1",
        kind,
        plural,
        short_names=short_names,
        categories=["cluster-api"],
        **more,  # type: ignore[arg-type]
    )


def _cluster() -> Definition:
    network = {name: obj({"cidrBlocks": required(array(text(min=1, max=43), max=100))}) for name in ("pods", "services")}
    phases = enum("Pending", "Provisioning", "Provisioned", "Deleting", "Failed", "Unknown")
    ready = {name: boolean() for name in ("controlPlaneReady", "infrastructureReady")}
    return _definition(
        "Cluster",
        ["cl"],
        columns=[_PHASE, AGE],
        spec=obj(
            {
                "availabilityGates": _gates(),
                "clusterNetwork": obj({**network, "apiServerPort": integer(), "serviceDomain": text(min=1, max=253)}),
                "controlPlaneEndpoint": obj({"host": text(max=512), "port": integer()}),
                "controlPlaneRef": object_reference(),
                "infrastructureRef": object_reference(),
                "paused": boolean(),
                "topology": open_object(),
            }
        ),
        status=obj({**_base_status(), **_failure(), **ready, "failureDomains": failure_domains(), "phase": phases}),
    )


def _machine_deployment() -> Definition:
    rolling = {
        "deletePolicy": enum("Random", "Newest", "Oldest"),
        "maxSurge": int_or_text(),
        "maxUnavailable": int_or_text(),
    }
    strategy = {
        "remediation": obj({"maxInFlight": int_or_text()}),
        "rollingUpdate": obj(rolling),
        "type": enum("RollingUpdate", "OnDelete"),
    }
    numbers = ("minReadySeconds", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit")
    phases = enum("ScalingUp", "ScalingDown", "Running", "Failed", "Unknown")
    columns = [Column(name.capitalize(), f".status.{name}Replicas", "integer") for name in ("ready", "updated", "unavailable")]
    return _definition(
        "MachineDeployment",
        ["md"],
        scale=_SCALE,
        columns=[_CLUSTER, Column("Replicas", ".status.replicas", "integer"), *columns, _PHASE, AGE],
        spec=obj(
            {
                **{name: integer() for name in numbers},
                "clusterName": _cluster_name(),
                "machineNamingStrategy": _naming(),
                "paused": boolean(),
                "rolloutAfter": moment(),
                "selector": required(label_selector()),
                "strategy": obj(strategy),
                "template": required(_machine_template()),
            }
        ),
        status=obj(
            {
                **_base_status(),
                **_counts("unavailableReplicas", "updatedReplicas"),
                "phase": phases,
                "selector": text(min=1, max=4096),
            }
        ),
    )


def _machine_set() -> Definition:
    columns = [Column(name.capitalize(), f".status.{name}Replicas", "integer") for name in ("ready", "available")]
    return _definition(
        "MachineSet",
        ["ms"],
        scale=_SCALE,
        columns=[_CLUSTER, Column("Replicas", ".status.replicas", "integer"), *columns, AGE],
        spec=obj(
            {
                "clusterName": _cluster_name(),
                "deletePolicy": enum("Random", "Newest", "Oldest"),
                "machineNamingStrategy": _naming(),
                "minReadySeconds": integer(),
                "replicas": integer(),
                "selector": required(label_selector()),
                "template": _machine_template(),
            }
        ),
        status=obj({**_base_status(), **_failure(), **_counts("fullyLabeledReplicas"), "selector": text(min=1, max=4096)}),
    )


_NODE_INFO = (
    *("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion"),
    *("machineID", "operatingSystem", "osImage", "systemUUID"),
)


def _machine() -> Definition:
    node_info = {name: required(text()) for name in _NODE_INFO} | {"swap": obj({"capacity": long()})}
    phases = enum("Pending", "Provisioning", "Provisioned", "Running", "Deleting", "Deleted", "Failed", "Unknown")
    times = obj({"nodeDrainStartTime": moment(), "waitForNodeVolumeDetachStartTime": moment()})
    return _definition(
        "Machine",
        ["ma"],
        columns=[
            _CLUSTER,
            Column("NodeName", ".status.nodeRef.name"),
            Column("ProviderID", ".spec.providerID"),
            _PHASE,
            AGE,
            Column("Version", ".spec.version"),
        ],
        spec=_machine_spec(),
        status=obj(
            {
                **_base_status(),
                **_failure(),
                **{name: boolean() for name in ("bootstrapReady", "infrastructureReady")},
                **{name: moment() for name in ("certificatesExpiryDate", "lastUpdated")},
                "addresses": machine_addresses(),
                "deletion": times,
                "nodeInfo": obj(node_info),
                "nodeRef": object_reference(),
                "phase": phases,
            }
        ),
    )


def _machine_health_check() -> Definition:
    unhealthy = {"type": required(text(min=1)), "status": required(text(min=1)), "timeout": required(text())}
    counts = {name: integer(0) for name in ("currentHealthy", "expectedMachines", "remediationsAllowed")}
    return _definition(
        "MachineHealthCheck",
        ["mhc", "mhcs"],
        columns=[
            _CLUSTER,
            Column("ExpectedMachines", ".status.expectedMachines", "integer"),
            Column("MaxUnhealthy", ".spec.maxUnhealthy"),
            Column("CurrentHealthy", ".status.currentHealthy", "integer"),
            AGE,
        ],
        spec=obj(
            {
                "clusterName": _cluster_name(),
                "maxUnhealthy": int_or_text(),
                "nodeStartupTimeout": text(),
                "remediationTemplate": object_reference(),
                "selector": required(label_selector()),
                "unhealthyConditions": array(obj(unhealthy), max=100),
                "unhealthyMachineConditions": array(open_object(), min=1, max=100, kind="atomic"),
                "unhealthyRange": text(min=1, max=32, pattern=r"^\[[0-9]+-[0-9]+\]$"),
            }
        ),
        status=obj({**_base_status(), **counts, "targets": array(text(min=1, max=253), max=10000)}),
    )


CLUSTER_API = [_cluster(), _machine_deployment(), _machine_set(), _machine(), _machine_health_check()]
