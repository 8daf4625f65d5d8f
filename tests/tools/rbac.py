# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write docs/rbac.md from the table of rights that the integration tests hold, or tell whether it is up to date.

Run from anywhere: ``python tests/tools/rbac.py`` writes, with ``--check`` it exits 1 when the file differs. ``--etcd clusters/demo prod/web``
prints roles and bindings for care of the etcd of these hosted clusters, and of no other.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from generated import ROOT, write_or_check

TARGET = ROOT / "docs" / "rbac.md"
TABLE = ROOT / "tests" / "integration" / "rbac" / "rights.py"

_HEAD = """# Permissions

<!-- Made from tests/integration/rbac/rights.py by tests/tools/rbac.py; change the table there, not this file. -->

What an account needs on the management cluster, module by module, and three roles ready to apply. The tests take each of these rights away,
one at a time, and see the task fail; and they run every module with nothing else.

- **the hosted cluster's namespace** is option `namespace`, `clusters` by default.
- **its control plane's namespace** is `<namespace>-<name>` (dots in the name become dashes). It comes and goes with the hosted cluster, and a
  RoleBinding inside goes with it, in the middle of a deletion: **give these rights cluster-wide.**
- An account that lacks a right gets a failure with code `missing_permission` that names verb, resource and namespace. Nothing is tried that
  the options do not ask for: the right to read Secrets is not used when no option names one.
- A task that changes something asks for namespace `kube-system` too, whose uid tells which management cluster it is. It needs no right to it: without
  `get` on that namespace its result has no `management_cluster.uid`, and the digest of an etcd restore is bound to the API server's address alone.
- A right that is given cluster-wide holds in every namespace; the narrower line of the table is then not needed.
- A module that creates its namespace cannot have a RoleBinding in it beforehand: then bind the `-namespace` role with a ClusterRoleBinding,
  or create the namespace first.
"""
_ETCD = """## etcd

`pods/exec` is asked for over a WebSocket: API servers before 1.35 check the verb `get` for it, later ones `create`. The roles give both.

**What these rights amount to.** `pods/exec` in etcd's containers reads and writes everything in the hosted cluster, its Secrets above all. Whoever
creates pods in a namespace can run them as any of its service accounts and mount any of its Secrets, and so has all the rights of those accounts.
`secrets` in the hosted cluster's namespace may be those of other hosted clusters there: the role names the one that is needed. Given
cluster-wide these rights are those of an administrator of the management cluster, since a pod in `kube-system` may have any right; **so
bind them in the namespaces of each hosted cluster, never with a ClusterRoleBinding.** A control plane's namespace comes and goes with its hosted
cluster: bind again when it was made anew."""
_ETCD_ROLES = """### Roles for care of etcd

For HostedCluster `clusters/demo`; `python tests/tools/rbac.py --etcd clusters/demo prod/web` prints them for others. A cluster with a Secret of another
name for its encryption key needs that name. Drills make their scratch pod in a namespace of their own (`etcd_drill_scratch_namespace: automation-drills`)
in which nothing else lives; without that option they need the last role in the hosted cluster's namespace.

```yaml
{body}
```"""
_CAMPAIGNS = """## Campaigns

Planning, gates, journal and report over a fleet; the changes themselves are those of `hosted_cluster_upgrade`, `nodepool_upgrade` and
`node_health_check_pause` above, so that an account which runs campaigns has the operating role as well. Without `namespace` in its entry of
`hubs` a management cluster is read as a whole: then bind the first role cluster-wide. An account that may not read what the operator
supports, the multicluster engine or the cluster version gets a plan that says so. `get` on namespace `kube-system` tells which management cluster
it is: without it a plan can be made and read, and is carried out nowhere. With `campaign` the modules `hosted_cluster_upgrade`, `nodepool_upgrade`
and `hosted_cluster_wait` ask for `get` and `patch` on `leases` too, as the first role below has them."""
_PREFLIGHT = """## Preflight

`management_cluster_info` and playbook `preflight` read what belongs to the administrators of a management cluster. None of these rights is
needed for the module to run: a check that lacks one is `unknown` and names it. A kind that is not served needs no right, as long as the first may be used."""
_GROUND = """## Management cluster

Whoever installs and configures a management cluster is its administrator: an engine deploys what it likes. `namespaces` and `clusterserviceversions`
are deleted by `state: absent` alone. The role reads and writes Secrets of every namespace: **it amounts to the rights of an administrator.**"""
_OBSERVE = """## Gathering and observing

`must_gather` needs no more than to list hosted clusters; whatever else is missing is named in the archive. The lists below are those of all platforms."""
_PLATFORMS = """## Platforms

The modules beneath the roles `agent_platform` and `kubevirt_platform` work on what belongs to the administrators of a management cluster. A role of
platforms enables a component of the multicluster engine as well, unless it is told not to: that takes the rights of `multicluster_engine_components`.
Bound as they stand here, these roles read Secrets of every namespace, those of service accounts too, and so **amount to the rights of an administrator**
of the management cluster; bind them with RoleBindings in the namespaces of your hosts and hosted clusters for accounts that must not be one.
What `kubevirt_ingress` reads in the hosted cluster it reads with that cluster's own kubeconfig."""
_BESIDE = """## Further modules

These tables stand beside the tests of the modules (`RIGHTS` of `tests/integration/**/test_<module>.py`), which see the task fail without each of the rights."""
_LEVELS = {
    "read": ("Read only", "`hosted_cluster_info`, `nodepool_info`, `pause_reconcile_info`, `hosted_cluster_wait`. Reads no Secret."),
    "operate": (
        "Operate",
        "The above, and change and upgrade hosted clusters, create, change, upgrade and remove node pools, pause and resume. Reads no Secret, "
        "creates and removes no hosted cluster; options that name a Secret need the full role.",
    ),
    "full": (
        "Full",
        "The above, and create and remove hosted clusters with their Secrets and namespaces, and fetch credentials. Whoever has it is "
        "administrator of every hosted cluster.",
    ),
}
SUBJECT = {"kind": "ServiceAccount", "name": "automation", "namespace": "automation"}
RBAC = "rbac.authorization.k8s.io"


