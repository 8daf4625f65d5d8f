# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands in containers: ``pods/exec`` over a WebSocket.

Source: kubernetes KEP-4006 (``v5.channel.k8s.io`` can close stdin, ``v4`` cannot). Channels: 0 stdin, 1 stdout, 2
stderr, 3 exit status.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from .._kernel.errors import ApiError, Failure
from .._kernel.kinds import POD, POD_EXEC
from .._kernel.ports.shell import SILENCE, ExecResult, Sink
from .._kernel.printable import shortened
from .connection import Connection
from .failures import HttpRequest, http_error, parse_status, transport_error

CONNECT_SECONDS = 10.0
HEARTBEAT_SECONDS = 10.0  # below the idle limits of usual load balancers
STDERR_LIMIT = 16_384
TEXT_LIMIT = 16 * 1024 * 1024  # of what a command says when nobody takes it piece by piece
MESSAGE_LIMIT = 4 * 1024 * 1024  # of one message; API servers send pieces of 32 KiB
_LONGEST = 10  # times its silence: how long such a command may take in all
_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_PIECE = 128 * 1024


def websocket_library() -> Any:
    """The library, imported when the first command runs. Raises ApiError when it is missing."""
    try:
        import websocket
    except ImportError as error:
        raise ApiError(
            Failure(
                "missing_library",
                "running commands in pods needs the Python library websocket-client, which cannot be imported"
                f" ({error})",
                next_step="Install it into the Python that runs the task: pip install kubernetes.",
            )
        ) from None
    return websocket


class ExecStream:
    """One command under way. Use as a context manager."""

    def __init__(
        self, connection: Connection, namespace: str, pod: str, container: str, command: Sequence[str], stdin: bool
    ) -> None:
        self._library = websocket_library()
        self._ref = POD.ref(namespace, pod)
        self._request = HttpRequest("create", POD_EXEC, connection.server, namespace, pod)
        query = [("container", container), ("stdout", "true"), ("stderr", "true"), ("stdin", str(stdin).lower())]
        query += [("command", word) for word in command]
        path = f"{POD.path(namespace, pod)}/exec?{urlencode(query)}"
        self._socket = self._connect(connection, "ws" + connection.server.removeprefix("http") + path)

    def _connect(self, connection: Connection, url: str) -> Any:
        host = urlsplit(connection.server).hostname
        options: dict[str, Any] = {"context": connection.tls()} if connection.tls else {}
        if connection.tls and connection.tls_server_name:
            options["server_hostname"] = connection.tls_server_name
        headers = [f"{name}: {value}" for name, value in connection.headers if name != "Accept"]
        try:
            return self._library.create_connection(
                url,
                timeout=CONNECT_SECONDS,
                header=headers,
                subprotocols=_PROTOCOLS,
                sslopt=options,
                suppress_origin=True,
                redirect_limit=0,
                enable_multithread=False,
                http_no_proxy=None if connection.proxy else [host],
                **_proxy(connection.proxy),
            )
        except self._library.WebSocketBadStatusException as error:
            raise http_error(error.status_code, error.resp_body or b"", self._request) from None
        except (self._library.WebSocketException, OSError) as error:
            raise transport_error(error, "create", POD_EXEC, connection.server) from None

    def __enter__(self) -> ExecStream:
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(Exception):
            self._socket.settimeout(1)
            self._socket.close(timeout=1)

    def run(
        self, sink: Sink | None, source: Iterable[bytes] | None, silence: float, monotonic: Callable[[], float]
    ) -> ExecResult:
        """Result of the command. Raises ApiError as the Shell port says."""
        try:
            if source is not None:
                self._send(source, silence)
            return self._receive(sink, silence, monotonic)
        except self._library.WebSocketTimeoutException:
            raise self._stalled(silence) from None
        except (self._library.WebSocketException, OSError) as error:
            raise self._broken(str(error)) from None

    def _send(self, source: Iterable[bytes], silence: float) -> None:
        self._socket.settimeout(silence)
        try:
            for block in source:
                for start in range(0, len(block), _PIECE):
                    self._socket.send_binary(bytes([_STDIN]) + block[start : start + _PIECE])
            if self._socket.getsubprotocol() == _PROTOCOLS[0]:
                self._socket.send_binary(bytes([_CLOSE, _STDIN]))
        except self._library.WebSocketTimeoutException:
            raise
        except (self._library.WebSocketException, OSError):
            return  # the command ended early, or the stream broke: receiving tells which

    def _receive(self, sink: Sink | None, silence: float, monotonic: Callable[[], float]) -> ExecResult:
        out, errors, told, heard = bytearray(), bytearray(), 0, monotonic()
        end = None if sink else heard + _LONGEST * silence
        self._socket.settimeout(min(HEARTBEAT_SECONDS, silence))
        self._bound(lambda: monotonic() - heard < silence)
        while True:
            try:
                opcode, frame = self._socket.recv_data_frame(control_frame=True)
            except self._library.WebSocketTimeoutException:
                if monotonic() - heard >= silence:
                    raise
                self._socket.ping()
                continue
            data = b"" if opcode in (self._library.ABNF.OPCODE_PING, self._library.ABNF.OPCODE_PONG) else frame.data
            if len(data) > 1:  # whoever sends nothing else is as good as silent
                heard = monotonic()
            elif monotonic() - heard >= silence:
                raise self._stalled(silence)
            if end is not None and (heard >= end or len(out) + len(data) > TEXT_LIMIT):
                raise self._endless(heard >= end, silence)
            channel = data[0] if data else None
            if channel == _STDOUT:
                if sink and len(data) > 1:
                    sink(data[1:])
                    heard = monotonic()  # whatever time that took was not the command's
                else:
                    out += data[1:]
            elif channel == _STDERR:
                told += len(data)
                if told > TEXT_LIMIT:
                    raise self._endless(False, silence)
                errors += data[1 : 1 + STDERR_LIMIT - len(errors)]
            elif channel == _STATUS:
                return ExecResult(self._exit_code(data[1:]), bytes(out), errors.decode("utf-8", "replace"))
            elif opcode == self._library.ABNF.OPCODE_CLOSE:
                raise self._broken("it was closed")

    def _bound(self, in_time: Callable[[], bool]) -> None:
        """The library reads a message whole, of whatever length is announced and however slowly it comes: here it stops
        before."""
        buffer, parts = self._socket.frame_buffer, 0
        read_length, read = buffer.recv_length, buffer.recv

        def length() -> None:
            nonlocal parts
            read_length()
            parts += buffer.length
            if parts > MESSAGE_LIMIT:
                raise self._too_large()
            if buffer.header[0]:  # the last part of a message
                parts = 0

        def some(size: int) -> bytes:
            if not in_time():
                raise self._library.WebSocketTimeoutException("a message does not come to its end")
            found: bytes = read(size)
            return found

        buffer.recv_length, buffer.recv = length, some

    def _exit_code(self, body: bytes) -> int:
        """Exit status; ApiError when the command never ran."""
        status = parse_status(body)
        if not status:
            raise self._broken("its last message is no status")
        if status.get("status") == "Success":
            return 0
        details = status.get("details")
        causes = details.get("causes") if isinstance(details, dict) else None
        for cause in causes if isinstance(causes, list) else []:
            said = (
                str(cause.get("message", "")) if isinstance(cause, dict) and cause.get("reason") == "ExitCode" else ""
            )
            if said.isdecimal() and len(said) < 6:
                return int(said)
        text = shortened(str(status.get("message") or "no reason given"), 300)
        failure = Failure(
            "exec_failed",
            f"the command did not run: {text}",
            self._ref,
            next_step="Look at the pod's containers, then run again.",
        )
        code = status.get("code")
        raise ApiError(failure, code if isinstance(code, int) and code else 500, str(status.get("reason") or ""))

    def _broken(self, reason: str) -> ApiError:
        cause = f"the stream of a command in it ended without an exit status ({shortened(reason, 120).rstrip('. ')})"
        return ApiError(
            Failure(
                "stream_broken",
                cause,
                self._ref,
                next_step="Look at the API server and the pod's node, then run again.",
            )
        )

    def _endless(self, slow: bool, silence: float) -> ApiError:
        what = (
            f"had not ended after {_LONGEST * silence:g} s"
            if slow
            else f"sent more than {TEXT_LIMIT >> 20} MiB, which was not read on"
        )
        step = "Look at what runs in the container, then run again."
        return ApiError(Failure("stream_endless", f"a command in it {what}", self._ref, next_step=step))

    def _too_large(self) -> ApiError:
        cause = f"a message of more than {MESSAGE_LIMIT >> 20} MiB came from a command in it, which was not read"
        step = "Look at the API server and at what stands before it, then run again."
        return ApiError(Failure("stream_endless", cause, self._ref, next_step=step))

    def _stalled(self, silence: float) -> ApiError:
        cause = f"a command in it sent nothing for {silence:g} s"
        return ApiError(
            Failure(
                "stream_stalled", cause, self._ref, next_step="Look at the pod's node and the network, then run again."
            )
        )


