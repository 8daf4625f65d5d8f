# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module nodepool. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.node_pool_spec import NODE_POOL_OPTIONS, NODE_POOL_RULES
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import (
    AUTH,
    GUARDS,
    NAMESPACE,
    REMOVE_POOL_FINALIZERS,
    STATE,
    WAIT,
    full,
)
from ansible_collections.hypershift.core.plugins.module_utils._operations.nodepool import NodePool

ENTRY = Entry(
    name="nodepool",
    spec=full(AUTH, STATE, NODE_POOL_OPTIONS, NAMESPACE, {"cluster_name": {"type": "str"}}, REMOVE_POOL_FINALIZERS, GUARDS, WAIT),
    operation=lambda hub, params, _check: NodePool(hub, params),
    constraints=NODE_POOL_RULES,
)
