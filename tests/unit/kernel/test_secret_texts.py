# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets planted in texts in every form in which they come: none is left, and what is no secret stays."""

from __future__ import annotations

import base64
import gzip
import html
import json
import textwrap
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.printable import shortened
from ansible_collections.hypershift.core.plugins.module_utils._kernel.secret_texts import (
    PATTERNS,
    all_without_secrets,
    options_without_secrets,
    without_secrets,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.secret_texts import counted as counted_until
from ansible_collections.hypershift.core.plugins.module_utils._kernel.text import message_line
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa


def counted(content: bytes) -> tuple[bytes, dict[str, int]]:
    found = counted_until(content)
    assert found is not None
    return found


RSA_KEY, EC_KEY, ED_KEY = (
    rsa.generate_private_key(65537, 2048),
    ec.generate_private_key(ec.SECP384R1()),
    ed25519.Ed25519PrivateKey.generate(),
)
PKCS8, TRADITIONAL, SSH = s.PrivateFormat.PKCS8, s.PrivateFormat.TraditionalOpenSSL, s.PrivateFormat.OpenSSH


def pem(key: Any, form: Any = PKCS8, secret: bytes = b"") -> str:
    protection = s.BestAvailableEncryption(secret) if secret else s.NoEncryption()
    return str(key.private_bytes(s.Encoding.PEM, form, protection).decode())


def der(key: Any, form: Any = PKCS8) -> str:
    return base64.b64encode(key.private_bytes(s.Encoding.DER, form, s.NoEncryption())).decode()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CERTIFICATE = "-----BEGIN CERTIFICATE-----\n" + textwrap.fill(b64("the public part of it " * 40), 64) + "\n-----END CERTIFICATE-----\n"
PROC_TYPE = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123456789ABCDEF0123456789ABCDEF\n\n"
    + "\n".join(der(RSA_KEY)[i : i + 64] for i in range(0, 1600, 64))
)
KEYS = {
    "pkcs8": pem(RSA_KEY),
    "pkcs1": pem(RSA_KEY, TRADITIONAL),
    "ec": pem(EC_KEY, TRADITIONAL),
    "ec pkcs8": pem(EC_KEY),
    "ed25519": pem(ED_KEY),
    "openssh": pem(ED_KEY, SSH),
    "encrypted": pem(RSA_KEY, PKCS8, b"a passphrase"),
    "with headers": pem(RSA_KEY, TRADITIONAL, b"a passphrase"),
    "proc-type, cut": PROC_TYPE,
}
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: f"log: {text} end",
    "windows": lambda text: text.replace("\n", "\r\n"),
    "in JSON": lambda text: json.dumps({"tls.key": text}),
    "JSON in JSON": lambda text: json.dumps({"config": json.dumps({"key": text})}),
    "JSON in JSON in JSON": lambda text: json.dumps([json.dumps({"a": json.dumps({"key": text})})]),
    "five deep": lambda text: json.dumps(json.dumps(json.dumps(json.dumps(json.dumps(text))))),
    "unicode escapes": lambda text: json.dumps(text).replace("+", "\\u002b").replace("/", "\\/").replace("\\n", "\\u000a"),
    "indented": lambda text: "key: |\n" + textwrap.indent(text, "    "),
    "in one line": lambda text: text.replace("\n", " "),
    "of a URL": lambda text: text.replace("+", "%2B").replace("\n", "%0A").replace(" ", "%20"),
    "base64": lambda text: f"client-key-data: {b64(text)}",
    "base64 of certificate and key": lambda text: f"bundle: {b64(CERTIFICATE + text)}",
    "base64 of key and certificate": lambda text: f'"bundle": "{b64(text + CERTIFICATE)}"',
    "base64 of base64": lambda text: b64(b64(text)),
    "base64 of JSON": lambda text: b64(json.dumps({"a": {"key": text}})),
    "base64 in lines": lambda text: textwrap.fill(b64(CERTIFICATE + text), 76),
    "base64 in lines in JSON": lambda text: json.dumps({"a": textwrap.fill(b64(text), 64)}),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode((CERTIFICATE + text).encode()).decode().rstrip("="),
}


def parts(key: str) -> list[str]:
    """What must not be found any more: the key's own lines."""
    return [line for line in key.splitlines() if len(line) > 20 and "-----" not in line and ":" not in line]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KEYS)
def test_private_keys_are_hidden_in_every_form(kind: str, form: str) -> None:
    text, lines = FORMS[form](KEYS[kind]), parts(KEYS[kind])
    told = without_secrets(text)
    spelled = (
        FORMS[form](line).replace("log: ", "").replace(" end", "").strip('"[]\\ ') for line in lines if not form.startswith("base64")
    )
    assert not [line for line in (*lines, *spelled) if line in told] and "<hidden>" in told
    masked, counts = counted(text.encode())
    assert masked.decode() == told and sum(counts.values()) >= 1
    if form.startswith("base64"):
        assert len(told) < 60 + len(form), told


