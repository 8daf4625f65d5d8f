# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Agent and InfraEnv of the assisted installer: hosts that wait to become nodes."""

from __future__ import annotations

from .crd import Column, Definition
from .schema import Schema, array, boolean, enum, integer, long, mapping, moment, obj, open_object, required, text, texts
from .shared import label_selector, local_reference, namespaced_name

_GROUP = "agent-install.openshift.io"


def assisted_conditions() -> Schema:
    fields = {
        "type": required(text()),
        "status": required(text()),
        "reason": text(),
        "message": text(),
        "lastHeartbeatTime": moment(),
        "lastTransitionTime": moment(),
    }
    return array(obj(fields))


def _reference() -> Schema:
    return obj({"name": required(text()), "namespace": required(text())})


def _agent_spec() -> Schema:
    plain = (
        *("fencingCredentialsSecretRef", "hostname", "ignitionConfigOverrides", "installation_disk_id"),
        *("installation_disk_path", "installerArgs", "machineConfigPool"),
    )
    return obj(
        {
            **{name: text() for name in plain},
            "approved": required(boolean()),
            "clusterDeploymentName": namespaced_name(),
            "ignitionEndpointHTTPHeaders": mapping(text()),
            "ignitionEndpointTokenReference": _reference(),
            "nodeLabels": mapping(text()),
            "role": required(text()),
        }
    )


def _inventory() -> Schema:
    processor = {"architecture": text(), "clockMegahertz": long(), "count": long(), "flags": texts(), "modelName": text()}
    vendor = {"manufacturer": text(), "productName": text(), "serialNumber": text(), "virtual": boolean()}
    return obj(
        {
            **{name: text() for name in ("bmcAddress", "bmcV6Address", "hostname")},
            "boot": obj({name: text() for name in ("currentBootMode", "deviceType", "pxeInterface")}),
            "cpu": obj(processor),
            "disks": array(open_object({"id": required(text())})),
            "gpus": array(obj({name: text() for name in ("address", "deviceID", "name", "vendor", "vendorID")})),
            "interfaces": array(open_object()),
            "memory": obj({"physicalBytes": long(), "usableBytes": long()}),
            "reportTime": moment(),
            "systemVendor": obj(vendor),
        }
    )


def _agent_status() -> Schema:
    progress = {
        "currentStage": text(),
        "installationPercentage": long(),
        "progressInfo": text(),
        "progressStages": texts(),
        "stageStartTime": moment(),
        "stageUpdateTime": moment(),
    }
    validation = obj({name: required(text()) for name in ("id", "message", "status")})
    deprovision = ("cluster_name", "cluster_namespace", "message", "node_name")
    return obj(
        {
            "bootstrap": boolean(),
            "conditions": assisted_conditions(),
            "csrStatus": open_object(),
            "debugInfo": obj({name: text() for name in ("eventsURL", "logsURL", "state", "stateInfo")}),
            "deprovision_info": obj({name: text() for name in deprovision}),
            "installation_disk_id": text(),
            "inventory": _inventory(),
            "kind": text(),
            "ntpSources": array(obj({"sourceName": text(), "sourceState": text()})),
            "progress": obj(progress),
            "role": text(),
            "validationsInfo": mapping(array(validation)),
        }
    )


def _infra_env_spec() -> Schema:
    argument = {
        "operation": enum("append", "replace", "delete"),
        "value": text(pattern=r'^(?:(?:[^ \t\n\r"]+)|(?:"[^"]*"))+$'),
    }
    plain = ("additionalTrustBundle", "ignitionConfigOverride", "imageType", "osImageVersion", "sshAuthorizedKey")
    return obj(
        {
            **{name: text() for name in plain},
            "additionalNTPSources": texts(),
            "agentApproval": obj({"autoApprove": boolean(default=False)}),
            "agentLabels": mapping(text()),
            "clusterRef": namespaced_name(),
            "cpuArchitecture": text(default="x86_64"),
            "ipxeScriptType": enum("", "DiscoveryImageAlways", "BootOrderControl", default="DiscoveryImageAlways"),
            "kernelArguments": array(obj(argument)),
            "mirrorRegistryRef": _reference(),
            "networkDiscoveryDelaySeconds": integer(0, format="int64"),
            "nmStateConfigLabelSelector": label_selector(),
            "ntpSources": texts(),
            "proxy": obj({name: text() for name in ("httpProxy", "httpsProxy", "noProxy")}),
            "pullSecretRef": required(local_reference()),
        }
    )


def _infra_env_status() -> Schema:
    artifacts = ("discoveryIgnitionURL", "initrd", "ipxeScript", "kernel", "rootfs")
    return obj(
        {
            "agentLabelSelector": label_selector(),
            "bootArtifacts": obj({name: text() for name in artifacts}),
            "conditions": assisted_conditions(),
            "createdTime": moment(),
            "debugInfo": obj({"eventsURL": text(), "staticNetworkDownloadURL": text()}),
            "isoDownloadURL": text(),
        }
    )


AGENT = Definition(
    group=_GROUP,
    version="v1beta1",
    kind="Agent",
    plural="agents",
    columns=[
        Column("Cluster", ".spec.clusterDeploymentName.name"),
        Column("Approved", ".spec.approved", "boolean"),
        Column("Role", ".status.role"),
        Column("Stage", ".status.progress.currentStage"),
        Column("Hostname", ".status.inventory.hostname", priority=1),
        Column("Requested Hostname", ".spec.hostname", priority=1),
    ],
    spec=_agent_spec(),
    status=_agent_status(),
)
INFRA_ENV = Definition(
    group=_GROUP,
    version="v1beta1",
    kind="InfraEnv",
    plural="infraenvs",
    columns=[Column("ISO Created At", ".status.createdTime"), Column("ISO URL", ".status.isoDownloadURL", priority=1)],
    spec=_infra_env_spec(),
    status=_infra_env_status(),
)
