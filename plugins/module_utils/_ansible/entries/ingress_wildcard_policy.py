# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module ingress_wildcard_policy. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.ingress_wildcard_policy import IngressWildcardPolicy

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "default": "default"},
    "namespace": {"type": "str", "default": "openshift-ingress-operator"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}

ENTRY = Entry(
    name="ingress_wildcard_policy",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: IngressWildcardPolicy(hub, params),
)
