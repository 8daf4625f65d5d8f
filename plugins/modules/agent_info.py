#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_info
short_description: Read hosts and how many of them are free
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Lists agents with state, hardware and cluster, says in words what is wrong with them, and counts the free ones.
options:
  namespace:
    description:
    - Namespace of the agents; all when it is left out.
    type: str
  infra_env:
    description:
    - Only hosts that booted the image of this InfraEnv.
    type: str
  ids:
    description:
    - Only agents of these names, which are the ids of their hosts.
    type: list
    elements: str
    default: []
  hostnames:
    description:
    - Only hosts with these names, given by us or by themselves.
    type: list
    elements: str
    default: []
  mac_addresses:
    description:
    - Only hosts with one of these MAC addresses.
    type: list
    elements: str
    default: []
  label_selectors:
    description:
    - Only agents whose labels match all of these selectors.
    type: list
    elements: str
    default: []
  selectors:
    description:
    - Label selectors of node pools, to count the free hosts for each.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.agent
- module: hypershift.core.nodepool
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Nothing is changed.
  idempotent:
    support: full
"""

EXAMPLES = r"""
- name: Read the hosts
  hypershift.core.agent_info:
    namespace: clusters-demo
    selectors:
      - size=large
  register: hosts

- name: There is room for three more nodes
  ansible.builtin.assert:
    that: hosts.capacity[1].free >= 3
"""

RETURN = r"""
agents:
  description:
  - One row per host. C(words) says what the state means, or which validations fail.
  type: list
  elements: dict
  returned: success
  sample:
  - id: 6f2b1c4e-0000-4000-8000-000000000001
    namespace: clusters-demo
    infra_env: workers
    hostname: worker-0
    mac_addresses:
    - 52:54:00:00:00:10
    state: known-unbound
    approved: true
    role: worker
    architecture: x86_64
    cpus: 16
    memory_gib: 64.0
    cluster: ''
    free: true
    installation_disk: /dev/disk/by-id/wwn-0x1
    labels: {}
    words: ready to be bound to a hosted cluster
capacity:
  description:
  - All hosts first, then those of each of O(selectors). A host is free when it is approved, known and belongs to no
    cluster.
  type: list
  elements: dict
  returned: success
  sample:
  - selector: ''
    matching: 3
    free: 3
    bound: 0
    not_ready: 0
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(invalid_option), V(missing_permission).
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
from ..module_utils._ansible.options.common import AUTH, full
from ..module_utils._platforms.agent.agent_info import AgentInfo

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str"},
    "infra_env": {"type": "str"},
    "ids": _TEXTS,
    "hostnames": _TEXTS,
    "mac_addresses": _TEXTS,
    "label_selectors": _TEXTS,
    "selectors": _TEXTS,
}

ENTRY = Entry(
    name="agent_info", spec=full(AUTH, _OPTIONS), operation=lambda hub, params, _check: AgentInfo(hub, params)
)


if __name__ == "__main__":
    main(ENTRY)
