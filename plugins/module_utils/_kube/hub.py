# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Hub port on a real API server: fixed REST paths, no discovery."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from .._kernel.errors import ApiError, Failure
from .._kernel.kinds import POD, POD_LOG, Kind
from .._kernel.objects import Object
from .._kernel.ports.hub import LogWindow
from .._machine.clock import Surroundings
from .answers import HOSTED, malformed, misshapen
from .connection import connect, connect_to
from .exec import PodShell
from .failures import HttpRequest
from .listing import whole_list
from .transport import Transport
from .watch import KubeWatch

FIELD_MANAGER = "hypershift.core"


class KubeHub(Surroundings):
    """See _kernel.ports.hub.Hub for the contract."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._served: dict[str, str] = {}
        self._writing: dict[str, str] = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> KubeHub:
        return cls(Transport(connect(options)))

    @classmethod
    def from_kubeconfig(cls, content: bytes) -> KubeHub:
        """The cluster that a kubeconfig from a Secret leads to; see connect_to(). It belongs to somebody else: its
        answers are kept short."""
        return cls(Transport(connect_to(content), limits=HOSTED))

    def until(self, moment: float) -> KubeHub:
        bounded = copy.copy(self)
        bounded._transport = self._transport.until(moment)
        return bounded

    def rehearsal(self) -> KubeHub:
        dry = copy.copy(self)
        dry._writing = {**self._writing, "dryRun": "All"}
        return dry

    @property
    def server(self) -> str:
        return self._transport.server

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, retries and watches included."""
        return self._transport.requests

    def get(self, kind: Kind, namespace: str | None, name: str) -> Object | None:
        try:
            found = self._call("GET", kind, namespace, kind.checked(name))
        except ApiError as error:
            if error.status == 404:
                self._refuse_unserved(kind, error)
                return None
            raise
        why = misshapen(found)
        if why:
            raise malformed(HttpRequest("get", kind, self.server, namespace, name), f"an object that {why}")
        return found

    def list(
        self, kind: Kind, namespace: str | None = None, label_selector: str = "", field_selector: str = ""
    ) -> list[Object]:
        query: dict[str, Any] = {}
        if label_selector:
            query["labelSelector"] = label_selector
        if field_selector:
            query["fieldSelector"] = field_selector
        whole = self.until(self._transport.monotonic() + self._transport.limits.whole)

        def fetch(page: Object) -> tuple[Object, int]:
            return whole._sized("GET", kind, namespace, "", page)

        try:
            items, _meta = whole_list(
                fetch, query, HttpRequest("list", kind, self.server, namespace), self._transport.limits
            )
        except ApiError as error:
            if error.status == 404:
                self._refuse_unserved(kind, error)
                return []
            raise
        for item in items:
            item.setdefault("apiVersion", kind.api_version)
            item.setdefault("kind", kind.kind)
        return items

    def create(self, kind: Kind, body: Object) -> Object:
        meta = body["metadata"]
        try:
            return self._call("POST", kind, meta.get("namespace"), "", query=self._writing, body=body)
        except ApiError as error:
            if error.status == 404 and error.reason == "NotFound" and not kind.group:
                raise
            if error.status == 404:
                raise ApiError(not_served(kind, self.server), 404) from None
            raise

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: Object, resource_version: str = "") -> Object:
        body = dict(patch)
        if resource_version:
            body["metadata"] = {**patch.get("metadata", {}), "resourceVersion": resource_version}
        return self._call("PATCH", kind, namespace, kind.checked(name), query=self._writing, body=body)

    def delete(self, kind: Kind, namespace: str | None, name: str, uid: str = "") -> bool:
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if uid:
            body["preconditions"] = {"uid": uid}
        try:
            self._call("DELETE", kind, namespace, kind.checked(name), body=body)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def watch(self, specs: Sequence[Any]) -> KubeWatch:
        return KubeWatch(self._transport, specs, self.version_of)

    def shell(self, namespace: str, pod: str, container: str) -> PodShell:
        return PodShell(self._transport.connection, namespace, pod, container)

    def logs(self, namespace: str, pod: str, container: str, want: LogWindow) -> bytes:
        query = {"container": container}
        known = (
            ("previous", "true" if want.previous else ""),
            ("tailLines", want.tail_lines),
            ("sinceSeconds", want.since_seconds),
        )
        query |= {key: str(value) for key, value in known if value}
        path = f"{POD.path(namespace, pod)}/log"
        return self._transport.text(POD_LOG, path, namespace, pod, query, want.limit_bytes)

    def version_of(self, kind: Kind) -> str:
        return self._served.get(kind.group, kind.version)

    def _call(
        self,
        method: str,
        kind: Kind,
        namespace: str | None,
        name: str,
        query: Object | None = None,
        body: Object | None = None,
    ) -> Object:
        return self._sized(method, kind, namespace, name, query, body)[0]

    def _sized(
        self,
        method: str,
        kind: Kind,
        namespace: str | None,
        name: str,
        query: Object | None = None,
        body: Object | None = None,
    ) -> tuple[Object, int]:
        """The answer with its bytes."""

        def once() -> tuple[Object, int]:
            path = kind.path(namespace, name, self.version_of(kind))
            return self._transport.sized(method, kind, path, namespace, name, query, body)

        try:
            return once()
        except ApiError as error:
            # "page not found" without a Status: this version is not served. One probe tells which one is.
            if error.status == 404 and not error.reason and kind.other_versions and self._probe(kind):
                return once()
            raise

    def _refuse_unserved(self, kind: Kind, error: ApiError) -> None:
        """A 404 without a Status means the kind, not an object of it."""
        if kind.essential and not error.reason:
            raise ApiError(not_served(kind, self.server), 404) from None

    def _probe(self, kind: Kind) -> bool:
        if kind.group in self._served:
            return False
        try:
            answer = self._transport.call("GET", kind, f"/apis/{kind.group}")
        except ApiError:
            return False
        found = answer.get("versions")
        served = [v.get("version") for v in found if isinstance(v, dict)] if isinstance(found, list) else []
        choice = next((v for v in kind.other_versions if v in served), None)
        if choice is None:
            return False
        self._served[kind.group] = choice
        return True


def not_served(kind: Kind, server: str) -> Failure:
    return Failure(
        "not_installed",
        f"HyperShift is not served here: {server} does not know {kind.resource}, so it is not a management cluster, or"
        " not yet",
        next_step=(
            "Check kubeconfig and context, or install the multicluster engine first"
            " (hypershift.core.multicluster_engine)."
        ),
    )
