# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ties a snapshot to the cluster that it was taken of. Private to hypershift.core. Source: facts 8.3, 8.6."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain import version_history
from ansible_collections.hypershift.core.plugins.module_utils._domain.compare import lookup
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import SECRET


def key_fingerprint(hub: Hub, cluster: dict[str, Any]) -> str:
    """SHA-256 of the active aescbc key; empty without one (no encryption, or KMS). With another key the API server reads no Secret.

    Raises ApiError when the Secret may not be read.
    """
    name = lookup(cluster, ("spec", "secretEncryption", "aescbc", "activeKey", "name"))
    if not name:
        return ""
    secret = hub.get(SECRET, cluster["metadata"]["namespace"], str(name))
    encoded = ((secret or {}).get("data") or {}).get("key") or ""
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    return hashlib.sha256(key).hexdigest() if key else ""


def release_of(cluster: dict[str, Any]) -> str:
    """Version that the control plane runs: the newest completed one, else what is desired."""
    return str(version_history.completed(cluster) or lookup(cluster, ("spec", "release", "image")) or "")
