#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: pause_reconcile
short_description: Pause and resume reconciliation of a hosted cluster
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Pauses a HostedCluster, all its NodePools and their MachineHealthChecks as one unit, with owner, reason and end.
- Resuming removes the field; V(false) and an empty text are never written, since one stays behind and the other is
  refused by the API.
- 'Waits for the proof: the operator reports the pause, and the control plane object carries it.'
options:
  name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster and its NodePools.
    type: str
    default: clusters
  state:
    description:
    - V(paused) stops reconciliation, V(resumed) lets it go on.
    type: str
    required: true
    choices:
    - paused
    - resumed
  owner:
    description:
    - 'Who pauses: a team, a ticket, a job. Required to pause. A pause of another owner is refused.'
    type: str
  reason:
    description:
    - Why, for those who find the pause.
    type: str
  until:
    description:
    - End of the pause as RFC 3339 with a zone, for example V(2026-12-01T06:00:00Z). A date without zone would be
      accepted by the API and not pause.
    type: str
  unlimited:
    description:
    - Pause until somebody resumes.
    type: bool
    default: false
  take_over:
    description:
    - Replace or end the pause of another owner.
    type: bool
    default: false
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.wait_options
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.pause_reconcile_info
- module: hypershift.core.hosted_cluster
attributes:
  check_mode:
    support: full
    details: Returns the whole plan, the predicted object and the rollout impact. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Pause for maintenance of the storage, with an end
  hypershift.core.pause_reconcile:
    name: demo
    state: paused
    owner: storage-team
    reason: array firmware update
    until: "{{ '%Y-%m-%dT%H:%M:%SZ' | strftime(now(utc=true, fmt='%s') | int + 7200, utc=true) }}"

- name: Resume
  hypershift.core.pause_reconcile:
    name: demo
    state: resumed
    owner: storage-team
"""

RETURN = r"""
plan:
  description:
  - The writes in order, planned in check mode and done otherwise; each with C(verb), C(object), C(why), C(disruptive)
    and for patches C(change).
  type: list
  returned: always
  elements: dict
  sample:
  - verb: patch
    object: NodePool clusters/demo
    why: the node pool differs from the options
    disruptive: false
    change:
      spec:
        replicas: 3
resource:
  description:
  - The object as it stands afterwards; in check mode as predicted.
  type: dict
  returned: always
rollout:
  description:
  - 'Which node pools the change rolls: C(node_pool), C(namespace), C(nodes), C(action) (V(replace) or V(in_place)) and
    C(why).'
  type: list
  returned: always
  elements: dict
  sample:
  - node_pool: demo
    namespace: clusters
    nodes: 3
    action: replace
    why:
    - another release image
units:
  description:
  - The objects that are paused or resumed together.
  type: list
  returned: success
  elements: str
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
refusals:
  description:
  - All refusals of a plan that was not carried out, each like RV(failure).
  type: list
  returned: when refused
  elements: dict
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
from ..module_utils._ansible.options.common import AUTH, IDENTITY, WAIT, full
from ..module_utils._clusters.pause_reconcile import PauseReconcile

_OPTIONS: dict[str, Any] = {
    "state": {"type": "str", "required": True, "choices": ["paused", "resumed"]},
    "owner": {"type": "str"},
    "reason": {"type": "str"},
    "until": {"type": "str"},
    "unlimited": {"type": "bool", "default": False},
    "take_over": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="pause_reconcile",
    spec=full(AUTH, IDENTITY, _OPTIONS, WAIT),
    operation=lambda hub, params, _check: PauseReconcile(hub, params),
    constraints={"required_if": [["state", "paused", ["owner"]]]},
)


if __name__ == "__main__":
    main(ENTRY)
