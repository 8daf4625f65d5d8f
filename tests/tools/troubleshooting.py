# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write docs/troubleshooting.md from the diagnosis rules and the waiting goals, or tell whether it is up to date.

Run from anywhere: ``python tests/tools/troubleshooting.py`` writes, with ``--check`` it exits 1 when the file differs.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from generated import ROOT, load, write_or_check

TARGET = ROOT / "docs" / "troubleshooting.md"

_PLACEHOLDERS = {
    "cpns": "<namespace>-<name>",
    "message": "<message of the condition>",
    "note": " by <owner> (<reason>)",
    "drain": " (<nodeDrainTimeout>)",
}

_HEAD = """# Troubleshooting hosted clusters

<!-- Made from the rules by tests/tools/troubleshooting.py; change the rules, not this file. -->

Every finding behind a `health` carries a **code**. Find it on this page: each section says what it means, how it
shows, and what to do. All other codes are in the [list of failure codes](failure_codes.md). Rulebooks can branch on codes: a change of one is a
breaking change, and stands in the changelog.

## In a hurry

1. Ask for the diagnosis; the first finding is the most likely cause, the ones after it are usually its consequences:

   ```yaml
   - hypershift.core.hosted_cluster_info:
       namespace: clusters
       name: shop
     register: info
   ```

   or look at the raw conditions: `oc get hostedcluster -n clusters shop -o yaml`.
2. Search this page for the code, do what stands under **Do**.
3. The control plane runs in namespace `<namespace>-<name>` of the management cluster (dots in the name become dashes). That is where pods,
   volumes and Machines are.
4. Never delete pods or volumes of etcd before you know how many members are healthy.

## Verdicts

| verdict | means |
| --- | --- |
| `healthy` | nothing is wrong; findings are advice |
| `progressing` | on its way, nothing to do but wait |
| `paused` | somebody paused reconciliation; the status is kept up to date, the spec is ignored |
| `degraded` | works, but something needs a person or more time |
| `blocked` | the operator does not act on the spec until somebody changes something |
| `unavailable` | the hosted API does not work |
| `deleting` | being deleted |
| `unknown` | there is no status to judge |

Severity `fatal` means that waiting longer cannot help. A cluster younger than 30 minutes that has never been available is judged by what is
normal while it comes up; `Degraded` counts after two minutes only, because it flips during every rollout.
"""

_FACTS = """
A number under **Why** leads to the section of [platform_facts.md](platform_facts.md) that a rule stands on, with its source.
"""


def _plain(template: str) -> str:
    """Texts with their placeholders shown as words in angle brackets."""
    return re.sub(r"\{(\w+)\}", lambda m: _PLACEHOLDERS.get(m[1], f"<{m[1].replace('_', ' ')}>"), template)


def _escaped(text: str) -> str:
    return re.sub(r"(<[\w .-]+>(?:-<\w+>)?)", r"`\1`", text)


def _linked(text: str) -> str:
    """References as this page shows them: platform_facts#2.7, #O.9 as two links."""
    return re.sub(r"(?:platform_facts)?#([\dO][\d.]*\d|\d)", r"[\1](platform_facts.md#\1)", text)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _shows(rule: Any) -> str:
    if rule.shows:
        return str(rule.shows)
    text = " or ".join(f"`{name}={rule.status}`" for name in rule.conditions)
    if rule.reasons:
        text += " with reason " + " or ".join(f"`{reason}`" for reason in sorted(rule.reasons))
    return text + (", told apart by its message" if rule.message else "")


def _softened(rule: Any) -> list[str]:
    lines = []
    if rule.starting:
        lines.append(f"while the object comes up {rule.starting[0].value} and {rule.starting[1].value}")
    if rule.young:
        minutes = rule.young_seconds // 60
        lines.append(f"in its first {minutes} minutes {rule.young[0].value} and {rule.young[1].value}")
    return lines


def _section(rule: Any) -> str:
    kinds = " and ".join(rule.kinds) or "an absent object"
    notes = "; ".join([f"severity {rule.severity.value}, verdict {rule.verdict.value}, on {kinds}", *_softened(rule)])
    lines = [
        f"### {rule.code}",
        "",
        f"**{_sentence(rule.title)}** ({notes})",
        "",
        f"- **Shows as:** {_shows(rule)}",
        f"- **Means:** {_escaped(_sentence(_plain(rule.cause)))}",
        f"- **Do:** {_escaped(_plain(rule.next_step))}",
    ]
    stops = sorted(rule.stops | rule.stops_new)
    if stops:
        new = sorted(rule.stops_new - rule.stops)
        text = ", ".join(f"`{goal}`" + (" (new cluster)" if goal in new else "") for goal in stops)
        lines.append(f"- **Ends a wait at once for:** {text}")
    lines.append(f"- **Why:** {_linked(_sentence(rule.reason))}")
    return "\n".join(lines)


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def _goals() -> str:
    rows = ["## Waiting goals", "", "A wait ends well when every predicate of its goal holds for the present generation of the spec.", ""]
    for goal in load("_health.goals").GOALS.values():
        needs = ", ".join(f"`{need.name}`" for need in goal.predicates)
        rows += [f"- **{goal.name}**: {goal.meaning}. Needs: {needs}."]
    return "\n".join(rows)


def render() -> str:
    areas = [(area, list(rules)) for area, rules in load("_health.rules.catalog").AREAS]
    index = ["## All codes", ""]
    for area, rules in areas:
        index.append(f"- [{area}](#{_anchor(area)}): " + ", ".join(f"[{rule.code}](#{rule.code})" for rule in rules))
    body = []
    for area, rules in areas:
        body += [f"## {area}", *(_section(rule) for rule in rules)]
    return "\n\n".join([_HEAD.strip(), _FACTS.strip(), _goals(), "\n".join(index), *body]) + "\n"


def main() -> int:
    return write_or_check(TARGET, render(), "troubleshooting")


if __name__ == "__main__":
    sys.exit(main())
