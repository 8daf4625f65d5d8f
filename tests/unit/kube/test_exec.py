# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands in containers: an exit status is known or it is not, and what was sent until then is kept in order."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kube import exec as commands
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.exec import PodShell
from websocket import ABNF

from kube.socket_server import DONE, STDERR, STDOUT, Peer, Play, executing, refusing

COMMAND = ["sh", "-c", "cat 'a b' && x"]
EXITED = {
    "status": "Failure",
    "reason": "NonZeroExitCode",
    "message": "command terminated with non-zero exit code",
    "details": {"causes": [{"reason": "Other", "message": "3"}, {"reason": "ExitCode", "message": "7"}]},
}


class Clock:
    """Each look at it costs ``step`` seconds."""

    def __init__(self, step: float = 0.0) -> None:
        self.seconds, self.step, self.pauses = 0.0, step, list[float]()

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def monotonic(self) -> float:
        self.seconds += self.step
        return self.seconds


def shell_at(url: str, clock: Clock | None = None, **options: Any) -> PodShell:
    clock = clock or Clock()
    connection = connect({"host": url, "api_key": "token-of-a-test", **options})
    return PodShell(connection, "clusters-demo", "etcd-0", "etcd", clock.sleep, clock.monotonic)


def says(*frames: tuple[int, bytes], **given: Any) -> Play:
    """end: what the server says last, by default that all went well."""
    end = given.get("end", DONE)

    def play(peer: Peer) -> None:
        for channel, content in frames:
            peer.send(channel, content)
        if end is not None:
            peer.end(end)

    return play


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ApiError) as caught:
        call()
    assert caught.value.failure.object == "Pod clusters-demo/etcd-0"
    assert caught.value.failure.next_step and "\n" not in str(caught.value)
    return caught.value.failure.code


def test_what_a_command_says_and_how_it_ends() -> None:
    with executing(says((STDOUT, b"one\n"), (STDERR, b"warn"), (STDOUT, b"two"), (STDOUT, b""))) as (seen, url):
        shell = shell_at(url)
        result = shell.run(COMMAND)
    assert (result.code, result.stdout, result.stderr) == (0, b"one\ntwo", "warn")
    assert shell.where == "Pod clusters-demo/etcd-0 (container etcd)"
    method, path, _version = seen.requests[0].split(" ")
    asked = parse_qs(urlsplit(path).query)
    assert (method, urlsplit(path).path) == ("GET", "/api/v1/namespaces/clusters-demo/pods/etcd-0/exec")
    assert asked == {"container": ["etcd"], "stdout": ["true"], "stderr": ["true"], "stdin": ["false"], "command": COMMAND}
    assert seen.headers[0]["authorization"] == "Bearer token-of-a-test" and "origin" not in seen.headers[0]


def test_a_sink_gets_the_bytes_and_the_result_has_none() -> None:
    got: list[bytes] = []
    with executing(says((STDOUT, b"\x00\xff"), (STDOUT, b"rest"))) as (_seen, url):
        assert shell_at(url).run(COMMAND, sink=got.append).stdout == b""
    assert got == [b"\x00\xff", b"rest"]


@pytest.mark.parametrize(("status", "code"), [(DONE, 0), (EXITED, 7)])
def test_the_exit_status_is_the_command_s(status: dict[str, Any], code: int) -> None:
    with executing(says(end=status)) as (_seen, url):
        assert shell_at(url).run(COMMAND).code == code


def test_complaints_are_kept_to_a_bound() -> None:
    with executing(says(*[(STDERR, b"x" * 10_000)] * 4)) as (_seen, url):
        assert len(shell_at(url).run(COMMAND).stderr) == 16_384


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ({"status": "Failure", "message": "container not found", "code": 500}, "exec_failed", "did not run: container not found"),
        ({"status": "Failure", "details": {"causes": [{"reason": "ExitCode", "message": "none"}]}}, "exec_failed", "no reason given"),
        (b"no json", "stream_broken", "is no status"),
    ],
)
def test_a_command_that_did_not_run_has_no_exit_status(status: Any, code: str, said: str) -> None:
    with executing(says(end=status)) as (_seen, url), pytest.raises(ApiError, match=said) as caught:
        shell_at(url).run(COMMAND)
    assert caught.value.failure.code == code


def closes(peer: Peer) -> None:
    peer.send(STDOUT, b"half")
    peer.raw(b"\x03\xe8", ABNF.OPCODE_CLOSE)


