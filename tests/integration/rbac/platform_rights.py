# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules beneath agent_platform and kubevirt_platform ask for: a part of docs/rbac.md, held by tests/integration/platforms.

Rows: (verbs, resource, scope, when). ``always`` rows are asked for in every run of the module, the others when their words say so.
"""

from __future__ import annotations

CLUSTERS = "hostedclusters.hypershift.openshift.io"
CONFIGS, ENVS, AGENTS, NETWORKS = (
    f"{p}.agent-install.openshift.io" for p in ("agentserviceconfigs", "infraenvs", "agents", "nmstateconfigs")
)
POOLS, ADVERTISEMENTS, METALLBS = (f"{p}.metallb.io" for p in ("ipaddresspools", "l2advertisements", "metallbs"))
CONTROLLERS, API_SERVICES = "ingresscontrollers.operator.openshift.io", "apiservices.apiregistration.k8s.io"
PROVISIONINGS, BARE_METAL_HOSTS = "provisionings.metal3.io", "baremetalhosts.metal3.io"
ROLES, SERVICES, EVENTS, SECRETS, CONFIG_MAPS = "roles.rbac.authorization.k8s.io", "services", "events", "secrets", "configmaps"
ALL, AGENT, HOSTED, HOME, ENGINE, METALLB, INGRESS = "all", "agent", "hosted", "control_plane", "engine", "metallb", "ingress"
ALWAYS, PRESENT, ABSENT, CREATING, WAITING = "always", "with state `present`", "deleting", "creating", "waiting"
# Scope -> what the table says.
SCOPES = {
    ALL: "cluster-wide",
    AGENT: "the agents' namespace",
    HOSTED: "the hosted cluster's namespace",
    HOME: "its control plane's namespace",
    ENGINE: "namespace `multicluster-engine`",
    METALLB: "MetalLB's namespace",
    INGRESS: "namespace `openshift-ingress-operator`",
}
Rows = tuple[tuple[str, str, str, str], ...]
_MIRROR = "with `mirror_registry_config`"

AGENT_MODULES: dict[str, Rows] = {
    "assisted_service": (
        ("get", CONFIGS, ALL, ALWAYS),
        ("list", "multiclusterengines.multicluster.openshift.io", ALL, PRESENT),
        ("get", API_SERVICES, ALL, CREATING),
        ("list", "storageclasses.storage.k8s.io", ALL, "creating, when a storage names no class"),
        ("create", CONFIGS, ALL, CREATING),
        ("patch", CONFIGS, ALL, "changing; deleting what was added to a configuration of others"),
        ("list watch", CONFIGS, ALL, WAITING),
        ("get create patch", CONFIG_MAPS, ENGINE, _MIRROR),
        ("get", PROVISIONINGS, ALL, "with `bare_metal_hosts`; deleting"),
        ("patch", PROVISIONINGS, ALL, "with `bare_metal_hosts`, and deleting after it"),
        ("list", BARE_METAL_HOSTS, ALL, "deleting after `bare_metal_hosts`"),
        ("list", ENVS, ALL, ABSENT),
        ("list delete", CONFIG_MAPS, ENGINE, ABSENT),
        ("delete", CONFIGS, ALL, ABSENT),
    ),
    "infra_env": (
        ("get", ENVS, AGENT, ALWAYS),
        ("get", "namespaces", ALL, "with state `present`; deleting with `delete_namespace`"),
        ("create", "namespaces", ALL, "when the namespace does not exist"),
        ("get", CONFIGS, ALL, PRESENT),
        ("create", ENVS, AGENT, CREATING),
        ("patch", ENVS, AGENT, "changing"),
        ("list watch", ENVS, AGENT, "waiting; deleting"),
        ("get", SECRETS, AGENT, "with `pull_secret`; deleting"),
        ("create patch", SECRETS, AGENT, "with `pull_secret.content`"),
        ("get create patch", ROLES, AGENT, "with `capi_provider_role`"),
        ("*", AGENTS, AGENT, "with `capi_provider_role`: nobody may give what he does not have"),
        ("get list create patch delete", NETWORKS, AGENT, "with `nmstate_configs`"),
        ("list", AGENTS, AGENT, ABSENT),
        ("list", NETWORKS, AGENT, ABSENT),
        ("get", ROLES, AGENT, ABSENT),
        ("delete", ENVS, AGENT, ABSENT),
        ("delete", SECRETS, AGENT, ABSENT),
        ("delete", ROLES, AGENT, ABSENT),
        ("list", CLUSTERS, ALL, ABSENT),
        ("delete", "namespaces", ALL, "deleting with `delete_namespace`"),
    ),
    "agent": (
        ("list", AGENTS, AGENT, ALWAYS),
        ("patch", AGENTS, AGENT, "changing"),
        ("watch", AGENTS, AGENT, "waiting for `count`"),
        ("delete", AGENTS, AGENT, ABSENT),
    ),
    "agent_info": (("list", AGENTS, AGENT, "always; cluster-wide without `namespace`"),),
}
KUBEVIRT_MODULES: dict[str, Rows] = {
    "load_balancer_pool": (
        ("get", POOLS, METALLB, ALWAYS),
        ("list", POOLS, ALL, ALWAYS),
        ("list", METALLBS, ALL, PRESENT),
        ("get", API_SERVICES, ALL, CREATING),
        ("create", POOLS, METALLB, CREATING),
        ("patch", POOLS, METALLB, "changing"),
        ("get", ADVERTISEMENTS, METALLB, ALWAYS),
        ("create patch", ADVERTISEMENTS, METALLB, PRESENT),
        ("create", METALLBS, METALLB, "with `deploy_metallb`, when there is none"),
        ("list watch", METALLBS, METALLB, "waiting with `deploy_metallb`"),
        ("list", SERVICES, ALL, ABSENT),
        ("get delete", METALLBS, METALLB, ABSENT),
        ("delete", POOLS, METALLB, ABSENT),
        ("delete", ADVERTISEMENTS, METALLB, ABSENT),
    ),
    "ingress_wildcard_policy": (
        ("get", CONTROLLERS, INGRESS, ALWAYS),
        ("patch", CONTROLLERS, INGRESS, "changing; deleting"),
        ("list watch", CONTROLLERS, INGRESS, WAITING),
        ("list", CLUSTERS, ALL, ABSENT),
        ("get", API_SERVICES, ALL, "when there is no such IngressController; optional"),
    ),
    "kubevirt_ingress": (
        ("get", SERVICES, HOME, "always, but for a base domain that is passed through"),
        ("get", CLUSTERS, HOSTED, PRESENT),
        ("get", SECRETS, HOSTED, "without `https_node_port`"),
        ("create patch", SERVICES, HOME, PRESENT),
        ("list watch", SERVICES, HOME, WAITING),
        ("list watch", EVENTS, HOME, WAITING),
        ("delete", SERVICES, HOME, ABSENT),
    ),
}
PLATFORM_MODULES = AGENT_MODULES | KUBEVIRT_MODULES


def expanded(rows: Rows, always: bool = False) -> set[tuple[str, str]]:
    """(verb, resource); with always those alone that every run asks for."""
    return {(verb, resource) for verbs, resource, _scope, when in rows if not always or when == ALWAYS for verb in verbs.split()}