def table(name: str = "rights", folder: Path = TABLE.parent, known_as: str = "") -> Any:
    """A table of rights, which is a module of the tests."""
    spec = importlib.util.spec_from_file_location(known_as or name, folder / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[known_as or name] = module
    spec.loader.exec_module(module)
    return module


def _role(kind: str, name: str, rules: list[dict[str, Any]], namespace: str = "") -> dict[str, Any]:
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": {"name": name, **where}, "rules": rules}


def _binding(role: dict[str, Any], namespace: str = "") -> dict[str, Any]:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    metadata = {"name": role["metadata"]["name"], **({"namespace": namespace} if namespace else {})}
    reference = {"apiGroup": RBAC, "kind": role["kind"], "name": role["metadata"]["name"]}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "roleRef": reference, "subjects": [SUBJECT]}


def objects(level: str, rights: Any) -> list[dict[str, Any]]:
    """Roles and bindings of one level, for namespace clusters."""
    chosen, name = rights.of_level(level), f"hypershift-core-{level}"
    everywhere = _role("ClusterRole", name, rights.rules(chosen, "all", "control_plane"))
    hosted = _role("ClusterRole", f"{name}-namespace", rights.rules(chosen, "hosted"))
    result = [everywhere, _binding(everywhere), hosted, _binding(hosted, "clusters")]
    for scope, namespace in rights.FIXED_NAMESPACES.items():
        found = rights.rules(chosen, scope)
        if found:
            role = _role("Role", name, found, namespace)
            result += [role, _binding(role, namespace)]
    return result


def _yaml(value: Any, indent: int = 0) -> str:
    """Block style outside, flow style for short lists of words: as people write roles."""
    pad, lines = " " * indent, []
    for key, item in value.items():
        if isinstance(item, dict):
            lines += [f"{pad}{key}:", _yaml(item, indent + 2)]
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            lines.append(f"{pad}{key}:")
            for entry in item:
                text = _yaml(entry, indent + 4)
                lines.append(f"{pad}  - {text[indent + 4 :]}")
        elif isinstance(item, list):
            lines.append(f"{pad}{key}: [{', '.join(i if i and i != '*' else json.dumps(i) for i in item)}]")
        else:
            lines.append(f"{pad}{key}: {item}")
    return "\n".join(lines)


def _module(name: str, rows: Any, rights: Any) -> str:
    merged: dict[tuple[str, str, str], list[str]] = {}
    for right in rows:
        merged.setdefault((right.resource, right.scope, right.when), []).append(right.verb)
    lines = [f"### {name}", "", "| verbs | resource | where | needed |", "| --- | --- | --- | --- |"]
    for (resource, scope, when), verbs in merged.items():
        only = rights.ONLY.get((resource, scope))
        lines.append(f"| {', '.join(verbs)} | `{resource}`{f' (only `{only}`)' if only else ''} | {rights.SCOPES[scope]} | {when} |")
    return "\n".join(lines)


def _listed(name: str, rows: Any, rights: Any) -> str:
    """The table of a module whose rights stand in rows of (verbs, resource, scope, when)."""
    lines = [f"### {name}", "", "| verbs | resource | where | needed |", "| --- | --- | --- | --- |"]
    lines += [f"| {', '.join(v.split())} | `{resource}` | {rights.SCOPES[scope]} | {when} |" for v, resource, scope, when in rows]
    return "\n".join(lines)


