# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a management cluster is and how to prove who asks.

Plain kubeconfigs, tokens and service accounts are read here: importing the kubernetes client library costs 0.25 s of
CPU in every task that runs outside the controller's process. Whatever is not plain (exec plugins, auth providers,
several files) is left to that library.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, replace
from typing import Any

try:
    import yaml
except ImportError:  # reported when a kubeconfig is to be read
    yaml = None  # type: ignore[assignment]
from .._kernel.errors import ApiError, Failure
from . import foreign_kubeconfig

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_PLAIN_USER = {
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "username",
    "password",
}


class NotPlain(Exception):
    """This kubeconfig needs the client library."""


@dataclass(frozen=True)
class Access:
    """server URL; ca, certificate and key as PEM bytes or as path; the rest as in a kubeconfig."""

    server: str = ""
    ca: bytes | str = b""
    certificate: bytes | str = b""
    key: bytes | str = b""
    token: str = ""
    username: str = ""
    password: str = ""
    verify: bool = True
    tls_server_name: str = ""
    proxy: str = ""
    no_proxy: str = ""


def from_kubeconfig(source: dict[str, Any] | str, context: str | None) -> Access:
    """Access of a context. Raises NotPlain, or ApiError when the file or the context does not exist."""
    base = ""
    if isinstance(source, str):
        if os.pathsep in source:
            raise NotPlain
        path = os.path.expanduser(source)
        base = os.path.dirname(os.path.abspath(path))
        source = _read(path)
    cluster, user = _sections(source, context)
    if set(user) - _PLAIN_USER:
        raise NotPlain
    return _access(cluster, user, base)


def _sections(source: dict[str, Any], context: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Cluster and user of a context."""
    name = context or source.get("current-context")
    chosen = _named(source, "contexts", "context", name)
    if chosen is None:
        known = ", ".join(str(c.get("name")) for c in source.get("contexts") or []) or "none"
        raise ApiError(_no_credentials(f"the kubeconfig has no context {name or '(none is current)'}; it has: {known}"))
    cluster = _named(source, "clusters", "cluster", chosen.get("cluster")) or {}
    user = _named(source, "users", "user", chosen.get("user")) or {}
    if not cluster.get("server"):
        raise ApiError(_no_credentials(f"context {name} of the kubeconfig names a cluster without server"))
    return cluster, user


def from_content(content: bytes) -> Access:
    """Access of the current context of a kubeconfig that others wrote. Raises ApiError."""
    config = foreign_kubeconfig.parsed(content)
    try:
        return _access(*_sections(config, None), "")
    except (AttributeError, TypeError, ValueError):  # lists and texts where a mapping belongs, bad base64
        raise ApiError(_no_credentials("the kubeconfig in the Secret is malformed")) from None


def from_service_account() -> Access:
    """Access of the pod this runs in."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    try:
        with open(f"{SERVICE_ACCOUNT}/token", encoding="utf-8") as file:
            token = file.read().strip()
    except OSError as error:
        raise ApiError(_no_credentials(f"the service account's token cannot be read: {error.strerror}")) from None
    address = f"[{host}]" if ":" in host else host
    return Access(server=f"https://{address}:{port}", ca=f"{SERVICE_ACCOUNT}/ca.crt", token=token)


def overridden(access: Access, auth: dict[str, Any]) -> Access:
    """The access with what the options say put over it."""
    fields = {
        "host": "server",
        "ca_cert": "ca",
        "client_cert": "certificate",
        "client_key": "key",
        "api_key": "token",
        "validate_certs": "verify",
    }
    names = {**fields, "username": "username", "password": "password", "proxy": "proxy", "no_proxy": "no_proxy"}
    changes = {field: auth[option] for option, field in names.items() if option in auth}
    for field in ("ca", "certificate", "key"):
        if isinstance(changes.get(field), str):
            changes[field] = os.path.expanduser(changes[field])
    return replace(access, **changes)


def _access(cluster: dict[str, Any], user: dict[str, Any], base: str) -> Access:
    token = str(user.get("token") or "")
    if user.get("tokenFile") and not token:
        with open(os.path.join(base, user["tokenFile"]), encoding="utf-8") as file:
            token = file.read().strip()
    return Access(
        server=str(cluster["server"]).rstrip("/"),
        ca=_material(cluster, "certificate-authority", base),
        certificate=_material(user, "client-certificate", base),
        key=_material(user, "client-key", base),
        token=token,
        username=str(user.get("username") or ""),
        password=str(user.get("password") or ""),
        verify=not cluster.get("insecure-skip-tls-verify", False),
        tls_server_name=str(cluster.get("tls-server-name") or ""),
        proxy=str(cluster.get("proxy-url") or ""),
    )


def _material(section: dict[str, Any], key: str, base: str) -> bytes | str:
    """Inline data wins over a path, as in kubectl; a path is relative to the kubeconfig."""
    if section.get(f"{key}-data"):
        return base64.b64decode(section[f"{key}-data"])
    path = section.get(key)
    return os.path.join(base, os.path.expanduser(path)) if path else b""


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise ApiError(_no_credentials(f"kubeconfig {path} cannot be read: {error.strerror}")) from None
    return _parsed(content, f"kubeconfig {path}")


def _parsed(content: bytes, what: str) -> dict[str, Any]:
    if yaml is None:
        raise ApiError(_no_credentials("the Python library PyYAML, which reads kubeconfigs, cannot be imported"))
    try:
        data = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        raise ApiError(_no_credentials(f"{what} is no valid YAML")) from None
    if not isinstance(data, dict):
        raise ApiError(_no_credentials(f"{what} is empty or no kubeconfig"))
    return data


def _named(config: dict[str, Any], section: str, key: str, name: Any) -> dict[str, Any] | None:
    for entry in config.get(section) or []:
        if entry.get("name") == name:
            return entry.get(key) or {}
    return None


def _no_credentials(cause: str) -> Failure:
    return Failure(
        "no_credentials",
        cause,
        next_step="Set kubeconfig (and context), or host with api_key, or run inside a cluster.",
    )
