# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the argument spec offers is what the domain knows."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.options.common import GOALS as OFFERED
from ansible_collections.hypershift.core.plugins.module_utils._ansible.options.common import REMOVABLE
from ansible_collections.hypershift.core.plugins.module_utils._health import deletion_blockers
from ansible_collections.hypershift.core.plugins.module_utils._health.goals import GOALS


def test_every_goal_is_offered() -> None:
    assert sorted(OFFERED) == sorted(GOALS)


def test_every_removable_kind_is_known() -> None:
    assert sorted(REMOVABLE) == sorted(deletion_blockers.REMOVABLE)
