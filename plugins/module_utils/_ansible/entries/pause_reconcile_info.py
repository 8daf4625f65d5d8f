# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module pause_reconcile_info. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.pausing import PauseReconcileInfo

ENTRY = Entry(
    name="pause_reconcile_info",
    spec=full(AUTH, {"namespace": {"type": "str"}}),
    operation=lambda hub, params, _check: PauseReconcileInfo(hub, params),
)
