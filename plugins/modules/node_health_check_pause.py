#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: node_health_check_pause
short_description: Pause remediation by NodeHealthChecks during an update
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Adds one entry to, or removes it from, C(spec.pauseRequests) of NodeHealthChecks of the management cluster.
  Remediation is paused while there is any entry.
- Entries of others are never touched, also when they are written at the same moment.
- A management cluster without NodeHealthChecks is left as it is, with a warning.
options:
  name:
    description:
    - Names of NodeHealthChecks; all of them when empty.
    type: list
    elements: str
    default: []
  entry:
    description:
    - The text that tells our pause request from those of others, for example the name of a campaign.
    type: str
    required: true
  state:
    description:
    - V(present) pauses, V(absent) ends our pause.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until remediations in flight are over, since a pause does not stop them. When false, a NodeHealthCheck with
      one is refused.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 900
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster_upgrade
- module: hypershift.core.pause_reconcile
attributes:
  check_mode:
    support: full
    details: Returns the whole plan. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: No node is to be remediated during the update
  hypershift.core.node_health_check_pause:
    entry: upgrade-autumn

- name: Remediation goes on
  hypershift.core.node_health_check_pause:
    entry: upgrade-autumn
    state: absent
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
    object: NodeHealthCheck workers
    why: no node is to be remediated meanwhile
    disruptive: false
    change:
      spec:
        pauseRequests:
        - upgrade-autumn
node_health_checks:
  description:
  - 'Each NodeHealthCheck with its pause requests afterwards, and the nodes that were under remediation.'
  type: list
  elements: dict
  returned: success
  sample:
  - name: workers
    pause_requests:
    - upgrade-autumn
    in_flight: []
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
      - Stable identifier, for example V(remediation_in_flight), V(missing_permission), V(timeout).
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
from ..module_utils._ansible.options.common import AUTH, STATE, full
from ..module_utils._clusters.node_health_check_pause import NodeHealthCheckPause

_OPTIONS: dict[str, Any] = {
    "name": {"type": "list", "elements": "str", "default": []},
    "entry": {"type": "str", "required": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
}

ENTRY = Entry(
    name="node_health_check_pause",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: NodeHealthCheckPause(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
