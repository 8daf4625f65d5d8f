# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must_gather and hosted_observability ask for: a part of docs/rbac.md. tests/integration/observe compares it with the audit log.

Rows: (verbs, resource, scope, when). The lists of must_gather are made from the table that it works by.
"""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._must_gather import sources as gather

Rows = tuple[tuple[str, str, str, str], ...]
# Scope -> what the table says, and the namespace that a Role is for.
SCOPES = {
    "all": "cluster-wide",
    "hosted": "the hosted cluster's namespace",
    "control_plane": "its control plane's namespace",
    "agents": "the namespace of its agents",
    **{place: f"namespace `{namespace}`" for place, namespace in gather.NAMESPACES.items()},
    "console": "namespace `openshift-config-managed`",
}
NAMESPACES = {**gather.NAMESPACES, "console": "openshift-config-managed"}
_PLATFORMS = ("AWS", "KubeVirt", "Agent", "None")


def _cluster(platform: str) -> dict[str, object]:
    return {"metadata": {"namespace": "n", "name": "c"}, "spec": {"platform": {"type": platform, "agent": {"agentNamespace": "a"}}}}


def _gathered() -> Rows:
    needed: dict[tuple[str, str], set[str]] = {}
    for platform in _PLATFORMS:
        for source in gather.sources_for(_cluster(platform)):
            needed.setdefault((source.kind.resource, source.place), set()).add(platform)
    rows = []
    for (resource, place), platforms in sorted(needed.items(), key=lambda row: (list(SCOPES).index(_scope(row[0][1])), row[0][0])):
        when = "always" if len(platforms) == len(_PLATFORMS) else f"on {', '.join(p for p in _PLATFORMS if p in platforms)}"
        rows.append(("list", resource, _scope(place), when))
    return tuple(rows)


def _scope(place: str) -> str:
    return {gather.CLUSTER: "all"}.get(place, place)


CHOOSING: Rows = (
    ("list", "hostedclusters.hypershift.openshift.io", "hosted", "always; `get` with one name and its namespace"),
    ("list", "nodepools.hypershift.openshift.io", "hosted", "always"),
)
LOGS: Rows = tuple(("get", "pods/log", _scope(place), "when there are pods") for place in gather.LOGS_OF)
SECRETS: Rows = (
    *(("list", "secrets", _scope(place), "with `secrets`") for place in gather.SECRETS_OF),
    ("get", "secrets", "hosted", "with `hosted`: its kubeconfig"),
)
GATHERED = _gathered()
# What an archive cannot be made without; everything else that is missing is named in its index.
NEEDED = {("list", "hostedclusters.hypershift.openshift.io")}
OBSERVE_MODULES: dict[str, Rows] = {"must_gather": (*CHOOSING, *GATHERED, *LOGS, *SECRETS)}
OBSERVING: Rows = (
    ("get create patch delete", "configmaps", "operator", "with `sre_metrics`, `dashboard_template`, `verify` and `state: absent`"),
    ("get", "deployments.apps", "operator", "always; without it what the operator runs with is not known, and is said so"),
    ("list", "hostedclusters.hypershift.openshift.io", "hosted", "with `metrics_set` and `verify`; `get` with one name and its namespace"),
    ("patch", "hostedclusters.hypershift.openshift.io", "hosted", "with `metrics_set`"),
    ("get", "customresourcedefinitions.apiextensions.k8s.io", "all", "with `metrics_set`: whether the operator knows it"),
    ("list watch", "configmaps", "console", "with `verify`"),
)
OBSERVE_MODULES["hosted_observability"] = OBSERVING
_GET_CLUSTER = ("get", "hostedclusters.hypershift.openshift.io", "hosted", "")
_SECRETS = """The second one reads Secrets, so that their values can be kept out of archives. It is bound in namespaces of hosted clusters and of the operator;
bind it in the namespace of a control plane too if the account may be administrator of the hosted cluster. Without it archives are made all the same."""


def _of(*scopes: str) -> Rows:
    return tuple(row for row in OBSERVING if row[2] in scopes)


# Title, text, and roles: name, rows, namespaces of the bindings (empty: cluster-wide).
Roles = tuple[tuple[str, Rows, tuple[str, ...]], ...]
ROLES: tuple[tuple[str, str, Roles], ...] = (
    (
        "Roles for must-gather",
        _SECRETS,
        (
            ("hypershift-core-must-gather", (*CHOOSING, _GET_CLUSTER, *GATHERED, *LOGS), ("",)),
            ("hypershift-core-must-gather-secrets", SECRETS, ("clusters", "hypershift")),
        ),
    ),
    (
        "Roles for observability",
        "Flags of the operator (metrics set, dashboards) are set through the add-on: see `hypershift_addon_config`.",
        (
            ("hypershift-core-observability", (*_of("hosted", "all"), _GET_CLUSTER), ("",)),
            ("hypershift-core-observability-operator", _of("operator"), ("hypershift",)),
            ("hypershift-core-observability-console", _of("console"), ("openshift-config-managed",)),
        ),
    ),
)


def expanded(rows: Rows) -> set[tuple[str, str, str]]:
    """(verb, resource, scope)."""
    return {(verb, resource, scope) for verbs, resource, scope, _when in rows for verb in verbs.split()}
