# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server sends that wants to end, blow up or stall the work of others: answers for faulty_server, by name."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

from kube.faulty_server import Answer, reply

BLOCK = b"a" * 65536


def raw(content: Iterable[bytes], *headers: tuple[str, str], pause: float = 0.0) -> Answer:
    """Bytes after the headers, until the client goes. pause: seconds before each block."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        waiting = threading.Event()
        with suppress(OSError):
            handler.send_response(200)
            for key, value in headers:
                handler.send_header(key, value)
            handler.end_headers()
            for block in content:
                if pause:
                    waiting.wait(pause)
                handler.wfile.write(block)
                handler.wfile.flush()

    return answer


def endless(block: bytes = BLOCK) -> Iterable[bytes]:
    return (block for _n in count())


def slow_headers(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends, a byte at a time."""
    handler.close_connection = True
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            threading.Event().wait(0.02)
            handler.wfile.write(b"a")
            handler.wfile.flush()


def page(items: Any, **meta: Any) -> Answer:
    return reply(200, {"metadata": {"resourceVersion": "5", **meta}, "items": items})


def pages_without_end() -> Answer:
    numbers = count()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        page([{"metadata": {"name": "a"}}], **{"continue": f"page-{next(numbers)}"})(handler)

    return answer


def expiring_pages() -> Answer:
    """A page, then 410 for the next one, for ever."""
    numbers = count()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if next(numbers) % 2:
            reply(410, {"kind": "Status", "code": 410, "reason": "Expired", "message": "no"})(handler)
        else:
            page([], **{"continue": f"page-{next(numbers) + 1}"})(handler)

    return answer


def item(**body: Any) -> Answer:
    return page([{"metadata": {"name": "a"}, **body}])


def packed(data: bytes) -> bytes:
    return gzip.compress(data)


def _member(mebibytes: int) -> bytes:
    """gzip of so many MiB of spaces in a JSON object."""
    deflate = zlib.compressobj(9, wbits=31)
    return b"".join([deflate.compress(b'{"metadata": '), *(deflate.compress(b" " * (1 << 20)) for _n in range(mebibytes)), deflate.flush()])


NESTED = b'{"metadata":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
MANY = b'{"items":[' + b"{}," * 200_000 + b"{}]}"
GZIP = ("Content-Encoding", "gzip")

