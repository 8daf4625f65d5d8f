# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keep secret values out of plans, diffs, results and messages. Private to hypershift.core."""

from __future__ import annotations

import hashlib
from typing import Any

# Values under these keys are secret in every kind: proxies may carry credentials, the webhook and identity providers refer by name only.
_SECRET_KEYS = frozenset({"token", "password", "secretAccessKey", "clientSecretValue", "bindPasswordValue"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def masked(value: Any) -> str:
    """A stand-in that shows that a value changed without showing the value."""
    digest = hashlib.sha256(str(value).encode()).hexdigest()[:8]
    return f"<hidden, sha256 {digest}>"


def redacted(obj: Any, kind: str = "") -> Any:
    """Copy of an object (or patch) without secret values."""
    if not isinstance(obj, dict):
        return obj
    result: dict[str, Any] = {}
    for key, value in obj.items():
        if kind == "Secret" and key in ("data", "stringData") and isinstance(value, dict):
            result[key] = {k: (None if v is None else masked(v)) for k, v in value.items()}
        elif kind == "Secret" and key == "annotations" and isinstance(value, dict):
            result[key] = {k: v for k, v in value.items() if k != _LAST_APPLIED}
        elif key in _SECRET_KEYS and isinstance(value, str):
            result[key] = masked(value)
        elif isinstance(value, dict):
            result[key] = redacted(value, kind if key == "metadata" else "")
        elif isinstance(value, list):
            result[key] = [redacted(v) for v in value]
        elif isinstance(value, str) and key.endswith("Proxy") and "@" in value:
            result[key] = _without_userinfo(value)
        else:
            result[key] = value
    return result


def _without_userinfo(url: str) -> str:
    scheme, sep, rest = url.partition("://")
    return f"{scheme}{sep}<hidden>@{rest.rsplit('@', 1)[1]}" if sep and "@" in rest else url