@pytest.mark.parametrize("play", [closes, says((STDOUT, b"half"), end=None)], ids=["closed", "gone"])
def test_an_end_without_a_status_is_a_broken_stream(play: Play) -> None:
    got: list[bytes] = []
    with executing(play) as (_seen, url):
        assert code_of(lambda: shell_at(url).run(COMMAND, sink=got.append)) == "stream_broken"
    assert got == [b"half"], "what came is kept"


def silent(peer: Peer) -> None:
    peer.send(STDOUT, b"half")
    while True:
        peer.receive()


def test_silence_is_a_stalled_stream_and_heartbeats_keep_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "HEARTBEAT_SECONDS", 0.01)
    clock = Clock(step=20)  # as if each heartbeat came 20 s after the last
    with executing(silent) as (seen, url), pytest.raises(ApiError, match="sent nothing for 60 s") as caught:
        shell_at(url, clock).run(COMMAND, silence=60)
    assert caught.value.failure.code == "stream_stalled"
    assert [opcode for opcode, _content in seen.frames if opcode == ABNF.OPCODE_PING]


def announces(peer: Peer) -> None:
    """Half a gibibyte, as the head of its message says; then there is no more."""
    peer._connection.sendall(b"\x82\x7f" + (1 << 29).to_bytes(8) + b"\x01half")
    peer.receive()


def in_parts(peer: Peer) -> None:
    """A message that never has a last part."""
    part = b"x" * (1 << 20)
    peer._connection.sendall(b"\x02\x7f" + (1 + len(part)).to_bytes(8) + b"\x01" + part)
    for _number in range(16):
        peer._connection.sendall(b"\x00\x7f" + len(part).to_bytes(8) + part)
    peer.receive()


def complains(peer: Peer) -> None:
    for _number in range(20):
        peer.send(STDERR, b"x" * (1 << 20))
    peer.receive()


@pytest.mark.parametrize(
    ("play", "said"), [(announces, "more than 4 MiB"), (in_parts, "more than 4 MiB"), (complains, "sent more than 16 MiB")]
)
@pytest.mark.parametrize("sink", [None, lambda _piece: None], ids=["kept", "handed on"])
def test_what_one_message_and_all_complaints_may_be(play: Play, said: str, sink: Any) -> None:
    tracemalloc.start()
    with executing(play) as (_seen, url), pytest.raises(ApiError, match=said) as caught:
        shell_at(url).run(COMMAND, sink=sink)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.failure.code == "stream_endless" and peak < 64 << 20


def pings(peer: Peer) -> None:
    while True:
        peer.raw(b"", ABNF.OPCODE_PING)


def says_nothing(peer: Peer) -> None:
    while True:
        peer.send(STDOUT, b"")


def byte_by_byte(peer: Peer) -> None:
    """A message whose bytes come one at a time, without an end."""
    peer._connection.sendall(b"\x82\x7f" + (1 << 20).to_bytes(8) + b"\x01")
    while True:
        peer._connection.sendall(b"x")


@pytest.mark.parametrize("play", [pings, says_nothing, byte_by_byte])
def test_who_sends_without_saying_anything_is_silent(play: Play) -> None:
    clock = Clock(step=0.01)
    with executing(play) as (_seen, url), pytest.raises(ApiError, match="sent nothing for 5 s") as caught:
        shell_at(url, clock).run(COMMAND, sink=lambda _piece: None, silence=5)
    assert caught.value.failure.code == "stream_stalled"


def test_the_time_that_somebody_takes_for_what_came_is_not_silence() -> None:
    clock, got = Clock(), list[bytes]()

    def sink(piece: bytes) -> None:
        got.append(piece)
        clock.sleep(100)

    with executing(says((STDOUT, b"a"), (STDOUT, b"b"))) as (_seen, url):
        shell_at(url, clock).run(COMMAND, sink=sink, silence=5)
    assert got == [b"a", b"b"]


def test_a_slow_command_that_answers_heartbeats_alone_still_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "HEARTBEAT_SECONDS", 0.01)

    def slow(peer: Peer) -> None:
        for _number in range(3):
            peer.receive()
        peer.send(STDOUT, b"done")
        peer.end(DONE)

    with executing(slow) as (_seen, url):
        assert shell_at(url).run(COMMAND, silence=60).stdout == b"done"


