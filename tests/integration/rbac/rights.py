# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each module may be asked to do, right by right: docs/rbac.md is generated from this table, and the tests hold it."""

from __future__ import annotations

from dataclasses import dataclass

HYPERSHIFT, CAPI = "hypershift.openshift.io", "cluster.x-k8s.io"
CLUSTERS, POOLS = f"hostedclusters.{HYPERSHIFT}", f"nodepools.{HYPERSHIFT}"
CONTROL_PLANES = f"hostedcontrolplanes.{HYPERSHIFT}"
DEPLOYMENTS, SETS, MACHINES = f"machinedeployments.{CAPI}", f"machinesets.{CAPI}", f"machines.{CAPI}"
HEALTH_CHECKS, CAPI_CLUSTERS = f"machinehealthchecks.{CAPI}", f"clusters.{CAPI}"
NODE_HEALTH_CHECKS = "nodehealthchecks.remediation.medik8s.io"
SECRETS, CONFIG_MAPS, NAMESPACES = "secrets", "configmaps", "namespaces"
MACHINE_CONFIGS = "machineconfigs.machineconfiguration.openshift.io"

# Scope -> what the table says.
SCOPES = {
    "hosted": "the hosted cluster's namespace",
    "control_plane": "its control plane's namespace",
    "all": "cluster-wide",
    "operator": "namespace `hypershift`",
    "hub_config": "namespace `openshift-config`",
}
FIXED_NAMESPACES = {"operator": "hypershift", "hub_config": "openshift-config"}
# Where one object is enough, a role names it.
ONLY = {(CONFIG_MAPS, "operator"): "supported-versions", (SECRETS, "hub_config"): "pull-secret", (MACHINE_CONFIGS, "all"): "99-worker-ssh"}
LEVELS = ("read", "operate", "full")


@dataclass(frozen=True)
class Right:
    """One verb on one resource. when: which use of the module needs it; level: the least combined role that has it.

    optional: without it the module goes on, and says in its result what it did not see.
    """

    verb: str
    resource: str
    scope: str
    when: str = "always"
    level: str = "full"
    optional: bool = False

    @property
    def key(self) -> str:
        return f"{self.verb} {self.resource} {self.scope}"

    @property
    def group(self) -> str:
        return self.resource.partition(".")[2]

    @property
    def plural(self) -> str:
        return self.resource.partition(".")[0]

    def implied_by(self, other: Right) -> bool:
        """A right in all namespaces holds in each of them."""
        return (self.verb, self.resource) == (other.verb, other.resource) and other.scope in ("all", self.scope)


def _rights(level: str, *rows: tuple[str, str, str, str]) -> tuple[Right, ...]:
    """Each row names one or more verbs for a resource."""
    return tuple(Right(verb, resource, scope, when, level) for verbs, resource, scope, when in rows for verb in verbs.split())


def _unseen_without(*rows: tuple[str, str]) -> tuple[Right, ...]:
    """What the machines of node pools come from, for modules that report."""
    text = "; without it `health` says `unknown` where it cannot tell whether nodes are being replaced"
    return tuple(Right("list", r, scope, when + text, "read", optional=True) for scope, when in rows for r in (DEPLOYMENTS, SETS))


_WAITING = "waiting"
_POOL_GOALS = "waiting for `nodes_ready`, `version_completed`, `node_pools_settled`"
_SETTLED = "waiting for `node_pools_settled`"
_PAUSE_LEFT = "deleting, when a pause was left behind there"

