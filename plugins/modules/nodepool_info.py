#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: nodepool_info
short_description: Read node pools with a normalised summary and a health verdict
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads any number of node pools of a management cluster with one request per thousand.
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
  cluster_name:
    description:
    - Only node pools of this hosted cluster.
    type: str
  raw:
    description:
    - 'Return the raw API objects beside the summary. Turn it off for fleets: a thousand raw hosted clusters weigh many
      megabytes.'
    type: bool
    default: true
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.nodepool
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
- name: Read the node pools of a hosted cluster
  hypershift.core.nodepool_info:
    namespace: clusters
    cluster_name: demo
    raw: false
  register: pools

- name: Show sizes
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.replicas.current }} of {{ item.replicas.desired }} nodes, {{ item.health.verdict }}"
  loop: "{{ pools.node_pools }}"
"""

RETURN = r"""
node_pools:
  description:
  - 'One summary per node pool: C(name), C(cluster), C(version), C(replicas), C(updating), C(health) and more.'
  type: list
  returned: success
  elements: dict
resources:
  description:
  - The raw API objects, empty with O(raw=false).
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
from ..module_utils._ansible.options.common import AUTH, RAW, SELECTION, full
from ..module_utils._node_pools.nodepool_info import NodePoolInfo

ENTRY = Entry(
    name="nodepool_info",
    spec=full(AUTH, SELECTION, {"cluster_name": {"type": "str"}}, RAW),
    operation=lambda hub, params, _check: NodePoolInfo(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