def echo(peer: Peer) -> None:
    """Takes standard input until it is closed, or the word END where the protocol cannot close it."""
    while True:
        _opcode, content = peer.receive()
        if content[:1] == b"\xff" or content.endswith(b"END"):
            break
        peer.send(STDOUT, content[1:])
    peer.end(DONE)


def test_standard_input_goes_in_order_and_is_closed() -> None:
    block = bytes(range(256)) * 1024  # two pieces
    with executing(echo) as (seen, url):
        result = shell_at(url).run(COMMAND, source=[block, b"tail"])
    assert result.stdout == block + b"tail"
    assert "stdin=true" in seen.requests[0]
    assert [c[:2] for _o, c in seen.frames][-1] == b"\xff\x00"


def test_an_older_server_cannot_close_it() -> None:
    with executing(echo, protocol="v4.channel.k8s.io") as (seen, url):
        assert shell_at(url).run(COMMAND, source=[b"x", b"END"]).stdout == b"x"
    assert b"\xff\x00" not in [c for _o, c in seen.frames]


def test_a_command_that_ends_before_it_has_read_all_keeps_its_status() -> None:
    def early(peer: Peer) -> None:
        peer.receive()
        peer.end(EXITED)

    blocks = iter([b"x" * 1000, b"y" * 1000])
    with executing(early) as (_seen, url):
        assert shell_at(url).run(COMMAND, source=blocks).code == 7


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [(403, "Forbidden", "missing_permission"), (404, "NotFound", "not_found"), (401, "Unauthorized", "unauthorized")],
)
def test_a_refusal_is_said_at_once(status: int, reason: str, code: str) -> None:
    clock = Clock()
    with executing(refusing(status, {"kind": "Status", "reason": reason, "message": "no"})) as (seen, url):
        assert code_of(lambda: shell_at(url, clock).run(COMMAND)) == code
    assert len(seen.requests) == 1 and clock.pauses == []


def test_a_stream_that_surely_did_not_start_is_opened_again() -> None:
    busy = refusing(503, {"kind": "Status", "message": "busy"})
    clock = Clock()
    with executing(busy, busy, busy, says((STDOUT, b"ok"))) as (seen, url):
        assert shell_at(url, clock).run(COMMAND).stdout == b"ok"
    assert clock.pauses == [0.25, 0.5, 1.0] and len(seen.requests) == 4


def test_opening_ends_when_patience_does() -> None:
    clock = Clock()
    with executing(refusing(503, {"kind": "Status", "message": "busy"})) as (_seen, url):
        assert code_of(lambda: shell_at(url, clock).run(COMMAND)) == "api_unavailable"
    assert 25 < clock.seconds <= 30 and max(clock.pauses) == 4.0


def test_a_command_that_may_have_run_is_not_run_again() -> None:
    with executing(says(end=None), says((STDOUT, b"twice"))) as (seen, url):
        assert code_of(lambda: shell_at(url).run(COMMAND)) == "stream_broken"
    assert len(seen.requests) == 1


def test_no_server_is_said() -> None:
    with executing(says()) as (_seen, url):
        pass
    with pytest.raises(ApiError) as caught:
        shell_at(url, Clock(step=40)).run(COMMAND)
    assert caught.value.failure.code == "unreachable"


def test_a_missing_library_is_one_sentence_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websocket", None)
    clock = Clock()
    with pytest.raises(ApiError, match="websocket-client") as caught:
        shell_at("http://127.0.0.1:9", clock).run(COMMAND)
    assert caught.value.failure.code == "missing_library" and clock.pauses == []


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", {}),
        ("http://proxy.example.com:3128", {"http_proxy_host": "proxy.example.com", "http_proxy_port": 3128, "proxy_type": "http"}),
        ("http://proxy.example.com", {"http_proxy_host": "proxy.example.com", "http_proxy_port": 80, "proxy_type": "http"}),
        ("https://proxy.example.com", {"http_proxy_host": "proxy.example.com", "http_proxy_port": 443, "proxy_type": "http"}),
        ("socks5://p:1080", {"http_proxy_host": "p", "http_proxy_port": 1080, "proxy_type": "socks5h"}),
        ("http://u:w@p:1", {"http_proxy_host": "p", "http_proxy_port": 1, "proxy_type": "http", "http_proxy_auth": ("u", "w")}),
    ],
)
def test_the_proxy_of_the_connection_is_used(url: str, wanted: dict[str, Any]) -> None:
    assert commands._proxy(url) == wanted
