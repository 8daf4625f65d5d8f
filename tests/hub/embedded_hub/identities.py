# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Users and service accounts of a hub, for tests of rights and of tokens that end."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .errors import ApiError, HubError
from .kubeconfig import certificate_user, token_user, write_kubeconfig
from .paths import HubPaths
from .pki import Authority
from .rest import Rest

# The API server refuses to issue shorter tokens.
SHORTEST_ISSUED = 600
# It accepts a token for so long after its end, against clocks that differ.
LEEWAY = 60
_ISSUER = "https://kubernetes.default.svc"


def _file_name(kind: str, *parts: str) -> str:
    """Readable, and different for different names."""
    text = "\0".join(parts)
    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", "-".join(parts))[:80]
    return f"{kind}-{readable}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.kubeconfig"


def user_kubeconfig(paths: HubPaths, server: str, user: str, groups: Iterable[str]) -> Path:
    """A client certificate of the hub's CA for any user and groups; what they may do is up to RBAC."""
    groups = tuple(groups)
    authority = Authority.load(paths.pki)
    folder = _folder(paths)
    pair = authority.client(user, groups)
    return write_kubeconfig(folder / _file_name("user", user, *groups), server, authority.cert_pem, user, certificate_user(pair))


def service_account_kubeconfig(paths: HubPaths, server: str, rest: Rest, namespace: str, name: str, seconds: int) -> Path:
    """A token by TokenRequest; below ten minutes the API server issues none, so the hub signs one with its own key."""
    account = _account(rest, namespace, name)
    token = (
        _requested(rest, namespace, name, seconds)
        if seconds >= SHORTEST_ISSUED
        else sign_token((paths.pki / "sa.key").read_bytes(), namespace, name, account["metadata"]["uid"], seconds, time.time())
    )
    target = _folder(paths) / _file_name("serviceaccount", namespace, name, str(seconds))
    return write_kubeconfig(target, server, (paths.pki / "ca.crt").read_bytes(), f"{namespace}:{name}", token_user(token))


def _folder(paths: HubPaths) -> Path:
    folder = paths.root / "kubeconfigs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _account(rest: Rest, namespace: str, name: str) -> Any:
    try:
        return rest.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}")
    except ApiError as error:
        if error.status == 404:
            raise HubError(f"There is no service account {name} in namespace {namespace}: create it first.") from error
        raise


def _requested(rest: Rest, namespace: str, name: str, seconds: int) -> str:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}}
    answer = rest.request("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token", body)
    return str(answer["status"]["token"])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sign_token(key_pem: bytes, namespace: str, name: str, uid: str, seconds: int, now: float) -> str:
    """A JWT as the API server would issue it, refused after `seconds` (also at once).

    A token that was accepted is remembered by the API server for up to ten seconds more.
    """
    key = serialization.load_pem_private_key(key_pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise HubError("The hub's service account key is no RSA key: end the hub and start it again.")
    expires = int(now) + seconds - LEEWAY
    issued = min(int(now), expires) - 1
    claims = {
        "iss": _ISSUER,
        "aud": [_ISSUER],
        "sub": f"system:serviceaccount:{namespace}:{name}",
        "iat": issued,
        "nbf": issued,
        "exp": expires,
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
    }
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    payload = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{payload}.{_encoded(key.sign(payload.encode(), padding.PKCS1v15(), hashes.SHA256()))}"
