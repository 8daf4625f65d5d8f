#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: multicluster_engine
short_description: Install, upgrade or remove the multicluster engine through OLM
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Brings the multicluster engine operator to a channel, with Namespace, OperatorGroup, Subscription, approval of the
  InstallPlan and MultiClusterEngine.
- An upgrade over several minor versions goes through each channel in between, and waits for the engine before the next
  one.
- Refuses before any write what cannot work, for example an OpenShift that the channel does not support, a second
  OperatorGroup, a MultiClusterEngine that belongs to a MultiClusterHub (ACM), a way back, or a removal while there are
  hosted clusters.
- Components of the engine that are not named keep their state.
options:
  name:
    description:
    - Name of the MultiClusterEngine. There can be one only.
    type: str
    default: multiclusterengine
  namespace:
    description:
    - Namespace of the operator; created when it is missing.
    type: str
    default: multicluster-engine
  channel:
    description:
    - Channel to come from, for example V(stable-2.10). Required with O(state=present).
    type: str
  source:
    description:
    - CatalogSource that has the package.
    type: str
    default: redhat-operators
  source_namespace:
    description:
    - Namespace of that CatalogSource.
    type: str
    default: openshift-marketplace
  install_plan_approval:
    description:
    - Whether OLM installs what the channel brings by itself.
    type: str
    default: Automatic
    choices:
    - Automatic
    - Manual
  approve:
    description:
    - With V(Manual) approval, approve the InstallPlan of this package, as long as it installs nothing else. When false,
      a pending InstallPlan is refused.
    type: bool
    default: true
  starting_csv:
    description:
    - Version to start with, for example V(multicluster-engine.v2.10.0); counts at the first installation only.
    type: str
  availability_config:
    description:
    - Whether the engine runs its components with more than one replica; the server's default is V(High).
    type: str
    choices:
    - Basic
    - High
  node_selector:
    description:
    - Nodes that the components run on.
    type: dict
  tolerations:
    description:
    - Tolerations of the components, in the form of the API; the whole list.
    type: list
    elements: dict
  image_pull_secret:
    description:
    - Name of the Secret to pull images with.
    type: str
  enabled_components:
    description:
    - Components to enable. V(hypershift), V(hypershift-local-hosting) and V(local-cluster) carry hosted clusters.
    type: list
    elements: str
    default: []
  disabled_components:
    description:
    - Components to disable.
    type: list
    elements: str
    default: []
  state:
    description:
    - V(present) installs or upgrades.
    - V(absent) removes the engine, then its operator, then what was made for it.
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
    default: 2700
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
- module: hypershift.core.multicluster_engine_components
- module: hypershift.core.hypershift_addon
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
- name: The multicluster engine for OpenShift 4.20
  hypershift.core.multicluster_engine:
    channel: stable-2.10

- name: Updates come when this task says so
  hypershift.core.multicluster_engine:
    channel: stable-2.10
    install_plan_approval: Manual
    disabled_components:
      - discovery

- name: Remove it
  hypershift.core.multicluster_engine:
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
    object: Subscription multicluster-engine/multicluster-engine
    why: the operator comes from channel stable-2.10
    disruptive: false
channels:
  description:
  - The channels that are gone through, in order.
  type: list
  elements: str
  returned: when present
  sample:
  - stable-2.9
  - stable-2.10
version:
  description:
  - Version of the engine at the end.
  type: str
  returned: when present
  sample: 2.10.1
phase:
  description:
  - Phase of the MultiClusterEngine at the end.
  type: str
  returned: when present
  sample: Available
components:
  description:
  - Each component that the engine names, and whether it is enabled.
  type: dict
  returned: when present
  sample:
    hypershift: true
    discovery: false
resource:
  description:
  - The MultiClusterEngine; as it would be, in check mode.
  type: dict
  returned: when present
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
      - Stable identifier, for example V(unsupported_openshift), V(second_operator_group), V(owned_by_hub), V(hopeless),
        V(timeout).
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
from ..module_utils._kernel.operation import Operation
from ..module_utils._kernel.ports.hub import Hub
from ..module_utils._multicluster_engine.multicluster_engine import MulticlusterEngine
from ..module_utils._multicluster_engine.multicluster_engine_absent import MulticlusterEngineAbsent

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "default": "multiclusterengine"},
    "namespace": {"type": "str", "default": "multicluster-engine"},
    "channel": {"type": "str"},
    "source": {"type": "str", "default": "redhat-operators"},
    "source_namespace": {"type": "str", "default": "openshift-marketplace"},
    "install_plan_approval": {"type": "str", "default": "Automatic", "choices": ["Automatic", "Manual"]},
    "approve": {"type": "bool", "default": True},
    "starting_csv": {"type": "str"},
    "availability_config": {"type": "str", "choices": ["Basic", "High"]},
    "node_selector": {"type": "dict"},
    "tolerations": {"type": "list", "elements": "dict"},
    "image_pull_secret": {"type": "str", "no_log": False},
    "enabled_components": {"type": "list", "elements": "str", "default": []},
    "disabled_components": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 2700},
    "patience": {"type": "int", "default": 180},
}


def _operation(hub: Hub, params: dict[str, Any], check_mode: bool) -> Operation:
    if params["state"] == "absent":
        return MulticlusterEngineAbsent(hub, params, check_mode)
    return MulticlusterEngine(hub, params, check_mode)


ENTRY = Entry(
    name="multicluster_engine",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=_operation,
    constraints={"required_if": [("state", "present", ("channel",))]},
)


if __name__ == "__main__":
    main(ENTRY)