class PodShell:
    """Shell port on a container. Opening a stream that surely did not start the command is repeated for ``patience``
    seconds."""

    def __init__(
        self,
        connection: Connection,
        namespace: str,
        pod: str,
        container: str,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        patience: float = 30.0,
    ) -> None:
        self._connection, self._target = connection, (namespace, pod, container)
        self._sleep, self._monotonic, self._patience = sleep, monotonic, patience
        self.where = f"{POD.ref(namespace, pod)} (container {container})"

    def run(
        self,
        command: Sequence[str],
        sink: Sink | None = None,
        source: Iterable[bytes] | None = None,
        silence: float = SILENCE,
    ) -> ExecResult:
        with self._open(command, source is not None) as stream:
            return stream.run(sink, source, silence, self._monotonic)

    def _open(self, command: Sequence[str], stdin: bool) -> ExecStream:
        started, pause = self._monotonic(), 0.25
        while True:
            try:
                return ExecStream(self._connection, *self._target, command, stdin)
            except ApiError as error:
                lasting = (
                    error.failure.code in ("untrusted_certificate", "missing_library") or 400 <= error.status < 429
                )
                if lasting or self._monotonic() - started + pause > self._patience:
                    raise
            self._sleep(pause)
            pause = min(pause * 2, 4.0)


def _proxy(url: str) -> dict[str, Any]:
    parts = urlsplit(url) if url else None
    if not parts or not parts.hostname:
        return {}
    options: dict[str, Any] = {
        "http_proxy_host": parts.hostname,
        "http_proxy_port": parts.port or (443 if parts.scheme == "https" else 80),
        "proxy_type": "socks5h" if parts.scheme.startswith("socks") else "http",
    }
    if parts.username:
        options["http_proxy_auth"] = (parts.username, parts.password or "")
    return options
