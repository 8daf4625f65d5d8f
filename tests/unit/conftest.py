# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What holds for all units: a busy machine is no failure, so generated examples have no limit in seconds."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("units", deadline=None)
settings.load_profile("units")
