#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: management_cluster_info
short_description: Check whether a management cluster is ready for hosted clusters
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads a management cluster and judges it, check by check, before the first hosted cluster is created or more are
  added.
- 'Looked at on every management cluster: OpenShift and the multicluster engine and whether they fit each other, the
  HyperShift operator and the versions that it supports, the default storage class, worker nodes and their zones, load
  balancers, and the room for more control planes.'
- Further checks belong to one platform of hosted clusters; see O(platforms).
- The module does not fail because of a bad verdict. Playbook C(hypershift.core.preflight) does.
- What the account may not read, and what this management cluster does not serve, gets verdict V(unknown) and is told
  with what to grant or to install.
- Room is counted in requests, as the scheduler does, by the published figures of one highly available control plane.
  Load is not measured.
options:
  platforms:
    description:
    - Platforms of the hosted clusters that are to be created; their checks are made as well.
    - When empty, those platforms are looked at whose operators are there; V(kubevirt) with a C(HyperConverged),
      V(agent) with an C(AgentServiceConfig), V(aws) when the management cluster runs on AWS.
    - V(none) has no checks of its own; give it alone to leave out those of other platforms.
    type: list
    elements: str
    choices:
    - agent
    - aws
    - kubevirt
    - none
    default: []
  hosted_clusters:
    description:
    - How many hosted clusters are to be added to those that are there.
    type: int
    default: 1
  availability:
    description:
    - Availability of their control planes.
    - No figures are published for V(SingleReplica). What is enough for V(HighlyAvailable) is enough for it; when it is
      not, check C(capacity) is V(unknown).
    type: str
    choices:
    - HighlyAvailable
    - SingleReplica
    default: HighlyAvailable
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster
- module: hypershift.core.upgrade_plan
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
- name: Check a management cluster before three hosted clusters are added
  hypershift.core.management_cluster_info:
    platforms:
      - kubevirt
    hosted_clusters: 3
  register: preflight

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ preflight.table }}"
"""

RETURN = r"""
checks:
  description:
  - A row per check, those of every management cluster first.
  type: list
  returned: success
  elements: dict
  contains:
    check:
      description:
      - Stable name of the check.
      type: str
      returned: always
      sample: default_storage_class
    platform:
      description:
      - Platform that it belongs to; empty for a check of every management cluster.
      type: str
      returned: always
      sample: ""
    verdict:
      description:
      - V(ok), V(warning), V(unknown) or V(failed).
      type: str
      returned: always
      sample: failed
    value:
      description:
      - What was found, in a few words.
      type: str
      returned: always
      sample: none
    cause:
      description:
      - What is wrong; empty when nothing is.
      type: str
      returned: always
      sample: none of 2 storage classes is the default, so claims of etcd stay Pending
    next_step:
      description:
      - What to do about it; empty when nothing is wrong.
      type: str
      returned: always
      sample: Annotate one with storageclass.kubernetes.io/is-default-class=true.
verdict:
  description:
  - The worst of all; from good to bad V(ok), V(warning), V(unknown), V(failed).
  type: str
  returned: success
  sample: failed
summary:
  description:
  - How many C(checks) there are, and how many of them are C(ok), C(warning), C(unknown) and C(failed).
  type: dict
  returned: success
  sample:
    checks: 12
    ok: 11
    warning: 0
    unknown: 0
    failed: 1
capacity:
  description:
  - The numbers behind check C(capacity), of the worker nodes that a new control plane may be scheduled to.
  - Empty when nodes or pods may not be listed.
  type: dict
  returned: success
  contains:
    nodes:
      description:
      - How many worker nodes were counted.
      type: int
      returned: when counted
      sample: 6
    allocatable:
      description:
      - What they offer; C(cpu) in vCPU, C(memory_gib) in GiB, C(pods).
      type: dict
      returned: when counted
      sample:
        cpu: 96.0
        memory_gib: 384.0
        pods: 1500
    requested:
      description:
      - What the pods on them request.
      type: dict
      returned: when counted
      sample:
        cpu: 30.5
        memory_gib: 96.0
        pods: 320
    free:
      description:
      - The difference.
      type: dict
      returned: when counted
      sample:
        cpu: 65.5
        memory_gib: 288.0
        pods: 1180
    per_hosted_cluster:
      description:
      - What one highly available control plane takes.
      type: dict
      returned: when counted
      sample:
        cpu: 5.5
        memory_gib: 19.0
        pods: 78
    fits:
      description:
      - How many more control planes fit.
      type: int
      returned: when counted
      sample: 11
    fits_without_one_node:
      description:
      - How many more fit while the largest worker node is lost or drained.
      type: int
      returned: when counted
      sample: 9
    wanted:
      description:
      - Option O(hosted_clusters).
      type: int
      returned: when counted
      sample: 3
    limited_by:
      description:
      - What runs out first; V(cpu), V(memory) or V(pods).
      type: str
      returned: when counted
      sample: cpu
    computed:
      description:
      - How it was counted, in a sentence.
      type: str
      returned: when counted
      sample: >-
        free = status.allocatable of the 6 usable worker nodes minus the requests of the pods on them; one highly
        available control plane takes 78 pods, 5.5 vCPU and 19 GiB; the scarcest of the three decides
platforms:
  description:
  - Platforms whose checks were made.
  type: list
  returned: success
  elements: str
  sample:
  - kubevirt
supported_versions:
  description:
  - Minor versions that the HyperShift operator creates, newest first; empty when they could not be read.
  type: list
  returned: success
  elements: str
  sample:
  - "4.21"
  - "4.20"
server:
  description:
  - The API server that was asked.
  type: str
  returned: success
  sample: https://api.hub.example.com:6443
table:
  description:
  - The checks as lines of a table for people.
  type: list
  returned: success
  elements: str
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
from ..module_utils._preflight.management_cluster_info import ManagementClusterInfo

ENTRY = Entry(
    name="management_cluster_info",
    spec=full(
        AUTH,
        {
            "platforms": {
                "type": "list",
                "elements": "str",
                "choices": ["agent", "aws", "kubevirt", "none"],
                "default": [],
            },
            "hosted_clusters": {"type": "int", "default": 1},
            "availability": {
                "type": "str",
                "choices": ["HighlyAvailable", "SingleReplica"],
                "default": "HighlyAvailable",
            },
        },
    ),
    operation=lambda hub, params, _check: ManagementClusterInfo(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
