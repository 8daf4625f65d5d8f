#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_report
short_description: Report on an upgrade campaign as data, HTML and JUnit
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Says what became of every hosted cluster of a plan, while the campaign runs and after it.
- Whether a hosted cluster is done is read from the live objects, why one failed from the journals (ConfigMaps
  C(upgrade-<campaign>)). The control plane's times come from the version history of the HostedCluster, so that there is
  a timeline without a journal too.
- 'All management clusters are read at the same time: one LIST of hosted clusters, one of node pools and one of journals
  each.'
- Nothing is written but the files that are asked for. A campaign that has ended gives the same files each time.
options:
  html:
    description:
    - Path of a report for people, one page without anything from outside, for the screen and for paper. Mode 0600.
    type: path
  junit:
    description:
    - Path of a report for pipelines. A suite per wave, a test case per hosted cluster. What failed or was stopped is a
      failure, what could not be read an error, what the plan refused or what has not ended is skipped. Mode 0600.
    type: path
  json:
    description:
    - Path for RV(report). Mode 0600.
    type: path
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.campaign_plan
- hypershift.core.hub_options
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
- jinja2 (for O(html))
seealso:
- module: hypershift.core.upgrade_plan
- module: hypershift.core.upgrade_gate
attributes:
  check_mode:
    support: full
    details: Reads as usual, writes no file and says whether one would differ.
  diff_mode:
    support: none
    details: A report is made anew.
  idempotent:
    support: partial
    details: Files change while the campaign runs, and not any more once it has ended.
"""

EXAMPLES = r"""
- name: Report on a campaign
  hypershift.core.upgrade_report:
    plan_file: /srv/campaigns/autumn.json
    html: /srv/campaigns/autumn.html
    junit: /srv/campaigns/autumn.xml
    json: /srv/campaigns/autumn.report.json
  register: campaign

- name: Fail the job when not all of it succeeded
  ansible.builtin.assert:
    that: campaign.verdict == 'succeeded'
    fail_msg: "{{ campaign.report.headline }}"
"""

RETURN = r"""
verdict:
  description:
  - 'V(succeeded): every hosted cluster that the plan upgrades is done. Else the worst that is true: V(failed),
    V(stopped), V(unknown), V(running), V(incomplete), V(not_started).'
  type: str
  returned: success
  sample: succeeded
counts:
  description:
  - 'Number of hosted clusters by state: C(failed), C(stopped), C(unknown), C(gone), C(running), C(pending), C(done),
    C(refused), C(up_to_date).'
  type: dict
  returned: success
  sample:
    done: 36
    failed: 1
    refused: 3
report:
  description:
  - The report as data. Times are RFC 3339 in UTC and empty when unknown, durations are seconds and null when unknown.
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
    headline:
      description:
      - Where it stands, in one sentence.
      type: str
      returned: success
      sample: 'Of 40 hosted clusters: 1 failed, 36 upgraded, 3 refused by the plan.'
    started:
      description:
      - When work on the first hosted cluster began.
      type: str
      returned: success
    as_of:
      description:
      - Now while something runs, else when the last one ended.
      type: str
      returned: success
    seconds:
      description:
      - Between these.
      type: int
      returned: success
    totals:
      description:
      - 'C(clusters), C(planned), C(nodes), C(nodes_done), C(steps), C(steps_done).'
      type: dict
      returned: success
    durations:
      description:
      - 'C(count), C(p50), C(p95) and C(max) for C(control_plane), C(node_pools) (each step that has ended) and
        C(cluster) (those done).'
      type: dict
      returned: success
    waves:
      description:
      - 'Each wave: C(name), C(after), C(clusters), C(counts), C(max_failed), C(started), C(ended), C(seconds).'
      type: list
      elements: dict
      returned: success
    clusters:
      description:
      - 'Each hosted cluster: C(id), C(hub), C(namespace), C(name), C(wave), C(from), C(to), C(state), C(version) (that
        runs now), C(position) and C(steps) (done and all), C(started), C(ended), C(seconds), C(phases), C(failure) and
        C(refusals) (as RV(failure)), C(warnings).'
      type: list
      elements: dict
      returned: success
files:
  description:
  - Paths of the reports.
  type: list
  elements: str
  returned: success
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(invalid_plan), V(unknown_hub), V(unwritable).
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

import json
from typing import Any

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.campaign import ONE_PLAN, PLAN, campaign_hubs, plan_to_look_at
from ..module_utils._ansible.options.common import AUTH, full
from ..module_utils._ansible.options.hubs import HUBS
from ..module_utils._campaigns.rendering.html import html_of
from ..module_utils._campaigns.rendering.junit import junit_of
from ..module_utils._campaigns.upgrade_report import Render, UpgradeReport
from ..module_utils._kernel.errors import Failure, OptionError
from ..module_utils._machine.files import write_private_file


def _json_of(report: dict[str, Any]) -> bytes:
    return json.dumps(report, indent=2, ensure_ascii=False).encode() + b"\n"


_FORMATS: dict[str, Render] = {"html": html_of, "junit": junit_of, "json": _json_of}


def _files(params: dict[str, Any]) -> dict[str, Render]:
    asked = [(params[name], render) for name, render in _FORMATS.items() if params.get(name)]
    if len({path for path, _render in asked}) < len(asked):
        raise OptionError(
            Failure("invalid_option", "two formats name the same file", next_step="Give each a path of its own.")
        )
    return dict(asked)


def _operation(clock: Any, params: dict[str, Any], check: bool) -> UpgradeReport:
    plan = plan_to_look_at(params)
    return UpgradeReport(
        clock, campaign_hubs(params, plan, acting=False), plan, _files(params), write_private_file, check
    )


ENTRY = Entry(
    name="upgrade_report",
    spec=full(AUTH, HUBS, PLAN, {name: {"type": "path"} for name in _FORMATS}),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)


if __name__ == "__main__":
    main(ENTRY)
