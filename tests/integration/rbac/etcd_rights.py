# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the etcd modules ask for: a part of docs/rbac.md. Their tests compare it with the audit log, in both directions.

Rows: (verbs, resource, scope, when). ``always`` rows are asked for in every run, the others when their words say so.
"""

from __future__ import annotations

CLUSTERS, HOSTED, CONTROL_PLANE, ALWAYS = "hostedclusters.hypershift.openshift.io", "hosted", "control_plane", "always"
Rows = tuple[tuple[str, str, str, str], ...]

_LOOKING: Rows = (
    ("get", CLUSTERS, HOSTED, ALWAYS),
    ("list", "statefulsets.apps", CONTROL_PLANE, ALWAYS),
    ("list", "pods", CONTROL_PLANE, ALWAYS),
    ("list", "persistentvolumeclaims", CONTROL_PLANE, ALWAYS),
    ("list", "jobs.batch", CONTROL_PLANE, ALWAYS),
    ("create", "pods/exec", CONTROL_PLANE, ALWAYS),
)
ETCD_MODULES: dict[str, Rows] = {
    "etcd_info": _LOOKING,
    "etcd_snapshot": (*_LOOKING, ("get", "secrets", HOSTED, "with encryption of the cluster's own data: the fingerprint of its key")),
    "etcd_snapshot_info": (),
    "etcd_snapshot_verify": (
        ("get", CLUSTERS, HOSTED, "without `image` and `etcd_directory`"),
        ("list", "statefulsets.apps", CONTROL_PLANE, "without `image` and `etcd_directory`"),
        ("list", "pods", CONTROL_PLANE, "without `image` and `etcd_directory`"),
        ("list", "persistentvolumeclaims", CONTROL_PLANE, "without `image` and `etcd_directory`"),
        ("list", "jobs.batch", CONTROL_PLANE, "without `image` and `etcd_directory`"),
        ("create list watch delete", "pods", HOSTED, "without `etcd_directory`; in `scratch_namespace` when that is set"),
        ("create", "pods/exec", HOSTED, "without `etcd_directory`; in `scratch_namespace` when that is set"),
    ),
    "etcd_member_recover": (
        *_LOOKING,
        ("get delete", "persistentvolumeclaims", CONTROL_PLANE, "when a member has failed"),
        ("get delete", "pods", CONTROL_PLANE, "when a member has failed"),
        ("list watch", "statefulsets.apps", CONTROL_PLANE, "when a member has failed"),
    ),
}


def expanded(rows: Rows, always: bool = False) -> set[tuple[str, str, str]]:
    """(verb, resource, scope); with always those alone that every run asks for."""
    return {(verb, resource, scope) for verbs, resource, scope, when in rows if not always or when == ALWAYS for verb in verbs.split()}
