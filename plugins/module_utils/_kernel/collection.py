# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What this collection is, for manifests and journals."""

from __future__ import annotations

VERSION = "0.1.0"  # as in galaxy.yml: a test holds them equal
CREATED_BY = "hypershift.core/created-by"  # label of what a module made; its value is the module's name