_HOSTED_CLUSTER = _rights(
    "operate",
    ("get", CLUSTERS, "hosted", "always"),
    ("patch", CLUSTERS, "hosted", "changing; deleting, when a pause was left behind or with `destroy_cloud_resources`"),
    ("get", CONFIG_MAPS, "operator", "creating, and changing `release_image`"),
    ("list", POOLS, "hosted", "with `node_pools`, changing, deleting, waiting for node pools"),
    ("patch", POOLS, "hosted", "with `node_pools`, when one differs; deleting, when a pause was left behind"),
    ("create", POOLS, "hosted", "with `node_pools`, when one does not exist"),
    ("get", CONFIG_MAPS, "hosted", "with `additional_trust_bundle`, or `config` or `tuning_config` of a new or changed node pool"),
    ("list watch", CLUSTERS, "hosted", f"{_WAITING}; list: with other `ssh_key.content`, to tell of hosted clusters that share the key"),
    ("watch", POOLS, "hosted", f"{_POOL_GOALS}; deleting"),
) + _rights(
    "full",
    ("list", CLUSTERS, "all", "creating: the name must be free on the whole management cluster"),
    ("create", CLUSTERS, "hosted", "creating"),
    ("get", NAMESPACES, "all", "creating; deleting with `delete_namespace`, and to explain a deletion that is stuck"),
    ("create", NAMESPACES, "all", "creating with `create_namespace`, when the namespace does not exist"),
    ("get", SECRETS, "hosted", "with `pull_secret`, `ssh_key`, `etcd_encryption` or `kubevirt.infra_kubeconfig`"),
    ("create", SECRETS, "hosted", "with `content`, `inherit` or `generate` of these, when the Secret does not exist"),
    ("patch", SECRETS, "hosted", "with `content` of these, when the Secret's content differs"),
    ("create", CONFIG_MAPS, "hosted", "with `additional_trust_bundle.content`, when the ConfigMap does not exist"),
    ("patch", CONFIG_MAPS, "hosted", "with `additional_trust_bundle.content`, when the ConfigMap's content differs"),
    ("get", SECRETS, "hub_config", "with `pull_secret.inherit`"),
    ("get", MACHINE_CONFIGS, "all", "with `ssh_key.inherit`"),
    ("delete", CLUSTERS, "hosted", "deleting"),
    ("delete", POOLS, "hosted", "deleting, when node pools outlived their hosted cluster"),
    *(("list", r, "control_plane", f"deleting; {_SETTLED}") for r in (DEPLOYMENTS, SETS)),
    *(("watch", r, "control_plane", _SETTLED) for r in (DEPLOYMENTS, SETS)),
    *(("list", r, "control_plane", "deleting") for r in (MACHINES, HEALTH_CHECKS, CAPI_CLUSTERS)),
    *(("patch", r, "control_plane", f"{_PAUSE_LEFT}; `remove_finalizers`") for r in (DEPLOYMENTS, SETS, MACHINES, CAPI_CLUSTERS)),
    ("patch", HEALTH_CHECKS, "control_plane", _PAUSE_LEFT),
    ("list watch", CONTROL_PLANES, "control_plane", "deleting and waiting"),
    ("patch", CONTROL_PLANES, "control_plane", "`remove_finalizers`"),
    ("list delete", SECRETS, "hosted", "deleting"),
    ("list delete", CONFIG_MAPS, "hosted", "deleting"),
    ("delete", NAMESPACES, "all", "deleting with `delete_namespace`"),
)

_NODEPOOL = _rights(
    "operate",
    ("get", POOLS, "hosted", "always"),
    ("get", CLUSTERS, "hosted", "creating, and changing `release_image`"),
    ("get", CONFIG_MAPS, "hosted", "with `config` or `tuning_config`, creating or changing"),
    ("create", POOLS, "hosted", "creating"),
    ("patch", POOLS, "hosted", "changing; deleting, when a pause was left behind; `remove_finalizers`"),
    ("delete", POOLS, "hosted", "deleting"),
    ("list watch", POOLS, "hosted", _WAITING),
    ("list watch", CLUSTERS, "hosted", _WAITING),
    *(("list", r, "control_plane", "waiting; deleting, to explain a deletion that is stuck") for r in (DEPLOYMENTS, SETS)),
    *(("watch", r, "control_plane", _WAITING) for r in (DEPLOYMENTS, SETS)),
    ("list", MACHINES, "control_plane", "deleting, to explain a deletion that is stuck"),
    *(("patch", r, "control_plane", "`remove_finalizers`") for r in (DEPLOYMENTS, SETS, MACHINES)),
)

_PAUSE_RECONCILE = _rights(
    "operate",
    ("get patch", CLUSTERS, "hosted", "always"),
    ("list", POOLS, "hosted", "always"),
    ("patch", POOLS, "hosted", "when there are node pools"),
    ("list", HEALTH_CHECKS, "control_plane", "always"),
    ("patch", HEALTH_CHECKS, "control_plane", "when there are health checks (`auto_repair`)"),
    ("list watch", CLUSTERS, "hosted", _WAITING),
    ("watch", POOLS, "hosted", _WAITING),
    ("list watch", CONTROL_PLANES, "control_plane", _WAITING),
)

_ONE, _IN, _ANYWHERE = "one name in a `namespace`", "in a `namespace`", "without `namespace`"
_HOSTED_CLUSTER_INFO = _rights(
    "read",
    ("get", CLUSTERS, "hosted", _ONE),
    ("list", CLUSTERS, "hosted", f"several or selectors, {_IN}"),
    ("list", CLUSTERS, "all", _ANYWHERE),
    ("list", POOLS, "hosted", f"with `node_pools`, {_IN}"),
    ("list", POOLS, "all", f"with `node_pools`, {_ANYWHERE}"),
) + _unseen_without(("control_plane", "with `node_pools`, one hosted cluster"), ("all", "with `node_pools`, several hosted clusters"))
_NODEPOOL_INFO = _rights(
    "read",
    ("get", POOLS, "hosted", _ONE),
    ("list", POOLS, "hosted", f"several, selectors or `cluster_name`, {_IN}"),
    ("list", POOLS, "all", _ANYWHERE),
) + _unseen_without(("control_plane", "node pools of one hosted cluster"), ("all", "node pools of several hosted clusters"))
_PAUSE_RECONCILE_INFO = _rights(
    "read",
    *(("list", resource, scope, when) for resource in (CLUSTERS, POOLS) for scope, when in (("hosted", _IN), ("all", _ANYWHERE))),
)

