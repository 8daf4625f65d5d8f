# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All diagnosis rules in the order of causes, and their index.

Inputs come before what they hold back, infrastructure before etcd, etcd before the API server, the API server before
the cluster's own operators; advice comes last. A row's place is its rank as a cause.
"""

from __future__ import annotations

from ..subject import OF_CLUSTER, OF_CONTROL_PLANE, OF_POOL
from .advice import ADVICE_RULES
from .control_plane import CONTROL_PLANE_RULES
from .credentials import CREDENTIAL_RULES
from .deletion import DELETION_RULES
from .input import INPUT_RULES, OPERATOR_RULES
from .machines import MACHINE_RULES
from .node_pool import NODE_POOL_RULES
from .pool_rollout import POOL_ROLLOUT_RULES
from .rule import ALWAYS, DELETION, LIVE, Rule
from .state import STATE_RULES
from .version import REFUSAL_RULES, VERSION_RULES

AREAS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("Deletion", DELETION_RULES),
    ("What the operator refuses or misses", (*INPUT_RULES, *CREDENTIAL_RULES, *REFUSAL_RULES, *OPERATOR_RULES)),
    ("Node pools: settings and updates", (*NODE_POOL_RULES, *POOL_ROLLOUT_RULES)),
    ("Node pools: machines and nodes", MACHINE_RULES),
    ("Infrastructure, etcd and API server", CONTROL_PLANE_RULES),
    ("Versions and connections", VERSION_RULES),
    ("Pause and status", STATE_RULES),
    ("Advice and other conditions", ADVICE_RULES),
)
RULES: tuple[Rule, ...] = tuple(rule for _area, rules in AREAS for rule in rules)

BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
RANK: dict[str, int] = {rule.code: place for place, rule in enumerate(RULES)}


class RuleSet:
    """Rules of one kind and phase, indexed so that a condition in its good state costs one dictionary look-up."""

    def __init__(self, kind: str, phase: str) -> None:
        chosen = [rule for rule in RULES if kind in rule.kinds and rule.phase in (phase, ALWAYS)]
        self.fields = tuple(rule for rule in chosen if not rule.conditions)
        self.conditions: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self.prefixes: tuple[tuple[str, str, Rule], ...] = ()
        self.known: set[str] = {name for rule in RULES if kind in rule.kinds for name in rule.conditions}
        for rule in chosen:
            for name in rule.conditions:
                if name.endswith("*"):
                    self.prefixes += ((name[:-1], rule.status, rule),)
                else:
                    key = (name, rule.status)
                    self.conditions[key] = (*self.conditions.get(key, ()), rule)

    def rows(self, type: str, status: str) -> tuple[Rule, ...]:
        """Rows for a condition; those of a prefix only for a condition that no row names."""
        found = self.conditions.get((type, status))
        if found is not None:
            return found
        if status != "False" or type in self.known:
            return ()
        return tuple(rule for prefix, bad, rule in self.prefixes if bad == status and type.startswith(prefix))


_SETS = {
    (kind, phase): RuleSet(kind, phase)
    for kind in (OF_CLUSTER, OF_POOL, OF_CONTROL_PLANE)
    for phase in (LIVE, DELETION)
}


def rule_set(kind: str, deleting: bool) -> RuleSet:
    return _SETS[(kind, DELETION if deleting else LIVE)]
