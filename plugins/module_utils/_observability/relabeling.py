# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relabel configurations as Prometheus validates them.

Source: relabel.Config.Validate of Prometheus; field names are those of the Prometheus operator's API, which HyperShift
reads (platform_facts#7.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

ACTIONS = (
    *("replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep"),
    *("lowercase", "uppercase", "keepequal", "dropequal"),
)
_TYPES: dict[str, type] = {
    "action": str,
    "regex": str,
    "sourceLabels": list,
    "targetLabel": str,
    "replacement": str,
    "separator": str,
    "modulus": int,
}
_DEFAULTS = {"regex": "(.*)", "replacement": "$1", "separator": ";", "modulus": 0}
_LABEL = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")
_TEMPLATE = re.compile(r"^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$")
_NEEDS_TARGET = ("replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal")
# Action -> the fields that may be given beside it; what is not here may have any.
_ONLY = {
    "labeldrop": ("regex",),
    "labelkeep": ("regex",),
    "keepequal": ("sourceLabels", "targetLabel"),
    "dropequal": ("sourceLabels", "targetLabel"),
}


def problems(rule: Any) -> Iterator[str]:
    """What Prometheus would refuse about one relabel configuration, each in a few words."""
    if not isinstance(rule, Mapping):
        yield "it is no mapping"
        return
    wrong = list(_shape(rule))
    yield from wrong
    if wrong:
        return
    action = str(rule.get("action") or "replace").lower()
    if action not in ACTIONS:
        yield f"action {rule.get('action')} is none{_nearest(action, ACTIONS)}"
        return
    yield from _fields(action, rule)
    yield from _labels(action, rule)
    wrong_regex = problem(str(rule["regex"])) if "regex" in rule else ""
    if wrong_regex:
        yield f"regex {rule['regex']!r} cannot be used: {wrong_regex}"


def _shape(rule: Mapping[str, Any]) -> Iterator[str]:
    for name, value in rule.items():
        known = _TYPES.get(str(name))
        if known is None:
            yield f"{name} is no field of it{_nearest(_camel(str(name)), tuple(_TYPES))}"
        elif known is list and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            yield f"{name} is {value!r}, and must be a list of texts"
        elif known is str and not isinstance(value, str):
            yield f"{name} is {value!r}, and must be a text"
        elif known is int and (not isinstance(value, int) or isinstance(value, bool)):
            yield f"{name} is {value!r}, and must be a number"
        elif known is int and value < 0:
            yield f"{name} is {value}, and must not be below 0"


def _fields(action: str, rule: Mapping[str, Any]) -> Iterator[str]:
    if action in _NEEDS_TARGET and not rule.get("targetLabel"):
        yield f"action {action} needs targetLabel"
    if action in ("keepequal", "dropequal") and not rule.get("sourceLabels"):
        yield f"action {action} needs sourceLabels"
    if action == "hashmod" and not rule.get("modulus"):
        yield "action hashmod needs modulus above 0"
    given = [name for name in rule if name != "action" and rule[name] not in (_DEFAULTS.get(name), [], "")]
    only = _ONLY.get(action)
    if only is not None and set(given) - set(only):
        yield f"action {action} takes only {' and '.join(only)}, not {', '.join(sorted(set(given) - set(only)))}"
    if action in ("lowercase", "uppercase") and "replacement" in given:
        yield f"action {action} takes no replacement"


def _labels(action: str, rule: Mapping[str, Any]) -> Iterator[str]:
    for label in rule.get("sourceLabels") or ():
        if not _LABEL.match(label):
            yield f"sourceLabels has {label!r}, which is no name of a label"
    target = str(rule.get("targetLabel") or "")
    allowed = _TEMPLATE if action == "replace" else _LABEL
    if target and not allowed.match(target):
        yield f"targetLabel {target!r} is no name of a label"
    if action == "labelmap" and not _TEMPLATE.match(str(rule.get("replacement") or _DEFAULTS["replacement"])):
        yield f"replacement {rule.get('replacement')!r} makes no name of a label"


def _camel(name: str) -> str:
    """``source_labels``, as Prometheus itself spells it, to the spelling of its operator."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    found = get_close_matches(name, known, 1, 0.6)
    return f" (did you mean {found[0]}?)" if found else f" (known: {', '.join(known)})"


MAX_REPEAT = 1000
# What Python takes and RE2 does not: pattern, what to say.
_PYTHON_ONLY = (
    (re.compile(r"\(\?[=!]"), "a lookahead"),
    (re.compile(r"\(\?<[=!]"), "a lookbehind"),
    (re.compile(r"\(\?P="), "a backreference"),
    (re.compile(r"\(\?>"), "an atomic group"),
    (re.compile(r"\(\?\("), "a condition"),
    (re.compile(r"\(\?#"), "a comment"),
    (re.compile(r"[*+?}]\+"), "a possessive quantifier"),
)
# What RE2 takes and Python does not, or understands in another way.
_RE2_ONLY = re.compile(r"\\[zCQEpP]|\\x\{|\[\[:|\(\?<[A-Za-z_]|\(\?[a-zA-Z]*U|(?<!^)\(\?[a-z]+\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def problem(pattern: str) -> str:
    """What is wrong with it, in a few words; empty when nothing is known to be."""
    if "\\Q" in pattern:  # literal text, which only RE2 can tell from the rest
        return ""
    bare = _without_classes(pattern)
    if re.search(r"\\[1-9]", bare):
        return "it has a backreference, which RE2 does not know"
    if "\\Z" in bare:
        return "it has \\Z, which RE2 does not know (it has \\z)"
    plain = _ESCAPE.sub("x", bare)
    for known, name in _PYTHON_ONLY:
        if known.search(plain):
            return f"it has {name}, which RE2 does not know"
    for low, high in _REPEAT.findall(plain):
        if max(int(low), int(high or 0)) > MAX_REPEAT:
            return f"it repeats something more than {MAX_REPEAT} times"
    if _RE2_ONLY.search(bare):
        return ""
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        return f"it is none: {error}"
    return ""


def _without_classes(pattern: str) -> str:
    """Character classes replaced by a letter, since nothing in them is syntax, and escaped backslashes by another."""
    result, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            result.append("x" if pattern[at : at + 2] == "\\\\" else pattern[at : at + 2])
            at += 2
        elif char == "[" and (end := _class_end(pattern, at)):
            result.append("[[:" if pattern.startswith("[[:", at) else "x")
            at = end
        else:
            result.append(char)
            at += 1
    return "".join(result)


def _class_end(pattern: str, start: int) -> int:
    """Position after the class that begins at start, 0 when it does not end."""
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
        elif pattern.startswith("[:", at):
            end = pattern.find(":]", at)
            at = end + 2 if end > 0 else at + 1
        elif pattern[at] == "]":
            return at + 1
        else:
            at += 1
    return 0
