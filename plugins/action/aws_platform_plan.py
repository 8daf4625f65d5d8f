# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of module aws_platform_plan: in process on the controller, the ordinary module elsewhere."""

from __future__ import annotations

from ..modules.aws_platform_plan import ENTRY
from ..plugin_utils._in_process import InProcess


class ActionModule(InProcess):
    entry = ENTRY
