# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module multicluster_engine_components. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.multicluster_engine_components import MulticlusterEngineComponents

_OPTIONS: dict[str, Any] = {
    "enabled": {"type": "list", "elements": "str", "default": []},
    "disabled": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "patience": {"type": "int", "default": 180},
}

ENTRY = Entry(
    name="multicluster_engine_components",
    spec=full(AUTH, _OPTIONS),
    operation=MulticlusterEngineComponents,
    constraints={"required_one_of": [["enabled", "disabled"]]},
)
