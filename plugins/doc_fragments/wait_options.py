# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
    - Wait for the goal. When false the task ends once everything is written.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds.
    type: int
    default: 2700
  progress_timeout:
    description:
    - Longest time in seconds without any change of conditions, versions or counts before the wait ends.
    type: int
    default: 900
"""
