# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module management_cluster_info. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.management_cluster_info import ManagementClusterInfo

ENTRY = Entry(
    name="management_cluster_info",
    spec=full(
        AUTH,
        {
            "platforms": {"type": "list", "elements": "str", "choices": ["agent", "aws", "kubevirt", "none"], "default": []},
            "hosted_clusters": {"type": "int", "default": 1},
            "availability": {"type": "str", "choices": ["HighlyAvailable", "SingleReplica"], "default": "HighlyAvailable"},
        },
    ),
    operation=lambda hub, params, _check: ManagementClusterInfo(hub, params),
)
