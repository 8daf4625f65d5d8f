# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an answer may be: how large, deep, long and of what shape.

A hosted cluster's API belongs to a tenant, and a proxy may stand before any: what they send must not end, blow up or
stall the work for others.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._kernel.errors import ApiError, Failure
from .failures import HttpRequest, unexpected_answer

MIB = 1024 * 1024
CHUNK = 64 * 1024
_ELSEWHERE = "Look at the API server and at what stands before it; the answer was not used."


_SLOW = "Look at the API server and the network, then run again."


@dataclass(frozen=True)
class Limits:
    """Of one answer and of one list.

    answer: bytes, decompressed. error: bytes of an answer that says what is wrong. event: bytes of one event of a
    watch. values: of a JSON text, each costs memory. depth: of nesting; definitions of custom resources reach about 60.
    pages and listed: of one list, in number and in bytes. seconds: of one answer from its request to its last byte.
    whole: seconds of one list.
    """

    answer: int = 48 * MIB
    error: int = MIB
    event: int = 8 * MIB
    values: int = 3_000_000
    depth: int = 200
    pages: int = 1000
    listed: int = 512 * MIB
    seconds: float = 120.0
    whole: float = 300.0


# A management cluster, and a hosted one, whose objects are few and whose owner is another.
MANAGEMENT = Limits()
HOSTED = Limits(answer=16 * MIB, values=1_000_000, pages=100, listed=32 * MIB, seconds=30.0, whole=60.0)


class Unusable(ApiError):
    """An answer beyond the limits, or of another shape: asking again brings no other one. status 502: what answered is
    no sound API server."""

    def __init__(self, code: str, cause: str, request: HttpRequest, next_step: str = _ELSEWHERE) -> None:
        super().__init__(Failure(code, cause, request.ref, next_step=next_step), 502)


def too_large(request: HttpRequest, limit: int, what: str = "answer") -> Unusable:
    size = f"{limit / MIB:.3g} MiB" if limit >= MIB else f"{limit} bytes"
    return Unusable(
        "answer_too_large", f"{request.server} sent an {what} of more than {size}, which was not read on", request
    )


def too_slow(request: HttpRequest, seconds: float, asked: bool = True) -> Unusable:
    """asked: whether the request was sent; without that nothing can have happened there (status 0)."""
    if not asked:
        cause = f"{request.server} was not asked any more, since the time for this work was over"
        error = Unusable("answer_too_slow", cause, request, _SLOW)
        error.status = 0
        return error
    cause = (
        f"{request.server} had not finished its answer after {seconds:.3g} s, which was all the time there was for it"
    )
    return Unusable("answer_too_slow", cause, request, _SLOW)


def malformed(request: HttpRequest, what: str) -> Unusable:
    cause = f"{request.server} did not answer as a Kubernetes API server does ({what})"
    return Unusable("unexpected_answer", cause, request)


def _packed(response: Any) -> Iterator[bytes]:
    """As it came. Not stream(), which reads the length of a chunk without a bound."""
    while block := response.read(CHUNK, decode_content=False):
        yield block


def lines_of(response: Any, request: HttpRequest, limit: int) -> Iterator[bytes]:
    """Lines of a stream, each as soon as it is there. Raises Unusable."""
    if str(response.headers.get("Content-Encoding") or "identity").strip().lower() != "identity":
        raise malformed(request, "a compressed watch, which was not asked for")
    once = getattr(response, "read1", None)
    blocks = (
        iter(lambda: once(CHUNK, decode_content=False), b"") if once else response.stream(CHUNK, decode_content=False)
    )
    rest = bytearray()
    for block in blocks:
        *ends, last = block.split(b"\n")
        for end in ends:
            rest += end
            if rest.strip():
                yield bytes(rest)
            rest.clear()
        rest += last
        if len(rest) > limit:
            raise too_large(request, limit, "event")


