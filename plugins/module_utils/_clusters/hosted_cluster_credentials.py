# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster_credentials. Source: platform_facts#2.9."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.errors import ApiError, HypershiftError
from .._kernel.kinds import HOSTED_CLUSTER, NAMESPACE, SECRET
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub, OpenHub
from .guest_api import SOURCES

LookAt = Callable[[bytes], object]  # foreign_kubeconfig.parsed
WriteFile = Callable[[str, bytes, bool], bool]  # path, content, check_mode -> changed


class Credentials:
    """Bring kubeconfig and kubeadmin password to files, or return them.

    look_at: raises ApiError for a kubeconfig that would run commands or read files wherever it is used. open_hub: a
    kubeconfig's own API.
    """

    def __init__(
        self,
        hub: Hub,
        options: dict[str, Any],
        write_file: WriteFile,
        look_at: LookAt,
        open_hub: OpenHub,
        check_mode: bool,
    ) -> None:
        self._hub = hub
        self._look_at = look_at
        self._open_hub = open_hub
        self._options = options
        self._write_file = write_file
        self._check_mode = check_mode

    def plan(self) -> Plan:
        changes = ChangeSet()
        namespace, name = self._options["namespace"], self._options["name"]
        ref = HOSTED_CLUSTER.ref(namespace, name)
        cluster = self._hub.get(HOSTED_CLUSTER, namespace, name)
        if cluster is None:
            changes.refuse("not_found", "it does not exist", "Check name, namespace and the management cluster.", ref)
            return Plan(changes)
        extra: dict[str, Any] = {"api_server": _endpoint(cluster), "files": []}
        contents: dict[str, bytes] = {}
        source = "custom_kubeconfig" if self._options.get("custom_dns") else "kubeconfig"
        if self._options.get("kubeconfig_dest") or self._options.get("return_content"):
            contents["kubeconfig"] = self._read(changes, cluster, source, ref)
        if self._options.get("password_dest") or (
            self._options.get("return_content") and lookup(cluster, SOURCES["password"][0])
        ):
            contents["password"] = self._read(changes, cluster, "password", ref)
        if changes.refusals:
            return Plan(changes)
        self._refuse_foreign(contents.get("kubeconfig"), ref)
        written = False
        for what, content in contents.items():
            if self._options.get("return_content"):
                extra[what] = content.decode()
            path = self._options.get(f"{what}_dest")
            if path:
                written = self._write_file(path, content, self._check_mode) or written
                extra["files"].append(path)
        extra["changed"] = written
        if "kubeconfig" in contents and self._options.get("verify") and not self._check_mode:
            self._open_hub(contents["kubeconfig"]).get(NAMESPACE, None, "kube-system")
            extra["verified"] = True
        return Plan(changes, unchanged=True, extra=extra)

    def _refuse_foreign(self, kubeconfig: bytes | None, ref: str) -> None:
        try:
            if kubeconfig is not None:
                self._look_at(kubeconfig)
        except ApiError as error:
            raise HypershiftError(replace(error.failure, object=ref)) from None

    def _read(self, changes: ChangeSet, cluster: dict[str, Any], what: str, ref: str) -> bytes:
        path, key = SOURCES[what]
        secret_name = lookup(cluster, path)
        if not secret_name:
            oauth = what == "password" and lookup(cluster, ("spec", "configuration", "oauth")) is not None
            cause = (
                "there is no kubeadmin password, since identity providers are configured"
                if oauth
                else f"it has published no {what.replace('_', ' ')} yet"
            )
            changes.refuse(
                "not_published" if what == "password" else "kubeconfig_missing",
                cause,
                "Log in through an identity provider."
                if oauth
                else "Wait until it is available (hosted_cluster_wait).",
                ref,
            )
            return b""
        secret = self._hub.get(SECRET, cluster["metadata"]["namespace"], str(secret_name))
        encoded = lookup(secret, ("data", key))
        if not encoded:
            changes.refuse(
                "not_published" if what == "password" else "kubeconfig_missing",
                f"Secret {cluster['metadata']['namespace']}/{secret_name} has no key {key}",
                "Wait until it is available (hosted_cluster_wait).",
                ref,
            )
            return b""
        return base64.b64decode(encoded)


def _endpoint(cluster: dict[str, Any]) -> str:
    endpoint = lookup(cluster, ("status", "controlPlaneEndpoint")) or {}
    return f"https://{endpoint['host']}:{endpoint.get('port', 6443)}" if endpoint.get("host") else ""
