# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module kubevirt_ingress. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._operations.kubevirt_ingress import (
    KubevirtIngressAbsent,
    KubevirtIngressPresent,
)

_OPTIONS: dict[str, Any] = {
    "https_node_port": {"type": "int"},
    "http_node_port": {"type": "int"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}


def _operation(hub: Any, params: dict[str, Any], _check: bool) -> Any:
    if params["state"] == "absent":
        return KubevirtIngressAbsent(hub, params)
    return KubevirtIngressPresent(hub, params, KubeHub.from_kubeconfig)


ENTRY = Entry(
    name="kubevirt_ingress",
    spec=full(AUTH, IDENTITY, STATE, _OPTIONS),
    operation=_operation,
)
