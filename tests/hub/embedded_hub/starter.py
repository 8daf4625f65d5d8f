# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start the processes of a hub in their order and wait for each."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from . import components, kubeconfig, pki, process
from .components import Layout
from .paths import CONFIG_DIR, HUB_DIR
from .progress import Say
from .rest import Rest

Argv = Callable[[Layout], list[str]]


def prepare(layout: Layout, hub: str) -> None:
    """Folders, certificates, kubeconfigs and rendered configuration."""
    paths = layout.paths
    paths.set_logs_aside()
    paths.create()
    authority = pki.create_pki(paths.pki, hub)
    for name in ("kube-controller-manager", "kube-scheduler", "kwok", "simulator"):
        _client_kubeconfig(layout, paths.config / f"{name}.kubeconfig", authority.cert_pem, name)
    _client_kubeconfig(layout, paths.kubeconfig, authority.cert_pem, "admin")
    (paths.config / "stages.yaml").write_text(render_stages(paths.volumes, layout.ports["minikubelet"]))


def _client_kubeconfig(layout: Layout, target: Path, ca: bytes, name: str) -> None:
    pair = pki.Pair((layout.paths.pki / f"{name}.crt").read_bytes(), (layout.paths.pki / f"{name}.key").read_bytes())
    kubeconfig.write_kubeconfig(target, layout.server, ca, name, kubeconfig.certificate_user(pair))


def render_stages(volumes: Path, kubelet_port: int) -> str:
    """All our Stages in one file; what differs per hub is put in by plain replacement, for they are templates already."""
    text = "\n".join(path.read_text().strip() for path in sorted((CONFIG_DIR / "stages").glob("*.yaml")))
    return text.replace("@VOLUMES@", str(volumes)).replace("@KUBELET_PORT@", str(kubelet_port)) + "\n"


def setup_client(layout: Layout) -> Rest:
    folder = layout.paths.pki
    return Rest(layout.server, folder / "ca.crt", folder / "hub.crt", folder / "hub.key")


def spawn(layout: Layout, name: str, argv: list[str]) -> process.Identity:
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy") and key != "KUBECONFIG"}
    environment["PYTHONPATH"] = str(HUB_DIR)  # for the parts that are Python
    return process.spawn(layout.paths.run, name, argv, layout.paths.logs / f"{name}.log", environment, layout.paths.data)


def start(layout: Layout, name: str, argv: Argv, ready: Callable[[], bool], say: Say, seconds: float = 60) -> None:
    """Start one process and wait until `ready` holds."""
    identity = spawn(layout, name, argv(layout))
    process.wait_until(ready, name, seconds, identity, layout.paths.logs / f"{name}.log")
    say(f"{name}: ready (process {identity.pid})")


def start_etcd(layout: Layout, say: Say, template: Path | None = None) -> None:
    if template is not None:
        shutil.copytree(template, layout.paths.data / "etcd")
    start(layout, "etcd", components.etcd, lambda: http_ok(layout.ports["etcd_client"], "/health", tls=False), say)


def start_apiserver(layout: Layout, say: Say) -> Rest:
    rest = setup_client(layout)
    start(layout, "kube-apiserver", components.kube_apiserver, rest.ready, say, seconds=120)
    return rest


def start_controllers(layout: Layout, say: Say, kwok: bool) -> None:
    """kcm, scheduler, minikubelet, kwok and the pod runner together, for none waits for another."""
    parts: dict[str, Argv] = {
        "kube-controller-manager": components.kube_controller_manager,
        "kube-scheduler": components.kube_scheduler,
        "minikubelet": components.minikubelet,
    }
    if kwok:
        parts["kwok"] = components.kwok
        parts["pod-runner"] = components.pod_runner
    started = {name: spawn(layout, name, argv(layout)) for name, argv in parts.items()}
    probes: dict[str, Callable[[], bool]] = {
        "kube-controller-manager": lambda: http_ok(layout.ports["kube_controller_manager"], "/healthz"),
        "kube-scheduler": lambda: http_ok(layout.ports["kube_scheduler"], "/readyz"),
        "minikubelet": lambda: port_open(layout.ports["minikubelet"]),
        "pod-runner": (layout.paths.run / "pod-runner.ready").exists,
        "kwok": lambda: True,  # serves nothing on purpose; the nodes becoming Ready are its sign of life
    }
    for name, identity in started.items():
        process.wait_until(probes[name], name, 60, identity, layout.paths.logs / f"{name}.log")
        say(f"{name}: {'started' if name == 'kwok' else 'ready'} (process {identity.pid})")


def restart_scheduler(layout: Layout, say: Say) -> None:
    """It ends by itself ("cache is corrupted") when a pod is made anew while it catches up after a crash of the API server."""
    process.stop(layout.paths.run, "kube-scheduler", 10)
    start(layout, "kube-scheduler", components.kube_scheduler, lambda: http_ok(layout.ports["kube_scheduler"], "/readyz"), say)


def http_ok(port: int, path: str, tls: bool = True) -> bool:
    """A probe of one of our own processes on loopback; nothing secret is sent, so its certificate is not checked."""
    if tls:
        context = ssl._create_unverified_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
