# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kinds that the simulator reads or writes, and where the API serves them."""

from __future__ import annotations

from dataclasses import dataclass

from .names import Obj


@dataclass(frozen=True)
class Kind:
    kind: str
    group: str
    version: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        parts = [self.plural, name, subresource]
        return f"{self.root}{scope}/" + "/".join(part for part in parts if part)


_HYPERSHIFT = ("hypershift.openshift.io", "v1beta1")
_CAPI = ("cluster.x-k8s.io", "v1beta1")
_KUBEVIRT = ("infrastructure.cluster.x-k8s.io", "v1alpha1")
_AWS = ("infrastructure.cluster.x-k8s.io", "v1beta2")
_AGENT = ("capi-provider.agent-install.openshift.io", "v1beta1")
_OLM = ("operators.coreos.com", "v1alpha1")
_ADD_ON = ("addon.open-cluster-management.io", "v1alpha1")
_ASSISTED = ("agent-install.openshift.io", "v1beta1")

_ALL = [
    Kind("HostedCluster", *_HYPERSHIFT, "hostedclusters"),
    Kind("NodePool", *_HYPERSHIFT, "nodepools"),
    Kind("HostedControlPlane", *_HYPERSHIFT, "hostedcontrolplanes"),
    Kind("ControlPlaneComponent", *_HYPERSHIFT, "controlplanecomponents"),
    Kind("AWSEndpointService", *_HYPERSHIFT, "awsendpointservices"),
    Kind("Cluster", *_CAPI, "clusters"),
    Kind("MachineDeployment", *_CAPI, "machinedeployments"),
    Kind("MachineSet", *_CAPI, "machinesets"),
    Kind("Machine", *_CAPI, "machines"),
    Kind("MachineHealthCheck", *_CAPI, "machinehealthchecks"),
    Kind("KubevirtCluster", *_KUBEVIRT, "kubevirtclusters"),
    Kind("KubevirtMachineTemplate", *_KUBEVIRT, "kubevirtmachinetemplates"),
    Kind("KubevirtMachine", *_KUBEVIRT, "kubevirtmachines"),
    Kind("AWSCluster", *_AWS, "awsclusters"),
    Kind("AWSMachineTemplate", *_AWS, "awsmachinetemplates"),
    Kind("AWSMachine", *_AWS, "awsmachines"),
    Kind("AgentCluster", *_AGENT, "agentclusters"),
    Kind("AgentMachineTemplate", *_AGENT, "agentmachinetemplates"),
    Kind("AgentMachine", *_AGENT, "agentmachines"),
    Kind("Namespace", "", "v1", "namespaces", namespaced=False),
    Kind("Secret", "", "v1", "secrets"),
    Kind("ConfigMap", "", "v1", "configmaps"),
    Kind("Service", "", "v1", "services"),
    Kind("Event", "", "v1", "events"),
    Kind("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims"),
    Kind("Deployment", "apps", "v1", "deployments"),
    Kind("StatefulSet", "apps", "v1", "statefulsets"),
    Kind("Job", "batch", "v1", "jobs"),
    Kind("CronJob", "batch", "v1", "cronjobs"),
    Kind("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets"),
    Kind("PriorityClass", "scheduling.k8s.io", "v1", "priorityclasses", namespaced=False),
    Kind("CustomResourceDefinition", "apiextensions.k8s.io", "v1", "customresourcedefinitions", namespaced=False),
]
# Of the management cluster itself: see the package management.
_MANAGEMENT = [
    Kind("CatalogSource", *_OLM, "catalogsources"),
    Kind("Subscription", *_OLM, "subscriptions"),
    Kind("InstallPlan", *_OLM, "installplans"),
    Kind("ClusterServiceVersion", *_OLM, "clusterserviceversions"),
    Kind("OperatorGroup", _OLM[0], "v1", "operatorgroups"),
    Kind("MultiClusterEngine", "multicluster.openshift.io", "v1", "multiclusterengines", namespaced=False),
    Kind("ManagedCluster", "cluster.open-cluster-management.io", "v1", "managedclusters", namespaced=False),
    Kind("ManagedClusterAddOn", *_ADD_ON, "managedclusteraddons"),
    Kind("AddOnDeploymentConfig", *_ADD_ON, "addondeploymentconfigs"),
    Kind("AgentServiceConfig", *_ASSISTED, "agentserviceconfigs", namespaced=False),
    Kind("InfraEnv", *_ASSISTED, "infraenvs"),
    Kind("Agent", *_ASSISTED, "agents"),
    Kind("IPAddressPool", "metallb.io", "v1beta1", "ipaddresspools"),
    Kind("MetalLB", "metallb.io", "v1beta1", "metallbs"),
]
_ALL += _MANAGEMENT
KINDS: dict[str, Kind] = {kind.kind: kind for kind in _ALL}

MANAGEMENT = frozenset(kind.kind for kind in _MANAGEMENT)

# Written once and never looked at again: no need to watch them.
UNWATCHED = frozenset({"PriorityClass", "CronJob", "PodDisruptionBudget", "CustomResourceDefinition", "Event"})
# What only the full profile makes.
WORKLOADS = frozenset({"Deployment", "StatefulSet", "Job", "CronJob", "PersistentVolumeClaim"})
# Present only where the provider's definitions are loaded; the simulator does without them.
OPTIONAL = frozenset(kind.kind for kind in _ALL if kind.group in (_KUBEVIRT[0], _AGENT[0])) | {"AWSEndpointService"} | MANAGEMENT


def new(kind: str, name: str, namespace: str = "", **fields: object) -> Obj:
    known = KINDS[kind]
    metadata: Obj = {"name": name}
    if known.namespaced:
        metadata["namespace"] = namespace
    return {"apiVersion": known.api_version, "kind": kind, "metadata": metadata, **fields}


def key(obj: Obj) -> tuple[str, str, str]:
    metadata = obj["metadata"]
    return obj["kind"], metadata.get("namespace", ""), metadata["name"]
