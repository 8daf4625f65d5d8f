# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What looks like a secret, wherever it stands: the one list for results, messages, files and options.

Each pattern takes time in proportion to the text: runs are bounded, or end where the next beginning is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .encoded import TooMuch, decoded, texts_in, unpacked
from .key_lines import without_key_lines

HIDDEN = "<hidden>"
# What stands under these names in options and objects is secret as a whole.
_SECRET_KEYS = re.compile(
    r"(?i)(?:token|password|passwd|passphrase|secret|api_?key|(?:access|refresh|id|session|bearer)-?_?token"
    r"|client-key-data|client_?secret"
    r"|(?:secret|secret_?access|private)_?key|clientSecretValue|bindPasswordValue|auth|(?:proxy_)?basic_auth"
    r"|ignition_?config_?overrides?"
    r"|\.?dockerconfigjson|\.?dockercfg|ssh-private-?key)"
)
# of a kubeconfig: arguments, variables and settings of a program that makes tokens
_COMMANDS = frozenset(("exec", "auth-provider"))
REPEATED = 256  # characters: shorter texts are remembered, since keys, reasons and states come again and again
MAX_DEPTH = 4  # of base64 in base64
# times its own size: so much of a compressed blob is looked at, and one that holds more is hidden as a whole
UNPACKED = 32

# The first letter apart: a search that may skip to it is six times as fast as one that tries each name everywhere.
_NAMES = (
    r"[AaCcEeMmPpSsTtXx](?i:oken|ass(?:wor[dt]|wd|phrase)|wd|rivate[_-]?key|ecret[_-]?(?:access[_-]?)?key"
    r"|lient[_-]?secret|pi[_-]?(?:key|token)"
    r"|cc(?:ount|ess)[_-]?key|igning[_-]?(?:key|secret)|hared[_-]?(?:access[_-]?)?(?:key|secret)"
    r"|ncryption[_-]?key|aster[_-]?key|-amz-signature)"
)
_MARK = r"(?:[\"']|u002[27]|&(?:quot|#3[49]|apos);|%2[27])"  # of a text in a text: of JSON, HTML, URLs
_QUOTE = rf"\\{{0,64}}{_MARK}?"
_BREAK = r"(?:\\{1,64}[nrt]|\s)"
_IS = (
    rf"\\{{0,64}}{_MARK}?\s{{0,16}}(?:[:=]|%3[AaDd])\s{{0,16}}(?:[|>][+-]?{_BREAK}{{1,32}}|\[{{1,2}}{_BREAK}{{0,32}})?"
)
# Words that are said of a secret, or stand where one is missing.
_NO_VALUE = (
    r"(?!(?i:null|none|nil|true|false|empty|unset|missing|expired|invalid|required|unknown|not|is|was|has|hidden"
    r"|redacted|string)\b"
    r"|VALUE_SPECIFIED|\*{4,}|x{4,})"
)
_VALUE_START, _VALUE = r"[A-Za-z0-9._~+=!@#$%^&*(-]", r"[A-Za-z0-9._~+/=!@#$%^&*()?-]"
_PRIVATE_KEY = (
    r"-----BEGIN(?:[ +]|%20){1,2}(?:[A-Z0-9]{1,12}(?:[ +]|%20)){0,3}PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?-----"
)
# The base64 of a key as no certificate has it: version, algorithm and the beginning of the key itself, for RSA, EC,
# Ed25519 and PKCS#8.
_DER_KEY = (
    r"(?:MII[A-Za-z0-9+/]{2}[A-Za-z0-9+/]?IBA(?:AK[BC]|DANBgkqhkiG9w0BAQEFAASC)|M[HI][A-Za-z0-9+/]{1,3}CAQE[Ew]"
    r"|MI[GH][A-Za-z0-9]AgE(?:AMB|BB[CDE])|MC4CAQAwBQYDK2V|b3BlbnNzaC1rZXktdjE"
    r"|MI[I-L][A-Za-z0-9+/]{2}[AQgw]IBAzC|/u3\+7QAAAA[EI])"  # stores of keys: PKCS#12, JKS
)

# between an option and its value, in a line or a list
_NEXT = rf"(?:\s{{1,4}}|\\{{0,64}}{_MARK}\s{{0,4}},{_BREAK}{{0,32}})"
_TELLING = r"passw|passphrase|[_-]pass(?!\w)|pwd|token|secret|credential|api_?key|private_?key|access_?key"
# An environment variable of a container: in JSON, or in YAML.
_VARIABLE = (
    rf"name{_IS}{_QUOTE}[A-Za-z0-9_.-]{{0,64}}(?i:{_TELLING})[A-Za-z0-9_.-]{{0,32}}"
    rf"\\{{0,64}}{_MARK}?,?{_BREAK}{{0,32}}{_QUOTE}value{_IS}{_QUOTE}"
)

