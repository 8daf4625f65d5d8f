#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_info
short_description: State of a hosted cluster's etcd, asked of its members
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Asks each member of a hosted cluster's etcd what state it is in, and says in one word what is to be done.
- Works while the API of the hosted cluster is down, since it runs the etcd tools in the members' own containers.
- A member that could not be asked is V(unknown) with the cause, be it a right that is missing, an admission policy or a
  node that does not answer.
- Compares the members' data at one revision. Members can all report healthy and still hold different data, for example
  after a restore of one member alone; that is the verdict V(diverged).
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
  shards:
    description:
    - StatefulSets to look at, by name; all that carry etcd's labels when left out.
    type: list
    elements: str
  compare_data:
    description:
    - Compare hashes of the members' data. Reads the whole database on every member; set it to false to look often at
      large ones.
    type: bool
    default: true
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
notes:
- Needs the verbs C(get) and C(create) on C(pods/exec) in the control plane's namespace, see the collection's
  C(docs/rbac.md).
seealso:
- module: hypershift.core.etcd_member_recover
- module: hypershift.core.etcd_snapshot
- module: hypershift.core.etcd_restore
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
- name: Look at etcd
  hypershift.core.etcd_info:
    name: demo
  register: found

- name: Stop when it is not well
  ansible.builtin.assert:
    that: found.etcd.verdict == 'healthy'
    fail_msg: "{{ found.etcd.cause }}. {{ found.etcd.next_step }}"
"""

RETURN = r"""
etcd:
  description:
  - What was found.
  type: dict
  returned: success
  contains:
    verdict:
      description:
      - 'The worst that is true: V(scaled_down), V(diverged), V(corrupt), V(unknown), V(no_quorum), V(no_space),
        V(member_failed), V(member_list), V(learner), V(rolling) or V(healthy).'
      - V(unknown) means that members could not be asked, or that they and the management cluster contradict each other.
        It counts as none of the others.
      type: str
      returned: success
    cause:
      description:
      - One sentence.
      type: str
      returned: success
    next_step:
      description:
      - What to do now.
      type: str
      returned: success
    quorate:
      description:
      - Whether a majority of the members answers linearizable reads; null when that was not seen.
      type: bool
      returned: success
    not_asked:
      description:
      - Members that run, or may run, and could not be asked. RV(etcd.cause) says why.
      type: list
      elements: str
      returned: success
    compared:
      description:
      - Whether the members' data was compared.
      type: bool
      returned: success
    operator_recovery:
      description:
      - What the operator's own recovery is doing, empty when nothing.
      type: str
      returned: success
    restore:
      description:
      - C(digest), C(snapshot) and C(started) of a restore that has not ended, by the mark on the HostedCluster; empty
        when there is none.
      type: dict
      returned: success
    hosted_cluster:
      description:
      - Its C(namespace) and C(name).
      type: dict
      returned: success
    control_plane_namespace:
      description:
      - Where its etcd runs.
      type: str
      returned: success
    shards:
      description:
      - 'Per StatefulSet: C(name), C(namespace), verdict as above, C(replicas), C(ready_replicas), C(rolling),
        C(etcd_available) (status of that condition), C(retention_when_scaled), C(image), C(leader), C(member_list) as
        etcd has it, and C(members).'
      - 'Per member: C(name), C(id), C(cluster_id), C(healthy), C(leader), C(learner), C(version), C(tool), C(db_size),
        C(db_in_use) and C(free) in bytes, C(revision), C(raft_term), C(raft_index), C(raft_applied), C(alarms), C(hash)
        at C(hash_revision), C(state), C(restarts), C(claim), C(claim_phase), C(node), C(error). C(healthy) is null for
        a member that could not be asked; C(not_asked) is the kind of cause then: V(forbidden) (no right), V(denied) (an
        admission policy), V(silent), V(absent) (nothing behind exec) or V(unreadable).'
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
from ..module_utils._etcd.etcd_info import EtcdInfo

_OPTIONS: dict[str, Any] = {
    "shards": {"type": "list", "elements": "str"},
    "compare_data": {"type": "bool", "default": True},
}

ENTRY = Entry(
    name="etcd_info", spec=full(AUTH, IDENTITY, _OPTIONS), operation=lambda hub, params, _check: EtcdInfo(hub, params)
)


if __name__ == "__main__":
    main(ENTRY)
