# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module must_gather. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, SELECTION, full
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._operations.must_gather import MustGather
from ansible_collections.hypershift.core.plugins.module_utils._store.archive import ArchiveFolder

_OPTIONS: dict[str, Any] = {
    "scope": {"type": "str", "default": "hosted_clusters", "choices": ["hosted_clusters", "management"]},
    "unhealthy": {"type": "bool", "default": False},
    "dest": {"type": "path", "required": True},
    "hosted": {"type": "bool", "default": False},
    "secrets": {"type": "bool", "default": True, "no_log": False},
    "log_tail": {"type": "int", "default": 2000},
    "log_since": {"type": "str"},
    "log_bytes": {"type": "int", "default": 1048576},
    "max_size": {"type": "int", "default": 268435456},
    "max_time": {"type": "int", "default": 600},
    "parallel": {"type": "int", "default": 8},
    "max_age": {"type": "str"},
    "retention": {"type": "int"},
}

ENTRY = Entry(
    name="must_gather",
    spec=full(AUTH, SELECTION, _OPTIONS),
    operation=lambda hub, params, _check: MustGather(hub, params, ArchiveFolder(params["dest"]), KubeHub.from_kubeconfig),
)
