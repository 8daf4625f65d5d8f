#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_plan
short_description: Plan the upgrade of many hosted clusters before anything is touched
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads the hosted clusters and node pools of one or more management clusters and works out for each of them which
  releases lead to the target, which node pools move when, how many nodes roll, and in which wave and batch that
  happens.
- Tells for every cluster that must not be upgraded all reasons at once, each with a next step. Such a cluster is part
  of the plan and has no steps.
- Control planes move one minor at a time. A node pool moves when its control plane is where it goes to, on the way only
  when it would fall more than three minors behind, else at the end.
- The plan has a digest over everything but the time it was made. The same fleet and the same options give the same
  digest.
- Nothing is written to a management cluster; the plan goes to O(dest) if that is set.
options:
  campaign:
    description:
    - Name of the campaign, a DNS label.
    type: str
    required: true
  namespace:
    description:
    - Namespace to look in; all namespaces when left out. An entry of O(hubs) may have its own.
    type: str
  name:
    description:
    - Names of hosted clusters to plan for; all when left out.
    type: list
    elements: str
  label_selectors:
    description:
    - Label selectors that must all match, for example V(tier=gold).
    type: list
    elements: str
    default: []
  target:
    description:
    - Where to go. Exactly one of the suboptions.
    type: dict
    required: true
    suboptions:
      version:
        description:
        - This release, for example V(4.21.5). Prereleases and hotfixes are reached this way only.
        type: str
      minor:
        description:
        - The newest release of this minor that can be reached, for example V(4.21); V(current) for the newest patch of
          the minor that each cluster runs.
        - Put it in quotes, since YAML reads 4.20 as a number.
        type: str
      latest:
        description:
        - The newest release that can be reached and that the management cluster supports.
        type: bool
  graph:
    description:
    - File with an update graph, as an update service answers (JSON with C(nodes), C(edges) and C(conditionalEdges)).
    - Without it each cluster's own C(availableUpdates) and C(conditionalUpdates) count, which know one hop only.
    type: path
  channel:
    description:
    - Use only releases of this channel (V(stable-4.21)) or kind of channel (V(stable)). A release that does not say
      where it belongs may be used.
    type: str
  release_images:
    description:
    - Release images by version, for example of a mirror. They win over the graph and over what clusters offer. Digests
      are fine.
    - An image is never made up. A version without one is refused.
    type: dict
    default: {}
  accepted_risks:
    description:
    - Names of risks of conditional updates that are accepted.
    type: list
    elements: str
    default: []
  accepted_acks:
    description:
    - Reasons for which a cluster says that it is not upgradeable (V(AdminAckRequired)), or words of its message, for
      example the name of an acknowledgement, that are accepted for the next minor. The step then has C(acks). Unless
      the reason is resolved by then, the operator takes the release by force only.
    type: list
    elements: str
    default: []
  blocked_versions:
    description:
    - Versions that are never installed, not on the way either.
    type: list
    elements: str
    default: []
  node_pools:
    description:
    - Move node pools too. With V(false) control planes alone are upgraded.
    type: bool
    default: true
  canary_pool:
    description:
    - Name of a node pool, or a label selector of node pools, that goes before the others of its cluster.
    type: str
  node_pools_parallel:
    description:
    - Node pools of one cluster that move at the same time.
    type: int
    default: 1
  waves:
    description:
    - Groups of hosted clusters that go one after the other. A cluster is in the first one that matches.
    - Clusters in none of them go last, in a wave V(rest), see O(unmatched).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
        - Its name, a DNS label.
        type: str
        required: true
      label_selectors:
        description:
        - Label selectors of hosted clusters that must all match. Without these and without O(waves[].clusters) every
          cluster matches.
        type: list
        elements: str
        default: []
      clusters:
        description:
        - Hosted clusters as C(name), C(namespace/name) or C(name.namespace.hub).
        type: list
        elements: str
        default: []
      after:
        description:
        - Waves that must be over before.
        type: list
        elements: str
        default: []
      canaries:
        description:
        - Number, or share such as V(10%), of its clusters that go first, as a wave C(<name>-canary) that allows no
          failure. Those with the fewest nodes are taken.
        type: str
        default: '0'
      batch:
        description:
        - Number, or share such as V(25%), of its clusters that are upgraded at the same time; V(0) for all.
        type: str
        default: '0'
      soak_minutes:
        description:
        - Time to wait after it before the next wave.
        type: int
        default: 0
      max_failed:
        description:
        - Clusters that may fail before the campaign stops.
        type: int
        default: 0
  unmatched:
    description:
    - What becomes of clusters that are in no wave.
    type: str
    default: rest
    choices:
    - rest
    - refuse
  max_parallel:
    description:
    - Hosted clusters that are upgraded at the same time at most; V(0) for no bound.
    type: int
    default: 0
  max_parallel_per_hub:
    description:
    - The same for one management cluster.
    type: int
    default: 0
  exclusive_label:
    description:
    - Label of hosted clusters; those with the same value are never upgraded at the same time, for example both sides of
      a pair. A cluster without it is refused.
    type: str
  windows:
    description:
    - Maintenance windows. Once there are any, a cluster that none of them is for is refused.
    type: list
    elements: dict
    default: []
    suboptions:
      rrule:
        description:
        - When it opens, as a recurrence rule of RFC 5545, for example V(FREQ=WEEKLY;BYDAY=SA;BYHOUR=22), in local time
          of O(windows[].timezone).
        type: str
        required: true
      duration_minutes:
        description:
        - How long it stays open.
        type: int
        required: true
      timezone:
        description:
        - Name of the time zone, for example V(Europe/Berlin).
        type: str
        default: UTC
      start:
        description:
        - Local time from which the rule counts. It matters for C(INTERVAL) and C(COUNT), and gives the time of day
          where the rule does not.
        type: str
        default: '2024-01-01T00:00:00'
      label_selectors:
        description:
        - Label selectors of the hosted clusters it is for; all when left out.
        type: list
        elements: str
        default: []
  window_horizon_days:
    description:
    - Days within which a window must open.
    type: int
    default: 30
  snapshots:
    description:
    - RV(hypershift.core.etcd_snapshot_info#module:clusters) of M(hypershift.core.etcd_snapshot_info). Where hosted
      clusters on several management clusters have the same name and namespace, each entry needs a key C(hub).
    type: list
    elements: dict
    default: []
  max_snapshot_age:
    description:
    - Refuse control planes whose newest good etcd snapshot in O(snapshots) is older, for example V(24h).
    type: str
  on_unreachable:
    description:
    - What a management cluster that cannot be read does to the plan. With V(skip) the others are planned, and it is
      named in RV(plan).
    type: str
    default: fail
    choices:
    - fail
    - skip
  allow_empty:
    description:
    - Make an empty plan when the selection matches no hosted cluster, in place of a failure.
    type: bool
    default: false
  dest:
    description:
    - File for the plan, written with mode 0600. A file that holds the same plan stays as it is, with the time it was
      made.
    type: path
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.hub_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.etcd_snapshot_info
- module: hypershift.core.upgrade_gate
attributes:
  check_mode:
    support: full
    details: Reads and plans as usual; O(dest) is not written.
  diff_mode:
    support: none
    details: The plan itself says what would change.
  idempotent:
    support: full
    details: O(dest) is written only when it holds another plan.
"""

EXAMPLES = r"""
- name: Show what the upgrade of all hosted clusters to a minor would be
  hypershift.core.upgrade_plan:
    campaign: autumn
    target:
      minor: '4.21'
  register: upgrade

- name: Print it as a table
  ansible.builtin.debug:
    msg: "{{ upgrade.table }}"

- name: Plan newest patches in waves, with windows and fresh snapshots
  hypershift.core.upgrade_plan:
    campaign: patches
    target:
      minor: current
    waves:
      - name: first
        label_selectors:
          - tier=canary
        soak_minutes: 60
      - name: gold
        label_selectors:
          - tier in (gold, silver)
        after:
          - first
        canaries: 10%
        batch: 25%
        max_failed: 1
    max_parallel_per_hub: 5
    windows:
      - rrule: FREQ=WEEKLY;BYDAY=SA;BYHOUR=22
        duration_minutes: 240
        timezone: Europe/Berlin
    snapshots: "{{ catalogue.clusters }}"
    max_snapshot_age: 24h
    dest: patches.json
  vars:
    catalogue:
      clusters: []
"""

RETURN = r"""
plan:
  description:
  - The plan. Its shape is described in docs/upgrades.md.
  type: dict
  returned: success
  contains:
    digest:
      description:
      - Digest of all of it but C(created).
      type: str
      returned: success
      sample: sha256:9300b8d0fd3e36ac865dbaec9b1a465339045fdc491292fe66449cf5af0b02cd
    policy:
      description:
      - The options in their normalised form.
      type: dict
      returned: success
    hubs:
      description:
      - 'One entry per management cluster: C(name), C(server), C(uid) (that of namespace C(kube-system)), C(versions),
        C(mce_version), C(openshift_version), C(problem), C(warnings).'
      type: list
      elements: dict
      returned: success
    clusters:
      description:
      - One entry per hosted cluster, by id.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description:
          - C(name.namespace.hub).
          type: str
          returned: success
          sample: demo.clusters.hub
        verdict:
          description:
          - V(ready), V(refused) or V(up_to_date).
          type: str
          returned: success
        steps:
          description:
          - 'In order: C(kind) (V(control_plane) or V(node_pools)), C(version), C(image), C(risks), C(pools), and
            C(acks) where some were accepted.'
          type: list
          elements: dict
          returned: success
        nodes:
          description:
          - Nodes that roll.
          type: int
          returned: success
        rolls:
          description:
          - 'Node pools that roll: C(pool), C(strategy), C(nodes), C(times), C(reason).'
          type: list
          elements: dict
          returned: success
        refusals:
          description:
          - 'All reasons against it: C(code), C(cause), C(object), C(condition), C(next_step).'
          type: list
          elements: dict
          returned: success
        warnings:
          description:
          - What to know before it is approved.
          type: list
          elements: str
          returned: success
        wave:
          description:
          - Name of its wave; null unless it is ready.
          type: str
          returned: success
        batch:
          description:
          - Number of its batch, from 0, over all waves; null unless it is ready.
          type: int
          returned: success
    waves:
      description:
      - 'Waves in order: C(name), C(after), C(soak_minutes), C(max_failed), C(clusters).'
      type: list
      elements: dict
      returned: success
    batches:
      description:
      - 'What is upgraded at the same time, in order: C(wave), C(clusters).'
      type: list
      elements: dict
      returned: success
    warnings:
      description:
      - What is odd about the options, seen against the fleet.
      type: list
      elements: str
      returned: success
    summary:
      description:
      - 'Counts: C(clusters), C(ready), C(refused), C(up_to_date), C(nodes), C(control_plane_hops).'
      type: dict
      returned: success
digest:
  description:
  - Digest of the plan, the thing to approve.
  type: str
  returned: success
  sample: sha256:9300b8d0fd3e36ac865dbaec9b1a465339045fdc491292fe66449cf5af0b02cd
table:
  description:
  - Lines of a table for people, in order of execution.
  type: list
  elements: str
  returned: success
refused:
  description:
  - Entries of RV(plan.clusters) that are refused.
  type: list
  elements: dict
  returned: success
dest:
  description:
  - File of the plan; empty without O(dest).
  type: str
  returned: success
requests:
  description:
  - Requests sent to API servers.
  type: int
  returned: success
  sample: 5
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(invalid_option), V(unreachable), V(missing_permission).
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
"""

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, SELECTION, full
from ..module_utils._ansible.options.hubs import HUBS, sources_of
from ..module_utils._campaigns.upgrade_plan import UpgradePlan
from ..module_utils._machine.files import WholeFiles
from ..module_utils._machine.recurrence import RuleCalendar

_TARGET: dict[str, Any] = {"version": {"type": "str"}, "minor": {"type": "str"}, "latest": {"type": "bool"}}
_WAVE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
    "clusters": {"type": "list", "elements": "str", "default": []},
    "after": {"type": "list", "elements": "str", "default": []},
    "canaries": {"type": "str", "default": "0"},
    "batch": {"type": "str", "default": "0"},
    "soak_minutes": {"type": "int", "default": 0},
    "max_failed": {"type": "int", "default": 0},
}
_WINDOW: dict[str, Any] = {
    "rrule": {"type": "str", "required": True},
    "duration_minutes": {"type": "int", "required": True},
    "timezone": {"type": "str", "default": "UTC"},
    "start": {"type": "str", "default": "2024-01-01T00:00:00"},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
}
_OPTIONS: dict[str, Any] = {
    "campaign": {"type": "str", "required": True},
    "target": {
        "type": "dict",
        "required": True,
        "options": _TARGET,
        "mutually_exclusive": [["version", "minor", "latest"]],
        "required_one_of": [["version", "minor", "latest"]],
    },
    "channel": {"type": "str"},
    "graph": {"type": "path"},
    "release_images": {"type": "dict", "default": {}},
    "accepted_risks": {"type": "list", "elements": "str", "default": []},
    "accepted_acks": {"type": "list", "elements": "str", "default": []},
    "blocked_versions": {"type": "list", "elements": "str", "default": []},
    "node_pools": {"type": "bool", "default": True},
    "canary_pool": {"type": "str"},
    "node_pools_parallel": {"type": "int", "default": 1},
    "waves": {"type": "list", "elements": "dict", "default": [], "options": _WAVE},
    "unmatched": {"type": "str", "default": "rest", "choices": ["rest", "refuse"]},
    "max_parallel": {"type": "int", "default": 0},
    "max_parallel_per_hub": {"type": "int", "default": 0},
    "exclusive_label": {"type": "str"},
    "windows": {"type": "list", "elements": "dict", "default": [], "options": _WINDOW},
    "window_horizon_days": {"type": "int", "default": 30},
    "snapshots": {"type": "list", "elements": "dict", "default": []},
    "max_snapshot_age": {"type": "str"},
    "on_unreachable": {"type": "str", "default": "fail", "choices": ["fail", "skip"]},
    "allow_empty": {"type": "bool", "default": False},
    "dest": {"type": "path"},
}

ENTRY = Entry(
    name="upgrade_plan",
    spec=full(AUTH, HUBS, SELECTION, _OPTIONS),
    operation=lambda hub, params, check: UpgradePlan(
        sources_of(params), params, RuleCalendar(), WholeFiles(check), hub.now
    ),
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
