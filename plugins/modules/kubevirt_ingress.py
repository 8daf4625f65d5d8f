#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubevirt_ingress
short_description: Make the ingress of a hosted cluster on OpenShift Virtualization reachable
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- For a hosted cluster with a base domain of its own. Reads the node ports of its router, and creates Service
  C(name-apps) of type LoadBalancer.
- Waits for the address of the Service, and returns the DNS record that is needed.
- A hosted cluster that takes the base domain of its management cluster needs nothing, and the module says so.
- Until this is done such a hosted cluster stays in progress, since its console and ingress operators cannot reach its
  apps.
options:
  name:
    description:
    - Name of the hosted cluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the hosted cluster.
    type: str
    default: clusters
  https_node_port:
    description:
    - Node port of Service C(openshift-ingress/router-nodeport-default) for HTTPS.
    - Read in the hosted cluster when it is left out, so give it where its API cannot be reached from here.
    type: int
  http_node_port:
    description:
    - The same for HTTP; with O(https_node_port) alone, HTTP is not served.
    type: int
  state:
    description:
    - V(present) makes or changes the Service.
    - V(absent) removes it if this module made it.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until the Service has an address, or until the provider of load balancers refuses one.
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
- module: hypershift.core.hosted_cluster
- module: hypershift.core.load_balancer_pool
- module: hypershift.core.ingress_wildcard_policy
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
- name: Ingress of a hosted cluster
  hypershift.core.kubevirt_ingress:
    name: demo
  register: ingress

- name: Say which DNS record is needed
  ansible.builtin.debug:
    var: ingress.dns_records

- name: Remove it
  hypershift.core.kubevirt_ingress:
    name: demo
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
    object: Service clusters-demo/demo-apps
    why: ingress of the hosted cluster
    disruptive: false
resource:
  description:
  - Service as it stands, or as it would be in check mode.
  type: dict
  returned: success
  sample:
    kind: Service
    metadata:
      name: demo-apps
      namespace: clusters-demo
needed:
  description:
  - Whether this hosted cluster needs a Service and a DNS record.
  type: bool
  returned: success
  sample: true
domain:
  description:
  - Name below which the apps are.
  type: str
  returned: success, when present
  sample: '*.apps.demo.example.com'
node_ports:
  description:
  - Node ports of the hosted cluster's router.
  type: dict
  returned: success, when present
  sample:
    https: 31443
    http: 31080
addresses:
  description:
  - Addresses of the Service.
  type: list
  elements: str
  returned: success
  sample:
  - 192.0.2.33
dns_records:
  description:
  - Records to make, with C(name), C(type) and C(value).
  type: list
  elements: dict
  returned: success
  sample:
  - name: '*.apps.demo.example.com'
    type: A
    value: 192.0.2.33
released:
  description:
  - Addresses that the Service had.
  type: list
  elements: str
  returned: when absent
  sample:
  - 192.0.2.33
wait:
  description:
  - 'What was waited for: C(goal), and per object C(outcome).'
  type: dict
  returned: when waited
  sample:
    goal: address
    clusters:
    - object: Service clusters-demo/demo-apps
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
      - Stable identifier, for example V(not_found), V(wrong_platform), V(kubeconfig_missing), V(router_missing),
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
from ..module_utils._ansible.options.common import AUTH, IDENTITY, STATE, full
from ..module_utils._kube.hub import KubeHub
from ..module_utils._platforms.kubevirt.kubevirt_ingress import KubevirtIngressAbsent, KubevirtIngressPresent

_OPTIONS: dict[str, Any] = {
    "https_node_port": {"type": "int"},
    "http_node_port": {"type": "int"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}


def _operation(hub: Any, params: dict[str, Any], _check: bool) -> Any:
    if params["state"] == "absent":
        return KubevirtIngressAbsent(hub, params)
    return KubevirtIngressPresent(hub, params, KubeHub.from_kubeconfig)


ENTRY = Entry(name="kubevirt_ingress", spec=full(AUTH, IDENTITY, STATE, _OPTIONS), operation=_operation)


if __name__ == "__main__":
    main(ENTRY)
