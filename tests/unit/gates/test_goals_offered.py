# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the argument spec offers is what the domain knows."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import GOALS as OFFERED
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import REMOVABLE
from ansible_collections.hypershift.core.plugins.module_utils._domain.goals import GOALS
from ansible_collections.hypershift.core.plugins.module_utils._operations import blockers


def test_every_goal_is_offered() -> None:
    assert sorted(OFFERED) == sorted(GOALS)


def test_every_removable_kind_is_known() -> None:
    assert sorted(REMOVABLE) == sorted(blockers.REMOVABLE)
