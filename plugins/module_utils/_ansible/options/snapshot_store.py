# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that say where snapshots lie: one group for every module that has to do with snapshots."""

from __future__ import annotations

from typing import Any

_LOCK: dict[str, Any] = {
    "mode": {"type": "str", "required": True, "choices": ["GOVERNANCE", "COMPLIANCE"]},
    "retain_days": {"type": "int", "required": True},
}
_S3: dict[str, Any] = {
    "bucket": {"type": "str", "required": True},
    "prefix": {"type": "str", "default": ""},
    "endpoint_url": {"type": "str"},
    "region": {"type": "str"},
    "access_key": {"type": "str", "no_log": False},  # a name, like a user's; its secret is the next one
    "secret_key": {"type": "str", "no_log": True},
    "session_token": {"type": "str", "no_log": True},
    "profile": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_bundle": {"type": "path"},
    "addressing_style": {"type": "str", "default": "auto", "choices": ["auto", "path", "virtual"]},
    "sse": {"type": "str", "choices": ["AES256", "aws:kms"]},
    "kms_key_id": {"type": "str", "no_log": False},
    "object_lock": {"type": "dict", "options": _LOCK},
    "part_size_mib": {"type": "int", "default": 8},
    "prove": {"type": "str", "default": "size", "choices": ["size", "full"]},
    "allow_governance_bypass": {"type": "bool", "default": False},
}
SNAPSHOT_STORE: dict[str, Any] = {
    "directory": {"type": "path"},
    "s3": {
        "type": "dict",
        "options": _S3,
        "required_together": [["access_key", "secret_key"]],
        "required_by": {"session_token": ["secret_key"], "kms_key_id": ["sse"]},
        "mutually_exclusive": [["access_key", "profile"]],
    },
}
ONE_STORE: dict[str, Any] = {"mutually_exclusive": [["directory", "s3"]], "required_one_of": [["directory", "s3"]]}
