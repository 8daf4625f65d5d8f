# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The scratch etcd of a drill holds a hosted cluster's Secrets: no other user of the machine can ask it. With the real etcd."""

from __future__ import annotations

import os
import stat
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from ansible_collections.hypershift.core.plugins.module_utils._etcd.commands import answers
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots import drill
from ansible_collections.hypershift.core.plugins.module_utils._machine.shell import LocalShell

from embedded_hub import binaries
from embedded_hub.testing import until

SOURCE = """
cd "$1" || exit 1
etcd --data-dir=source --listen-client-urls=unix://source:1 --advertise-client-urls=unix://source:1 --listen-peer-urls=unix://peer:2 \
 --initial-advertise-peer-urls=unix://peer:2 --initial-cluster=default=unix://peer:2 >source.log 2>&1 & pid=$!
until etcdctl --endpoints=unix://source:1 put /secrets/one planted >/dev/null 2>&1; do kill -0 $pid || exit 1; sleep 0.1; done
etcdctl --endpoints=unix://source:1 snapshot save snapshot.db >/dev/null 2>&1; code=$?; kill $pid; wait $pid; exit $code
"""


class Watch:
    """Looks at the scratch etcd again and again while it runs."""

    def __init__(self, folder: Path) -> None:
        self._own, self._over = folder / drill.NAME, threading.Event()
        self.modes: dict[str, int] = {}
        self.listening: set[str] = set()
        self.seen = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.01):
            with suppress(OSError, ValueError):
                pid = int((self._own / "pid").read_text())
                for path in (self._own, *(p for p in self._own.iterdir() if p.is_socket())):
                    self.modes[path.name] = stat.S_IMODE(path.stat().st_mode)
                self.listening |= listeners(pid)
                self.seen += len(self.modes) > 1


def listeners(pid: int) -> set[str]:
    """TCP addresses that a process listens on."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            inodes.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    rows = [line.split() for family in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{family}").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def test_nobody_else_can_ask_it(tmp_path: Path) -> None:
    shell, folder = LocalShell(str(binaries.family("etcd", lambda _line: None)["etcd"].parent)), tmp_path / "a folder's name"
    folder.mkdir(mode=0o755)
    made = shell.run(["sh", "-c", SOURCE, "sh", str(folder)])
    assert made.code == 0, made.stdout + made.stderr.encode()
    with Watch(folder) as watch:
        found = answers(shell.run(drill.rehearse(str(folder / "snapshot.db"), str(folder))).text)
    assert drill.trouble(found) == "" and found["count"].text.count("Count") == 1, found
    assert watch.seen and watch.listening == set(), "on no port"
    assert watch.modes == {drill.NAME: 0o700, "client:1": 0o700, "peer:1": 0o700}
    assert not (folder / drill.NAME).exists() and not (folder / "etcd.log").exists()


def test_the_look_at_ports_sees_one() -> None:
    program = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print('on', flush=True); sys.stdin.read()"
    with subprocess.Popen(["python3", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"on\n"
        until("it listens", lambda: listeners(process.pid))
        process.communicate()
