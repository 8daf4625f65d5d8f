# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What campaigns ask for: a part of docs/rbac.md. tests/integration/upgrades/test_rights.py compares it with the audit log, in both directions.

Rows: (verbs, resource, scope, when). ``always`` rows are asked for in every run of the module, the others when their words say so.
"""

from __future__ import annotations

CLUSTERS, POOLS = "hostedclusters.hypershift.openshift.io", "nodepools.hypershift.openshift.io"
DEPLOYMENTS, SETS = "machinedeployments.cluster.x-k8s.io", "machinesets.cluster.x-k8s.io"
LEASES, CONFIG_MAPS, NAMESPACES = "leases.coordination.k8s.io", "configmaps", "namespaces"
HOSTED, OPERATOR, ALL, ALWAYS = "hosted", "operator", "all", "always"
Rows = tuple[tuple[str, str, str, str], ...]

_SETTLING = "in phase `before`, while other runs work on earlier waves; in phase `after`, while hosted clusters calm down"
_FLEET: Rows = (("list", CLUSTERS, HOSTED, ALWAYS), ("list", POOLS, HOSTED, ALWAYS))
_MINORS = ("get", CONFIG_MAPS, OPERATOR, ALWAYS)
_IDENTITY = ("get", NAMESPACES, ALL, ALWAYS)
CAMPAIGN_MODULES: dict[str, Rows] = {
    "upgrade_plan": (
        *_FLEET,
        _MINORS,
        _IDENTITY,
        ("list", "multiclusterengines.multicluster.openshift.io", ALL, ALWAYS),
        ("list", "clusterversions.config.openshift.io", ALL, ALWAYS),
        ("list", DEPLOYMENTS, ALL, "with node pools whose nodes are replaced"),
        ("list", SETS, ALL, "with node pools that are updated in place"),
    ),
    "upgrade_gate": (
        *_FLEET,
        _IDENTITY,
        ("list", CONFIG_MAPS, HOSTED, ALWAYS),
        (*_MINORS[:3], "in phases `start` and `before`"),
        ("get create patch", LEASES, HOSTED, "in phase `before`"),
        ("delete", LEASES, HOSTED, "in phase `before`, after a run that was killed"),
        ("get create patch", CONFIG_MAPS, HOSTED, "in phase `before`"),
        ("watch", CLUSTERS, HOSTED, _SETTLING),
        ("watch", POOLS, HOSTED, _SETTLING),
        ("watch", CONFIG_MAPS, HOSTED, _SETTLING),
    ),
    "upgrade_record": (_IDENTITY, ("get create patch", CONFIG_MAPS, HOSTED, ALWAYS), ("get delete", LEASES, HOSTED, "with `release`")),
    "upgrade_report": (*_FLEET, _IDENTITY, ("list", CONFIG_MAPS, HOSTED, ALWAYS)),
}
# What an account may lack: the plan then says that it does not know.
OPTIONAL = {
    _MINORS[1],
    NAMESPACES,
    "multiclusterengines.multicluster.openshift.io",
    "clusterversions.config.openshift.io",
    DEPLOYMENTS,
    SETS,
}


def expanded(rows: Rows, always: bool = False) -> set[tuple[str, str, str]]:
    """(verb, resource, scope); with always those alone that every run asks for."""
    return {(verb, resource, scope) for verbs, resource, scope, when in rows if not always or when == ALWAYS for verb in verbs.split()}