def _etcd_tables() -> dict[str, Any]:
    found: dict[str, Any] = table("etcd_rights", TABLE.parent).ETCD_MODULES | {"etcd_restore": _restore_rows()}
    return found


def etcd_objects(namespace: str, name: str) -> list[dict[str, Any]]:
    """Roles and bindings for the etcd of one hosted cluster: in its namespace, in its control plane's, and in one for scratch pods."""
    places = {"hosted": namespace, "control_plane": f"{namespace}-{name.replace('.', '-')}", "drill": f"{SUBJECT['namespace']}-drills"}
    verbs: dict[str, dict[str, set[str]]] = {place: {} for place in places}
    for module, rows in _etcd_tables().items():
        for words, resource, scope, _when in rows:
            place = "drill" if module == "etcd_snapshot_verify" and resource.startswith("pods") and scope == "hosted" else scope
            verbs[place].setdefault(resource, set()).update(words.split())
    result = []
    for place, given in verbs.items():
        if "pods/exec" in given:
            given["pods/exec"].add("get")
        rules = [
            {"apiGroups": [r.partition(".")[2]], "resources": [r.partition(".")[0]], "verbs": sorted(v)} for r, v in sorted(given.items())
        ]
        for rule in rules:
            if rule["resources"] == ["secrets"]:
                rule["resourceNames"] = [f"{name}-etcd-encryption-key"]
        role = _role("Role", "hypershift-core-etcd" + ("-drill" if place == "drill" else f"-{name}"), rules, places[place])
        result += [role, _binding(role, places[place])]
    return result


def _etcd(rights: Any) -> list[str]:
    """The etcd modules, and roles for all of them."""
    parts = [_ETCD]
    for name, rows in _etcd_tables().items():
        parts.append(_listed(name, rows, rights) if rows else f"### {name}\n\nNone: it needs no management cluster.")
    body = "\n---\n".join(_yaml(obj) for obj in etcd_objects("clusters", "demo"))
    parts.append(_ETCD_ROLES.format(body=body))
    return parts


def _campaigns(rights: Any) -> list[str]:
    """The modules of campaigns, and what a role for them adds to the operating one."""
    tables = table("campaign_rights", TABLE.parent).CAMPAIGN_MODULES
    parts = [_CAMPAIGNS]
    for name, rows in tables.items():
        parts.append(_listed(name, rows, rights))
    verbs: dict[tuple[str, str], set[str]] = {}
    for words, resource, scope, _when in (row for rows in tables.values() for row in rows):
        verbs.setdefault(("cluster" if scope == "all" else scope, resource), set()).update(words.split())
    objects = []
    for scope, name in (("hosted", "hypershift-core-campaign"), ("cluster", "hypershift-core-campaign-reading")):
        rules = [
            {"apiGroups": [r.partition(".")[2]], "resources": [r.partition(".")[0]], "verbs": sorted(v)}
            | ({"resourceNames": ["kube-system"]} if r == "namespaces" else {})
            for (where, r), v in sorted(verbs.items())
            if where == scope
        ]
        role = _role("ClusterRole", name, rules)
        objects += [role, _binding(role, "clusters" if scope == "hosted" else "")]
    body = "\n---\n".join(_yaml(obj) for obj in objects)
    parts.append(f"### Role for campaigns\n\n```yaml\n{body}\n```")
    return parts


def _restore_rows() -> Any:
    found = table("rights", TABLE.parents[1] / "etcd_restore", "restore_rights").RIGHTS
    words = {"always": "always", "conditional": "when there is one, or a run was killed"}
    return tuple((verbs, resource, scope, words[when]) for verbs, resource, scope, when in found)


def _preflight() -> list[str]:
    """Module management_cluster_info, and one role for it."""
    found = table("preflight_rights", TABLE.parent)
    lines = ["### management_cluster_info", "", "| verbs | resource | where | without it |", "| --- | --- | --- | --- |"]
    for verb, resource, scope, checks in found.RIGHTS:
        only = f" (only `{found.ONLY[resource]}`)" if resource in found.ONLY else ""
        lost = f"unknown: {', '.join(f'`{c}`' for c in checks)}" if checks else "no check is lost"
        lines.append(f"| {verb} | `{resource}`{only} | {found.SCOPES[scope]} | {lost} |")
    parts = []
    for scope in found.SCOPES:
        namespace = found.NAMESPACES.get(scope, "")
        role = _role("Role" if namespace else "ClusterRole", "hypershift-core-preflight", found.rules(scope), namespace)
        parts += [role, _binding(role, namespace)]
    body = "\n---\n".join(_yaml(obj) for obj in parts)
    return [_PREFLIGHT, "\n".join(lines), f"### Role for preflight\n\n```yaml\n{body}\n```"]


