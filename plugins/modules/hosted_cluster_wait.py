#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_wait
short_description: Wait for a goal of one, many or selected hosted clusters
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Waits with one watch per resource, however many clusters; no request is sent while nothing happens.
- A cluster whose conditions prove that the goal cannot be reached ends at once, with its cause.
- On the controller a line is printed when, and only when, the situation changes.
options:
  name:
    description:
    - Names to look at; all when left out.
    type: list
    elements: str
  namespace:
    description:
    - Namespace to look in; all namespaces when left out.
    type: str
  label_selectors:
    description:
    - Label selectors that must all match, for example V(tier=canary).
    type: list
    default: []
    elements: str
  goal:
    description:
    - What to wait for.
    - 'V(available): the API is usable. V(version_completed): the release is installed or the upgrade done.
      V(nodes_ready): all nodes of the node pools are ready. V(healthy): all health gates pass. V(reconciled): the
      operator has seen the last change. V(node_pools_settled): node pools are at their target, nothing rolls.
      V(paused), V(resumed), V(gone): as named.'
    type: str
    default: available
    choices:
    - available
    - version_completed
    - nodes_ready
    - healthy
    - paused
    - resumed
    - gone
    - reconciled
    - node_pools_settled
    - node_pools_gone
  version:
    description:
    - Version the goal is about, for V(version_completed).
    type: str
  node_pools:
    description:
    - Only these node pools; all when empty.
    type: list
    default: []
    elements: str
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 2700
  progress_timeout:
    description:
    - Longest time in seconds without any change before the wait ends.
    type: int
    default: 900
  targets:
    description:
    - Hosted clusters that each wait for something of their own, with one watch for all of them. Excludes the options
      that select clusters, O(version) and O(node_pools).
    type: list
    elements: dict
    version_added: 0.2.0
    suboptions:
      name:
        description:
        - Name of the HostedCluster.
        type: str
        required: true
      namespace:
        description:
        - Namespace of the HostedCluster.
        type: str
        default: clusters
      version:
        description:
        - Version the goal is about.
        type: str
      image:
        description:
        - Release image the goal is about.
        type: str
      node_pools:
        description:
        - Only these node pools; all when empty.
        type: list
        elements: str
        default: []
  campaign:
    description:
    - Name of the campaign on whose behalf this is done. Its Lease on each of O(targets) is renewed meanwhile, and
      nothing is written once somebody else holds it.
    type: str
    version_added: 0.2.0
  lease_seconds:
    description:
    - Seconds for which a renewed Lease holds; the same as for M(hypershift.core.upgrade_gate).
    type: int
    default: 7200
    version_added: 0.2.0
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster
- module: hypershift.core.hosted_cluster_info
attributes:
  check_mode:
    support: full
    details: Returns at once without waiting, so that a play that would first create the cluster can be checked.
  diff_mode:
    support: none
    details: Reads only.
  idempotent:
    support: full
    details: Reads only.
"""

EXAMPLES = r"""
- name: Wait until a hosted cluster can be used
  hypershift.core.hosted_cluster_wait:
    name: demo
    namespace: clusters
    goal: available
    wait_timeout: 1800

- name: Wait for all clusters of a wave at once
  hypershift.core.hosted_cluster_wait:
    label_selectors:
      - tier=canary
    goal: healthy

- name: Wait for upgrades of several hosted clusters to versions of their own
  hypershift.core.hosted_cluster_wait:
    goal: version_completed
    targets:
      - name: demo
        version: 4.20.4
        image: quay.io/openshift-release-dev/ocp-release:4.20.4-multi
"""

RETURN = r"""
wait:
  description:
  - 'How the wait ended: C(goal) and per cluster C(outcome), C(summary), C(missing), C(seconds).'
  type: dict
  returned: when waited
  sample:
    goal: available
    clusters:
    - namespace: clusters
      name: demo
      outcome: done
      summary: available
      missing: []
      seconds: 312.4
      unchanged_seconds: 0.0
      finding: {}
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(rollout_not_allowed), V(missing_permission), V(timeout).
      type: str
      returned: failure
    object:
      description:
      - Kind, namespace and name of the object it is about.
      type: str
      returned: failure
    condition:
      description:
      - Condition type that proves it.
      type: str
      returned: failure
    cause:
      description:
      - One sentence.
      type: str
      returned: failure
    next_step:
      description:
      - What to do now.
      type: str
      returned: failure
    docs:
      description:
      - Page and section of the documentation that explain the code, for example C(docs/failure_codes.md#not_found).
      type: str
      returned: failure
management_cluster:
  description:
  - The management cluster that was asked, as C(server) (URL) and C(uid) (of namespace C(kube-system); null where the
    account may not read it, and where nothing was to be changed).
  returned: when it was reached
  type: dict
  sample:
    server: https://api.hub.example.com:6443
    uid: 0d7f3c1e-5a3b-4c55-9a57-1f0e1f6f5b1e
"""

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, CAMPAIGN, GOALS, NAMESPACE, SELECTION, WAIT, full
from ..module_utils._campaigns.hold import held
from ..module_utils._clusters.hosted_cluster_wait import HostedClusterWait

_TARGET: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    **NAMESPACE,
    "version": {"type": "str"},
    "image": {"type": "str"},
    "node_pools": {"type": "list", "elements": "str", "default": []},
}
_OPTIONS: dict[str, Any] = {
    "targets": {"type": "list", "elements": "dict", "options": _TARGET},
    "goal": {"type": "str", "default": "available", "choices": GOALS},
    "version": {"type": "str"},
    "node_pools": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": WAIT["wait_timeout"],
    "progress_timeout": WAIT["progress_timeout"],
}

ENTRY = Entry(
    name="hosted_cluster_wait",
    spec=full(AUTH, SELECTION, _OPTIONS, CAMPAIGN),
    operation=lambda hub, params, _check: HostedClusterWait(hub, params),
    around=lambda hub, params: held(
        hub,
        params.get("campaign") or "",
        params["lease_seconds"],
        [(t["namespace"], t["name"]) for t in params.get("targets") or ()],
        waits=True,
    ),
    constraints={"mutually_exclusive": [["targets", name] for name in ("name", "namespace", "version")]},
)


if __name__ == "__main__":
    main(ENTRY)
