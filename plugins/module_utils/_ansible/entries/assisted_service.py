# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module assisted_service. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.assisted_service import (
    AssistedServiceAbsent,
    AssistedServicePresent,
)

_STORAGE: dict[str, Any] = {"type": "dict", "options": {"size": {"type": "str"}, "storage_class": {"type": "str"}}}
_IMAGE: dict[str, Any] = {
    "openshift_version": {"type": "str", "required": True},
    "version": {"type": "str", "required": True},
    "url": {"type": "str", "required": True},
    "rootfs_url": {"type": "str"},
    "cpu_architecture": {"type": "str", "default": "x86_64", "choices": ["x86_64", "aarch64", "arm64", "ppc64le", "s390x"]},
}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str", "default": "multicluster-engine"},
    "database_storage": _STORAGE,
    "filesystem_storage": _STORAGE,
    "image_storage": _STORAGE,
    "os_images": {"type": "list", "elements": "dict", "options": _IMAGE, "default": []},
    "mirror_registry_config": {
        "type": "dict",
        "options": {
            "name": {"type": "str", "default": "assisted-mirror-registry"},
            "ca_bundle": {"type": "str"},
            "registries_conf": {"type": "str"},
        },
    },
    "bare_metal_hosts": {"type": "bool", "default": False},
    "leaving_infra_envs": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
}

ENTRY = Entry(
    name="assisted_service",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, check: (
        # What shall go first has gone when the writing begins: the list is for looking ahead.
        AssistedServiceAbsent(hub, params if check else {**params, "leaving_infra_envs": []})
        if params["state"] == "absent"
        else AssistedServicePresent(hub, params)
    ),
)
