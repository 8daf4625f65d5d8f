# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module infra_env. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.infra_env import InfraEnvAbsent, InfraEnvPresent

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}
_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "pull_secret": {
        "type": "dict",
        "no_log": False,
        "options": {"name": {"type": "str"}, "content": {"type": "jsonarg", "no_log": True}},
        "required_one_of": [["name", "content"]],
    },
    "ssh_authorized_key": {"type": "str", "no_log": False},
    "cpu_architecture": {"type": "str", "choices": ["x86_64", "aarch64", "arm64", "ppc64le", "s390x"]},
    "os_image_version": {"type": "str"},
    "additional_ntp_sources": _TEXTS,
    "additional_trust_bundle": {"type": "str"},
    "proxy": {"type": "dict", "options": {k: {"type": "str"} for k in ("http_proxy", "https_proxy", "no_proxy")}},
    "nmstate_configs": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "interfaces": {"type": "dict", "required": True},
            "config": {"type": "dict", "required": True},
        },
    },
    "kernel_arguments": {
        "type": "list",
        "elements": "dict",
        "options": {
            "operation": {"type": "str", "default": "append", "choices": ["append", "replace", "delete"]},
            "value": {"type": "str", "required": True},
        },
    },
    "ignition_config_override": {"type": "jsonarg"},
    "agent_labels": {"type": "dict"},
    "capi_provider_role": {"type": "bool", "default": False},
    "delete_namespace": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="infra_env",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: InfraEnvAbsent(hub, params) if params["state"] == "absent" else InfraEnvPresent(hub, params),
    passes=("iso_download_url", "boot_artifacts", "boot"),
)
