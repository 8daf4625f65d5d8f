#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: multicluster_engine_components
short_description: Enable or disable components of the multicluster engine by name
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Changes the state of the named components of the MultiClusterEngine. The list has no merge keys for a patch, so it is
  read, changed by name and written under the version that was read. Entries of others are never lost.
- Refuses a component that does not exist, since the engine would refuse the whole change, and the disabling of one that
  carries hosted clusters.
options:
  enabled:
    description:
    - Components to enable, for example V(assisted-service).
    type: list
    elements: str
    default: []
  disabled:
    description:
    - Components to disable.
    type: list
    elements: str
    default: []
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
- module: hypershift.core.multicluster_engine
- module: hypershift.core.hypershift_addon
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
- name: Hosts of bare metal are discovered on this cluster
  hypershift.core.multicluster_engine_components:
    enabled:
      - assisted-service
    disabled:
      - discovery
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
    why: states of these components alone; the others in the list stay
    disruptive: false
    change:
      spec:
        overrides:
          components:
          - name: hypershift
            enabled: true
          - name: assisted-service
            enabled: true
components:
  description:
  - Each component that the engine names, and whether it is enabled at the end.
  type: dict
  returned: success
  sample:
    assisted-service: true
resource:
  description:
  - The MultiClusterEngine; as it would be, in check mode.
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
      - Stable identifier, for example V(invalid_option), V(hosted_clusters_exist), V(owned_by_hub), V(hopeless).
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
from ..module_utils._multicluster_engine.multicluster_engine_components import MulticlusterEngineComponents

_OPTIONS: dict[str, Any] = {
    "enabled": {"type": "list", "elements": "str", "default": []},
    "disabled": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "patience": {"type": "int", "default": 180},
}

ENTRY = Entry(
    name="multicluster_engine_components",
    spec=full(AUTH, _OPTIONS),
    operation=MulticlusterEngineComponents,
    constraints={"required_one_of": [["enabled", "disabled"]]},
)


if __name__ == "__main__":
    main(ENTRY)