# name -> what is kept before (group 1) and what is masked (group 2)
SOURCES: dict[str, str] = {
    # A key in a text in JSON in a text ...: whatever is written for a line's end, and headers as of encrypted keys.
    # One of which an end is missing, or with something before each line, is left to key_lines.
    "private_key": rf"({_PRIVATE_KEY})((?:[A-Za-z0-9+/=\s:,.%_]|\\(?!\\{{0,64}}[\"'])|-(?!----))+)(?=-----)",
    "bare_private_key": rf"((?<![A-Za-z0-9+/]))({_DER_KEY}[A-Za-z0-9+/]{{24,}}=*)",
    "token": r"()(eyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{8,}|sha256~[A-Za-z0-9_-]{20,})",
    "service_token": (
        r"(\b)(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
        r"|xox[abeprs]-[A-Za-z0-9-]{10,}"
        r"|AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{36}|hv[sb]\.[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}"
        r"|AGE-SECRET-KEY-1[0-9A-Z]{40,})"
    ),
    "password_hash": r"()(\$(?:2[abxy]?|[156y]|apr1|argon2(?:id?|d))\$[A-Za-z0-9./$,=+]{20,})",
    "cookie": rf"(?i)(\bcookie{_IS}{_QUOTE})([^\r\n\"'\\<]{{8,}})",
    "webhook": (
        r"((?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
        r"|webhook\.office\.com)/)([A-Za-z0-9/_@.-]{16,})"
    ),
    "url_signature": r"([?&](?:sig|signature|code|key)=)([A-Za-z0-9%._~+/=-]{16,})",
    "registry_auth": r"([\"']auth\\{0,64}[\"']\s{0,64}:\s{0,64}\\{0,64}[\"'])([^\"'\\<]+)",
    "authorization": (
        r"(?i)(\b(?:bearer|basic)(?:\s|%20|\+){1,16})((?=[a-z._~+/=-]{0,512}\d"
        r"|[a-z0-9._~+/-]{12,512}==?)[a-z0-9._~+/=-]{12,})"
    ),
    "authorization_header": (
        rf"(?i)(\bauthorization{_IS}{_QUOTE}(?:[a-z]{{3,12}}\s{{1,16}})?)([A-Za-z0-9._~+/=-]{{8,}})"
    ),
    "cloud_key": r"(\b)((?:AKIA|ASIA)[0-9A-Z]{16}\b)",
    "url_password": r"(://[^/\s:@\"'\\<]{0,100}:)([^/\s@\"'\\<]{1,200})(?=@)",
    "url_token": r"(://)([^/\s:@\"'\\<]{1,200})(?=@)",
    "named_secret": rf"({_NAMES}{_IS}{_QUOTE})({_NO_VALUE}{_VALUE_START}{_VALUE}{{7,}})",
    "named_password": rf"([Pp](?i:assword|asswd|assphrase|wd){_IS}{_QUOTE})({_NO_VALUE}{_VALUE_START}{_VALUE}{{3,}})",
    # By how it looks too: this is also what Kubernetes calls its Secrets, whose names are no secrets.
    "random_secret": (
        rf"([Ss](?i:ecret){_IS}{_QUOTE})((?={_VALUE}{{0,128}}[0-9])"
        rf"(?={_VALUE}{{0,128}}[A-Z]){_VALUE_START}{_VALUE}{{11,}})"
    ),
    "variable": rf"({_VARIABLE})({_NO_VALUE}[^\s\"'\\<,}}]{{4,}})",
    "option": (
        rf"((?<![A-Za-z0-9_.-])--?(?:[A-Za-z0-9]{{1,24}}-){{0,4}}{_NAMES}{_NEXT}{_QUOTE})({_NO_VALUE}"
        rf"(?!-){_VALUE_START}{_VALUE}{{7,}})"
    ),
    "user_option": (
        rf"([\s\"'](?:-u|--(?:proxy-)?user)(?:=|{_NEXT}){_QUOTE}[^\s:\"'\\@/]{{1,64}}:)((?!\d+\b)[^\s\"'\\<,]{{6,}})"
    ),
}
PATTERNS = {name: re.compile(source, re.ASCII) for name, source in SOURCES.items()}
_KEY_HEAD = re.compile(_PRIVATE_KEY)
# No text without one of these matches any of the patterns: most texts are looked at once.
_SIGNS = re.compile(
    r"(?i)PRIVATE|eyJ|sha256~|gh[pousr]_|github_|glpat-|xox[abeprs]-|AIza|npm_|hv[sb]\.|sk_live|auth|bearer|basic"
    r"|A[KS]IA|://"
    r"|key|token|secret|sig=|signature|pass|pwd|credential|cookie|hook|code=|\$(?:2[abxy]?|[156y]|apr1"
    r"|argon2[id]{0,2})\$"
    r"|[\s\"']-u|--(?:proxy-)?user|b3BlbnNz|/u3\+7Q|M[CHI-L][A-Za-z0-9+/]{6}"
)
_BY_NAME = ("registry_auth", "authorization_header", "named_secret", "named_password", "random_secret")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_ENCODED_LINES = re.compile(r"(?:[A-Za-z0-9+/]{60,76}(?:\\{1,64}[nr]|\s){1,8}){1,4096}[A-Za-z0-9+/]{1,76}={0,2}")