# name -> (answer, code of the failure, or two of them where it depends on the machine which is first)
LISTS: dict[str, tuple[Answer, str]] = {
    "nested": (reply(200, NESTED), "answer_too_deep"),
    "nested-in-objects": (reply(200, b'{"a":' * 5000 + b"1" + b"}" * 5000), "answer_too_deep"),
    "nested-and-cut": (reply(200, b"[" * 100_000), "answer_too_deep"),
    "many-values": (reply(200, MANY), "answer_too_deep"),
    "endless": (raw(endless()), "answer_too_large"),
    "endless-string": (raw(endless(), ("Content-Length", str(10**12))), "answer_too_large"),
    "announced-and-not-sent": (raw([b"{"], ("Content-Length", "100")), "unreachable"),
    "bomb": (raw([_member(64)], GZIP), "answer_too_large"),
    "bomb-without-end": (raw(endless(_member(8)), GZIP), "answer_too_large"),
    "bomb-in-bomb": (raw([packed(_member(64))], ("Content-Encoding", "gzip, gzip")), "unexpected_answer"),
    "no-gzip": (raw([b"{}"], GZIP), "unexpected_answer"),
    "brotli": (raw([b"{}"], ("Content-Encoding", "br")), "unexpected_answer"),
    "a-byte-now-and-then": (raw(endless(b" "), pause=0.02), "answer_too_slow"),
    "chunk-length-without-end": (raw(endless(b"0"), ("Transfer-Encoding", "chunked")), "unreachable or answer_too_slow"),
    "chunks-of-a-byte": (raw(endless(b"1\r\n \r\n"), ("Transfer-Encoding", "chunked"), pause=0.02), "answer_too_slow"),
    "headers-without-end": (slow_headers, "answer_too_slow"),
    "pages-without-end": (pages_without_end(), "too_many_pages"),
    "pages-in-a-circle": (page([], **{"continue": "again"}), "unexpected_answer"),
    "pages-that-expire": (expiring_pages(), "too_many_pages"),
    "token-is-no-text": (page([], **{"continue": {"a": 1}}), "unexpected_answer"),
    "items-are-numbers": (page([1]), "unexpected_answer"),
    "items-are-null": (page([None]), "unexpected_answer"),
    "items-is-a-text": (page("abc"), "unexpected_answer"),
    "items-is-an-object": (page({"a": 1}), "unexpected_answer"),
    "no-metadata": (page([{}]), "unexpected_answer"),
    "metadata-is-a-list": (page([{"metadata": []}]), "unexpected_answer"),
    "name-is-a-number": (page([{"metadata": {"name": 1}}]), "unexpected_answer"),
    "labels-are-a-list": (page([{"metadata": {"name": "a", "labels": ["x"]}}]), "unexpected_answer"),
    "annotation-is-an-object": (page([{"metadata": {"name": "a", "annotations": {"x": {}}}}]), "unexpected_answer"),
    "status-is-a-text": (item(status="ok"), "unexpected_answer"),
    "spec-is-a-list": (item(spec=[1]), "unexpected_answer"),
    "conditions-are-texts": (item(status={"conditions": ["Available"]}), "unexpected_answer"),
    "conditions-are-an-object": (item(status={"conditions": {"Available": 1}}), "unexpected_answer"),
    "list-metadata-is-a-list": (reply(200, {"metadata": [1], "items": []}), "unexpected_answer"),
    "a-list": (reply(200, [1, 2]), "unexpected_answer"),
    "html": (reply(200, b"<html>login</html>"), "unexpected_answer"),
    "nothing": (reply(200, b""), "unexpected_answer"),
    "error-nested": (reply(400, NESTED), "rejected"),
    "error-without-end": (reply(400, b"x" * (3 << 20)), "rejected"),
    "error-of-lists": (reply(403, {"message": ["a"], "reason": {"x": 1}}), "missing_permission"),
    "error-with-escapes": (reply(400, {"message": "\x1b]0;title\x07\x1b[2J\u202egnp\x9b31m"}), "rejected"),
    "retry-after-for-ever": (reply(429, {}, Retry_After="1000000000"), "api_unavailable"),
    "retry-after-is-no-number": (reply(429, {}, Retry_After="\u00b2"), "api_unavailable"),
}


def events(*lines: Any) -> Answer:
    """A watch with these lines, which ends then."""
    return raw([line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines])


_GOOD = {"metadata": {"name": "a", "resourceVersion": "7"}}
WATCHES: dict[str, Answer] = {
    "ends-at-once": events(),
    "410-in-a-loop": events({"type": "ERROR", "object": {"code": 410, "reason": "Expired"}}),
    "410-as-status": reply(410, {"kind": "Status", "code": 410, "reason": "Expired", "message": "no"}),
    "no-type": events({"object": _GOOD}),
    "no-object": events({"type": "ADDED"}),
    "unknown-type": events({"type": "EXPLODED", "object": _GOOD}),
    "type-is-a-list": events({"type": [], "object": _GOOD}),
    "event-is-a-list": events([1]),
    "event-is-a-number": events(b"1\n"),
    "object-is-a-text": events({"type": "ADDED", "object": "x"}),
    "object-without-metadata": events({"type": "MODIFIED", "object": {}}),
    "conditions-are-texts": events({"type": "MODIFIED", "object": {**_GOOD, "status": {"conditions": ["x"]}}}),
    "error-code-is-a-text": events({"type": "ERROR", "object": {"code": "x"}}),
    "nested": events(b'{"type":"ADDED","object":' + b"[" * 100_000 + b"\n"),
    "no-json": events(b"{{{\n"),
    "a-line-without-end": raw(endless()),
    "compressed": raw([packed(b"{}\n")], GZIP),
}
