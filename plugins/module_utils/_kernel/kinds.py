# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kinds the collection talks to, with fixed REST paths: no API discovery.

Source: platform_facts#0.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .errors import ApiError, Failure
from .printable import one_line

# What an API server takes as a name is less than this; RBAC has names with a colon. A dot or two alone, a slash, a
# percent sign lead elsewhere.
_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._:@+=~^-]{1,253}\Z")
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


@dataclass(frozen=True)
class Kind:
    """A REST resource. ``other_versions`` are tried, newest last, when the first one is not served.

    essential: where it is not served there is no HyperShift, and a list is not empty but wrong.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    other_versions: tuple[str, ...] = ()
    essential: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """``plural.group`` as RBAC messages and kubectl spell it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None, version: str = "") -> str:
        """Path of a collection, or of one object. Raises ApiError (invalid_name) when a name would lead elsewhere."""
        root = f"/apis/{self.group}/{version or self.version}" if self.group else f"/api/{version or self.version}"
        parts = [root]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(checked_namespace(namespace), safe="")]
        parts.append(self.plural)
        if name:
            parts.append(quote(self.checked(name), safe=""))
        return "/".join(parts)

    def checked(self, name: str) -> str:
        """The name, when it can be one of an object. Raises ApiError (invalid_name)."""
        if not _SEGMENT.match(name):
            raise _no_name(self.resource, name)
        return name

    def ref(self, namespace: str | None, name: str) -> str:
        """``Kind namespace/name`` as it stands in every message."""
        return f"{self.kind} {namespace}/{name}" if self.namespaced and namespace else f"{self.kind} {name}"

    def manifest(self, name: str, namespace: str | None = None, **body: Any) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": name}
        if self.namespaced and namespace:
            metadata["namespace"] = namespace
        return {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata, **body}


def checked_namespace(name: str) -> str:
    """The name, when it can be one of a namespace. Raises ApiError (invalid_name)."""
    if not _NAMESPACE.match(name):
        raise _no_name("namespaces", name)
    return name


def _no_name(resource: str, name: str) -> ApiError:
    step = "Look at the object or the option that names it, and at who wrote it; nothing was asked."
    return ApiError(Failure("invalid_name", f"{one_line(name, 80)!r} is no name of {resource}", next_step=step), 400)


HYPERSHIFT_GROUP = "hypershift.openshift.io"
CAPI_GROUP = "cluster.x-k8s.io"

HOSTED_CLUSTER = Kind(HYPERSHIFT_GROUP, "v1beta1", "HostedCluster", "hostedclusters", essential=True)
NODE_POOL = Kind(HYPERSHIFT_GROUP, "v1beta1", "NodePool", "nodepools", essential=True)
HOSTED_CONTROL_PLANE = Kind(HYPERSHIFT_GROUP, "v1beta1", "HostedControlPlane", "hostedcontrolplanes")
CAPI_CLUSTER = Kind(CAPI_GROUP, "v1beta1", "Cluster", "clusters", other_versions=("v1beta2",))
MACHINE_DEPLOYMENT = Kind(CAPI_GROUP, "v1beta1", "MachineDeployment", "machinedeployments", other_versions=("v1beta2",))
MACHINE_SET = Kind(CAPI_GROUP, "v1beta1", "MachineSet", "machinesets", other_versions=("v1beta2",))
MACHINE = Kind(CAPI_GROUP, "v1beta1", "Machine", "machines", other_versions=("v1beta2",))
MACHINE_HEALTH_CHECK = Kind(
    CAPI_GROUP, "v1beta1", "MachineHealthCheck", "machinehealthchecks", other_versions=("v1beta2",)
)
NAMESPACE = Kind("", "v1", "Namespace", "namespaces", namespaced=False)
SECRET = Kind("", "v1", "Secret", "secrets")
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configmaps")
POD = Kind("", "v1", "Pod", "pods")
POD_EXEC = Kind("", "v1", "Pod", "pods/exec")  # for messages and RBAC
POD_LOG = Kind("", "v1", "Pod", "pods/log")
PERSISTENT_VOLUME_CLAIM = Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
STATEFUL_SET = Kind("apps", "v1", "StatefulSet", "statefulsets")
DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments")
REPLICA_SET = Kind("apps", "v1", "ReplicaSet", "replicasets")
JOB = Kind("batch", "v1", "Job", "jobs")
LEASE = Kind("coordination.k8s.io", "v1", "Lease", "leases")
NODE_HEALTH_CHECK = Kind("remediation.medik8s.io", "v1alpha1", "NodeHealthCheck", "nodehealthchecks", namespaced=False)
MULTICLUSTER_ENGINE = Kind(
    "multicluster.openshift.io", "v1", "MultiClusterEngine", "multiclusterengines", namespaced=False
)
CLUSTER_VERSION = Kind("config.openshift.io", "v1", "ClusterVersion", "clusterversions", namespaced=False)
MACHINE_CONFIG = Kind("machineconfiguration.openshift.io", "v1", "MachineConfig", "machineconfigs", namespaced=False)


def control_plane_namespace(namespace: str, name: str) -> str:
    """Namespace of the control plane: ``<HCNS>-<name>``, dots become dashes (platform_facts#O.1)."""
    return f"{namespace}-{name.replace('.', '-')}"