def without_secrets(text: str) -> str:
    """A text with all hidden that looks like a secret, in the clear or in base64 of base64."""
    return _short(text) if len(text) <= REPEATED else _any(text)


def _any(text: str) -> str:
    return _hidden(text, lambda _name, _number: None, lambda: False) or ""


# Of the texts of a thousand hosted clusters one in twenty is new.
_short = lru_cache(maxsize=16_384)(_any)


@lru_cache(maxsize=4_096)
def _tells(label: str) -> bool:
    return _SIGNS.search(label) is not None


def counted(content: bytes, over: Callable[[], bool] = lambda: False) -> tuple[bytes, dict[str, int]] | None:
    """The same for a file's content, and how many places were masked, by name of what they looked like; None when
    ``over`` said to stop."""
    counts: dict[str, int] = {}

    def count(name: str, number: int) -> None:
        counts[name] = counts.get(name, 0) + number

    # Each byte is one character and comes back as it was, whatever the encoding of the file.
    text = _hidden(content.decode("latin-1"), count, over)
    return None if text is None else (text.encode("latin-1"), counts)


def all_without_secrets(value: Any) -> Any:
    """A nested value with this done to every text in it, keys too; what a key, or the name beside a value, calls secret
    is hidden."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {all_without_secrets(key): _told_by(_label(value, key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        before = ("", *value)
        return [_told_by(before[at] if isinstance(item, str) else "", item, "option") for at, item in enumerate(value)]
    return value


def _label(value: dict[Any, Any], key: Any) -> Any:
    return value.get("name") if key == "value" and "name" in value else key


def _told_by(label: Any, item: Any, *patterns: str) -> Any:
    """patterns: by which the words before a text tell that it is secret; without any, those of a key and its value."""
    if isinstance(item, str) and isinstance(label, str) and _tells(label):
        said = f"{label} {item}" if patterns else f'"{label}": "{item}"'
        start = len(said) - len(item) - (not patterns)
        if any(found.start(2) == start for name in patterns or _BY_NAME for found in PATTERNS[name].finditer(said)):
            return HIDDEN
    return all_without_secrets(item)


def options_without_secrets(value: Any, hide: bool = False) -> Any:
    """Options of a task as they may be shown: also what is secret by the name it stands under, at any depth. hide: all
    texts are."""
    if isinstance(value, str):
        return HIDDEN if hide and value else without_secrets(value)
    if isinstance(value, dict):
        names = ("data", "stringData") if value.get("kind") == "Secret" else ()
        return {
            key: options_without_secrets(item, hide or _is_secret(key, item) or key in names)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [options_without_secrets(item, hide) for item in value]
    return value


def _is_secret(key: Any, value: Any) -> bool:
    if isinstance(value, str):
        return _SECRET_KEYS.fullmatch(str(key)) is not None
    return key in _COMMANDS


def _hidden(text: str, count: Callable[[str, int], None], over: Callable[[], bool]) -> str | None:
    telling = _SIGNS.search(text) is not None
    for name, pattern in PATTERNS.items() if telling else ():
        if over():
            return None
        text, number = pattern.subn(rf"\g<1>{HIDDEN}", text)
        if number:
            count(name, number)
    if telling and "PRIVATE" in text.upper():
        text, number = without_key_lines(text, HIDDEN)
        if number:
            count("private_key", number)
    for pattern in (_ENCODED_LINES, _ENCODED):
        if over():
            return None
        found = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal found
            if over() or not _holds_secret(match[0], MAX_DEPTH):
                return match[0]
            found += 1
            return HIDDEN

        text = pattern.sub(replaced, text)
        if found:
            count("encoded", found)
    return None if over() else text


def _holds_secret(encoded: str, depth: int, room: int = -1) -> bool:
    """Whether base64 says something secret. room: bytes that may come out of compressed parts; what holds more is
    secret, since nobody looked."""
    raw = decoded(encoded)
    if raw is None:
        return False
    room = UNPACKED * len(raw) if room < 0 else room
    try:
        content = unpacked(raw, room)
    except TooMuch:
        return True
    room -= len(content or b"")
    for text in [content.decode("latin-1")] if content is not None else texts_in(raw, encoded):
        if _SIGNS.search(text) and (
            _KEY_HEAD.search(text) or any(pattern.search(text) for pattern in PATTERNS.values())
        ):
            return True
        if depth > 1 and any(_holds_secret(inner[0], depth - 1, room) for inner in _ENCODED.finditer(text)):
            return True
    return False
