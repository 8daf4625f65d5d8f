# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write docs/rollouts.md from the table of triggers, or tell whether it is up to date.

Run from anywhere: ``python tests/tools/rollouts.py`` writes, with ``--check`` it exits 1 when the file differs.
"""

from __future__ import annotations

import sys
from typing import Any

from generated import ROOT, load, write_or_check

TARGET = ROOT / "docs" / "rollouts.md"

_HEAD = """# What rolls nodes

<!-- Made by tests/tools/rollouts.py from plugins/module_utils/_node_pools/rollout_triggers.py; change that, not this file. -->

`hosted_cluster` and `nodepool` predict from this table which node pools a change rolls: before any write, in check mode too, as the
return value `rollout`. Without `allow_rollout: true` such a change is refused with [rollout_not_allowed](failure_codes.md#rollout_not_allowed).
What is not in the table rolls nothing.

- A row of a HostedCluster reaches all its node pools. New content of an object that other hosted clusters of the namespace name as well
  reaches theirs, too.
- A pool of upgrade type `Replace` gets new machines. One of type `InPlace` drains and updates its nodes, and keeps its machines where the row
  says *template*: only new machines get the change. Pools with replacement strategy `OnDelete` and pools without nodes roll nothing.
- On platforms {by_hand} people make the machines: nothing rolls there, whatever changes.
- A row that holds from a version on counts the version of the pool's release, with its pre-releases. Where neither the image's tag nor the
  pool's status tells it, the row is taken to hold.
- Content counts where a task writes it, or names another object. What others change later in a Secret or ConfigMap is not seen by a task.
- Several changes of one task roll a pool once. A new version of the operator, or of a control plane, that renders other core configuration
  is not predicted.
"""
_COLUMNS = ("field", "of", "holds for", "remark", "source")


def _field(trigger: Any) -> str:
    if trigger.path[:2] == ("metadata", "annotations"):
        return f"annotation `{trigger.path[2]}`"
    field = f"`{'.'.join(trigger.path)}`"
    if trigger.where.name != "CONTENT":
        return field
    return f"{field}, and the content behind it" if trigger.rolls else f"content behind {field}"


def _holds(trigger: Any) -> str:
    parts = [", ".join(trigger.platforms)] if trigger.platforms else []
    parts += [f"pools from {trigger.since.major}.{trigger.since.minor}"] if trigger.since else []
    return "; ".join([*parts, *(["template"] if trigger.template else [])]) or "all"


def _row(trigger: Any) -> str:
    number = trigger.fact.partition("#")[2]
    source = f"[{number}](platform_facts.md#{number}), `{trigger.operator.removeprefix('hypershift-operator/controllers/')}`"
    return f"| {_field(trigger)} | {trigger.where.value} | {_holds(trigger)} | {trigger.remark or '-'} | {source} |"


def _table(rows: list[Any]) -> str:
    lines = [f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}", *map(_row, rows)]
    return "\n".join(lines)


def render() -> str:
    rows = list(load("_node_pools.rollout_triggers").TRIGGERS)
    by_hand = " and ".join(load("_health.pool_machines").WITHOUT_MACHINES)
    rolls, quiet = ([t for t in rows if t.rolls is wanted] for wanted in (True, False))
    facts = "Sources are sections of [platform_facts.md](platform_facts.md) and functions of openshift/hypershift below `hypershift-operator/controllers`."
    return "\n\n".join([_HEAD.format(by_hand=by_hand).strip(), facts, "## Rolls", _table(rolls), "## Does not roll", _table(quiet)]) + "\n"


def main() -> int:
    return write_or_check(TARGET, render(), "rollouts")


if __name__ == "__main__":
    sys.exit(main())
