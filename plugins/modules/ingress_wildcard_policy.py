#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ingress_wildcard_policy
short_description: Let wildcard routes of hosted clusters through the default ingress
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Sets C(spec.routeAdmission.wildcardPolicy) of an IngressController to V(WildcardsAllowed), and no other field of its
  specification.
- Hosted clusters on OpenShift Virtualization that take the base domain of their management cluster need it.
options:
  name:
    description:
    - Name of the IngressController.
    type: str
    default: default
  namespace:
    description:
    - Namespace of the IngressController.
    type: str
    default: openshift-ingress-operator
  state:
    description:
    - V(present) allows wildcard routes.
    - V(absent) puts back what an annotation says stood there before this module. Refused while hosted clusters need it.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until the routers have taken it up.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 300
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.load_balancer_pool
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
- name: Allow wildcard routes
  hypershift.core.ingress_wildcard_policy:
    state: present

- name: Put it back as it was
  hypershift.core.ingress_wildcard_policy:
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
    object: IngressController openshift-ingress-operator/default
    why: the apps of hosted clusters are wildcard routes
    disruptive: false
    change:
      spec:
        routeAdmission:
          wildcardPolicy: WildcardsAllowed
resource:
  description:
  - IngressController as it stands, or as it would be in check mode.
  type: dict
  returned: success
  sample:
    kind: IngressController
    metadata:
      name: default
      namespace: openshift-ingress-operator
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: router_settled
    clusters:
    - object: IngressController openshift-ingress-operator/default
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
      - Stable identifier, for example V(not_found), V(in_use), V(missing_permission), V(timeout).
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
from ..module_utils._platforms.kubevirt.ingress_wildcard_policy import IngressWildcardPolicy

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "default": "default"},
    "namespace": {"type": "str", "default": "openshift-ingress-operator"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}

ENTRY = Entry(
    name="ingress_wildcard_policy",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: IngressWildcardPolicy(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
