# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Python interface of the embedded hub."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from . import containers, identities, lifecycle, process
from .audit import COMPLETE, await_marker, read_events
from .containers import Bind, Container
from .errors import HubError
from .files import locked
from .paths import HubPaths
from .progress import Progress, Say, silent
from .rest import Rest
from .state import HubState


class EmbeddedHub:
    """A running management cluster: get one by `up` or `attach`."""

    def __init__(self, paths: HubPaths, state: HubState, say: Say = silent) -> None:
        self._paths = paths
        self._state = state
        self._say = say

    @classmethod
    def up(
        cls,
        name: str = "hub",
        crds: str = "auto",
        simulator: bool = True,
        speed: float = 60,
        kwok: bool = True,
        state_root: Path | None = None,
        say: Say | None = None,
        profile: str = "full",
        empty: bool = False,
    ) -> EmbeddedHub:
        """Start the hub, or find it running. profile: of the simulator, ``light`` for fleets. empty: nothing is installed on it yet."""
        progress = say or Progress()
        paths = HubPaths.of(name, state_root)
        with locked(paths.lock, lambda: progress(f"hub {name}: waiting for another start or stop of it to end")):
            return cls(paths, lifecycle.up(paths, crds, simulator, speed, kwok, progress, profile, empty), progress)

    @classmethod
    def attach(cls, name: str = "hub", state_root: Path | None = None, say: Say | None = None) -> EmbeddedHub:
        """The hub of that name, which must have been started."""
        paths = HubPaths.of(name, state_root)
        state = HubState.load(paths)
        if state is None:
            raise HubError(f"Hub {name} is not running in {paths.root.parent}: start it with `tests/hub/hub up --name {name}`.")
        return cls(paths, state, say or silent)

    @property
    def name(self) -> str:
        return self._state.name

    @property
    def state(self) -> HubState:
        return self._state

    @property
    def paths(self) -> HubPaths:
        return self._paths

    @property
    def kubeconfig(self) -> Path:
        return self._paths.kubeconfig

    @property
    def server(self) -> str:
        return self._state.server

    @property
    def audit_log(self) -> Path:
        return self._paths.audit_log

    def audit(
        self,
        user: str | None = None,
        since: float | None = None,
        verbs: Collection[str] | None = None,
        stages: Collection[str] = COMPLETE,
        until: float | None = None,
    ) -> list[dict[str, Any]]:
        """Completed requests by user, time (since and until, in seconds since the epoch) and verb.

        A watch completes when it ends: ask for stages={"ResponseStarted"} to see those that were opened.
        What was answered before this call is told, unless the API server is down: then the log stays as it is.
        """
        with contextlib.suppress(ConnectionError):
            await_marker(self.audit_log, self._audited.get)
        return read_events(self.audit_log, user, since, verbs, stages, until)

    @cached_property
    def _audited(self) -> Rest:
        """As a user whose requests are in the audit log; the hub's own are not."""
        pki = self._paths.pki
        return Rest(self.server, pki / "ca.crt", pki / "admin.crt", pki / "admin.key")

    def kill_apiserver(self) -> None:
        """SIGKILL, as a crash would."""
        identity = process.recorded(self._paths.run, "kube-apiserver")
        if identity is None:
            raise HubError(f"Hub {self.name} has no API server to kill: start it with `tests/hub/hub start-apiserver`.")
        process.signal_process(identity, signal.SIGKILL)
        process.wait_gone(identity, 10)

    def start_apiserver(self) -> None:
        """Start it again on the same port, with the same data."""
        with locked(self._paths.lock):
            lifecycle.restart_apiserver(self._paths, self._state, self._say)

    def user_kubeconfig(self, user: str, groups: Iterable[str] = ()) -> Path:
        """Credentials of a user by client certificate."""
        return identities.user_kubeconfig(self._paths, self.server, user, groups)

    def service_account_kubeconfig(self, namespace: str, name: str, ttl_seconds: int = 3600) -> Path:
        """Credentials of an existing service account by token, also one that ends in seconds or has ended."""
        rest = lifecycle.client(self._paths, self._state)
        return identities.service_account_kubeconfig(self._paths, self.server, rest, namespace, name, ttl_seconds)

    def volume(self, namespace: str, claim: str) -> Path:
        """The folder behind a bound claim, made if nobody has used it yet."""
        rest = lifecycle.client(self._paths, self._state)
        name = rest.get(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{claim}")["spec"].get("volumeName")
        if not name:
            raise HubError(f"Claim {claim} in namespace {namespace} is not bound yet: wait for it.")
        folder = Path(rest.get(f"/api/v1/persistentvolumes/{name}")["spec"]["hostPath"]["path"])
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def container_view(self, binds: Sequence[Bind], bubblewrap: bool = True) -> list[str]:
        """The prefix for commands of a container that sees these folders; without bubblewrap by minikubelet itself."""
        program = Path(self._state.binaries["minikubelet"])
        return containers.view(program, binds, shutil.which("bwrap") if bubblewrap else None)

    def register_container(self, namespace: str, pod: str, container: str, record: Container) -> Path:
        """Put something behind a container of a pod, for exec, logs and port-forward."""
        return containers.register(self._paths, namespace, pod, container, record)

    def unregister_pod(self, namespace: str, pod: str) -> None:
        containers.unregister(self._paths, namespace, pod)

    def down(self) -> None:
        """End all processes and remove all but the logs."""
        with locked(self._paths.lock):
            lifecycle.down(self._paths, self._say)
