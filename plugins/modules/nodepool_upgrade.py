#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: nodepool_upgrade
short_description: Upgrade node pools of a hosted cluster, stage after stage
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Brings node pools to one release, by default the one that the control plane has completed. A newer one is refused.
- With O(canary) and O(parallel) the pools go in stages; each stage has settled before the next one is written.
- 'What is done is read from the pools: a run that was killed goes on where it was, and pools at the release cost no
  write.'
- A pool whose update cannot succeed (node degraded in place, invalid release) ends the task at once with its cause. A
  drain that is held back may free itself, so it ends the task after O(progress_timeout), with machine and pod.
options:
  cluster_name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster and its NodePools.
    type: str
    default: clusters
  node_pools:
    description:
    - Names of the node pools; all of the cluster when empty.
    type: list
    elements: str
    default: []
  version:
    description:
    - Version to upgrade to; without it the newest version that the control plane has completed.
    type: str
  image:
    description:
    - Release image. Without it the one with which the control plane has completed the version.
    type: str
  canary:
    description:
    - Node pool that goes first, alone.
    type: str
  parallel:
    description:
    - How many of the other node pools go at the same time; V(0) means all of them.
    type: int
    default: 0
  allow_paused:
    description:
    - Write although reconciliation of a pool is paused; it then rolls when it is resumed.
    type: bool
    default: false
  campaign:
    description:
    - Name of the campaign on whose behalf this is done. Its Lease on the hosted cluster is renewed meanwhile, and
      nothing is written once somebody else holds it.
    type: str
    version_added: 0.2.0
  lease_seconds:
    description:
    - Seconds for which a renewed Lease holds; the same as for M(hypershift.core.upgrade_gate).
    type: int
    default: 7200
    version_added: 0.2.0
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.wait_options
notes:
- O(wait_timeout) is for all stages together.
- Without O(wait) only the first stage that is not done is written, and another run writes the next one once it has
  settled.
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster_upgrade
- module: hypershift.core.nodepool
attributes:
  check_mode:
    support: full
    details: Returns the plan of all stages and which nodes roll. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Bring all node pools to the version of their control plane, one first
  hypershift.core.nodepool_upgrade:
    cluster_name: demo
    canary: demo

- name: Upgrade two node pools, one after the other
  hypershift.core.nodepool_upgrade:
    cluster_name: demo
    node_pools:
      - blue
      - green
    parallel: 1
    wait_timeout: 7200
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
    object: NodePool clusters/demo
    why: upgrade from 4.20.4 to 4.20.9
    disruptive: true
    change:
      spec:
        release:
          image: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
node_pools:
  description:
  - The node pools in the order of their stages.
  type: list
  elements: dict
  returned: success
  sample:
  - name: demo
    from_version: 4.20.4
    to_version: 4.20.9
    image: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
    stage: 0
stages:
  description:
  - Names of the node pools that go at the same time, stage after stage.
  type: list
  elements: list
  returned: success
  sample:
  - - canary
  - - blue
    - green
rollout:
  description:
  - 'Which node pools the change rolls: C(node_pool), C(namespace), C(nodes), C(action) (V(replace) or V(in_place)) and
    C(why).'
  type: list
  returned: always
  elements: dict
  sample:
  - node_pool: demo
    namespace: clusters
    nodes: 3
    action: replace
    why:
    - another release image
wait:
  description:
  - 'How the wait ended: C(goal) and per cluster C(outcome), C(summary), C(missing), C(seconds).'
  type: dict
  returned: when waited
  sample:
    goal: node_pools_settled
    clusters:
    - namespace: clusters
      name: demo
      outcome: done
      summary: 3 of 3 node pools settled
      missing: []
      seconds: 312.4
      unchanged_seconds: 0.0
      finding: {}
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
      - Stable identifier, for example V(pool_version_skew), V(missing_permission), V(timeout).
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
from ..module_utils._ansible.options.common import AUTH, CAMPAIGN, NAMESPACE, WAIT, full
from ..module_utils._campaigns.hold import held
from ..module_utils._upgrades.nodepool_upgrade import NodePoolUpgrade

_OPTIONS: dict[str, Any] = {
    "cluster_name": {"type": "str", "required": True},
    "node_pools": {"type": "list", "elements": "str", "default": []},
    "version": {"type": "str"},
    "image": {"type": "str"},
    "canary": {"type": "str"},
    "parallel": {"type": "int", "default": 0},
    "allow_paused": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="nodepool_upgrade",
    spec=full(AUTH, NAMESPACE, _OPTIONS, CAMPAIGN, WAIT),
    operation=NodePoolUpgrade,
    around=lambda hub, params: held(
        hub,
        params.get("campaign") or "",
        params["lease_seconds"],
        [(params["namespace"], params["cluster_name"])],
        waits=False,
    ),
)


if __name__ == "__main__":
    main(ENTRY)
