# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Access through the kubernetes client library, for kubeconfigs with exec plugins, auth providers or several files."""

from __future__ import annotations

import os
from typing import Any

from .._kernel.errors import ApiError, Failure
from .._kernel.printable import shortened
from .access import Access


def from_library(source: dict[str, Any] | str, context: str | None, persist: bool) -> Access:
    """Access as the library resolves it; exec plugins run here. Raises ApiError."""
    try:
        from kubernetes import config
        from kubernetes.client import Configuration
    except ImportError as error:
        raise ApiError(
            Failure(
                "missing_library",
                f"this kubeconfig needs the Python library kubernetes, which cannot be imported ({error})",
                next_step="Install it into the Python that runs the task: pip install kubernetes.",
            )
        ) from None
    configuration = Configuration()
    arguments = {"context": context, "client_configuration": configuration}
    try:
        if isinstance(source, dict):
            config.load_kube_config_from_dict(source, **arguments)
        else:
            files = os.pathsep.join(os.path.expanduser(p) for p in source.split(os.pathsep))
            config.load_kube_config(config_file=files, persist_config=persist, **arguments)
    except Exception as error:  # the library raises ConfigException, OSError, YAMLError, KeyError, TypeError
        reason = (
            shortened((str(error).splitlines() or [""])[0], 200) if isinstance(source, str) else type(error).__name__
        )
        raise ApiError(
            Failure(
                "no_credentials",
                f"the kubeconfig cannot be used: {reason}",
                next_step="Check it with: kubectl --kubeconfig FILE auth whoami.",
            )
        ) from None
    return _access(configuration)


def _access(configuration: Any) -> Access:
    headers = [s["value"] for s in configuration.auth_settings().values() if s.get("in") == "header" and s.get("value")]
    return Access(
        server=str(configuration.host or ""),
        ca=configuration.ssl_ca_cert or b"",
        certificate=configuration.cert_file or b"",
        key=configuration.key_file or b"",
        token=headers[0] if headers else "",
        verify=bool(configuration.verify_ssl),
        tls_server_name=getattr(configuration, "tls_server_name", None) or "",
        proxy=configuration.proxy or "",
        no_proxy=configuration.no_proxy or "",
    )
