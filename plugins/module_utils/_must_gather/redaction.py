# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The last look at every file of a must-gather: values of Secrets and what looks like one are masked and counted.

Names, regions, certificates and other public content of Secrets are left alone: masking the name of a namespace would
make a dump useless.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from .._kernel.objects import Object
from .._kernel.secret_texts import counted
from .word_search import WordSearch

HIDDEN = b"<hidden>"
SECRET_VALUE = "secret_value"
MAX_WORDS = 20_000  # of one value; a kubeconfig has a few dozen
MIN_LENGTH, MIN_WORD = 8, 16  # of a whole value, of one word of a longer text

_PUBLIC_KEYS = frozenset(
    (
        "namespace",
        "region",
        "bucket",
        "provider",
        "domain-filter",
        "txt-owner-id",
        "username",
        "user",
        "name",
        "host",
        "server",
        "release",
    )
)
_PUBLIC_ENDINGS = (".crt", ".pub", ".pem.pub", "ca-bundle", "known_hosts")
_TELLING_KEY = re.compile(r"pass|token|secret|key|cred|auth|kubeconfig|dockercfg|dockerconfig", re.IGNORECASE)
# Each pattern takes time in proportion to the text, whatever that is: runs are bounded, or end where the next beginning
# is.
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(.*?)(?:-----END|\Z)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z0-9+/_.~-]{16,}")
_ESCAPED = 3  # times: a text in JSON in a text in JSON
_OF_URLS = bytes.maketrans(b"+/", b"-_")
_PAIR = re.compile(
    r"\b(?:pass(?:word|wd)?|token|secret|\w*(?:access|api|private|secret)[_-]?key)[\"']?\s*[:=]\s*[\"']?"
    r"([^\s\"',}{]{8,})",
    re.IGNORECASE,
)


@dataclass
class Redactor:
    """Masks one archive's files. public: words that are no secret although a Secret may hold them."""

    public: frozenset[str] = frozenset()
    values: int = 0
    surplus: list[str] = field(default_factory=list)  # Secrets with more words than are looked for
    _search: WordSearch = field(default_factory=WordSearch)

    def learn(self, secrets: Iterable[Object]) -> None:
        """Take in the values of Secrets."""
        for secret in secrets:
            data = secret.get("data")
            # Helm: a compressed copy of all
            if str(secret.get("type") or "").startswith("helm.sh/") or not isinstance(data, dict):
                continue
            for key, encoded in data.items():
                if _is_public(key):
                    continue
                words = set(islice(_looked_for(key, str(encoded), self.public), MAX_WORDS + 1))
                if len(words) > MAX_WORDS:
                    meta = secret.get("metadata") or {}
                    self.surplus.append(f"{meta.get('namespace')}/{meta.get('name')}")
                for word in words:
                    for spelled in _spelled(word):
                        self._search.add(spelled)
                self.values += bool(words)

    def mask(self, content: bytes, over: Callable[[], bool] = lambda: False) -> tuple[bytes, dict[str, int]] | None:
        """The content without secrets, and how many places were masked, by name of what they looked like; None when
        ``over`` said to stop."""
        spans = self._search.spans(content, over)
        if spans is None:
            return None
        counts = {SECRET_VALUE: len(spans)} if spans else {}
        if spans:
            ends = [0, *(end for _start, end in spans)]
            starts = [*(start for start, _end in spans), len(content)]
            content = HIDDEN.join(content[end:start] for end, start in zip(ends, starts, strict=True))
        masked = counted(content, over)
        return (masked[0], counts | masked[1]) if masked else None

    def shown(self, content: bytes) -> bytes:
        """The content without secrets; for what is small."""
        masked = self.mask(content)
        return masked[0] if masked else b""

    def masked(self, value: Any) -> Any:
        """A nested value with this done to every text in it: what is told about an archive beside its files."""
        if isinstance(value, str):
            return self.shown(value.encode("utf-8", "replace")).decode()
        if isinstance(value, dict):
            return {key: self.masked(item) for key, item in value.items()}
        return [self.masked(item) for item in value] if isinstance(value, list) else value


def _is_public(key: str) -> bool:
    return key in _PUBLIC_KEYS or key.endswith(_PUBLIC_ENDINGS)


def _looked_for(key: str, encoded: str, public: frozenset[str]) -> Iterator[bytes]:
    """Words of one value, those of its text first."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = ""  # binary: what is left is its encoded form
    whole = _long_enough(encoded.rstrip("="), encoded)
    words = _words(key, text.strip(), public)
    first = next(words, None)
    binary = not text.replace("\n", "").replace("\t", "").isprintable() or not text
    if whole and (first is not None or (binary and len(raw) >= MIN_LENGTH)):
        yield whole
    for word in chain(() if first is None else (first,), words):
        found = _long_enough(word.rstrip("="), word)
        if found:
            yield found


def _spelled(word: bytes) -> Iterator[bytes]:
    """A word as it is, as JSON and URLs write it, and what of it stands in base64 of a longer text, wherever it begins
    there."""
    text = word.decode()
    yield from (word, quote(text, safe="").encode())
    for plain in (True, False):
        inner = text
        for _depth in range(_ESCAPED):
            inner = json.dumps(inner, ensure_ascii=plain)[1:-1]
            yield inner.encode()
    for before in range(3):
        whole, rest = base64.b64encode(b"\0" * before + word), (before + len(word)) % 3
        inside = whole[(0, 2, 3)[before] : len(whole) - (0, 3, 2)[rest]]  # characters that depend on the word alone
        if len(inside) >= MIN_LENGTH:
            yield from {inside, inside.translate(_OF_URLS)}


def _long_enough(*forms: str) -> bytes:
    """The first form that can be looked for; empty when none can."""
    return next((found for found in (form.encode() for form in forms) if len(found) >= MIN_LENGTH), b"")


def _words(key: str, text: str, public: frozenset[str]) -> Iterator[str]:
    text = _CERTIFICATE.sub("", text)
    for block in _PRIVATE_KEY.findall(text):
        yield from (line for line in block.split() if len(line) >= MIN_WORD)
    text = _PRIVATE_KEY.sub("", text)
    single = not any(mark in text for mark in " \n\t") and text[:1] not in ("{", "[", '"')
    if single and len(text) >= MIN_LENGTH and text not in public and (_TELLING_KEY.search(key) or _random(text)):
        yield text
    told = set() if single else {*_PAIR.findall(text), *_passwords(text)}
    made = set() if single else {word for word in _WORD.findall(text) if _random(word)}
    for word in sorted(told | made):
        if word.rstrip("=") not in public and not word.startswith("<hidden"):
            yield word


def _random(word: str) -> bool:
    """Whether a word looks as if a machine had made it: several letters of both cases and digits."""
    counts = (sum(map(str.isupper, word)), sum(map(str.islower, word)), sum(map(str.isdigit, word)))
    return len(word) >= MIN_WORD and min(counts) >= 2


def _passwords(text: str) -> Iterator[str]:
    """Passwords of a pull secret: those of its auths, in the clear."""
    try:
        auths = json.loads(text).get("auths") or {}
        entries = [entry for entry in auths.values() if isinstance(entry, dict)]
    except (ValueError, AttributeError):
        return
    for entry in entries:
        try:
            user_and_password = base64.b64decode(str(entry.get("auth") or "")).decode()
        except (binascii.Error, ValueError):
            continue
        for word in (
            str(entry.get("auth") or ""),
            user_and_password.partition(":")[2],
            str(entry.get("password") or ""),
        ):
            if len(word) >= MIN_LENGTH:
                yield word
