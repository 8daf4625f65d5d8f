# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Authentication options to an HTTP connection. The option names are those of kubernetes.core."""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

try:
    import urllib3

    IMPORT_ERROR = ""
except ImportError as error:  # reported in connect(): a module must be importable without it
    urllib3 = None  # type: ignore[assignment]
    IMPORT_ERROR = str(error)

from .._kernel.errors import ApiError, Failure
from .access import Access, NotPlain, from_content, from_kubeconfig, from_service_account, overridden
from .client_library import from_library
from .overdue import pools

DEFAULT_KUBECONFIG = "~/.kube/config"
_OPTIONS = (
    "host",
    "username",
    "password",
    "validate_certs",
    "ca_cert",
    "client_cert",
    "client_key",
    "proxy",
    "no_proxy",
)
AUTH_OPTIONS = (
    *_OPTIONS,
    "kubeconfig",
    "context",
    "api_key",
    "proxy_headers",
    "persist_config",
    "impersonate_user",
    "impersonate_groups",
)
_OTHER_NAMES = {
    "validate_certs": "VERIFY_SSL",
    "ca_cert": "SSL_CA_CERT",
    "client_cert": "CERT_FILE",
    "client_key": "KEY_FILE",
}


@dataclass
class Connection:
    """tls: makes a context for one use; libraries change what they are given, so that none may be shared. None without
    TLS."""

    server: str
    headers: list[tuple[str, str]]
    pool: Any
    tls: Callable[[], ssl.SSLContext] | None = None
    tls_server_name: str = ""
    proxy: str = ""  # empty when none is to be used for this server


def with_environment(options: dict[str, Any]) -> dict[str, Any]:
    """The authentication options; without a kubeconfig or host of their own, unset ones are taken from K8S_AUTH_* as
    kubernetes.core does.

    Who names a management cluster gets that one: a credential of a job engine is meant for tasks that name none. A
    context alone still needs the kubeconfig that it is in, and nothing else.
    """
    auth: dict[str, Any] = {}
    own = options.get("kubeconfig") or options.get("host")
    fillable = () if own else ("kubeconfig",) if options.get("context") else AUTH_OPTIONS
    for name in AUTH_OPTIONS:
        value = options.get(name)
        if value is None and name in fillable and name != "proxy_headers":
            value = _from_environment(name)
        if value is not None:
            auth[name] = value
    return auth


def _from_environment(name: str) -> Any:
    text = os.environ.get(f"K8S_AUTH_{name.upper()}") or os.environ.get(
        f"K8S_AUTH_{_OTHER_NAMES.get(name, name.upper())}"
    )
    if text is None:
        return None
    if name in ("validate_certs", "persist_config"):
        return text.lower() not in ("0", "false", "no")
    return [g for g in text.split(",") if g] if name == "impersonate_groups" else text


def connect(options: dict[str, Any]) -> Connection:
    """Connection for the options. Raises ApiError when no usable credentials are found; sends no request."""
    if IMPORT_ERROR:
        raise ApiError(
            Failure(
                "missing_library",
                f"the Python library urllib3 cannot be imported ({IMPORT_ERROR})",
                next_step="Install it: pip install kubernetes.",
            )
        )
    auth = with_environment(options)
    return _connection(overridden(find_access(auth), auth), auth)


def _connection(access: Access, auth: dict[str, Any]) -> Connection:
    server = access.server.rstrip("/")
    if "://" not in server:
        server = f"https://{server}"
    scheme, _separator, rest = server.partition("://")
    # the server is named in messages; a user and password in a URL are not used
    server = f"{scheme}://{rest.rpartition('@')[2]}"
    headers = [("Accept", "application/json"), ("User-Agent", "hypershift.core"), *_credentials(access, auth)]
    tls = partial(_tls, access) if server.startswith("https") else None
    proxy = "" if _bypasses(server, access.no_proxy) else access.proxy
    return Connection(
        server,
        headers,
        _pool(tls() if tls else None, access.tls_server_name, proxy, auth),
        tls,
        access.tls_server_name,
        proxy,
    )