@pytest.mark.parametrize(
    "key",
    [der(RSA_KEY), der(RSA_KEY, TRADITIONAL), der(EC_KEY), der(EC_KEY, TRADITIONAL), der(ED_KEY)],
    ids=["rsa", "rsa-traditional", "ec", "ec-traditional", "ed25519"],  # the keys are new in every process, and processes compare names
)
def test_keys_without_their_header(key: str) -> None:
    assert key[30:60] not in without_secrets(f"key={key} and") and key[30:60] not in without_secrets(json.dumps({"x": key}))


LOG_LINES: dict[str, Callable[[str, int], str]] = {
    "of a container runtime": lambda line, n: f"2026-11-30T10:00:{n:02}.123456789Z stderr F {line}",
    "of klog": lambda line, n: f"I1130 10:00:{n:02}.000000       1 main.go:{n}] {line}",
    "in JSON": lambda line, n: json.dumps({"log": line + "\n", "stream": "stderr", "n": n}),
    "with a level": lambda line, n: f"[INFO] (app {n}): {line}",
    "in logfmt": lambda line, n: f'level=info n={n} msg="{line}" caller=x.go:1',
}
CUT = {"whole": (0, 0), "head": (0, -2), "tail": (2, 0)}


@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("log", LOG_LINES)
@pytest.mark.parametrize("kind", [kind for kind in KEYS if "-----END" in KEYS[kind]])  # with neither end nothing tells that it is a key
def test_a_key_whose_lines_a_log_has_apart_or_of_which_an_end_is_missing(kind: str, log: str, cut: str) -> None:
    begin, end = CUT[cut]
    lines = [LOG_LINES[log](line, n) for n, line in enumerate(KEYS[kind].splitlines())]
    shown = "\n".join(lines[begin : len(lines) + end])
    for form in (lambda text: text, json.dumps):
        told = without_secrets(form(f"before\n{shown}\n[after] all is well\n"))
        assert [line for line in parts(KEYS[kind]) if line in told] == [] and "before" in told and "[after] all is well" in told
        assert form is not json.dumps or json.loads(told)


def test_a_log_goes_on_after_half_a_key() -> None:
    told = without_secrets("-----BEGIN PRIVATE KEY-----\n" + "\n".join([KEYS["pkcs8"].splitlines()[1]] * 3) + "\n[1] all is well\n" * 200)
    assert told.count("all is well") == 200


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()  # tests are named by it


JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJzeXN0ZW06YSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
WORD = "Kp7-xV2mQz9_rT4w"
BINARY = base64.b64encode(b"\x00\xff\x01k8s\x00" + f"password: {WORD}".encode() + b"\xfe").decode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"proxy https://robot:{WORD}@registry.example.com/v2 said no", WORD),
        (f"https://:{WORD}@registry.example.com", WORD),
        (f"https://{WORD}@registry.example.com", WORD),
        (f"Authorization: Bearer {WORD}", WORD),
        (f'{{"Authorization": ["Bearer {WORD}"]}}', WORD),
        ("authorization: Basic cm9ib3Q6cHc=", "cm9ib3Q6cHc="),
        (f"curl -H 'Authorization: token {WORD}'", WORD),
        (f"bearer {JWT}", JWT),
        (f"token {JWT} expired", JWT),
        ("sha256~Kp7xV2mQz9rT4wKp7xV2mQz9rT4w", "Kp7xV2mQz9"),
        (f"login failed: password={WORD}", WORD),
        ("login failed: password=pw12 for robot", "pw12"),
        (f'password: "{WORD}"', WORD),
        (f'{{\\"password\\": \\"{WORD}\\"}}', WORD),
        (f"DB_PASSWORD={WORD}", WORD),
        (f"dbPasswd: '{WORD}'", WORD),
        (f"client_secret={WORD}&grant=x", WORD),
        (f'"clientSecret":"{WORD}"', WORD),
        (f"apiKey: {WORD}", WORD),
        (f"refresh_token={WORD}", WORD),
        (f"--token={WORD}", WORD),
        (f"run --password {WORD} --user me", WORD),
        (f"aws_secret_access_key = {WORD}", WORD),
        (f"AWS_SESSION_TOKEN={WORD}", WORD),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
        (f"AccountKey={WORD};Endpoint", WORD),
        (f"https://s3/x?X-Amz-Signature={'0123456789abcdef' * 4}", "0123456789abcdef"),
        (f"https://s3/x?X-Amz-Security-Token={WORD}", WORD),
        ("ghp_Kp7xV2mQz9rT4wKp7xV2mQz9rT4wKp7xV2mQ", "Kp7xV2mQz9"),
        ("glpat-Kp7xV2mQz9rT4wKp7xV2", "Kp7xV2mQz9"),
        ("xoxb-123456789012-Kp7xV2mQz9", "Kp7xV2mQz9"),
        ("key AIzaKp7xV2mQz9rT4wKp7xV2mQz9rT4wKp7xV2m", "Kp7xV2mQz9"),
        ('{"auths":{"q":{"auth":"dXNlcjpw"}}}', "dXNlcjpw"),
        (b64('{"auths":{"q":{"auth":"dXNlcjpw"}}}'), "eyJhdXRocyI6"),
        (b64(f"kind: Config\nusers:\n- user:\n    token: {WORD}\n"), "a2luZDogQ29uZmln"),
        (b64(f"https://robot:{WORD}@registry.example.com"), "aHR0cHM6Ly9yb2Jvd"),
        ("path/of/" + b64(f"the password={WORD}"), b64(f"the password={WORD}")[:24]),
        (packed(f"password: {WORD}"), packed(f"password: {WORD}")[20:40]),
        (packed(packed(f"password: {WORD}")), packed(packed(f"password: {WORD}"))[20:40]),
        (base64.b64encode(zlib.compress(f"password: {WORD}".encode())).decode(), "eJwrSC"),
        (BINARY, BINARY[20:40]),
        (html.escape(json.dumps({"password": WORD})), WORD),
        (f"password%3D{WORD}", WORD),
        (f"password: |\n    {WORD}\n", WORD),
        (json.dumps(["--db-password", WORD]), WORD),
        (f"curl -u robot:{WORD} https://x", WORD),
        (json.dumps([{"name": "DB_PASS", "value": WORD}], indent=1), WORD),
        (f"- name: QUAY_CREDENTIALS\n  value: {WORD}", WORD),
        (f"Cookie: session={WORD}; path=/", WORD),
        ("core:$6$salt$" + "aB3" * 20, "aB3aB3"),
        ("admin:$2y$05$abcdefghijklmnopqrstuvABCDEFGHIJ0123456789", "ABCDEFGHIJ"),
        (f"https://x.blob.core.windows.net/c?sv=1&sig={WORD}%3D", WORD),
        (f"https://hooks.slack.com/services/T000/B000/{WORD}", WORD),
        (f"shared_secret={WORD}", WORD),
        (f"secret: {WORD}", WORD),
        ("AGE-SECRET-KEY-1" + "QPZRY9X8" * 6, "QPZRY9X8"),
        (base64.b64encode(bytes.fromhex("308209a70201033082096306092a") + b"x" * 60).decode(), "eHh4eHh4"),
    ],
)
def test_secrets_are_hidden(text: str, secret: str) -> None:
    assert secret in text
    for form in (text, f"x {text} y", json.dumps({"message": text}), json.dumps([json.dumps({"message": text})])):
        assert secret not in without_secrets(form) and secret.encode() not in counted(form.encode())[0]
        assert json.loads(without_secrets(json.dumps({"a": form}))), "JSON stays JSON"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a bearer authentication-method is used",
        "docker://quay.io:443/a@sha256:0123456789012345678901234567890123456789012345678901234567890123",
        "the token has expired; password: missing, token: <hidden>",
        "tokenFile: /var/run/secrets/token, token: /var/run/secrets/x",
        "HostedCluster clusters/demo: its pull secret is not there. Create Secret demo-pull-secret.",
        '{"pullSecret": {"name": "demo-pull-secret"}, "sshKey": {"name": "demo-ssh-key"}}',
        "quay.io/openshift-release-dev/ocp-release:4.20.4-x86_64 sha256:" + "0123456789abcdef" * 4,
        CERTIFICATE,
        b64(CERTIFICATE),
        f"uid 6b1f0c0e-7c1d-4a64-b27a-7a4a3a0f4a11, https://api.demo.example.com:6443 {b64('nothing of the kind, a plain sentence')}",
        "password: ********",
        "option kubeconfig_dest or password_dest is needed",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text and counted(text.encode()) == (text.encode(), {})


def test_bytes_of_any_encoding_come_back() -> None:
    content = bytes(range(256)) * 4
    assert (
        counted(content) == (content, {})
        and counted("Schlüssel: password=geheim ü".encode())[0] == "Schlüssel: password=<hidden> ü".encode()
    )


def test_nested_values() -> None:
    value = {"a": [f"password={WORD}", 1, None, {"b": (True, f"https://me:{WORD}@x")}], "password_dest": "/a"}
    assert all_without_secrets(value) == {
        "a": ["password=<hidden>", 1, None, {"b": [True, "https://me:<hidden>@x"]}],
        "password_dest": "/a",
    }


