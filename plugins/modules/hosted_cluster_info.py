#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_info
short_description: Read hosted clusters with a normalised summary and a health verdict
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads any number of hosted clusters of a management cluster with one request per thousand, and none per cluster.
- Each comes with versions, available updates, a health verdict with its leading cause and next step, pauses and
  rollouts.
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
  node_pools:
    description:
    - Read the node pools too, with one more request per thousand.
    type: bool
    default: false
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
- module: hypershift.core.hosted_cluster
- module: hypershift.core.hosted_cluster_wait
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
- name: Read one hosted cluster
  hypershift.core.hosted_cluster_info:
    name: demo
    namespace: clusters
  register: one

- name: Say how it is
  ansible.builtin.debug:
    msg: "{{ item.name }} {{ item.version }} is {{ item.health.verdict }}: {{ item.health.summary }}"
  loop: "{{ one.hosted_clusters }}"

- name: Read the whole fleet of a management cluster, summaries only
  hypershift.core.hosted_cluster_info:
    node_pools: true
    raw: false
  register: fleet
"""

RETURN = r"""
hosted_clusters:
  description:
  - One summary per hosted cluster.
  type: list
  returned: success
  elements: dict
  contains:
    name:
      description:
      - Name.
      type: str
      returned: always
    namespace:
      description:
      - Namespace.
      type: str
      returned: always
    version:
      description:
      - Latest completed version.
      type: str
      returned: always
    desired_version:
      description:
      - Version it is at or on the way to.
      type: str
      returned: always
    available_updates:
      description:
      - Recommended versions.
      type: list
      returned: always
      elements: str
    conditional_updates:
      description:
      - 'Versions with known risks: C(version), C(risks), C(recommended).'
      type: list
      returned: always
      elements: dict
    health:
      description:
      - C(verdict) (healthy, paused, progressing, degraded, blocked, unavailable, deleting, unknown), C(summary),
        C(cause), C(next_step), C(findings).
      type: dict
      returned: always
    paused:
      description:
      - C(paused), C(until), C(owner), C(reason), C(expired).
      type: dict
      returned: always
    rollout:
      description:
      - C(in_progress), C(kinds), C(message).
      type: dict
      returned: always
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
from ..module_utils._clusters.hosted_cluster_info import HostedClusterInfo

ENTRY = Entry(
    name="hosted_cluster_info",
    spec=full(AUTH, SELECTION, {"node_pools": {"type": "bool", "default": False}}, RAW),
    operation=lambda hub, params, _check: HostedClusterInfo(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
