# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters, machines and machine templates of the infrastructure providers, as far as the platform writes them."""

from __future__ import annotations

from .crd import AGE, Column, Definition
from .schema import Schema, array, boolean, enum, integer, long, mapping, obj, open_object, quantity, required, text
from .shared import cluster_api_conditions, failure_domains, label_selector, machine_addresses, namespaced_name, object_reference

_INFRASTRUCTURE = "infrastructure.cluster.x-k8s.io"
_AGENT = "capi-provider.agent-install.openshift.io"
_READY = required(boolean(default=False))
_CAPI = ["cluster-api"]


def _machine_status(**more: Schema) -> Schema:
    fields = {
        "addresses": machine_addresses(),
        "conditions": cluster_api_conditions(),
        "failureMessage": text(),
        "failureReason": text(),
        "ready": boolean(),
    }
    return obj({**fields, **more})


def _cluster_status(**more: Schema) -> Schema:
    return obj({"conditions": cluster_api_conditions(), "failureDomains": failure_domains(), "ready": boolean(), **more})


def _template(spec: Schema, **more: Schema) -> Schema:
    return obj({"template": required(obj({"spec": required(spec), **more}))})


def _kubevirt_machine() -> Schema:
    machine = open_object({"runStrategy": text(), "template": required(open_object())})
    return obj(
        {
            "infraClusterSecretRef": object_reference(),
            "providerID": text(),
            "virtualMachineBootstrapCheck": obj({"checkStrategy": enum("none", "ssh", default="ssh")}),
            "virtualMachineTemplate": obj({"metadata": obj(nullable=True, open=True), "spec": machine}),
        }
    )


def _kubevirt() -> list[Definition]:
    ready = Column("Ready", ".status.ready", "boolean")
    cluster = {
        "controlPlaneEndpoint": obj({"host": required(text()), "port": required(integer(format=None))}),
        "controlPlaneServiceTemplate": open_object(),
        "infraClusterSecretRef": object_reference(),
        "sshKeys": obj({"configRef": object_reference(), "dataSecretName": text()}),
    }
    machine_status = _machine_status(ready=_READY, loadBalancerConfigured=boolean(), nodeupdated=boolean())
    template = _template(_kubevirt_machine())

    def definition(kind: str, **more: object) -> Definition:
        return Definition(_INFRASTRUCTURE, "v1alpha1", kind, f"{kind.lower()}s", categories=_CAPI, **more)  # type: ignore[arg-type]

    return [
        definition("KubevirtCluster", spec=obj(cluster), status=_cluster_status(ready=_READY)),
        definition("KubevirtMachine", spec=_kubevirt_machine(), status=machine_status, columns=[AGE, ready]),
        definition("KubevirtMachineTemplate", spec=template),
    ]


def _aws_resource() -> Schema:
    item = {"name": required(text()), "values": required(array(text()))}
    return obj({"filters": array(obj(item)), "id": text()})


def _aws_machine() -> Schema:
    volume = {
        "deviceName": text(),
        "encrypted": boolean(),
        "encryptionKey": text(),
        "iops": long(),
        "size": required(long(8)),
        "throughput": long(),
        "type": text(),
    }
    return open_object(
        {
            "additionalSecurityGroups": array(_aws_resource()),
            "ami": open_object({"id": text()}),
            "hostAffinity": enum("default", "host", default="default"),
            "iamInstanceProfile": text(),
            "instanceType": required(text(min=2)),
            "providerID": text(),
            "rootVolume": obj(volume),
            "subnet": _aws_resource(),
            "tenancy": enum("default", "dedicated", "host"),
        }
    )


def _aws() -> list[Definition]:
    name = Column("Cluster", r".metadata.labels.cluster\.x-k8s\.io/cluster-name")
    ready = Column("Ready", ".status.ready")
    vpc = {
        "availabilityZoneSelection": enum("Ordered", "Random", default="Ordered"),
        "availabilityZoneUsageLimit": integer(1, format=None, default=3),
        "id": text(),
        "subnetSchema": enum("PreferPrivate", "PreferPublic", default="PreferPrivate"),
    }
    cluster = {
        "controlPlaneEndpoint": obj({"host": text(max=512), "port": integer()}),
        "network": open_object({"vpc": open_object(vpc)}),
        "region": text(),
    }
    machine_status = _machine_status(instanceState=text(), interruptible=boolean(), dedicatedHost=obj({"id": text()}))
    metadata = obj({"annotations": mapping(text()), "labels": mapping(text())})
    template = _template(_aws_machine(), metadata=metadata)
    capacity = {"capacity": mapping(quantity()), "conditions": cluster_api_conditions(), "nodeInfo": open_object()}

    def definition(kind: str, short_name: str, **more: object) -> Definition:
        plural = f"{kind.lower()}s"
        return Definition(_INFRASTRUCTURE, "v1beta2", kind, plural, short_names=[short_name], categories=_CAPI, **more)  # type: ignore[arg-type]

    return [
        definition("AWSCluster", "awsc", spec=open_object(cluster), status=_aws_cluster_status(), columns=[name, ready]),
        definition("AWSMachine", "awsm", spec=_aws_machine(), status=machine_status, columns=[name, ready]),
        definition("AWSMachineTemplate", "awsmt", spec=template, status=obj(capacity)),
    ]


def _aws_cluster_status() -> Schema:
    return _cluster_status(ready=_READY, bastion=open_object(), networkStatus=open_object())


def _agent() -> list[Definition]:
    machine = obj({"agentLabelSelector": label_selector(), "providerID": text()})
    certificate = obj({"name": required(text()), "namespace": required(text())})
    cluster = {
        "controlPlaneEndpoint": obj({"host": text(max=512), "port": integer()}),
        "ignitionEndpoint": obj({"caCertificateReference": certificate, "url": text()}),
    }
    cluster_status = _cluster_status(clusterDeploymentReference=required(namespaced_name()))

    def definition(kind: str, **more: object) -> Definition:
        return Definition(_AGENT, "v1beta1", kind, f"{kind.lower()}s", **more)  # type: ignore[arg-type]

    return [
        definition("AgentCluster", spec=obj(cluster), status=cluster_status),
        definition("AgentMachine", spec=machine, status=_machine_status(agentRef=namespaced_name())),
        definition("AgentMachineTemplate", spec=_template(machine), short_names=["agentmt"], categories=_CAPI),
    ]


PROVIDERS = [*_kubevirt(), *_aws(), *_agent()]
