#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_gate
short_description: Let a batch of an upgrade campaign begin, or verify it
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Says where every hosted cluster of a plan stands, from the live objects alone, so that a run that was killed goes on
  where it was.
- 'Phase V(start): what is left to do, by batch. Reads only.'
- 'Phase V(before): waits until the waves before this one are over and have soaked, stops the campaign when too many
  hosted clusters failed or got worse, and claims the hosted clusters of the batch with a Lease and a note in the
  journal. Other campaigns keep off them.'
- 'Phase V(after): every step is done, nodes run the new version, and nothing is wrong that was right before. Reads
  only.'
- A hosted cluster that must not go on has C(problem) in RV(gate.clusters); the task itself fails only when the campaign
  as a whole must stop.
options:
  phase:
    description:
    - What to ask.
    type: str
    required: true
    choices:
    - start
    - before
    - after
  clusters:
    description:
    - Ids of the hosted clusters of the batch; all of the plan when left out.
    type: list
    elements: str
    default: []
  max_failed:
    description:
    - Error budget of the whole campaign, as a number of hosted clusters. Each wave has its own in the plan, too.
    type: int
  lease_seconds:
    description:
    - Seconds after which another campaign may take over a hosted cluster whose run was killed. The same campaign may go
      on at once.
    type: int
    default: 7200
  settle_timeout:
    description:
    - Seconds that upgraded hosted clusters get to be as well as before, in phase V(after).
    type: int
    default: 300
  wait_timeout:
    description:
    - Seconds to wait for waves that other runs of the campaign work on, in phase V(before).
    type: int
    default: 14400
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.campaign_plan
- hypershift.core.hub_options
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.upgrade_plan
- module: hypershift.core.upgrade_record
attributes:
  check_mode:
    support: full
    details: Nothing is claimed and nothing is waited for.
  diff_mode:
    support: none
    details: What would be written is in RV(plan).
  idempotent:
    support: partial
    details: Phase V(before) renews the Lease of each hosted cluster that is not finished.
"""

EXAMPLES = r"""
- name: What is left of the campaign
  hypershift.core.upgrade_gate:
    phase: start
    plan_file: /srv/campaigns/autumn.json
    digest: "{{ upgrade_digest }}"
  register: campaign

- name: Show what stands in the way
  ansible.builtin.debug:
    msg: "{{ campaign.gate.clusters | map(attribute='msg') | select | list }}"
"""

RETURN = r"""
gate:
  description:
  - Where the campaign stands.
  type: dict
  returned: success
  contains:
    campaign:
      description:
      - Its name.
      type: str
      returned: success
    digest:
      description:
      - Digest of its plan.
      type: str
      returned: success
    hubs:
      description:
      - 'Management clusters that were asked: C(name), C(server) and C(uid), that of namespace C(kube-system). A hub
        that is not the cluster that the plan was made on is refused.'
      type: list
      elements: dict
      returned: success
    clusters:
      description:
      - 'Each hosted cluster: C(id), C(hub), C(namespace), C(name), C(wave), C(batch), C(position) and C(steps) (done
        and all), C(remaining) (the steps to do), C(finished), C(state) as the journal has it, C(ended) (when a finished
        one got there), C(problem) (empty, or as RV(failure)) and C(msg) (the same in one sentence).'
      type: list
      elements: dict
      returned: success
    finished:
      description:
      - Number of hosted clusters that are where they should be.
      type: int
      returned: success
    batches:
      description:
      - 'Batches with something left to do: C(wave), C(clusters).'
      type: list
      elements: dict
      returned: success
    policy:
      description:
      - Policy that the plan was made with.
      type: dict
      returned: success
    supported_versions:
      description:
      - Minor versions that each management cluster supports, by its name.
      type: dict
      returned: success
    serial:
      description:
      - Their sizes, for C(serial) of a play.
      type: list
      elements: int
      returned: success
plan:
  description:
  - Writes that were made, or would be in check mode.
  type: list
  elements: dict
  returned: in phase V(before)
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
"""

import time
from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.campaign import ONE_PLAN, PLAN, approved_plan, campaign_hubs
from ..module_utils._ansible.options.common import AUTH, full
from ..module_utils._ansible.options.hubs import HUBS
from ..module_utils._campaigns.upgrade_gate import UpgradeGate
from ..module_utils._machine.recurrence import RuleCalendar

_OPTIONS: dict[str, Any] = {
    "phase": {"type": "str", "required": True, "choices": ["start", "before", "after"]},
    "clusters": {"type": "list", "elements": "str", "default": []},
    "max_failed": {"type": "int"},
    "lease_seconds": {"type": "int", "default": 7200},
    "settle_timeout": {"type": "int", "default": 300},
    "wait_timeout": {"type": "int", "default": 14400},
}


def _operation(clock: Any, params: dict[str, Any], check: bool) -> UpgradeGate:
    plan = approved_plan(params)
    return UpgradeGate(clock, campaign_hubs(params, plan), plan, params, RuleCalendar(), time.sleep, check)


ENTRY = Entry(
    name="upgrade_gate",
    spec=full(AUTH, HUBS, PLAN, _OPTIONS),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
