# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  plan:
    description:
    - Plan of the campaign, as M(hypershift.core.upgrade_plan) returned it. Exactly one of O(plan) and O(plan_file).
    type: dict
  plan_file:
    description:
    - File that M(hypershift.core.upgrade_plan) wrote.
    type: path
  digest:
    description:
    - Digest that was approved, whole, as M(hypershift.core.upgrade_plan) printed it. A plan with another digest is
      refused.
    - M(hypershift.core.upgrade_gate) and M(hypershift.core.upgrade_record) do nothing without it;
      M(hypershift.core.upgrade_report) only looks.
    type: str
"""
