# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether RE2, which Prometheus matches with, takes a regular expression: as far as Python can tell. Private to hypershift.core.

Source: the syntax page of RE2. What Python alone knows is named; what RE2 alone knows is let through unseen.
"""

from __future__ import annotations

import re

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
