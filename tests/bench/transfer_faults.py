# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A file out of and into a pod under faults, ours and kubernetes.core.k8s_cp in turn. What matters is what lies there afterwards, and what was said."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import struct
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Patience, PodFiles
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._machine.local_files import Disk

from embedded_hub import EmbeddedHub
from hosted_etcd.faults import Rule, arm

SIZE = 1 << 20
NAMESPACE, CONTAINER = "bench", "files"
PATIENCE_SECONDS = 5.0  # a tool that says nothing for longer hangs
# How often each fault is injected, of 1,000.
WEIGHTS = {"orderly close": 300, "non-zero exit": 200, "killed command": 140, "TCP reset": 200, "silent stall": 30, "killed API server": 10,
           "disk full here": 60, "disk full there": 60}  # fmt: skip
Kinds = Literal["close", "exit", "kill", "stall"]
_IN_POD: dict[str, Kinds] = {
    "orderly close": "close",
    "non-zero exit": "exit",
    "killed command": "kill",
    "silent stall": "stall",
}
_COMMANDS = r"skip=|seek_bytes|^cat |tar "


class Relay:
    """TCP to the API server; resets the next connection that carries ``after`` bytes to the client or to the server."""

    def __init__(self, port: int) -> None:
        self._upstream, self._listener = port, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._after: int | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def reset_after(self, count: int) -> None:
        self._after = count

    def cut(self) -> None:
        """Reset whatever is open: ends a client that hangs."""
        self._after = None
        for each in self._open:
            _reset(each)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            client, _address = self._listener.accept()
            with contextlib.suppress(OSError):
                server = socket.create_connection(("127.0.0.1", self._upstream))
                self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while block := source.recv(65536):
                sink.sendall(block)
                passed += len(block)
                if self._after is not None and passed >= self._after:
                    self._after = None
                    _reset(source)
                    _reset(sink)
                    return
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def _reset(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        each.close()


class Peer:
    """kubernetes.core's own copying classes, run in this process with a module that only keeps what it is told."""

    def __init__(self, kubeconfig: Path, host: str, target: tuple[str, str, str]) -> None:
        from ansible_collections.kubernetes.core.plugins.module_utils import copy
        from ansible_collections.kubernetes.core.plugins.module_utils.k8s.client import get_api_client

        self._copy = copy
        self._target = target
        self._auth = {"kubeconfig": str(kubeconfig), "host": host, "validate_certs": True}
        self._client = get_api_client(**self._auth)

    def run(self, outwards: bool, remote: Path, local: Path) -> None:
        kind = self._copy.K8SCopyFromPod if outwards else self._copy.K8SCopyToPod
        params = {**dict(zip(("namespace", "pod", "container"), self._target, strict=True)), "remote_path": str(remote), "local_path": str(local),
                  "no_preserve": True, "content": None, "copy_timeout": int(PATIENCE_SECONDS)}  # fmt: skip
        with contextlib.suppress(_Done):
            kind(_Module(params), self._client.client).run()


class _Done(Exception):
    pass


class _Module:
    check_mode = False

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def exit_json(self, **_result: Any) -> None:
        raise _Done

    def fail_json(self, msg: str = "", **_result: Any) -> None:
        raise RuntimeError(msg)

    def get_bin_path(self, name: str, **_options: Any) -> str:
        return f"/usr/bin/{name}"

    def __getattr__(self, name: str) -> Any:
        return lambda *_arguments, **_options: None


class Course:
    """The pod, its files, and one fault after the other."""

    def __init__(self, hub: EmbeddedHub, pod: str, relay: Relay, folder: Path, small: Path) -> None:
        self.hub, self.pod, self.relay, self.folder, self.small = hub, pod, relay, folder, small
        self.target = (NAMESPACE, pod, CONTAINER)
        self.content = random.Random(7).randbytes(SIZE)
        self.digest = hashlib.sha256(self.content).hexdigest()
        self.source = folder / "source.db"
        self.source.write_bytes(self.content)
        host = f"https://127.0.0.1:{relay.port}"
        self._kube = KubeHub.from_options({"kubeconfig": str(hub.kubeconfig), "host": host})
        self._peer = Peer(hub.kubeconfig, host, self.target)

    def ours(self, outwards: bool, target: Path) -> None:
        shell = self._kube.shell(*self.target)
        patience = Patience(lambda seconds: time.sleep(min(seconds, 0.5)), time.monotonic, silence=1.0)
        files = PodFiles(shell, Disk(), patience, lambda _line: None)
        if outwards:
            files.download(str(self.source), target, files.proof(str(self.source)))
        else:
            files.upload(self.source, str(target))

    def peer(self, outwards: bool, target: Path) -> None:
        self._peer.run(outwards, self.source if outwards else target, target if outwards else self.source)

    def one(self, who: Callable[[bool, Path], None], fault: str, offset: int) -> str:
        """What came of one transfer: whole, clear failure, or one of the bad ends."""
        outwards = fault != "disk full there"
        target = (self.small if fault.startswith("disk full") else self.folder) / "target.db"
        target.unlink(missing_ok=True)
        error: list[BaseException] = []

        def work() -> None:
            try:
                who(outwards, target)
            except BaseException as problem:
                error.append(problem)

        with self._injected(fault, offset):
            worker = threading.Thread(target=work, daemon=True)
            worker.start()
            worker.join(PATIENCE_SECONDS * {"killed API server": 6, "silent stall": 1}.get(fault, 3))
            hung = worker.is_alive()
            if hung:
                self.relay.cut()
                worker.join(10)
        return self._judge(target, hung, error[0] if error else None, who == self.ours)

    def _judge(self, target: Path, hung: bool, error: BaseException | None, ours: bool) -> str:
        there = target.exists()
        whole = there and hashlib.sha256(target.read_bytes()).hexdigest() == self.digest
        for leftover in (*self.folder.glob("target.db*"), *self.small.glob("target.db*")):
            leftover.unlink()
        if hung:
            return "hangs"
        if error is None:
            return "whole" if whole else "SILENT TRUNCATION"
        if there and not whole:
            return "fails, partial file under the final name"
        return "fails clearly" if not ours or isinstance(error, HypershiftError) else f"fails unclearly: {error!r}"

    @contextlib.contextmanager
    def _injected(self, fault: str, offset: int) -> Iterator[None]:
        if fault == "none":
            yield
        elif fault in _IN_POD:
            rule = arm(self.hub, *self.target, Rule(_COMMANDS, _IN_POD[fault], offset, 7, 1))
            yield
            rule.clear()
        elif fault == "TCP reset":
            self.relay.reset_after(offset)
            yield
            self.relay.cut()
        elif fault.startswith("disk full"):
            _resize(self.small, offset + 4096)
            yield
        else:
            timer = threading.Timer(offset / SIZE * 0.2, self.hub.kill_apiserver)
            timer.start()
            again = threading.Thread(target=lambda: (timer.join(), self.hub.start_apiserver()))  # type: ignore[func-returns-value]
            again.start()
            yield
            again.join()


def _resize(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own; needs root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def course(count: int, seed: int) -> list[tuple[str, int]]:
    """(fault, offset) in a random order that the seed fixes; the shares are those of WEIGHTS."""
    chance = random.Random(seed)
    faults = [fault for fault, weight in WEIGHTS.items() for _number in range(max(1, round(weight * count / 1000)))]
    chance.shuffle(faults)
    return [(fault, chance.randrange(1, SIZE)) for fault in faults]


def race(lanes: list[Course], laps: list[tuple[str, int]], say: Callable[[str], None]) -> dict[str, dict[str, Counter[str]]]:
    """Ends by tool and fault. Lanes run side by side; a killed API server strikes every lane, so those faults come last, in one lane."""
    for course_ in lanes:
        for who in (course_.ours, course_.peer):  # a tool that does not even work without faults would seem to fail clearly under them
            end = course_.one(who, "none", 0)
            if end != "whole":
                raise RuntimeError(f"a transfer without fault ended as: {end}")
    ends: dict[str, dict[str, Counter[str]]] = {"ours": {}, "k8s_cp": {}}
    lock = threading.Lock()

    def run(lane: Course, part: list[tuple[str, int]]) -> None:
        for number, (fault, offset) in enumerate(part, 1):
            for name, who in (("ours", lane.ours), ("k8s_cp", lane.peer)):
                end = lane.one(who, fault, offset)
                with lock:
                    ends[name].setdefault(fault, Counter())[end] += 1
            if number % 25 == 0:
                say(f"  lane {lane.pod}: {number} of {len(part)} faults")

    alone = [lap for lap in laps if lap[0] == "killed API server"]
    shared = [lap for lap in laps if lap[0] != "killed API server"]
    with ThreadPoolExecutor(len(lanes)) as pool:
        for done in [pool.submit(run, lane, shared[at :: len(lanes)]) for at, lane in enumerate(lanes)]:
            done.result()
    run(lanes[0], alone)
    return ends
