# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The version that manifests and journals carry is the collection's."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.hypershift.core.plugins.module_utils._kernel.collection import VERSION


def test_the_version_is_that_of_the_collection() -> None:
    assert yaml.safe_load((Path(__file__).resolve().parents[3] / "galaxy.yml").read_text())["version"] == VERSION
