# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""End the processes of a hub in the order that leaves no one talking to a half-dead partner."""

from __future__ import annotations

from . import process
from .paths import HubPaths
from .progress import Say

# Clients first, then the API server, and etcd only when the API server is gone: a new etcd under a server that is
# still shutting down answers 404 and looks ready.
STOP_ORDER = (
    ("simulator", "pod-runner", "kube-scheduler", "kwok", "kube-controller-manager", "minikubelet"),
    ("kube-apiserver",),
    ("etcd",),
)
PARTS = tuple(name for stage in reversed(STOP_ORDER) for name in stage)
_SECONDS = {"kube-apiserver": 30.0, "etcd": 20.0, "pod-runner": 15.0}


def stop_all(paths: HubPaths, say: Say) -> None:
    for stage in STOP_ORDER:
        for name in stage:
            # Tell all of a stage first, so that they end side by side.
            identity = process.recorded(paths.run, name)
            if identity is not None:
                process.terminate(identity)
        for name in stage:
            outcome = process.stop(paths.run, name, _patience(paths, name))
            if outcome != "not started":
                say(f"{name}: {outcome}")


def alive(paths: HubPaths) -> dict[str, bool]:
    """Every recorded part and whether it runs."""
    states = {}
    for name in PARTS:
        identity = process.recorded(paths.run, name)
        if identity is not None:
            states[name] = process.is_alive(identity)
    return states


def _patience(paths: HubPaths, name: str) -> float:
    if name == "kube-apiserver" and not process.running(paths.run, "etcd"):
        return 1.0  # without etcd it never ends by itself
    return _SECONDS.get(name, 10.0)
