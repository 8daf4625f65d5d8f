# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bring a hub up and take it down."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from . import bare, base, binaries, crds, mounts, ports, simulator, starter, stopper, template
from .audit import drop_torn_tail
from .components import PORT_NAMES, Layout
from .errors import HubError
from .paths import HubPaths
from .process import recorded, tail
from .progress import Say
from .rest import Rest
from .state import HubState


def client(paths: HubPaths, state: HubState) -> Rest:
    return Rest(state.server, paths.pki / "ca.crt", paths.pki / "hub.crt", paths.pki / "hub.key")


def core_healthy(paths: HubPaths) -> HubState | None:
    """The state of a hub whose parts, the simulator aside, all run; None otherwise."""
    state = HubState.load(paths)
    if state is None:
        return None
    parts = stopper.alive(paths)
    wanted = [name for name in stopper.PARTS if name != "simulator" and (name not in ("kwok", "pod-runner") or state.kwok)]
    if all(parts.get(name, False) for name in wanted) and client(paths, state).ready():
        return state
    return None


def up(
    paths: HubPaths, wanted_crds: str, with_simulator: bool, speed: float, kwok: bool, say: Say, profile: str = "full", empty: bool = False
) -> HubState:
    """Idempotent; the caller holds the hub's lock. empty: nothing is installed on it yet, not even what the simulator else finds there."""
    state = core_healthy(paths)
    if state is not None:
        _check_same(state, wanted_crds, say)
    else:
        if any(stopper.alive(paths).values()):
            say(f"hub {paths.root.name}: a part of it has ended; ending the rest and starting afresh")
        down(paths, say)
        state = _fresh(paths, wanted_crds, speed, kwok, say)
    if with_simulator:
        _ensure_simulator(paths, state, speed, profile, empty, say)
    return state


def _check_same(state: HubState, wanted_crds: str, say: Say) -> None:
    """A running hub is taken as it is, but never for something else than was asked for."""
    crd_set = crds.choose(wanted_crds)
    if wanted_crds != "auto" and crd_set.kind != state.crds:
        raise HubError(
            f"Hub {state.name} runs with the {state.crds} definitions, not the {wanted_crds} ones: "
            f"end it with `tests/hub/hub down --name {state.name}` first or use another --name."
        )
    say(f"hub {state.name}: already running at {state.server} with the {state.crds} definitions")
    if crd_set.kind == state.crds and crd_set.fingerprint() != state.crds_fingerprint:
        say(f"hub {state.name}: the files of its definitions have changed since; `down` and `up` load them")


def _fresh(paths: HubPaths, wanted_crds: str, speed: float, kwok: bool, say: Say) -> HubState:
    programs = binaries.resolve(say)
    crd_set = crds.choose(wanted_crds)
    template_data = template.ensure(crd_set, programs, say)

    def start(chosen: dict[str, int]) -> HubState:
        try:
            return _start(Layout(paths, programs, chosen), template_data, crd_set, speed, kwok, say)
        except BaseException:
            down(paths, say)
            raise

    return ports.on_free_ports(PORT_NAMES, start, say)


def _start(layout: Layout, template_data: Path, crd_set: crds.CrdSet, speed: float, kwok: bool, say: Say) -> HubState:
    starter.prepare(layout, layout.paths.root.name)
    starter.start_etcd(layout, say, template_data)
    rest = starter.start_apiserver(layout, say)
    starter.start_controllers(layout, say, kwok)
    _fill(rest, crd_set, kwok, layout, say)
    state = _state(layout, crd_set, speed, kwok)
    _record_pids(layout.paths, state)
    return state


def _state(layout: Layout, crd_set: crds.CrdSet, speed: float, kwok: bool) -> HubState:
    paths = layout.paths
    return HubState(
        name=paths.root.name,
        server=layout.server,
        kubeconfig=str(paths.kubeconfig),
        audit_log=str(paths.audit_log),
        ca=str(paths.pki / "ca.crt"),
        crds=crd_set.kind,
        crds_fingerprint=crd_set.fingerprint(),
        ports=dict(layout.ports),
        speed=speed,
        kwok=kwok,
        binaries={name: str(path) for name, path in layout.binaries.items()},
    )


def _fill(rest: Rest, crd_set: crds.CrdSet, kwok: bool, layout: Layout, say: Say) -> None:
    manifests = crd_set.manifests()
    crds.wait_served(rest, manifests, 60)
    say(f"definitions: {len(manifests)} served ({crd_set.kind})")
    count = base.load(rest)
    say(f"base objects: {count} and {len(base.node_names())} nodes")
    if kwok:
        _wait_nodes(rest, layout)
        say(f"nodes: {len(base.node_names())} ready")


def _wait_nodes(rest: Rest, layout: Layout, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while base.ready_nodes(rest) < len(base.node_names()):
        if time.monotonic() > deadline:
            log = layout.paths.logs / "kwok.log"
            raise HubError(f"The nodes did not become ready within {seconds:.0f} s; kwok's log {log} ends with:\n{tail(log)}")
        time.sleep(0.1)


def _ensure_simulator(paths: HubPaths, state: HubState, speed: float, profile: str, empty: bool, say: Say) -> None:
    if stopper.alive(paths).get("simulator"):
        say(f"simulator: already running at speed {state.speed:g}")
        return
    if not simulator.available():
        say("simulator: not in this checkout, left out")
        return
    definitions = None
    if empty:
        rest = client(paths, state)
        bare.make_openshift(rest, bare.OPENSHIFT)
        definitions = bare.set_aside(rest, crds.choose(state.crds), paths)
    simulator.start(paths, speed, profile, definitions, say)
    state.simulator, state.speed = True, speed
    _record_pids(paths, state)


def _record_pids(paths: HubPaths, state: HubState) -> None:
    found = {name: recorded(paths.run, name) for name in stopper.PARTS}
    state.pids = {name: identity.pid for name, identity in found.items() if identity}
    state.save(paths)


def down(paths: HubPaths, say: Say) -> None:
    """End every part and remove all but the logs."""
    stopper.stop_all(paths, say)
    mounts.release(paths.volumes)
    if not paths.root.is_dir():
        return
    for entry in paths.root.iterdir():
        if entry in (paths.logs, paths.previous_logs):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def restart_apiserver(paths: HubPaths, state: HubState, say: Say) -> None:
    """Start the API server again on the same ports."""
    if stopper.alive(paths).get("kube-apiserver"):
        say("kube-apiserver: already running")
        return
    programs = {name: Path(path) for name, path in state.binaries.items()}
    drop_torn_tail(paths.audit_log)
    layout = Layout(paths, programs, state.ports)
    starter.start_apiserver(layout, say)
    starter.restart_scheduler(layout, say)
    _record_pids(paths, state)
