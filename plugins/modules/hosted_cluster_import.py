#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_import
short_description: Import a hosted cluster into the multicluster engine, or let it go
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Makes a ManagedCluster for a hosted cluster and waits until it is accepted, joined and available. Needed when
  automatic import is off (variable C(autoImportDisabled) of M(hypershift.core.hypershift_addon_config)), and harmless
  when it is on.
- Letting it go removes the ManagedCluster; the hosted cluster goes on running. On platforms other than Agent do that
  before the hosted cluster is destroyed.
- Automatic import brings a hosted cluster back, as long as it is on.
options:
  name:
    description:
    - Name of the hosted cluster, and of the managed cluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the hosted cluster.
    type: str
    default: clusters
  cluster_set:
    description:
    - ManagedClusterSet that it joins. Left out, a new import joins V(default), and one that is there stays in its own.
    type: str
  labels:
    description:
    - Further labels of the ManagedCluster.
    type: dict
    default: {}
  klusterlet_addons:
    description:
    - Make a KlusterletAddonConfig as well, where Advanced Cluster Management is installed.
    type: bool
    default: false
  state:
    description:
    - V(present) imports it.
    - V(absent) lets it go.
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
    default: 900
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
- module: hypershift.core.hosted_cluster
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
- name: It shows among the managed clusters
  hypershift.core.hosted_cluster_import:
    name: shop
    cluster_set: production

- name: It leaves them before it is destroyed
  hypershift.core.hosted_cluster_import:
    name: shop
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
    object: ManagedCluster shop
    why: the hosted cluster joins the managed clusters of the engine
    disruptive: false
conditions:
  description:
  - Status of each condition of the ManagedCluster.
  type: dict
  returned: success
  sample:
    ManagedClusterJoined: 'True'
resource:
  description:
  - The ManagedCluster; as it would be, in check mode.
  type: dict
  returned: success
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
      - Stable identifier, for example V(name_taken), V(not_available), V(not_found), V(timeout).
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
from ..module_utils._multicluster_engine.hosted_cluster_import import HostedClusterImport

_OPTIONS: dict[str, Any] = {
    "cluster_set": {"type": "str"},
    "labels": {"type": "dict", "default": {}},
    "klusterlet_addons": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
    "patience": {"type": "int", "default": 180},
}

ENTRY = Entry(name="hosted_cluster_import", spec=full(AUTH, STATE, IDENTITY, _OPTIONS), operation=HostedClusterImport)


if __name__ == "__main__":
    main(ENTRY)
