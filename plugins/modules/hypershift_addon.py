#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hypershift_addon
short_description: Turn hosted control planes on or off on a management cluster
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Enables the components of the multicluster engine that carry hosted control planes, in their order, and waits
  until the HyperShift operator is there. Then the cluster is managed by its own engine, the add-on is available, and
  the operator has all its replicas and has published the versions that it supports.
- Off is the reverse order, and refused as long as there is a hosted cluster.
options:
  state:
    description:
    - V(present) turns them on and waits for the operator.
    - V(absent) uninstalls the operator and ends the add-on's manager.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until it is so.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds, all stages together.
    type: int
    default: 1800
  patience:
    description:
    - Seconds after which a state that looks hopeless, but may heal by itself, is believed.
    type: int
    default: 180
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hypershift_addon_config
- module: hypershift.core.multicluster_engine
- module: hypershift.core.management_cluster_info
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
- name: Hosted clusters can be created
  hypershift.core.hypershift_addon:

- name: No hosted control planes here any more
  hypershift.core.hypershift_addon:
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
    object: MultiClusterEngine multiclusterengine
    why: the add-on installs the operator on this cluster
    disruptive: false
    change:
      spec:
        overrides:
          components:
          - name: hypershift-local-hosting
            enabled: true
addon:
  description:
  - The add-on and its operator at the end.
  type: dict
  returned: when there is a multicluster engine
  contains:
    installed:
      description:
      - Whether there is an operator.
      type: bool
      returned: always
    conditions:
      description:
      - Status of each condition of the add-on.
      type: dict
      returned: always
      sample:
        Available: 'True'
        Degraded: 'False'
    image:
      description:
      - Image of the operator.
      type: str
      returned: always
    arguments:
      description:
      - Arguments that the operator runs with.
      type: list
      elements: str
      returned: always
    supported_versions:
      description:
      - OpenShift minors of hosted clusters that can be created, newest first.
      type: list
      elements: str
      returned: always
      sample:
      - '4.20'
      - '4.19'
    server_version:
      description:
      - Build of the operator; empty with old ones.
      type: str
      returned: always
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
      - Stable identifier, for example V(hosted_clusters_exist), V(not_found), V(hopeless), V(timeout).
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
from ..module_utils._multicluster_engine.hypershift_addon import HypershiftAddon

_OPTIONS: dict[str, Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "patience": {"type": "int", "default": 180},
}

ENTRY = Entry(name="hypershift_addon", spec=full(AUTH, STATE, _OPTIONS), operation=HypershiftAddon)


if __name__ == "__main__":
    main(ENTRY)
