#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: pause_reconcile_info
short_description: List pauses of reconciliation and find forgotten ones
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Lists every pause on a management cluster with its owner, reason and end.
- 'Names the forgotten ones: ended but still set, without effect for want of a zone, without owner and end, or left on a
  node pool alone.'
options:
  namespace:
    description:
    - Namespace to look in; all namespaces when left out.
    type: str
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.pause_reconcile
attributes:
  check_mode:
    support: full
    details: Reads as usual; nothing is ever written.
  diff_mode:
    support: none
    details: Reads only.
  idempotent:
    support: full
    details: Reads only.
"""

EXAMPLES = r"""
- name: Find forgotten pauses
  hypershift.core.pause_reconcile_info:
  register: audit

- name: Show them
  ansible.builtin.debug:
    var: audit.forgotten
"""

RETURN = r"""
pauses:
  description:
  - 'Every pause: C(kind), C(namespace), C(name), C(active), C(until), C(owner), C(reason), C(since), C(problems).'
  type: list
  returned: success
  elements: dict
forgotten:
  description:
  - Those with problems.
  type: list
  returned: success
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

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, full
from ..module_utils._clusters.pause_reconcile_info import PauseReconcileInfo

ENTRY = Entry(
    name="pause_reconcile_info",
    spec=full(AUTH, {"namespace": {"type": "str"}}),
    operation=lambda hub, params, _check: PauseReconcileInfo(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
