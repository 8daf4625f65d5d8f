# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_cluster_import. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_cluster_import import HostedClusterImport

_OPTIONS: dict[str, Any] = {
    "cluster_set": {"type": "str"},
    "labels": {"type": "dict", "default": {}},
    "klusterlet_addons": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
    "patience": {"type": "int", "default": 180},
}

ENTRY = Entry(
    name="hosted_cluster_import",
    spec=full(AUTH, STATE, IDENTITY, _OPTIONS),
    operation=HostedClusterImport,
)
