# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubeconfig files with everything embedded, readable by their owner only."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from .files import write_private
from .pki import Pair


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def certificate_user(pair: Pair) -> dict[str, Any]:
    return {"client-certificate-data": _text(pair.cert), "client-key-data": _text(pair.key)}


def token_user(token: str) -> dict[str, Any]:
    return {"token": token}


def write_kubeconfig(path: Path, server: str, ca: bytes, user_name: str, user: dict[str, Any]) -> Path:
    """Write one cluster, one user, one context. JSON is YAML, so every client reads it."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "hub", "cluster": {"server": server, "certificate-authority-data": _text(ca)}}],
        "users": [{"name": user_name, "user": user}],
        "contexts": [{"name": "hub", "context": {"cluster": "hub", "user": user_name}}],
        "current-context": "hub",
    }
    write_private(path, json.dumps(content, indent=2) + "\n")
    return path
