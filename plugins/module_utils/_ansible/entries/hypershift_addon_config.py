# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hypershift_addon_config. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.hypershift_addon_config import HypershiftAddonConfig

_KEYS: dict[str, Any] = {
    "access_key_id": {"type": "str"},
    "secret_access_key": {"type": "str", "no_log": True},
    "credentials": {"type": "str", "no_log": True},
}
_OPTIONS: dict[str, Any] = {
    "managed_cluster": {"type": "str"},
    "variables": {"type": "dict", "default": {}},
    "install_flags": {
        "type": "dict",
        "options": {
            "add": {"type": "dict", "default": {}},
            "remove": {"type": "list", "elements": "str", "default": []},
            "clear": {"type": "list", "elements": "str", "default": []},
        },
    },
    "override_images": {"type": "dict", "default": {}},
    "oidc_s3": {
        "type": "dict",
        "options": {
            "bucket": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
            "credentials": {"type": "str", "required": True, "no_log": True},
        },
    },
    "private_link": {
        "type": "dict",
        "options": {"region": {"type": "str", "required": True}, **_KEYS},
    },
    "external_dns": {
        "type": "dict",
        "options": {
            "provider": {"type": "str", "required": True, "choices": ["aws", "azure", "google"]},
            "domain_filter": {"type": "str", "required": True},
            "txt_owner_id": {"type": "str"},
            **_KEYS,
        },
    },
    "absent_credentials": {"type": "list", "elements": "str", "default": [], "choices": ["oidc_s3", "private_link", "external_dns"]},
    "telemeter_secret": {"type": "str", "default": "telemeter-client", "no_log": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
    "rollout_grace": {"type": "int", "default": 300},
}

ENTRY = Entry(
    name="hypershift_addon_config",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: HypershiftAddonConfig(hub, params),
)