_POOLS_TOO, _TWIN_TOO = "goals on node pools, `paused`, `resumed`, `gone`", "goals `paused`, `resumed`, `gone`"
_SPREAD = "clusters in several namespaces"
_HOSTED_CLUSTER_WAIT = _rights(
    "read",
    ("list watch", CLUSTERS, "hosted", "clusters in one namespace"),
    ("list", CLUSTERS, "all", f"{_ANYWHERE}; {_SPREAD}"),
    ("watch", CLUSTERS, "all", _SPREAD),
    ("list watch", POOLS, "hosted", f"{_POOLS_TOO}; clusters in one namespace"),
    ("list watch", POOLS, "all", f"{_POOLS_TOO}; {_SPREAD}"),
    ("list watch", CONTROL_PLANES, "control_plane", f"{_TWIN_TOO}; one cluster"),
    ("list watch", CONTROL_PLANES, "all", f"{_TWIN_TOO}; several clusters"),
    *(("list watch", r, "control_plane", "goal `node_pools_settled`; one cluster") for r in (DEPLOYMENTS, SETS)),
    *(("list watch", r, "all", "goal `node_pools_settled`; several clusters") for r in (DEPLOYMENTS, SETS)),
)
_CREDENTIALS = _rights("full", ("get", CLUSTERS, "hosted", "always"), ("get", SECRETS, "hosted", "always"))

_HOSTED_CLUSTER_UPGRADE = _rights(
    "operate",
    ("get", CLUSTERS, "hosted", "always"),
    ("patch", CLUSTERS, "hosted", "when the release differs; with `force`"),
    ("list", POOLS, "hosted", "when the release differs, and waiting"),
    ("get", CONFIG_MAPS, "operator", "changing the minor version without `supported_versions`"),
    ("list watch", CLUSTERS, "hosted", _WAITING),
    ("watch", POOLS, "hosted", _WAITING),
)
_NODEPOOL_UPGRADE = _rights(
    "operate",
    ("get", CLUSTERS, "hosted", "always"),
    ("list", POOLS, "hosted", "always"),
    ("patch", POOLS, "hosted", "when the release of one differs"),
    ("list watch", CLUSTERS, "hosted", _WAITING),
    ("watch", POOLS, "hosted", _WAITING),
    *(("list", r, "control_plane", "when the release of one differs; waiting") for r in (DEPLOYMENTS, SETS)),
    *(("watch", r, "control_plane", _WAITING) for r in (DEPLOYMENTS, SETS)),
)
_NODE_HEALTH_CHECK_PAUSE = _rights(
    "operate",
    ("list", NODE_HEALTH_CHECKS, "all", "always"),
    ("patch", NODE_HEALTH_CHECKS, "all", "when the entry is not there yet, or no longer wanted"),
    ("watch", NODE_HEALTH_CHECKS, "all", "waiting for remediations in flight"),
)

MODULES: dict[str, tuple[Right, ...]] = {
    "hosted_cluster": _HOSTED_CLUSTER,
    "hosted_cluster_credentials": _CREDENTIALS,
    "hosted_cluster_info": _HOSTED_CLUSTER_INFO,
    "hosted_cluster_upgrade": _HOSTED_CLUSTER_UPGRADE,
    "hosted_cluster_wait": _HOSTED_CLUSTER_WAIT,
    "node_health_check_pause": _NODE_HEALTH_CHECK_PAUSE,
    "nodepool": _NODEPOOL,
    "nodepool_info": _NODEPOOL_INFO,
    "nodepool_upgrade": _NODEPOOL_UPGRADE,
    "pause_reconcile": _PAUSE_RECONCILE,
    "pause_reconcile_info": _PAUSE_RECONCILE_INFO,
}


def of_level(level: str) -> tuple[Right, ...]:
    """Every right that a combined role has: those of its level and below."""
    included = LEVELS[: LEVELS.index(level) + 1]
    return tuple(right for rights in MODULES.values() for right in rights if right.level in included)


def rules(rights: tuple[Right, ...], *scopes: str) -> list[dict[str, list[str]]]:
    """RBAC rules for the rights of some scopes: one per resource, verbs in alphabetical order."""
    verbs: dict[tuple[str, str, str], set[str]] = {}
    for right in rights:
        if right.scope in scopes:
            verbs.setdefault((right.group, right.plural, ONLY.get((right.resource, right.scope), "")), set()).add(right.verb)
    rows = []
    for (group, plural, name), found in sorted(verbs.items()):
        row = {"apiGroups": [group], "resources": [plural], "resourceNames": [name], "verbs": sorted(found)}
        rows.append({k: v for k, v in row.items() if k != "resourceNames" or name})
    return rows