def _rules(rows: Any) -> list[dict[str, Any]]:
    """RBAC rules for rows of (verbs, resource, scope, when), whatever their scopes."""
    verbs: dict[str, set[str]] = {}
    for words, resource, _scope, _when in rows:
        verbs.setdefault(resource, set()).update(words.split())
    return [
        {"apiGroups": [r.partition(".")[2]], "resources": [r.partition(".")[0]], "verbs": ["*"] if "*" in v else sorted(v)}
        for r, v in sorted(verbs.items())
    ]


def _ground() -> list[str]:
    """Modules that install and configure a management cluster, and one role for them."""
    found = table("ground_rights", TABLE.parent)
    parts = [_GROUND, *(_listed(name, rows, found) for name, rows in found.GROUND_MODULES.items())]
    role = _role("ClusterRole", "hypershift-core-management", _rules(row for rows in found.GROUND_MODULES.values() for row in rows))
    parts.append(f"### Role for management clusters\n\n```yaml\n{_yaml(role)}\n---\n{_yaml(_binding(role))}\n```")
    return parts


def _observe() -> list[str]:
    """Modules must_gather and hosted_observability, and roles for them. Their rows come from the tables that the modules work by."""
    sys.path.append(str(ROOT / "build" / "collections"))
    found = table("observe_rights", TABLE.parent)
    parts = [_OBSERVE, *(_listed(name, rows, found) for name, rows in found.OBSERVE_MODULES.items())]
    for title, text, roles in found.ROLES:
        objects = []
        for name, rows, namespaces in roles:
            role = _role("ClusterRole", name, _rules(rows))
            objects += [role, *(_binding(role, namespace) for namespace in namespaces)]
        body = "\n---\n".join(_yaml(obj) for obj in objects)
        parts.append(f"### {title}\n\n{text}\n\n```yaml\n{body}\n```")
    return parts


def _platforms() -> list[str]:
    """The modules of platforms, and a role for each kind of platform."""
    found = table("platform_rights", TABLE.parent)
    parts, objects = [_PLATFORMS], []
    for name, modules in (("agent", found.AGENT_MODULES), ("kubevirt", found.KUBEVIRT_MODULES)):
        parts += [_listed(module, rows, found) for module, rows in modules.items()]
        role = _role("ClusterRole", f"hypershift-core-{name}-platform", _rules(row for rows in modules.values() for row in rows))
        objects += [role, _binding(role)]
    body = "\n---\n".join(_yaml(obj) for obj in objects)
    parts.append(f"### Roles for platforms\n\n```yaml\n{body}\n```")
    return parts


def beside() -> dict[str, Any]:
    """Module -> rows of the table RIGHTS in the integration test of its name; only literals, so nothing is imported."""
    found = {}
    for path in sorted((TABLE.parents[1]).rglob("test_*.py")):
        module = path.stem.removeprefix("test_")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["RIGHTS"]
            if named and (ROOT / "plugins" / "modules" / f"{module}.py").exists():
                found[module] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
    return found


def render() -> str:
    rights = table()
    parts = [_HEAD.strip(), "## By module", *(_module(name, rows, rights) for name, rows in rights.MODULES.items())]
    parts.append(
        "## Roles to apply\n\nFor service account `automation` in namespace `automation` and hosted clusters in namespace `clusters`; repeat "
        "the RoleBinding of the `-namespace` role for further namespaces. Check with "
        "`kubectl auth can-i --list --as system:serviceaccount:automation:automation -n clusters`."
    )
    for level, (title, text) in _LEVELS.items():
        body = "\n---\n".join(_yaml(obj) for obj in objects(level, rights))
        parts.append(f"### {title}\n\n{text}\n\n```yaml\n{body}\n```")
    parts += _campaigns(rights)
    parts += _etcd(rights) + _preflight()
    parts += _ground()
    parts += _observe()
    parts += _platforms()
    rows = beside()
    if rows:
        parts += [_BESIDE, *(_listed(name, found, rights) for name, found in rows.items())]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    if sys.argv[1:2] == ["--etcd"]:
        named = [identity.partition("/") for identity in sys.argv[2:]]
        objects = {json.dumps(obj): obj for namespace, _slash, name in named for obj in etcd_objects(namespace, name)}
        print("\n---\n".join(_yaml(obj) for obj in objects.values()))
        return 0
    return write_or_check(TARGET, render(), "rbac")


if __name__ == "__main__":
    sys.exit(main())
