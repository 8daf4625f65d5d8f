# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module nodepool_info. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, RAW, SELECTION, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.information import NodePoolInfo

ENTRY = Entry(
    name="nodepool_info",
    spec=full(AUTH, SELECTION, {"cluster_name": {"type": "str"}}, RAW),
    operation=lambda hub, params, _check: NodePoolInfo(hub, params),
)