def connect_to(content: bytes) -> Connection:
    """Connection for a kubeconfig as a Secret holds it, environment and options left aside. Raises ApiError; sends no
    request.

    Whoever may write that Secret must not run commands here nor have files of this machine sent to a server of theirs:
    the kubeconfig has to hold everything itself.
    """
    return _connection(from_content(content), {})


def find_access(auth: dict[str, Any]) -> Access:
    """Options with host first, then the given kubeconfig, then the pod's service account, then the default kubeconfig.

    A host without a kubeconfig gets what the options give and nothing else: what proves who asks to another server is
    not sent to it.
    """
    source, context = auth.get("kubeconfig"), auth.get("context")
    if auth.get("host") and (
        auth.get("api_key") or auth.get("client_cert") or auth.get("username") or not (source or context)
    ):
        return Access()
    if not source and not context and "KUBERNETES_SERVICE_HOST" in os.environ:
        return from_service_account()
    chosen = source or os.environ.get("KUBECONFIG") or DEFAULT_KUBECONFIG
    try:
        return from_kubeconfig(chosen, context)
    except NotPlain:
        return from_library(chosen, context, bool(auth.get("persist_config")))


def _credentials(access: Access, auth: dict[str, Any]) -> list[tuple[str, str]]:
    headers = []
    if access.token:
        headers.append(
            (
                "Authorization",
                access.token if access.token.startswith(("Bearer ", "Basic ")) else f"Bearer {access.token}",
            )
        )
    elif access.username and access.password:
        headers.append(
            ("Authorization", "Basic " + base64.b64encode(f"{access.username}:{access.password}".encode()).decode())
        )
    if auth.get("impersonate_user"):
        headers.append(("Impersonate-User", auth["impersonate_user"]))
    headers += [("Impersonate-Group", group) for group in auth.get("impersonate_groups") or []]
    return headers


def _pool(tls: ssl.SSLContext | None, server_name: str, proxy: str, auth: dict[str, Any]) -> Any:
    arguments: dict[str, Any] = {"maxsize": 8, "retries": False}
    if tls:
        arguments["ssl_context"] = tls
        if server_name:
            arguments["server_hostname"] = server_name  # the context itself compares it with the certificate
    manager: Any
    if proxy:
        headers = urllib3.make_headers(**{k: v for k, v in (auth.get("proxy_headers") or {}).items() if v is not None})
        manager = urllib3.ProxyManager(proxy, proxy_headers=headers, **arguments)
    else:
        manager = urllib3.PoolManager(**arguments)
    manager.pool_classes_by_scheme = pools()
    return manager


def _tls(access: Access) -> ssl.SSLContext:
    try:
        if isinstance(access.ca, str):
            context = ssl.create_default_context(cafile=access.ca)
        else:
            context = ssl.create_default_context(cadata=access.ca.decode() if access.ca else None)
        if not access.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            urllib3.disable_warnings()
        if access.certificate:
            with _as_file(access.certificate) as certificate, _as_file(access.key) as key:
                context.load_cert_chain(str(certificate), key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "strerror", None) or str(error)
        raise ApiError(
            Failure(
                "no_credentials",
                f"the certificates or keys of the connection cannot be used: {reason}",
                next_step="Check ca_cert, client_cert and client_key.",
            )
        ) from None
    return context


@contextlib.contextmanager
def _as_file(material: bytes | str) -> Iterator[str | None]:
    """ssl takes certificates and keys from files only; the file is private and gone right after."""
    if not isinstance(material, bytes):
        yield material
    elif not material:
        yield None
    else:
        with tempfile.NamedTemporaryFile(prefix="hypershift-") as file:
            file.write(material)
            file.flush()
            yield file.name


def _bypasses(server: str, no_proxy: str) -> bool:
    host = urlsplit(server).hostname or ""
    bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]
    return bool(no_proxy) and bool(bypass(host, {"no": no_proxy}))
