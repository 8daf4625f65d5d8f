#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_upgrade
short_description: Upgrade the control plane of a hosted cluster by one hop
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Brings one HostedCluster to one release, at most one minor version further. Its node pools stay as they are, see
  M(hypershift.core.nodepool_upgrade).
- The operator takes whatever image the spec names. So everything that speaks against the update is checked before the
  first write, and all of it is told at once.
- 'The release image is never made up: it is option O(image), or what the status of the cluster names for O(version).'
- The patch takes three requests (get, list of node pools, patch), one more to read the supported versions for a change
  of minor. Waiting is one watch.
options:
  name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster.
    type: str
    default: clusters
  version:
    description:
    - Version to upgrade to, for example V(4.21.5). Without O(image) it must be offered by
      C(status.version.availableUpdates) or C(conditionalUpdates).
    - Needed beside O(image) when neither the tag of the image nor the status tells its version, as with digests of a
      mirror.
    type: str
  image:
    description:
    - Release image, with a tag or a digest.
    type: str
  accepted_risks:
    description:
    - Names of risks of a conditional update that are accepted. An update with a risk that is not named is refused.
    type: list
    elements: str
    default: []
  accepted_acks:
    description:
    - Reasons of condition C(ClusterVersionUpgradeable) that O(force=true) may go past, for example V(AdminAckRequired).
    type: list
    elements: str
    default: []
  supported_versions:
    description:
    - Minor versions that the operator of the management cluster supports. When left out, they are read from its
      ConfigMap for a change of minor.
    type: list
    elements: str
  allow_unlisted:
    description:
    - Accept an O(image) that is not among the updates that the cluster knows from its channel. A cluster without
      channel knows none, then a warning tells that the update was not checked.
    type: bool
    default: false
  allow_unhealthy:
    description:
    - Upgrade a cluster that is not healthy, or has no worker and so can never complete the update.
    type: bool
    default: false
  allow_paused:
    description:
    - Write although reconciliation is paused; the update then starts when it is resumed.
    type: bool
    default: false
  force:
    description:
    - Go past C(ClusterVersionUpgradeable) False for a change of minor, with the annotation
      C(hypershift.openshift.io/force-upgrade-to). It is set before the image and removed after the update, by a later
      run if this one is killed. Reasons must be named in O(accepted_acks).
    - Also replaces or removes such an annotation that another update has left behind.
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
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.nodepool_upgrade
- module: hypershift.core.hosted_cluster_wait
- module: hypershift.core.node_health_check_pause
attributes:
  check_mode:
    support: full
    details: Returns the whole plan and the predicted object. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Upgrade to a release that the channel offers, and wait until it is completely applied
  hypershift.core.hosted_cluster_upgrade:
    name: demo
    version: 4.20.9
    image: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
    wait_timeout: 5400

- name: Show what an upgrade would do, and what speaks against it
  hypershift.core.hosted_cluster_upgrade:
    name: demo
    image: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
    accepted_risks:
      - SlowDisks
  check_mode: true
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
    object: HostedCluster clusters/demo
    why: upgrade from 4.20.4 to 4.20.9
    disruptive: true
    change:
      spec:
        release:
          image: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
from_version:
  description:
  - Version that the cluster had completed before.
  type: str
  returned: success
  sample: 4.20.4
to_version:
  description:
  - Version of the release.
  type: str
  returned: success
  sample: 4.20.9
image:
  description:
  - Release image of the cluster.
  type: str
  returned: success
  sample: quay.io/openshift-release-dev/ocp-release:4.20.9-multi
risks:
  description:
  - Names of the risks that were accepted.
  type: list
  elements: str
  returned: success
  sample:
  - SlowDisks
management_side:
  description:
  - 'The pods on the management cluster alone: C(version) and C(state). Empty when the operator does not tell.'
  type: dict
  returned: success
  sample:
    version: 4.20.9
    state: Completed
resource:
  description:
  - The object as it stands afterwards; in check mode as predicted.
  type: dict
  returned: always
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
    goal: version_completed
    clusters:
    - namespace: clusters
      name: demo
      outcome: done
      summary: version 4.20.9 completed
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
      - Stable identifier, for example V(risk_not_accepted), V(missing_permission), V(timeout).
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
from ..module_utils._ansible.options.common import AUTH, CAMPAIGN, IDENTITY, WAIT, full
from ..module_utils._campaigns.hold import held
from ..module_utils._upgrades.hosted_cluster_upgrade import HostedClusterUpgrade

_NAMES: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "version": {"type": "str"},
    "image": {"type": "str"},
    "accepted_risks": _NAMES,
    "accepted_acks": _NAMES,
    "supported_versions": {"type": "list", "elements": "str"},
    "allow_unlisted": {"type": "bool", "default": False},
    "allow_unhealthy": {"type": "bool", "default": False},
    "allow_paused": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="hosted_cluster_upgrade",
    spec=full(AUTH, IDENTITY, _OPTIONS, CAMPAIGN, WAIT),
    operation=lambda hub, params, _check: HostedClusterUpgrade(hub, params),
    around=lambda hub, params: held(
        hub, params.get("campaign") or "", params["lease_seconds"], [(params["namespace"], params["name"])], waits=False
    ),
    constraints={"required_one_of": [["version", "image"]]},
)


if __name__ == "__main__":
    main(ENTRY)
