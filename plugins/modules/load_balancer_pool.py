#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: load_balancer_pool
short_description: Give MetalLB a pool of addresses
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Creates or changes an IPAddressPool and its L2Advertisement.
- On a management cluster they serve the API of hosted clusters on OpenShift Virtualization, in a hosted cluster on bare
  metal its ingress.
- Ranges that cannot be, and ranges that another pool has, are refused.
options:
  name:
    description:
    - Name of IPAddressPool and L2Advertisement.
    type: str
    required: true
  namespace:
    description:
    - Namespace of MetalLB.
    type: str
    default: metallb-system
  addresses:
    description:
    - Networks (V(192.0.2.0/28)) or ranges (V(192.0.2.10-192.0.2.20)), IPv4 or IPv6. Needed with O(state=present).
    type: list
    elements: str
  auto_assign:
    description:
    - Whether services get addresses of it without naming it; at creation MetalLB takes true.
    type: bool
  interfaces:
    description:
    - Only announce the addresses on these interfaces of the nodes.
    type: list
    elements: str
  deploy_metallb:
    description:
    - Make the MetalLB object, which starts it, when there is none.
    type: bool
    default: false
  state:
    description:
    - V(present) makes or changes it.
    - V(absent) removes what this module made. Refused while services have addresses of it.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - With O(deploy_metallb), wait until MetalLB is available.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
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
- module: hypershift.core.ingress_wildcard_policy
- module: hypershift.core.kubevirt_ingress
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
- name: Addresses for the API of hosted clusters
  hypershift.core.load_balancer_pool:
    name: hosted-clusters
    addresses:
      - 192.0.2.32/28
      - 192.0.2.60-192.0.2.63
    deploy_metallb: true

- name: Remove the pool
  hypershift.core.load_balancer_pool:
    name: hosted-clusters
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
  - verb: create
    object: IPAddressPool metallb-system/hosted-clusters
    why: addresses for services of type LoadBalancer
    disruptive: false
resource:
  description:
  - IPAddressPool as it stands, or as it would be in check mode.
  type: dict
  returned: success
  sample:
    kind: IPAddressPool
    metadata:
      name: hosted-clusters
      namespace: metallb-system
addresses:
  description:
  - How many addresses the pool has, and as far as MetalLB tells, how many of them are in use.
  type: dict
  returned: success, when present
  sample:
    total: 20
    assigned: 2
    free: 18
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: metallb_available
    clusters:
    - object: MetalLB metallb-system/metallb
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
      - Stable identifier, for example V(invalid_option), V(pool_overlap), V(not_installed), V(in_use), V(timeout).
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
from ..module_utils._platforms.kubevirt.load_balancer_pool import LoadBalancerPoolAbsent, LoadBalancerPoolPresent

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "default": "metallb-system"},
    "addresses": {"type": "list", "elements": "str"},
    "auto_assign": {"type": "bool"},
    "interfaces": {"type": "list", "elements": "str"},
    "deploy_metallb": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="load_balancer_pool",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: (
        LoadBalancerPoolAbsent(hub, params) if params["state"] == "absent" else LoadBalancerPoolPresent(hub, params)
    ),
    constraints={"required_if": [["state", "present", ["addresses"]]]},
)


if __name__ == "__main__":
    main(ENTRY)
