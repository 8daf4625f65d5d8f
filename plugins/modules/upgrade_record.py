#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_record
short_description: Note what became of hosted clusters of an upgrade campaign
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Writes the journal of a campaign, a ConfigMap C(upgrade-<campaign>) in the namespace of the hosted clusters, with one
  key for each of them.
- The journal is evidence for people, M(hypershift.core.upgrade_report) and the stop-loss of later waves; what is done
  is always read from the hosted clusters themselves.
options:
  clusters:
    description:
    - What to note.
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description:
        - Id of the hosted cluster in the plan.
        type: str
        required: true
      state:
        description:
        - What it has come to.
        type: str
        required: true
        choices:
        - running
        - done
        - failed
        - stopped
      ended:
        description:
        - When it ended, as RV(hypershift.core.upgrade_gate#module:gate.clusters) has it; the time of the note when left
          out. Has no effect on a note that says the same already.
        type: str
        version_added: 0.2.0
      step:
        description:
        - Number of steps that are done.
        type: int
      events:
        description:
        - 'What happened, to be added: C(time), C(step), C(what), C(seconds).'
        type: list
        elements: dict
        default: []
      failure:
        description:
        - Why it failed, as modules return it.
        type: dict
  release:
    description:
    - Also give back the Leases, so that other campaigns may work on these hosted clusters.
    type: bool
    default: false
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
- module: hypershift.core.upgrade_gate
- module: hypershift.core.upgrade_report
attributes:
  check_mode:
    support: full
    details: RV(plan) names the journals that would be written.
  diff_mode:
    support: none
    details: What is written is in RV(plan).
  idempotent:
    support: full
    details: A record that says so already is not written; events are added each time.
"""

EXAMPLES = r"""
- name: Note a hosted cluster that was upgraded by hand
  hypershift.core.upgrade_record:
    plan_file: /srv/campaigns/autumn.json
    digest: "{{ upgrade_digest }}"
    clusters:
      - id: demo.clusters.hub
        state: done
    release: true
"""

RETURN = r"""
plan:
  description:
  - Writes that were made, or would be in check mode.
  type: list
  elements: dict
  returned: success
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

from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.campaign import ONE_PLAN, PLAN, approved_plan, campaign_hubs
from ..module_utils._ansible.options.common import AUTH, full
from ..module_utils._ansible.options.hubs import HUBS
from ..module_utils._campaigns.upgrade_record import UpgradeRecord

_CLUSTER: dict[str, Any] = {
    "id": {"type": "str", "required": True},
    "state": {"type": "str", "required": True, "choices": ["running", "done", "failed", "stopped"]},
    "step": {"type": "int"},
    "ended": {"type": "str"},
    "events": {"type": "list", "elements": "dict", "default": []},
    "failure": {"type": "dict"},
}
_OPTIONS: dict[str, Any] = {
    "clusters": {"type": "list", "elements": "dict", "required": True, "options": _CLUSTER},
    "release": {"type": "bool", "default": False},
}


def _operation(clock: Any, params: dict[str, Any], _check: bool) -> UpgradeRecord:
    plan = approved_plan(params)
    return UpgradeRecord(clock, campaign_hubs(params, plan), plan, params)


ENTRY = Entry(
    name="upgrade_record",
    spec=full(AUTH, HUBS, PLAN, _OPTIONS),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
