# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The workloads of a hosted control plane: which exist, what each waits for, how many replicas it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .names import Obj

API_CRITICAL = frozenset(
    {"kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver", "oauth-openshift", "router", "packageserver"}
)
# Deployed by the HyperShift operator itself, before the control plane operator can do anything.
BY_OPERATOR = frozenset({"control-plane-operator", "cluster-api", "capi-provider"})
_ON_OPENSHIFT_APISERVER = frozenset(
    {
        "oauth-openshift",
        "openshift-oauth-apiserver",
        "cluster-version-operator",
        "cluster-network-operator",
        "cluster-node-tuning-operator",
        "ingress-operator",
        "dns-operator",
        "cluster-storage-operator",
        "openshift-controller-manager",
        "openshift-route-controller-manager",
        "cluster-policy-controller",
        "cluster-image-registry-operator",
        "certified-operators-catalog",
        "community-operators-catalog",
        "redhat-operators-catalog",
    }
)
_ON_IGNITION_SERVER = frozenset({"ignition-server-proxy", "router"})
_ON_NOTHING = BY_OPERATOR | {"etcd", "featuregate-generator", "ignition-server"}

_ALWAYS = [
    *("control-plane-operator", "cluster-api", "capi-provider", "featuregate-generator", "kube-apiserver"),
    *("ignition-server", "ignition-server-proxy", "control-plane-pki-operator", "kube-controller-manager"),
    *("kube-scheduler", "openshift-apiserver", "openshift-oauth-apiserver", "oauth-openshift"),
    *("openshift-controller-manager", "openshift-route-controller-manager", "cluster-policy-controller"),
    *("cluster-version-operator", "cluster-network-operator", "cluster-node-tuning-operator"),
    *("cluster-storage-operator", "csi-snapshot-controller-operator", "csi-snapshot-controller", "dns-operator"),
    *("hosted-cluster-config-operator", "konnectivity-agent", "machine-approver", "cluster-autoscaler"),
    *("catalog-operator", "olm-operator", "packageserver", "olm-collect-profiles"),
    *("kube-storage-version-migrator", "endpoint-resolver", "metrics-proxy"),
]
_OPTIONAL_BY_CAPABILITY = {"cluster-image-registry-operator": "ImageRegistry", "ingress-operator": "Ingress"}
_CATALOGS = ["certified-operators-catalog", "community-operators-catalog", "redhat-operators-catalog"]
_BY_PLATFORM = {
    "AWS": ["aws-cloud-controller-manager", "aws-ebs-csi-driver-operator", "aws-ebs-csi-driver-controller"],
    "KubeVirt": ["kubevirt-cloud-controller-manager", "kubevirt-csi-controller"],
    "Azure": ["azure-cloud-controller-manager", "azure-disk-csi-driver-controller"],
    "OpenStack": ["openstack-cloud-controller-manager", "openstack-manila-csi-controllerplugin"],
    "PowerVS": ["powervs-cloud-controller-manager", "powervs-block-csi-driver-controller"],
}


@dataclass(frozen=True)
class Component:
    name: str
    kind: str = "Deployment"

    @property
    def by_operator(self) -> bool:
        return self.name in BY_OPERATOR

    def dependencies(self, etcd: Sequence[str]) -> list[str]:
        if self.name in _ON_NOTHING or self.kind == "StatefulSet":
            return []
        if self.name == "kube-apiserver":
            return [*etcd, "featuregate-generator"]
        if self.name in _ON_IGNITION_SERVER:
            return ["ignition-server"]
        if self.name in _ON_OPENSHIFT_APISERVER:
            return ["kube-apiserver", "openshift-apiserver"]
        return ["kube-apiserver"]

    def replicas(self, spec: Obj) -> int:
        if spec.get("controllerAvailabilityPolicy", "HighlyAvailable") != "HighlyAvailable":
            return 1
        return 3 if self.name in API_CRITICAL or self.kind == "StatefulSet" else 2


_KINDS = {"featuregate-generator": "Job", "olm-collect-profiles": "CronJob"}


def of(spec: Obj, etcd: Sequence[str] = ("etcd",)) -> list[Component]:
    """The components of a control plane, those that others wait for first."""
    platform = spec["platform"]["type"]
    names = [name for name in _ALWAYS if not (platform == "None" and name in ("cluster-api", "capi-provider"))]
    if spec["etcd"]["managementType"] == "Managed":
        place = names.index("featuregate-generator")
        names[place:place] = etcd
    disabled = (spec.get("capabilities") or {}).get("disabled") or []
    names += [name for name, capability in _OPTIONAL_BY_CAPABILITY.items() if capability not in disabled]
    if spec.get("olmCatalogPlacement", "management") == "management":
        names += _CATALOGS
    if _has_router(spec):
        names.append("router")
    kinds = {**_KINDS, **dict.fromkeys(etcd, "StatefulSet")}
    return [Component(name, kinds.get(name, "Deployment")) for name in [*names, *_BY_PLATFORM.get(platform, [])]]


def _has_router(spec: Obj) -> bool:
    return any(
        service["servicePublishingStrategy"]["type"] == "Route"
        and ((service["servicePublishingStrategy"].get("route") or {}).get("hostname") or service["service"] == "APIServer")
        for service in spec["services"]
    )
