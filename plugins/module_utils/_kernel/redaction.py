# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keep secret values out of plans, diffs, results and messages."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

# Values under these keys are secret in every kind; identity providers refer by name only. Ignition often holds hashes
# of passwords.
_SECRET_KEYS = frozenset(
    {
        "token",
        "password",
        "secretAccessKey",
        "clientSecretValue",
        "bindPasswordValue",
        "ignitionConfigOverride",
        "ignitionConfigOverrides",
    }
)
_USERINFO = re.compile(r"(?<=://)[^/\s]+(?=@)")
_WORD = re.compile(r"[^\s\"',:{}\[\]]{4,}")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def masked(value: Any) -> str:
    """A stand-in that shows that a value changed without showing the value."""
    digest = hashlib.sha256(str(value).encode()).hexdigest()[:8]
    return f"<hidden, sha256 {digest}>"


def redacted(obj: Any, kind: str = "") -> Any:
    """Copy of an object (or patch) without secret values."""
    if isinstance(obj, str):
        return without_userinfo(obj)
    if isinstance(obj, list):
        return [redacted(v) for v in obj]
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
        else:
            result[key] = redacted(value, kind if key == "metadata" else "")
    return result


def without_userinfo(text: str) -> str:
    """A text with the credentials of every URL in it hidden."""
    return _USERINFO.sub("<hidden>", text) if "@" in text else text


def secret_words(obj: Any, kind: str) -> set[str]:
    """What an error about this object must not repeat: a Secret's values, encoded and in the clear, whole and word by
    word."""
    if not isinstance(obj, dict) or kind != "Secret":
        return set()
    words: set[str] = set()
    for encoded in (obj.get("data") or {}).values():
        words.add(str(encoded))
        try:
            words.update(_WORD.findall(base64.b64decode(str(encoded)).decode("utf-8", "ignore")))
        except ValueError:
            continue
    return {w for w in words if len(w) >= 4}


def scrubbed(text: str, words: set[str]) -> str:
    """A server's text without these words."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "<hidden>")
    return without_userinfo(text)
