# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`make bench-etcd`: transfers under faults and at speed, ours and the peers in one run; restores. Its part of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "build" / "collections", ROOT / "tests" / "hub", ROOT / "tests" / "bench", ROOT / "tests" / "integration"):
    sys.path.insert(0, str(extra))

from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NAMESPACE, POD  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Patience, PodFiles  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._machine.local_files import Disk  # noqa: E402

from embedded_hub import Container, EmbeddedHub  # noqa: E402
from embedded_hub.containers import default_environment  # noqa: E402
from embedded_hub.testing import until  # noqa: E402
from etcd_report import render  # noqa: E402
from report import write_part  # noqa: E402
from transfer_faults import CONTAINER as IN_POD  # noqa: E402
from transfer_faults import NAMESPACE as PLACE  # noqa: E402
from transfer_faults import Course, Relay, course, race, small_disk  # noqa: E402

PODS = ("files-0", "files-1")
TARGET = (PLACE, PODS[0], IN_POD)
FIGURES = ROOT / "build" / "bench-etcd.json"
SIZES = {1: 9, 64: 7, 1024: 3}  # MiB: repetitions


def prepare(hub: EmbeddedHub) -> KubeHub:
    """Pods whose commands run on this machine."""
    kube = KubeHub.from_options({"kubeconfig": str(hub.kubeconfig)})
    if not kube.get(NAMESPACE, None, PLACE):
        kube.create(NAMESPACE, NAMESPACE.manifest(PLACE))
    for name in PODS:
        if not kube.get(POD, PLACE, name):
            kube.create(POD, POD.manifest(name, PLACE, spec={"containers": [{"name": IN_POD, "image": "files"}]}))

        def runs(name: str = name) -> bool:
            return (kube.get(POD, PLACE, name) or {}).get("status", {}).get("phase") == "Running"

        until("the pod runs", runs)
        hub.register_container(PLACE, name, IN_POD, Container(env=default_environment()))
    return kube


def faults(hub: EmbeddedHub, count: int, seed: int) -> dict[str, Any]:
    laps = course(count, seed)
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        lanes = []
        for pod in PODS:
            folder = Path(place) / pod
            folder.mkdir()
            small = stack.enter_context(small_disk(folder / "small"))
            lanes.append(Course(hub, pod, Relay(int(hub.server.rpartition(":")[2])), folder, small))
        ends = race(lanes, laps, lambda line: print(line, flush=True))
    return {"count": len(laps), "seed": seed, "ends": {who: {f: dict(c) for f, c in by.items()} for who, by in ends.items()}}


def speed(hub: EmbeddedHub, kube: KubeHub) -> dict[str, Any]:
    """Seconds by size and tool, medians of turns in one run."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for mib, turns in SIZES.items():
            source = folder / f"{mib}"
            with source.open("wb") as file:
                for _block in range(mib):
                    file.write(os.urandom(1 << 20))
            seconds: dict[str, list[float]] = {"kubectl": [], "ours": [], "proof": [], "k8s_cp": []}
            for turn in range(turns):
                _turn(hub, kube, source, folder / "target", seconds, with_peer=turn < 3)
            source.unlink()
            figures[str(mib)] = {who: median(found) for who, found in seconds.items()}
            print(f"  {mib} MiB: " + ", ".join(f"{who} {value:.2f} s" for who, value in figures[str(mib)].items()), flush=True)
    return figures


def _turn(hub: EmbeddedHub, kube: KubeHub, source: Path, target: Path, seconds: dict[str, list[float]], with_peer: bool) -> None:
    shell = kube.shell(*TARGET)
    namespace, name, container = TARGET
    kubectl = [
        str(hub.state.binaries["kubectl"]),
        "--kubeconfig",
        str(hub.kubeconfig),
        "exec",
        "-n",
        namespace,
        name,
        "-c",
        container,
        "--",
    ]
    started = time.monotonic()
    with target.open("wb") as file:
        subprocess.run([*kubectl, "cat", str(source)], stdout=file, check=True)
    seconds["kubectl"].append(time.monotonic() - started)
    target.unlink()
    started = time.monotonic()
    files = PodFiles(shell, Disk(), Patience(time.sleep, time.monotonic), lambda _line: None)
    proof = files.proof(str(source))
    seconds["proof"].append(time.monotonic() - started)
    started = time.monotonic()
    files.download(str(source), target, proof)
    seconds["ours"].append(time.monotonic() - started)
    target.unlink()
    if with_peer:
        from transfer_faults import Peer

        peer = Peer(hub.kubeconfig, hub.server, TARGET)
        started = time.monotonic()
        peer.run(True, source, target)
        seconds["k8s_cp"].append(time.monotonic() - started)
        target.unlink(missing_ok=True)


def memory(hub: EmbeddedHub, mib: int) -> float:
    """Peak MiB of a process that does nothing but one transfer."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        with source.open("wb") as file:
            for _block in range(mib):
                file.write(os.urandom(1 << 20))
        command = [sys.executable, __file__, "--transfer", str(source), str(Path(place) / "target"), "--hub", hub.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def transfer(hub: EmbeddedHub, source: str, target: str) -> None:
    shell = KubeHub.from_options({"kubeconfig": str(hub.kubeconfig)}).shell(*TARGET)
    files = PodFiles(shell, Disk(), Patience(time.sleep, time.monotonic), lambda _line: None)
    files.download(source, Path(target), files.proof(source))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["faults", "speed", "restore"], action="append")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--hub", default="bench-etcd")
    parser.add_argument("--transfer", nargs=2)
    given = parser.parse_args()
    if given.transfer:
        transfer(EmbeddedHub.attach(given.hub), *given.transfer)
        return
    chosen = given.only or ["speed", "faults", "restore"]
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    if set(chosen) & {"speed", "faults"}:
        hub = EmbeddedHub.up(name=given.hub, simulator=False)
        try:
            kube = prepare(hub)
            if "speed" in chosen:
                figures["speed"] = speed(hub, kube)
                figures["memory"] = {str(mib): memory(hub, mib) for mib in SIZES}
            if "faults" in chosen:
                figures["faults"] = faults(hub, given.faults, given.seed)
        finally:
            hub.down()
    if "restore" in chosen:
        subprocess.run([sys.executable, str(ROOT / "tests" / "bench" / "restoring_time.py"), "64", "1024"], check=True)
        figures["restore"] = json.loads((ROOT / "build" / "bench-restore.json").read_text())
    FIGURES.write_text(json.dumps(figures, indent=1))
    write_part("etcd", render(figures))


if __name__ == "__main__":
    main()
