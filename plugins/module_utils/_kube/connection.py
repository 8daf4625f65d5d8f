# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Authentication options to an HTTP connection. Private to hypershift.core.

The option names are those of kubernetes.core; the kubernetes client library reads kubeconfigs, service account tokens and exec plugins.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

try:
    import urllib3 as urllib3
    from kubernetes import config as kube_config
    from kubernetes.client import Configuration

    IMPORT_ERROR = ""
except ImportError as error:  # reported in connect(): a module must be importable without it
    IMPORT_ERROR = str(error)

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import ApiError, Failure

# Option -> attribute of the client library's Configuration.
_ATTRIBUTES = {
    "host": "host",
    "username": "username",
    "password": "password",
    "validate_certs": "verify_ssl",
    "ca_cert": "ssl_ca_cert",
    "client_cert": "cert_file",
    "client_key": "key_file",
    "proxy": "proxy",
    "no_proxy": "no_proxy",
}
_LIBRARY_NAMES = {"validate_certs": "VERIFY_SSL", "ca_cert": "SSL_CA_CERT", "client_cert": "CERT_FILE", "client_key": "KEY_FILE"}
AUTH_OPTIONS = (
    *_ATTRIBUTES,
    "kubeconfig",
    "context",
    "api_key",
    "proxy_headers",
    "persist_config",
    "impersonate_user",
    "impersonate_groups",
)


@dataclass
class Connection:
    server: str
    headers: list[tuple[str, str]]
    pool: Any


def with_environment(options: dict[str, Any]) -> dict[str, Any]:
    """The authentication options, unset ones taken from K8S_AUTH_* as kubernetes.core does."""
    auth: dict[str, Any] = {}
    for name in AUTH_OPTIONS:
        value = options.get(name)
        if value is None and name != "proxy_headers":
            value = os.environ.get(f"K8S_AUTH_{name.upper()}") or os.environ.get(f"K8S_AUTH_{_LIBRARY_NAMES.get(name, name.upper())}")
            if value is not None and name in ("validate_certs", "persist_config"):
                value = value.lower() not in ("0", "false", "no")
            if value is not None and name == "impersonate_groups":
                value = [g for g in value.split(",") if g]
        if value is not None:
            auth[name] = value
    return auth


def connect(options: dict[str, Any]) -> Connection:
    """Connection for the options. Raises ApiError when no usable credentials are found; sends no request."""
    if IMPORT_ERROR:
        raise ApiError(
            Failure(
                "missing_library",
                f"the Python library kubernetes cannot be imported ({IMPORT_ERROR})",
                next_step="Install it into the Python that runs the task: pip install kubernetes.",
            )
        )
    auth = with_environment(options)
    configuration = _configuration(auth)
    for option, attribute in _ATTRIBUTES.items():
        if option in auth:
            setattr(configuration, attribute, auth[option])
    server = str(configuration.host or "").rstrip("/")
    headers = [("Accept", "application/json"), ("User-Agent", "hypershift.core"), *_credentials(configuration, auth)]
    return Connection(server, headers, _pool(configuration, auth))


def _configuration(auth: dict[str, Any]) -> Any:
    configuration = Configuration()
    if auth.get("host") and (auth.get("api_key") or auth.get("client_cert") or auth.get("username")):
        return configuration
    arguments = {"context": auth.get("context"), "client_configuration": configuration}
    source = auth.get("kubeconfig")
    try:
        if isinstance(source, dict):
            kube_config.load_kube_config_from_dict(source, **arguments)
        elif source or auth.get("context") or "KUBERNETES_SERVICE_HOST" not in os.environ:
            path = os.path.expanduser(str(source)) if source else None
            kube_config.load_kube_config(config_file=path, persist_config=bool(auth.get("persist_config", False)), **arguments)
        else:
            kube_config.load_incluster_config(client_configuration=configuration)
    except Exception as error:  # the library raises ConfigException, OSError, YAMLError, KeyError, TypeError
        raise ApiError(_unusable(source, auth.get("context"), error)) from None
    return configuration


def _unusable(source: Any, context: str | None, error: Exception) -> Failure:
    what = "the kubeconfig given as a dictionary" if isinstance(source, dict) else f"kubeconfig {source or '(default)'}"
    reason = type(error).__name__ if isinstance(source, dict) else str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    where = f" with context {context}" if context else ""
    return Failure(
        "no_credentials",
        f"{what}{where} cannot be used: {reason}",
        next_step="Set kubeconfig (and context), or host with api_key, or run inside a cluster.",
    )


def _credentials(configuration: Any, auth: dict[str, Any]) -> list[tuple[str, str]]:
    headers = []
    if auth.get("api_key"):
        headers.append(("Authorization", f"Bearer {auth['api_key']}"))
    else:
        for setting in configuration.auth_settings().values():
            if setting.get("in") == "header" and setting.get("value"):
                headers.append((setting["key"].title(), setting["value"]))
        if not headers and configuration.username and configuration.password:
            headers.append(("Authorization", configuration.get_basic_auth_token()))
    if auth.get("impersonate_user"):
        headers.append(("Impersonate-User", auth["impersonate_user"]))
    headers += [("Impersonate-Group", group) for group in auth.get("impersonate_groups") or []]
    return headers


def _pool(configuration: Any, auth: dict[str, Any]) -> Any:
    arguments: dict[str, Any] = {"maxsize": 8, "retries": False}
    if str(configuration.host).startswith("https"):
        arguments |= {
            "cert_reqs": "CERT_REQUIRED" if configuration.verify_ssl else "CERT_NONE",
            "ca_certs": configuration.ssl_ca_cert if configuration.verify_ssl else None,
            "cert_file": configuration.cert_file,
            "key_file": configuration.key_file,
        }
        if not configuration.verify_ssl:
            urllib3.disable_warnings()
        if getattr(configuration, "tls_server_name", None):
            arguments["server_hostname"] = configuration.tls_server_name
    try:
        if configuration.proxy and not _bypasses(configuration.host, configuration.no_proxy):
            headers = urllib3.make_headers(**{k: v for k, v in (auth.get("proxy_headers") or {}).items() if v is not None})
            return urllib3.ProxyManager(configuration.proxy, proxy_headers=headers, **arguments)
        return urllib3.PoolManager(**arguments)
    except (OSError, ValueError) as error:
        raise ApiError(
            Failure(
                "no_credentials",
                f"the TLS files of the connection cannot be used: {error}",
                next_step="Check ca_cert, client_cert and client_key.",
            )
        ) from None


def _bypasses(host: str, no_proxy: str | None) -> bool:
    import urllib.request

    name = str(host).partition("://")[2].partition("/")[0].rpartition(":")[0]
    return bool(no_proxy) and bool(urllib.request.proxy_bypass_environment(name, {"no": no_proxy}))
