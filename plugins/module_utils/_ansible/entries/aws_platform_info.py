# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module aws_platform_info. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.aws_spec import AWS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import full
from ansible_collections.hypershift.core.plugins.module_utils._aws.account import Account
from ansible_collections.hypershift.core.plugins.module_utils._operations.aws_platform import AwsPlatformInfo

_OPTIONS: dict[str, Any] = {
    "infra_id": {"type": "str", "required": True},
    "base_domain": {"type": "str", "required": True},
    "private_domains": {"type": "list", "elements": "str", "default": []},
    "public_record": {"type": "str"},
    "issuer_url": {"type": "str"},
    "oidc_bucket": {"type": "str"},
    "bucket_detail": {"type": "bool", "default": False},
    "roles": {"type": "list", "elements": "str", "default": []},
    "instance_profile": {"type": "str"},
    "leftovers": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="aws_platform_info",
    spec=full(AWS, _OPTIONS),
    operation=lambda _hub, params, _check: AwsPlatformInfo(Account(params), params),
    needs_cluster=False,
)
