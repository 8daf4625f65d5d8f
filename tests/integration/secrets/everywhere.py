# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets in the forms in which they come, the places of a management cluster where they end up, and a search that reads through encodings."""

from __future__ import annotations

import base64
import gzip
import json
import re
import secrets
import textwrap
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

Obj = dict[str, Any]
_RUN = re.compile(rb"[A-Za-z0-9+/]{20,}={0,2}")


def b64(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def key(kind: str) -> str:
    """A new private key as PEM."""
    made: Any = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ed": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    form = {"rsa": s.PrivateFormat.TraditionalOpenSSL, "ec": s.PrivateFormat.PKCS8, "ed": s.PrivateFormat.OpenSSH}[kind]
    return str(made.private_bytes(s.Encoding.PEM, form, s.NoEncryption()).decode())


def kubeconfig(secret: str) -> str:
    return f"apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: {secret}\n"


def pull_secret(secret: str) -> str:
    return json.dumps({"auths": {"registry.example.com": {"auth": b64(f"robot:{secret}"), "email": "me@example.com"}}})


def jwt(secret: str) -> str:
    parts = (json.dumps({"alg": "RS256"}), json.dumps({"sub": "system:admin", "id": secret}), secret)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda w: f"login failed: password={w} for robot",
    "URL": lambda w: f"proxy https://robot:{w}@proxy.example.com:3128 refused",
    "token in a URL": lambda w: f"GET https://registry.example.com/v2/?access_token={w}&n=1",
    "signed URL": lambda w: f"https://blobs.example.com/c?sv=2024&sig={w}%3D",
    "webhook": lambda w: f"POST https://hooks.slack.com/services/T00/B00/{w}",
    "bearer": lambda w: f"request with Authorization: Bearer {w} failed",
    "basic": lambda w: f"Authorization: Basic {b64(f'robot:{w}')}",
    "header map": lambda w: f"headers map[X-Auth-Token:[{w}]] X-Api-Key: {w}",
    "cookie": lambda w: f"Cookie: session={w}; path=/",
    "JWT": lambda w: f"token {jwt(w)} was rejected",
    "JSON": lambda w: json.dumps({"clientSecret": w, "user": "robot"}),
    "JSON in JSON": lambda w: json.dumps({"config": json.dumps({"inner": json.dumps({"password": w})})}),
    "YAML block": lambda w: f"password: |\n  {w}\nuser: robot\n",
    "environment": lambda w: f"PATH=/bin\nDB_PASSWORD={w}\nAWS_SECRET_ACCESS_KEY={w}\n",
    "variables": lambda w: json.dumps([{"name": "QUAY_TOKEN", "value": w}]),
    "option": lambda w: f"run --level debug --db-password {w} --wait",
    "curl": lambda w: f"curl -u robot:{w} https://mirror.example.com",
    "base64": lambda w: f"data: {b64(f'password: {w}')}",
    "base64 behind a path": lambda w: f"files/{b64(f'the password={w}')}",
    "base64 twice": lambda w: b64(b64(f"api_key={w}")),
    "gzip": lambda w: b64(gzip.compress(f"password: {w}\n".encode())),
    "zlib in JSON": lambda w: json.dumps({"blob": b64(zlib.compress(json.dumps({"token": w}).encode()))}),
    "ignition": lambda w: json.dumps({"source": "data:;base64," + b64(f"machine example.com login robot password {w}\ntoken={w}\n")}),
    "kubeconfig": kubeconfig,
    "kubeconfig in base64": lambda w: b64(kubeconfig(w)),
    "pull secret": pull_secret,
    "pull secret in base64": lambda w: b64(pull_secret(w)),
}  # fmt: skip
KEYS: dict[str, Callable[[str], str]] = {
    "PEM": lambda text: text,
    "PEM in JSON": lambda text: json.dumps({"tls.key": text}),
    "PEM in JSON in JSON": lambda text: json.dumps({"a": json.dumps({"b": json.dumps({"key": text})})}),
    "PEM in base64": b64,
    "PEM in base64 lines": lambda text: textwrap.fill(b64(text), 64),
    "key without its edges": lambda text: "".join(line for line in text.splitlines() if "-----" not in line),
    "key by lines of a runtime": lambda text: _lines(text, "2026-11-30T10:00:{n:02}.123456789Z stderr F {line}"),
    "key by lines of klog": lambda text: _lines(text, "I1130 10:00:{n:02}.000000       1 main.go:10] {line}"),
    "key by lines of JSON": lambda text: "\n".join(json.dumps({"log": f"{line}\n", "n": n}) for n, line in enumerate(text.splitlines())),
    "beginning of a key": lambda text: _lines("\n".join(text.splitlines()[:-2]), "[INFO] {line}"),
    "end of a key": lambda text: _lines("\n".join(text.splitlines()[2:]), "[INFO] {line}"),
}


def _lines(text: str, form: str) -> str:
    return "\n".join(form.format(line=line, n=n) for n, line in enumerate(text.splitlines()))


@dataclass
class Everywhere:
    """What was planted: texts by place and form, and what of each must be found nowhere."""

    needles: dict[bytes, str] = field(default_factory=dict)
    entries: list[tuple[str, str]] = field(default_factory=list)

    def word(self, place: str, form: str = "as it is") -> str:
        """A secret that is there by itself. Half of it is found too."""
        made = f"Planted{secrets.token_hex(16)}"[:32]
        self._note(place, form, made[:16], made[16:])
        return made

    def text(self, place: str, form: str) -> str:
        """The form with a secret of its own in it, which the search finds there: else it would prove nothing."""
        if form in FORMS:
            text = FORMS[form](self.word(place, form))
        else:
            made = key({"key by lines of klog": "ec", "end of a key": "ec", "PEM in JSON": "ed"}.get(form, "rsa"))
            self._note(place, form, *(line[:40] for line in made.splitlines()[1:-1]))
            text = KEYS[form](made)
        assert f"{form} in {place}" in self.found_in(text.encode()), f"the search does not find {form}"
        return text

    def _note(self, place: str, form: str, *needles: str) -> None:
        self.entries.append((place, form))
        self.needles |= {needle.encode(): f"{form} in {place}" for needle in needles if len(needle) >= 16}

    def found_in(self, content: bytes) -> set[str]:
        """Which of them can be read in it, through base64 at any place, compression and JSON's escapes."""
        pattern = re.compile(b"|".join(map(re.escape, self.needles)))
        return {self.needles[found] for reading in readings(content) for found in pattern.findall(reading)}


def readings(content: bytes, depth: int = 4) -> Iterator[bytes]:
    yield content
    if b"\\/" in content or b"\\u002" in content:
        yield content.replace(b"\\/", b"/").replace(b"\\u002b", b"+").replace(b"\\u002f", b"/")
    if not depth:
        return
    for run in {*_RUN.findall(content), *_RUN.findall(re.sub(rb"(?<=[A-Za-z0-9+/]{60})(?:\\n|\n)", b"", content))}:
        for shift in range(4):
            encoded = run.rstrip(b"=")[shift:]
            encoded = encoded[: len(encoded) - (len(encoded) % 4 == 1)]
            raw = base64.b64decode(encoded + b"=" * (-len(encoded) % 4))
            yield from readings(_inflated(raw), depth - 1)


def _inflated(raw: bytes) -> bytes:
    if raw[:2] not in (b"\x1f\x8b", b"\x78\x9c"):
        return raw
    try:
        return zlib.decompressobj(47).decompress(raw)
    except zlib.error:
        return raw
