#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: agent
short_description: Approve hosts, name them, and wait for them
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Works on agents, which are hosts that booted the image of an InfraEnv. Without a selection all of the namespace are
  meant.
- Hosts that belong to a cluster keep name, role and disk; only their labels change.
options:
  namespace:
    description:
    - Namespace of the agents.
    type: str
    required: true
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
  approved:
    description:
    - Whether the hosts may become nodes. Hosts that were discovered through a BareMetalHost are approved by themselves.
    type: bool
  hostname:
    description:
    - Name for the host; for a selection of one.
    type: str
  role:
    description:
    - Role of the hosts.
    type: str
    choices:
    - auto-assign
    - master
    - worker
  labels:
    description:
    - Labels of the agents, for the selectors of node pools; null removes one.
    type: dict
  installation_disk:
    description:
    - Disk to install on, by id, path, name or link; for a selection of one. Refused when the host has no such disk.
    type: str
  count:
    description:
    - Wait until so many chosen hosts are known, and approved when O(approved=true). Hosts that come meanwhile get the
      settings too.
    - The wait ends early with the failing validations when too few hosts would be left without those that fail.
    type: int
  state:
    description:
    - V(present) changes the chosen hosts.
    - V(absent) forgets the chosen hosts; those that belong to a cluster are refused. It needs a selection.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait for O(count) hosts.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 1800
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.agent_info
- module: hypershift.core.infra_env
- module: hypershift.core.nodepool
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
- name: Take in three hosts
  hypershift.core.agent:
    namespace: clusters-demo
    infra_env: workers
    approved: true
    role: worker
    labels:
      size: large
    count: 3

- name: Name a host and choose its disk
  hypershift.core.agent:
    namespace: clusters-demo
    mac_addresses:
      - "52:54:00:00:00:10"
    hostname: worker-0
    installation_disk: /dev/sda

- name: Forget a host that was taken away
  hypershift.core.agent:
    namespace: clusters-demo
    hostnames:
      - worker-0
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
    object: Agent clusters-demo/6f2b1c4e-0000-4000-8000-000000000001
    why: settings of host worker-0
    disruptive: false
    change:
      spec:
        approved: true
agents:
  description:
  - The chosen hosts as they are afterwards; as they are now in check mode.
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
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: agents_ready
    clusters:
    - object: Agents of namespace clusters-demo
      outcome: done
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
      - Stable identifier, for example V(not_found), V(ambiguous_selection), V(no_such_disk), V(agents_bound),
        V(hopeless), V(timeout).
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
from ..module_utils._platforms.agent.agent import AgentAbsent, AgentPresent

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "infra_env": {"type": "str"},
    "ids": _TEXTS,
    "hostnames": _TEXTS,
    "mac_addresses": _TEXTS,
    "label_selectors": _TEXTS,
    "approved": {"type": "bool"},
    "hostname": {"type": "str"},
    "role": {"type": "str", "choices": ["auto-assign", "master", "worker"]},
    "labels": {"type": "dict"},
    "installation_disk": {"type": "str"},
    "count": {"type": "int"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
}

ENTRY = Entry(
    name="agent",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: (
        AgentAbsent(hub, params) if params["state"] == "absent" else AgentPresent(hub, params)
    ),
)


if __name__ == "__main__":
    main(ENTRY)
