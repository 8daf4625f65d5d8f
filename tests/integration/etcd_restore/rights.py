# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What etcd_restore asks of the management cluster: (verbs, resource, scope, when). The audit log of a restore holds it."""

from __future__ import annotations

ALWAYS, CONDITIONAL = "always", "conditional"
HOSTED, CONTROL_PLANE = "hosted", "control_plane"
RIGHTS: tuple[tuple[str, str, str, str], ...] = (
    ("get list watch patch", "hostedclusters.hypershift.openshift.io", HOSTED, ALWAYS),
    ("list watch", "nodepools.hypershift.openshift.io", HOSTED, ALWAYS),
    ("patch", "nodepools.hypershift.openshift.io", HOSTED, CONDITIONAL),  # when there are node pools
    ("get", "secrets", HOSTED, ALWAYS),  # the fingerprint of the cluster's own key
    ("get create patch", "configmaps", HOSTED, ALWAYS),
    ("get create delete", "leases.coordination.k8s.io", HOSTED, ALWAYS),
    ("patch", "leases.coordination.k8s.io", HOSTED, CONDITIONAL),  # renewing it, and taking over from a run that was killed
    ("list watch", "hostedcontrolplanes.hypershift.openshift.io", CONTROL_PLANE, ALWAYS),
    ("list", "machinehealthchecks.cluster.x-k8s.io", CONTROL_PLANE, ALWAYS),
    ("patch", "machinehealthchecks.cluster.x-k8s.io", CONTROL_PLANE, CONDITIONAL),  # when there are health checks
    ("get list watch patch", "deployments.apps", CONTROL_PLANE, ALWAYS),
    ("get list watch patch", "statefulsets.apps", CONTROL_PLANE, ALWAYS),
    ("list", "replicasets.apps", CONTROL_PLANE, ALWAYS),
    ("list", "jobs.batch", CONTROL_PLANE, ALWAYS),
    ("list", "persistentvolumeclaims", CONTROL_PLANE, ALWAYS),
    ("watch create", "persistentvolumeclaims", CONTROL_PLANE, CONDITIONAL),  # when a member has lost its claim
    ("list watch create delete", "pods", CONTROL_PLANE, ALWAYS),
    ("create", "pods/exec", CONTROL_PLANE, ALWAYS),
)


def expanded(*when: str) -> set[tuple[str, str, str]]:
    """(verb, resource, scope) of the rows with these conditions."""
    return {(verb, resource, scope) for verbs, resource, scope, row in RIGHTS if row in when for verb in verbs.split()}