def blocks_of(response: Any, request: HttpRequest) -> Iterator[bytes]:
    """The body in blocks of bounded size, also when it is compressed, although nobody asked for that."""
    encoding = str(response.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding == "identity":
        yield from _packed(response)
        return
    if encoding not in ("gzip", "x-gzip"):
        raise malformed(request, f"content encoding {encoding[:20]!r}, which was not asked for")
    inflate = zlib.decompressobj(wbits=31)
    try:
        for packed in _packed(response):
            while packed and not inflate.eof:
                yield inflate.decompress(packed, CHUNK)
                packed = inflate.unconsumed_tail
            if inflate.eof:
                return
    except zlib.error:
        raise malformed(request, "gzip that cannot be unpacked") from None


def whole_of(response: Any, request: HttpRequest, limit: int, cut: bool = False) -> bytearray:
    """The body. Raises Unusable beyond the limit, unless it may be cut there."""
    kept = bytearray()
    for block in blocks_of(response, request):
        kept += block
        if len(kept) > limit:
            if cut:
                return kept[:limit]
            raise too_large(request, limit)
    return kept


def tail_of(blocks: Iterable[bytes], newest: int, request: HttpRequest, limit: int) -> bytes:
    """The last ``newest`` bytes of a stream (0: all of it, if it has no more than the limit), without keeping much more
    than those in memory."""
    kept = bytearray()
    for block in blocks:
        kept += block
        if newest and len(kept) > 2 * newest + CHUNK:
            del kept[:-newest]
        elif not newest and len(kept) > limit:
            raise too_large(request, limit)
    return bytes(kept[-newest:] if newest else kept)


_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def bearable(data: bytes | bytearray, limits: Limits) -> bool:
    """Whether decoding stays within depth and number of values. Without decoding: that is what must not happen
    otherwise."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > limits.values:
        return False
    return not _deeper(data.translate(None, _BRACKETS), limits.depth) or not _deeper(
        _STRINGS.sub(b"", bytes(data)).translate(None, _BRACKETS), limits.depth
    )


def _deeper(brackets: bytes | bytearray, depth: int) -> bool:
    """Whether pairs are nested deeper; they are taken away from the inside, a layer at a time."""
    for _layer in range(depth):
        inner = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(inner) == len(brackets):  # nothing is left, or these do not belong together
            return len(brackets) > depth
        brackets = inner
    return bool(brackets)


def decoded(
    data: bytes | bytearray, request: HttpRequest, limits: Limits, load: Callable[[Any], Any] = json.loads
) -> dict[str, Any]:
    """The JSON object of a good answer. Raises ApiError (Unusable, or unexpected_answer for what is no JSON object)."""
    if not bearable(data, limits):
        cause = (
            f"{request.server} sent JSON that is nested deeper than {limits.depth} or has more than {limits.values}"
            " values"
        )
        raise Unusable("answer_too_deep", cause, request)
    try:
        answer = load(data)
    except (ValueError, RecursionError):
        raise unexpected_answer(200, request) from None
    if not isinstance(answer, dict):
        raise unexpected_answer(200, request)
    return answer


def items_of(answer: dict[str, Any], request: HttpRequest) -> list[dict[str, Any]]:
    """Objects of one page. Raises Unusable."""
    items = answer.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        raise malformed(request, "items are no list")
    for number, item in enumerate(items, 1):
        why = misshapen(item)
        if why:
            raise malformed(request, f"item {number} of a list {why}")
    return items


def misshapen(obj: Any) -> str:
    """What is wrong with an object in those parts that all kinds have in common; empty when nothing is."""
    if not isinstance(obj, dict):
        return "is no object"
    meta = obj.get("metadata")
    if (
        not isinstance(meta, dict)
        or not isinstance(meta.get("name", ""), str)
        or not isinstance(meta.get("namespace", ""), str)
    ):
        return "has no sound metadata"
    for key in ("labels", "annotations"):
        found = meta.get(key)
        if found is not None and not (
            isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
        ):
            return f"has {key} that are no texts"
    status = obj.get("status")
    if not all(part is None or isinstance(part, dict) for part in (obj.get("spec"), status)):
        return "has a spec or status that is no object"
    conditions = (status or {}).get("conditions")
    if conditions is not None and not (isinstance(conditions, list) and all(isinstance(c, dict) for c in conditions)):
        return "has conditions that are no objects"
    return ""


def metadata_of(answer: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """Metadata of a list. Raises Unusable."""
    meta = answer.get("metadata") or {}
    if not isinstance(meta, dict):
        raise malformed(request, "a list without sound metadata")
    return meta
