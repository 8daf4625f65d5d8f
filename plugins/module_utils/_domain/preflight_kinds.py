# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a preflight of a management cluster reads. Private to hypershift.core.

Source: facts 0.1, 1.4, 1.6, 2.4, 2.6, 11.8. ``PROVIDERS`` says what to install where the kind of an optional operator is not served.
"""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import (
    CLUSTER_VERSION,
    CONFIG_MAP,
    DEPLOYMENT,
    HOSTED_CLUSTER,
    MULTICLUSTER_ENGINE,
    POD,
    Kind,
)
from ansible_collections.hypershift.core.plugins.module_utils._domain.management_kinds import (
    ADD_ON_CONFIG,
    AGENT_SERVICE_CONFIG,
    API_SERVICE,
    HYPER_CONVERGED,
    INFRASTRUCTURE,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    NETWORK,
    NODE,
    PROVISIONING,
    STORAGE_CLASS,
)

OPERATOR_NAMESPACE = "hypershift"
# What is listed, once each; a namespace where one is enough.
READ: tuple[tuple[Kind, str | None], ...] = (
    (API_SERVICE, None),
    (CLUSTER_VERSION, None),
    (MULTICLUSTER_ENGINE, None),
    (ADD_ON_CONFIG, "multicluster-engine"),
    (DEPLOYMENT, OPERATOR_NAMESPACE),
    (HOSTED_CLUSTER, None),
    (STORAGE_CLASS, None),
    (NODE, None),
    (POD, None),
    (INFRASTRUCTURE, None),
    (NETWORK, None),
    (IP_ADDRESS_POOL, None),
    (INGRESS_CONTROLLER, "openshift-ingress-operator"),
    (HYPER_CONVERGED, None),
    (AGENT_SERVICE_CONFIG, None),
    (PROVISIONING, None),
)
NAMESPACE_OF = {**dict(READ), CONFIG_MAP: OPERATOR_NAMESPACE}  # of that one alone: supported-versions

FROM_ENGINE = frozenset({HOSTED_CLUSTER, AGENT_SERVICE_CONFIG})  # served once the engine is there, by its components
_OPENSHIFT = "This kind belongs to OpenShift itself: check that the kubeconfig names an OpenShift management cluster."
PROVIDERS: dict[Kind, str] = {
    CLUSTER_VERSION: _OPENSHIFT,
    INFRASTRUCTURE: _OPENSHIFT,
    NETWORK: _OPENSHIFT,
    INGRESS_CONTROLLER: _OPENSHIFT,
    MULTICLUSTER_ENGINE: "Install it (playbook hypershift.core.multicluster_engine).",
    HOSTED_CLUSTER: "Enable component hypershift of the multicluster engine, which installs the HyperShift operator.",
    IP_ADDRESS_POOL: "Install the MetalLB operator and create an IPAddressPool, or make sure that something else serves load balancers.",
    HYPER_CONVERGED: "Install OpenShift Virtualization 4.14 or newer and create a HyperConverged.",
    AGENT_SERVICE_CONFIG: "Enable component assisted-service of the multicluster engine and create AgentServiceConfig agent.",
    PROVISIONING: "Create Provisioning provisioning-configuration with watchAllNamespaces, when BareMetalHosts are to be used.",
}
