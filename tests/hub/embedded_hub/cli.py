# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start, stop and look at the embedded management cluster: a real API server, with simulated operators."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import binaries, gobuild, lifecycle, simulator, stopper, toolchain
from .errors import HubError
from .files import locked
from .hub import EmbeddedHub
from .paths import GO_DIR, HubPaths, cache_root, default_state_root
from .process import tail
from .progress import Progress


def build(_options: argparse.Namespace) -> int:
    found = binaries.resolve(Progress())
    for name, path in sorted(found.items()):
        print(f"{name}: {path}")
    return 0


def go_test(_options: argparse.Namespace) -> int:
    """With the same Go and the same settings as a build, so that it works on a machine without Go too."""
    say = Progress()
    go = toolchain.find_go(say)
    with locked(cache_root() / "bin" / ".lock", lambda: say("waiting for a build to end")):
        for arguments in (["vet", "."], ["test", "-count=1", "."]):
            say(f"minikubelet: go {' '.join(arguments)}")
            environment = gobuild.build_environment(os.environ)
            code = subprocess.run([str(go), *arguments], cwd=GO_DIR / "minikubelet", env=environment, check=False).returncode
            if code:
                raise HubError(f"`go {arguments[0]}` of minikubelet ended with {code}: see its output above.")
    return 0


def up(options: argparse.Namespace) -> int:
    hub = EmbeddedHub.up(
        options.name,
        options.crds,
        options.simulator == "on",
        options.speed,
        options.kwok == "on",
        options.state_root,
        Progress(),
        options.profile,
        options.empty,
    )
    print(f"export KUBECONFIG={hub.kubeconfig}")
    return 0


def down(options: argparse.Namespace) -> int:
    root = options.state_root or default_state_root()
    names = sorted(path.name for path in root.glob("*") if path.is_dir()) if options.all else [options.name]
    say = Progress()
    for name in names:
        paths = HubPaths.of(name, options.state_root)
        with locked(paths.lock):
            lifecycle.down(paths, say)
        say(f"hub {name}: down")
    return 0


def status(options: argparse.Namespace) -> int:
    """0 when every part runs and the API server is ready, 3 otherwise, as for a service."""
    paths = HubPaths.of(options.name, options.state_root)
    parts = stopper.alive(paths)
    state = lifecycle.core_healthy(paths)
    trouble = simulator.trouble(paths) if state is not None and state.simulator else ""
    for name, alive in parts.items():
        print(f"{name}: {trouble if name == 'simulator' and trouble else 'running' if alive else 'ended'}")
    if state is None or trouble:
        print(f"hub {options.name}: {'incomplete' if any(parts.values()) else 'not running'}")
        return 3
    print(f"hub {state.name}: ready at {state.server}, {state.crds} definitions")
    print(f"export KUBECONFIG={paths.kubeconfig}")
    return 0


def kill_apiserver(options: argparse.Namespace) -> int:
    EmbeddedHub.attach(options.name, options.state_root).kill_apiserver()
    print("kube-apiserver: killed")
    return 0


def start_apiserver(options: argparse.Namespace) -> int:
    EmbeddedHub.attach(options.name, options.state_root, Progress()).start_apiserver()
    return 0


def logs(options: argparse.Namespace) -> int:
    folder = HubPaths.of(options.name, options.state_root).logs
    files = sorted(folder.glob(f"{options.part or '*'}.log")) + sorted(folder.glob(f"{options.part or '*'}.out"))
    if not files:
        raise HubError(f"There is no log of {options.part or 'any part'} in {folder}: see `tests/hub/hub status`.")
    for path in files:
        print(f"==> {path} <==\n{tail(path, options.lines)}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    main_parser = argparse.ArgumentParser(prog="hub", description=__doc__)
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if name not in ("build", "go-test"):
            command.add_argument("--name", default="hub", help="name of the hub (default: hub)")
            command.add_argument("--state-root", type=Path, help="folder of the hubs (default: build/hub of the checkout)")
        return command

    add("build", build, "find or build every program")
    add("go-test", go_test, "run the tests of minikubelet")
    start = add("up", up, "start a hub, or find it running")
    start.add_argument("--crds", choices=("auto", "own", "real"), default="auto", help="real where at hand (auto), own or real")
    start.add_argument("--simulator", choices=("on", "off"), default="on")
    start.add_argument("--speed", type=float, default=60.0, help="how much faster than life the simulator runs (default: 60)")
    start.add_argument("--profile", choices=("full", "light"), default="full", help="light: no workloads of control planes, for fleets")
    start.add_argument("--empty", action="store_true", help="nothing is installed yet: an OpenShift with its catalog of operators alone")
    start.add_argument("--kwok", choices=("on", "off"), default="on", help="off: no node ever becomes ready")
    add("down", down, "end a hub; its logs stay").add_argument("--all", action="store_true", help="every hub of the folder")
    add("status", status, "tell which parts run")
    add("kill-apiserver", kill_apiserver, "end the API server as a crash would")
    add("start-apiserver", start_apiserver, "start it again on the same port")
    show = add("logs", logs, "show the ends of the logs")
    show.add_argument("part", nargs="?", help="for example kube-apiserver")
    show.add_argument("--lines", type=int, default=20)
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    # A terminated start cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(options.run(options))
    except HubError as error:
        print(f"hub: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("hub: interrupted", file=sys.stderr)
        return 130
