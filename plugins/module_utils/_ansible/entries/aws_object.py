# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module aws_object. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.aws_spec import AWS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._aws.account import Account
from ansible_collections.hypershift.core.plugins.module_utils._aws.objects import KINDS
from ansible_collections.hypershift.core.plugins.module_utils._operations.aws_platform import AwsObject

_OPTIONS: dict[str, Any] = {
    "kind": {"type": "str", "required": True, "choices": list(KINDS)},
    "id": {"type": "str"},
    "url": {"type": "str"},
    "client_ids": {"type": "list", "elements": "str", "default": []},
    "thumbprints": {"type": "list", "elements": "str", "default": []},
    "vpc_id": {"type": "str"},
    "route_table_id": {"type": "str"},
    "route_table_ids": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict"},
}
_NEEDED: list[list[Any]] = [
    ["kind", "oidc_provider", ["url"]],
    ["kind", "main_route_table", ["vpc_id", "route_table_id"]],
    ["kind", "endpoint_route_tables", ["id"]],
    ["kind", "endpoint_service", ["id"]],
    ["kind", "load_balancer", ["id"]],
    ["kind", "target_group", ["id"]],
]

ENTRY = Entry(
    name="aws_object",
    spec=full(AWS, STATE, _OPTIONS),
    operation=lambda _hub, params, _check: AwsObject(Account(params), params),
    constraints={"required_if": _NEEDED},
    needs_cluster=False,
)
