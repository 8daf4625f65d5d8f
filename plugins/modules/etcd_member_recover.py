#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_member_recover
short_description: Replace one failed member of a quorate etcd
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Deletes the volume claim and the pod of the one failed member; its StatefulSet makes both again and the member joins
  the others with empty data.
- Ends only when every member is healthy and holds the same data.
- Refuses when a member that runs could not be asked, when a second member is not healthy, when the StatefulSet is
  rolling, when the operator's own recovery is at work, and when members hold different data.
- 'A run that was interrupted is safe to repeat: a claim that is new is waited for and not deleted again.'
options:
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
  member:
    description:
    - Name of the failed member. A guard, since only the one failed member is ever replaced.
    type: str
  shard:
    description:
    - StatefulSet of the member.
    type: str
    default: etcd
  assume_lost:
    description:
    - Members that are lost for good although they could not be asked, by name. Without it nothing is done while a
      member could not be asked.
    - Refused for a member that answers, and where something that can be seen speaks against it.
    type: list
    elements: str
    default: []
  wait_timeout:
    description:
    - Longest wait in seconds until every member is healthy.
    type: int
    default: 900
  settle_seconds:
    description:
    - A claim younger than this belongs to a recovery that is under way.
    type: int
    default: 600
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.etcd_info
- module: hypershift.core.etcd_restore
attributes:
  check_mode:
    support: full
    details: Says what would be deleted and refuses what would be refused.
  diff_mode:
    support: full
    details: Shows what is deleted.
  idempotent:
    support: full
    details: Nothing is done when no member has failed.
"""

EXAMPLES = r"""
- name: Replace the failed member
  hypershift.core.etcd_member_recover:
    name: demo
"""

RETURN = r"""
etcd:
  description:
  - The shard after the recovery, as in RV(hypershift.core.etcd_info#module:etcd.shards).
  type: dict
  returned: success
plan:
  description:
  - What was done, or would be done in check mode.
  type: list
  elements: dict
  returned: success
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
from ..module_utils._ansible.options.common import AUTH, IDENTITY, full
from ..module_utils._etcd.etcd_member_recover import RecoverMember

_OPTIONS: dict[str, Any] = {
    "member": {"type": "str"},
    "shard": {"type": "str", "default": "etcd"},
    "assume_lost": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": {"type": "int", "default": 900},
    "settle_seconds": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="etcd_member_recover",
    spec=full(AUTH, IDENTITY, _OPTIONS),
    operation=lambda hub, params, _check: RecoverMember(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
