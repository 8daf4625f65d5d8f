# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kinds of the management cluster itself: OpenShift, OLM, add-ons, hosts, ingress. Private to hypershift.core.

Source: facts 0.1, 1.4 to 1.8, 2.4, 2.6, 11.8.
"""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import Kind

NODE = Kind("", "v1", "Node", "nodes", namespaced=False)
STORAGE_CLASS = Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced=False)
API_SERVICE = Kind("apiregistration.k8s.io", "v1", "APIService", "apiservices", namespaced=False)
INFRASTRUCTURE = Kind("config.openshift.io", "v1", "Infrastructure", "infrastructures", namespaced=False)
NETWORK = Kind("config.openshift.io", "v1", "Network", "networks", namespaced=False)
INGRESS_CONTROLLER = Kind("operator.openshift.io", "v1", "IngressController", "ingresscontrollers")
ADD_ON_CONFIG = Kind("addon.open-cluster-management.io", "v1alpha1", "AddOnDeploymentConfig", "addondeploymentconfigs")
IP_ADDRESS_POOL = Kind("metallb.io", "v1beta1", "IPAddressPool", "ipaddresspools")
HYPER_CONVERGED = Kind("hco.kubevirt.io", "v1beta1", "HyperConverged", "hyperconvergeds")
AGENT_SERVICE_CONFIG = Kind("agent-install.openshift.io", "v1beta1", "AgentServiceConfig", "agentserviceconfigs", namespaced=False)
PROVISIONING = Kind("metal3.io", "v1alpha1", "Provisioning", "provisionings", namespaced=False)
BARE_METAL_HOST = Kind("metal3.io", "v1alpha1", "BareMetalHost", "baremetalhosts")

SERVICE = Kind("", "v1", "Service", "services")
EVENT = Kind("", "v1", "Event", "events")
CUSTOM_RESOURCE_DEFINITION = Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)

_OLM = "operators.coreos.com"
SUBSCRIPTION = Kind(_OLM, "v1alpha1", "Subscription", "subscriptions")
INSTALL_PLAN = Kind(_OLM, "v1alpha1", "InstallPlan", "installplans")
CLUSTER_SERVICE_VERSION = Kind(_OLM, "v1alpha1", "ClusterServiceVersion", "clusterserviceversions")
CATALOG_SOURCE = Kind(_OLM, "v1alpha1", "CatalogSource", "catalogsources")
OPERATOR_GROUP = Kind(_OLM, "v1", "OperatorGroup", "operatorgroups")

MULTICLUSTER_HUB = Kind("operator.open-cluster-management.io", "v1", "MultiClusterHub", "multiclusterhubs")
MANAGED_CLUSTER = Kind("cluster.open-cluster-management.io", "v1", "ManagedCluster", "managedclusters", namespaced=False)
MANAGED_CLUSTER_ADD_ON = Kind("addon.open-cluster-management.io", "v1alpha1", "ManagedClusterAddOn", "managedclusteraddons")
KLUSTERLET_ADD_ON_CONFIG = Kind("agent.open-cluster-management.io", "v1", "KlusterletAddonConfig", "klusterletaddonconfigs")

INFRA_ENV = Kind("agent-install.openshift.io", "v1beta1", "InfraEnv", "infraenvs")
AGENT = Kind("agent-install.openshift.io", "v1beta1", "Agent", "agents")
NMSTATE_CONFIG = Kind("agent-install.openshift.io", "v1beta1", "NMStateConfig", "nmstateconfigs")

L2_ADVERTISEMENT = Kind("metallb.io", "v1beta1", "L2Advertisement", "l2advertisements")
METALLB = Kind("metallb.io", "v1beta1", "MetalLB", "metallbs")

ROLE = Kind("rbac.authorization.k8s.io", "v1", "Role", "roles")

# What is only looked at, for support.
_MONITORING, _PROVIDER, _HOSTS = "monitoring.coreos.com", "infrastructure.cluster.x-k8s.io", "capi-provider.agent-install.openshift.io"
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
