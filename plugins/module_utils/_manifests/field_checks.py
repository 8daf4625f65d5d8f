# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Engine for rules on single fields: a table of paths, each with what it takes.

Rules look at the desired manifest, so a field is checked however the user gave it: by a named option or under ``spec``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._kernel.compare import apply_merge_patch
from .._kernel.errors import Failure
from .._kernel.objects import lookup
from .._kernel.printable import shortened
from .._kernel.quantities import parse_duration, parse_quantity
from .._kernel.redaction import without_userinfo
from .option_paths import Path, option_name

DNS_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
DNS_NAME = re.compile(r"^(?:(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}|[a-zA-Z0-9-]+)$")
IMAGE = re.compile(r"^\w+\S+$", re.ASCII)
UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
LABEL_KEY = re.compile(
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]"
    r"([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
)
LABEL_VALUE = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")


@dataclass(frozen=True)
class FieldRule:
    """ok(value) tells whether the value is legal; rule says what is; allowed lists the values when they are few."""

    path: Path
    ok: Callable[[Any], bool]
    rule: str
    allowed: str = ""


def rule(path: str, check: tuple[Callable[[Any], bool], str, str]) -> FieldRule:
    return FieldRule(tuple(path.split(".")), *check)


Check = tuple[Callable[[Any], bool], str, str]


def one_of(*values: Any) -> Check:
    return (lambda v: v in values), "must be one of the allowed values", ", ".join(map(str, values))


def matching(pattern: re.Pattern[str], what: str, shortest: int = 1, longest: int = 253) -> Check:
    return (
        lambda v: isinstance(v, str) and shortest <= len(v) <= longest and (not v or bool(pattern.match(v))),
        f"must be {what}",
        f"{shortest} to {longest} characters",
    )


def text(shortest: int, longest: int) -> Check:
    return (
        (lambda v: isinstance(v, str) and shortest <= len(v) <= longest),
        "must be a text of legal length",
        f"{shortest} to {longest} characters",
    )


def url(*schemes: str) -> Check:
    return (
        (lambda v: isinstance(v, str) and urlsplit(v).scheme in schemes and bool(urlsplit(v).netloc)),
        "must be a URL",
        " or ".join(f"{s}://…" for s in schemes),
    )


def integer(low: int, high: int = 2**31 - 1) -> Check:
    limits = f"{low} to {high}" if high < 2**31 - 1 else f"{low} or more"
    return (
        (lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high),
        "must be a whole number",
        limits,
    )


def boolean() -> Check:
    return (lambda v: isinstance(v, bool)), "must be true or false", "true, false"


def items(low: int, high: int) -> Check:
    return (
        (lambda v: isinstance(v, (list, dict)) and low <= len(v) <= high),
        "has a wrong number of entries",
        f"{low} to {high} entries",
    )


def quantity() -> Check:
    return (lambda v: (parse_quantity(v) or 0) > 0), "must be a Kubernetes quantity above zero", "for example 8Gi"


def duration() -> Check:
    return (
        (lambda v: parse_duration(v) is not None),
        "must be a Go duration",
        "for example 15m, 1h30m, 0s (0s means no limit)",
    )


def count_or_percent(low: int = 0) -> Check:
    def ok(value: Any) -> bool:
        if isinstance(value, bool):
            return False
        if isinstance(value, int):
            return value >= low
        return bool(re.match(r"^(\d{1,2}|100)%$", str(value)))

    return ok, "must be a whole number or a percentage", f"{low} or more, or 0% to 100%"


def cidrs(field: str = "cidr") -> Check:
    def ok(value: Any) -> bool:
        try:
            return all(
                ipaddress.ip_network((i.get(field) if field else i), strict=False) is not None
                and "/" in (i[field] if field else i)
                for i in value
            )
        except (ValueError, TypeError, AttributeError, KeyError):
            return False

    return ok, "must be a list of CIDRs", "for example 10.132.0.0/14"


def labels() -> Check:
    return (
        lambda v: (
            isinstance(v, dict)
            and all(LABEL_KEY.match(str(k)) and len(str(x)) <= 63 and LABEL_VALUE.match(str(x)) for k, x in v.items())
        ),
        "must be a map of legal label keys and values",
        "keys [prefix/]name, values up to 63 letters, digits, '-', '_' or '.'",
    )


def field_failures(manifest: dict[str, Any], rules: tuple[FieldRule, ...], table: dict[str, Path]) -> list[Failure]:
    """One failure for each rule that a set field breaks; fields that are not set or null are not looked at."""
    failures = []
    for item in rules:
        value = lookup(manifest, item.path)
        if value is not None and not item.ok(value):
            failures.append(invalid(item.path, value, item.rule, item.allowed, table))
    return failures


Judge = Callable[[dict[str, Any]], list[Failure]]


def brought_in(judge: Judge, desired: dict[str, Any], live: dict[str, Any] | None) -> list[Failure]:
    """What is wrong with the object that a change leads to, but not with the one that stands: fields are judged
    together with those the user left out, and a value that was legal once may be restated, as the API server has it.
    """
    if live is None:
        return judge(desired)
    found = judge(apply_merge_patch(live, desired))
    told = {(f.code, f.cause) for f in judge(live)} if found else set()
    return [f for f in found if (f.code, f.cause) not in told]


def pause_failures(
    desired: dict[str, Any], live: dict[str, Any] | None, allowed: str, table: dict[str, Path]
) -> list[Failure]:
    """A pause is neither set nor lifted by the way: null in desired would lift one."""
    path = ("spec", "pausedUntil")
    if "pausedUntil" not in desired.get("spec", {}) or lookup(desired, path) == lookup(live, path):
        return []
    return [invalid(path, lookup(desired, path), "is not changed here", allowed, table)]


def invalid(path: Path, value: Any, rule_text: str, allowed: str, table: dict[str, Path]) -> Failure:
    option, field = option_name(path, table), ".".join(path)
    where = f"option {option}" + (f" (field {field})" if option != field else "")
    shown = shortened(without_userinfo(str(value)), 60)
    return Failure(
        code="invalid_option",
        cause=f"{where} is '{shown}': it {rule_text}",
        next_step=f"Allowed: {allowed}." if allowed else "",
    )