NODE = Kind("", "v1", "Node", "nodes", namespaced=False)
STORAGE_CLASS = Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced=False)
API_SERVICE = Kind("apiregistration.k8s.io", "v1", "APIService", "apiservices", namespaced=False)
INFRASTRUCTURE = Kind("config.openshift.io", "v1", "Infrastructure", "infrastructures", namespaced=False)
NETWORK = Kind("config.openshift.io", "v1", "Network", "networks", namespaced=False)
INGRESS_CONTROLLER = Kind("operator.openshift.io", "v1", "IngressController", "ingresscontrollers")
ADD_ON_CONFIG = Kind("addon.open-cluster-management.io", "v1alpha1", "AddOnDeploymentConfig", "addondeploymentconfigs")
IP_ADDRESS_POOL = Kind("metallb.io", "v1beta1", "IPAddressPool", "ipaddresspools")
HYPER_CONVERGED = Kind("hco.kubevirt.io", "v1beta1", "HyperConverged", "hyperconvergeds")
AGENT_SERVICE_CONFIG = Kind(
    "agent-install.openshift.io", "v1beta1", "AgentServiceConfig", "agentserviceconfigs", namespaced=False
)
PROVISIONING = Kind("metal3.io", "v1alpha1", "Provisioning", "provisionings", namespaced=False)
BARE_METAL_HOST = Kind("metal3.io", "v1alpha1", "BareMetalHost", "baremetalhosts")

SERVICE = Kind("", "v1", "Service", "services")
EVENT = Kind("", "v1", "Event", "events")
CUSTOM_RESOURCE_DEFINITION = Kind(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False
)

_OLM = "operators.coreos.com"
SUBSCRIPTION = Kind(_OLM, "v1alpha1", "Subscription", "subscriptions")
INSTALL_PLAN = Kind(_OLM, "v1alpha1", "InstallPlan", "installplans")
CLUSTER_SERVICE_VERSION = Kind(_OLM, "v1alpha1", "ClusterServiceVersion", "clusterserviceversions")
CATALOG_SOURCE = Kind(_OLM, "v1alpha1", "CatalogSource", "catalogsources")
OPERATOR_GROUP = Kind(_OLM, "v1", "OperatorGroup", "operatorgroups")

MULTICLUSTER_HUB = Kind("operator.open-cluster-management.io", "v1", "MultiClusterHub", "multiclusterhubs")
MANAGED_CLUSTER = Kind(
    "cluster.open-cluster-management.io", "v1", "ManagedCluster", "managedclusters", namespaced=False
)
MANAGED_CLUSTER_ADD_ON = Kind(
    "addon.open-cluster-management.io", "v1alpha1", "ManagedClusterAddOn", "managedclusteraddons"
)
KLUSTERLET_ADD_ON_CONFIG = Kind(
    "agent.open-cluster-management.io", "v1", "KlusterletAddonConfig", "klusterletaddonconfigs"
)

INFRA_ENV = Kind("agent-install.openshift.io", "v1beta1", "InfraEnv", "infraenvs")
AGENT = Kind("agent-install.openshift.io", "v1beta1", "Agent", "agents")
NMSTATE_CONFIG = Kind("agent-install.openshift.io", "v1beta1", "NMStateConfig", "nmstateconfigs")

L2_ADVERTISEMENT = Kind("metallb.io", "v1beta1", "L2Advertisement", "l2advertisements")
METALLB = Kind("metallb.io", "v1beta1", "MetalLB", "metallbs")

ROLE = Kind("rbac.authorization.k8s.io", "v1", "Role", "roles")

# What is only looked at, for support.
_MONITORING, _PROVIDER, _HOSTS = (
    "monitoring.coreos.com",
    "infrastructure.cluster.x-k8s.io",
    "capi-provider.agent-install.openshift.io",
)
CONTROL_PLANE_COMPONENT = Kind("hypershift.openshift.io", "v1beta1", "ControlPlaneComponent", "controlplanecomponents")
AWS_ENDPOINT_SERVICE = Kind("hypershift.openshift.io", "v1beta1", "AWSEndpointService", "awsendpointservices")
AWS_CLUSTER = Kind(_PROVIDER, "v1beta2", "AWSCluster", "awsclusters")
AWS_MACHINE = Kind(_PROVIDER, "v1beta2", "AWSMachine", "awsmachines")
AWS_MACHINE_TEMPLATE = Kind(_PROVIDER, "v1beta2", "AWSMachineTemplate", "awsmachinetemplates")
KUBEVIRT_CLUSTER = Kind(_PROVIDER, "v1alpha1", "KubevirtCluster", "kubevirtclusters")
KUBEVIRT_MACHINE = Kind(_PROVIDER, "v1alpha1", "KubevirtMachine", "kubevirtmachines")
KUBEVIRT_MACHINE_TEMPLATE = Kind(_PROVIDER, "v1alpha1", "KubevirtMachineTemplate", "kubevirtmachinetemplates")
VIRTUAL_MACHINE_INSTANCE = Kind("kubevirt.io", "v1", "VirtualMachineInstance", "virtualmachineinstances")
AGENT_CLUSTER = Kind(_HOSTS, "v1beta1", "AgentCluster", "agentclusters")
AGENT_MACHINE = Kind(_HOSTS, "v1beta1", "AgentMachine", "agentmachines")
AGENT_MACHINE_TEMPLATE = Kind(_HOSTS, "v1beta1", "AgentMachineTemplate", "agentmachinetemplates")
CRON_JOB = Kind("batch", "v1", "CronJob", "cronjobs")
POD_DISRUPTION_BUDGET = Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
NETWORK_POLICY = Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies")
ROUTE = Kind("route.openshift.io", "v1", "Route", "routes")
SERVICE_MONITOR = Kind(_MONITORING, "v1", "ServiceMonitor", "servicemonitors")
POD_MONITOR = Kind(_MONITORING, "v1", "PodMonitor", "podmonitors")
CLUSTER_OPERATOR = Kind("config.openshift.io", "v1", "ClusterOperator", "clusteroperators", namespaced=False)
