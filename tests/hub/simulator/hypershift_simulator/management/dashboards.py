# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the operator makes for observability: a dashboard per hosted cluster, and copies of the SRE metrics set (platform_facts#7.1.1,
#7.2).

Faults on the HostedCluster: ``dashboard-missing``, ``dashboard-broken`` (no JSON).
"""

from __future__ import annotations

from .. import faults
from ..actions import Action, delete, ensure
from ..context import Context
from ..kinds import new
from ..names import OPERATOR_NAMESPACE, SIMULATED, Obj, control_plane_namespace
from ..store import Store

CONSOLE_NAMESPACE, LABEL = "openshift-config-managed", "console.openshift.io/dashboard"
TEMPLATE, SRE_SET = "monitoring-dashboard-template", "sre-metric-set"
_KEY = "hostedcluster-dashboard.json"
_WATCHED = {(OPERATOR_NAMESPACE, TEMPLATE), (OPERATOR_NAMESPACE, SRE_SET)}


def concerns(store: Store, obj: Obj) -> bool:
    """The two ConfigMaps, what was made of them, and hosted clusters once there is something to make."""
    kind, namespace, name = obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
    if kind == "ConfigMap":
        return (namespace, name) in _WATCHED or namespace == CONSOLE_NAMESPACE
    return kind == "HostedCluster" and any(store.get("ConfigMap", *one) for one in _WATCHED)


def reconcile(store: Store, ctx: Context) -> list[Action]:
    return [*_copies(store), *_dashboards(store), *_leftovers(store)]


def _copies(store: Store) -> list[Action]:
    source = store.get("ConfigMap", OPERATOR_NAMESPACE, SRE_SET)
    actions: list[Action] = []
    for cluster in store.list("HostedCluster") if source else []:
        namespace = _control_plane(cluster)
        if store.get("Namespace", "", namespace) and not cluster["metadata"].get("deletionTimestamp"):
            actions += ensure(store, new("ConfigMap", SRE_SET, namespace, data=dict((source or {}).get("data") or {})))
    return actions


def _dashboards(store: Store) -> list[Action]:
    template = ((store.get("ConfigMap", OPERATOR_NAMESPACE, TEMPLATE) or {}).get("data") or {}).get("template")
    if not template or not _enabled(store):
        return []
    actions: list[Action] = []
    if store.get("Namespace", "", CONSOLE_NAMESPACE) is None:
        actions += ensure(store, new("Namespace", CONSOLE_NAMESPACE))
    for cluster in store.list("HostedCluster"):
        found = faults.of(cluster)
        if not cluster["metadata"].get("deletionTimestamp") and "dashboard-missing" not in found:
            text = "{" if "dashboard-broken" in found else _filled(template, cluster)
            made = new("ConfigMap", _name(cluster), CONSOLE_NAMESPACE, data={_KEY: text})
            made["metadata"]["labels"] = {LABEL: "true"}
            actions += ensure(store, made)
    return actions


def _leftovers(store: Store) -> list[Action]:
    """They go with their hosted cluster, and with the fault that says so."""
    there = [c for c in store.list("HostedCluster") if not c["metadata"].get("deletionTimestamp")]
    wanted = {_name(c) for c in there if "dashboard-missing" not in faults.of(c)}
    actions: list[Action] = []
    for obj in store.list("ConfigMap", CONSOLE_NAMESPACE):
        meta = obj["metadata"]
        if SIMULATED in (meta.get("annotations") or {}) and _KEY in (obj.get("data") or {}) and meta["name"] not in wanted:
            actions += delete(store, "ConfigMap", CONSOLE_NAMESPACE, meta["name"])
    return actions


def _enabled(store: Store) -> bool:
    operator = store.get("Deployment", OPERATOR_NAMESPACE, "operator")
    arguments = operator["spec"]["template"]["spec"]["containers"][0].get("args") or [] if operator else []
    return any(a in ("--monitoring-dashboards", "--monitoring-dashboards=true") for a in arguments)


def _name(cluster: Obj) -> str:
    return f"hc-{cluster['metadata']['namespace']}-{cluster['metadata']['name']}"


def _control_plane(cluster: Obj) -> str:
    return control_plane_namespace(cluster["metadata"]["namespace"], cluster["metadata"]["name"])


def _filled(template: str, cluster: Obj) -> str:
    meta = cluster["metadata"]
    values = {
        "__NAME__": meta["name"],
        "__NAMESPACE__": meta["namespace"],
        "__CONTROL_PLANE_NAMESPACE__": _control_plane(cluster),
        "__CLUSTER_ID__": cluster["spec"].get("clusterID") or "",
    }
    for placeholder, value in values.items():
        template = template.replace(placeholder, value)
    return template