def test_nested_values_are_secret_by_what_stands_beside_them() -> None:
    value = {
        "metadata": {"annotations": {"example.com/password": WORD, JWT: "a key that is one"}},
        "env": [{"name": "DB_PASSWORD", "value": WORD}, {"name": "LOG", "value": WORD}],
        "args": ["--token", WORD, "--level", "debug"], "headers": {"Authorization": f"Basic {WORD}"}, "auths": {"q": {"auth": WORD}},
        "msg": "password is missing", "token": "missing", "pull_secret": "demo-pull-secret", "secret": "clusters/demo",
    }  # fmt: skip
    told = all_without_secrets(value)
    assert told["metadata"]["annotations"] == {"example.com/password": "<hidden>", "<hidden>": "a key that is one"}
    assert [row["value"] for row in told["env"]] == ["<hidden>", WORD] and told["args"] == ["--token", "<hidden>", "--level", "debug"]
    assert WORD not in told["headers"]["Authorization"] and told["auths"] == {"q": {"auth": "<hidden>"}}
    assert {key: told[key] for key in ("msg", "token", "pull_secret", "secret")} == {
        key: value[key] for key in ("msg", "token", "pull_secret", "secret")
    }


def test_a_compressed_blob_is_looked_at_as_far_as_it_is_reasonable() -> None:
    bomb = base64.b64encode(gzip.compress(b" " * 2**22)).decode()
    began = time.process_time()
    assert without_secrets(f"{bomb} " * 20) == "<hidden> " * 20 and time.process_time() - began < 5
    assert without_secrets(packed("nothing of the kind, a plain sentence")) == packed("nothing of the kind, a plain sentence")


def test_a_text_is_cut_after_its_secrets_are_hidden() -> None:
    text = f"x https://robot:{WORD}@registry.example.com/v2 said no " + "y" * 400
    for most in range(18, 60):
        assert WORD[:4] not in shortened(text, most) and len(shortened(text, most)) <= most
    assert WORD[:4] not in message_line(f"{'y' * 270} {text}")


def test_options_are_secret_by_their_names_too() -> None:
    exec_ = {"command": "maker", "args": ["a"], "env": [{"name": "A", "value": "b"}], "n": 1}
    options = {
        "hubs": [{"name": "east", "kubeconfig": {"users": [{"user": {"token": "t", "client-key-data": "k", "exec": exec_}}]}}],
        "manifest": {"kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "b"}},
        "ignition_config_override": "{}", "api_key": None, "token": {"name": "n"}, "key": ("a",),
    }  # fmt: skip
    hidden = {"command": "<hidden>", "args": ["<hidden>"], "env": [{"name": "<hidden>", "value": "<hidden>"}], "n": 1}
    user = {"token": "<hidden>", "client-key-data": "<hidden>", "exec": hidden}
    assert options_without_secrets(options) == {
        "hubs": [{"name": "east", "kubeconfig": {"users": [{"user": user}]}}],
        "manifest": {"kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "<hidden>"}},
        "ignition_config_override": "<hidden>", "api_key": None, "token": {"name": "n"}, "key": ["a"],
    }  # fmt: skip


HOSTILE = {
    "keys begin": "-----BEGIN PRIVATE KEY-----", "tokens begin": "eyJaaaaaaaa.", "escapes": "\\", "names": "token", "users": "://a:",
    "auths": '"auth"', "base64": "QUFB", "base64 lines": "A" * 64 + "\n", "basic": "basic ", "spaces": " ", "a": "a", "dashes": "-", "keys": "MIIEvAIBA",
    "ends": "-----END PRIVATE KEY-----", "halves": "-----BEGIN PRIVATE KEY----- [" + "A" * 50 + "] ", "variables": "name: ", "hashes": "$2$",
    "options": "--a-b-c-d-", "people": " -u a:", "cookies": "cookie: ", "blocks": "token: |\\n ", "random": "secret: A1",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_time_in_proportion(name: str) -> None:
    """By the work of a process, so that a busy machine is no failure."""
    seconds = []
    for size in (50_000, 400_000):
        text, began = HOSTILE[name] * (size // len(HOSTILE[name])), time.process_time()
        without_secrets(text)
        seconds.append(time.process_time() - began)
    assert seconds[1] < max(0.4, 20 * seconds[0])


@pytest.mark.parametrize("looks", range(1, len(PATTERNS) + 3))
def test_masking_of_a_large_file_stops_when_time_is_over(looks: int) -> None:
    asked = iter(range(100))
    assert counted_until(b"a token of others", lambda: next(asked) + 1 >= looks) is None
