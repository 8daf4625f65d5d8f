# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Label selectors as Kubernetes reads them, applied to labels that were read already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from .errors import Failure, OptionError

Labels = Mapping[str, str]
Test = Callable[[Labels], bool]

_KEY = r"[A-Za-z0-9](?:[-\w./]*[A-Za-z0-9])?"
_EQUALS = re.compile(rf"^({_KEY})\s*(==|=|!=)\s*([-\w.]*)$")
_SET = re.compile(rf"^({_KEY})\s+(in|notin)\s*\(([^()]*)\)$")
_EXISTS = re.compile(rf"^(!?)\s*({_KEY})$")
_COMMA = re.compile(r",(?![^()]*\))")  # a comma outside parentheses


def matcher(selectors: Iterable[str], option: str) -> Test:
    """Whether labels match all selectors; without any, everything does. Raises OptionError that names the option."""
    tests = [_test(part.strip(), option) for text in selectors for part in _COMMA.split(str(text))]
    return lambda labels: all(test(labels) for test in tests)


def _test(text: str, option: str) -> Test:
    if found := _EQUALS.match(text):
        key, sign, value = found.groups()
        return (lambda labels: labels.get(key) != value) if sign == "!=" else (lambda labels: labels.get(key) == value)
    if found := _SET.match(text):
        key, word, inner = found.groups()
        values = {v.strip() for v in inner.split(",")}
        return (
            (lambda labels: labels.get(key) in values)
            if word == "in"
            else (lambda labels: labels.get(key) not in values)
        )
    if found := _EXISTS.match(text):
        negated, key = found.groups()
        return (lambda labels: key not in labels) if negated else (lambda labels: key in labels)
    raise OptionError(
        Failure(
            "invalid_option",
            f"{text!r} is no label selector",
            f"Option {option}",
            next_step="Write for example tier=canary, tier!=gold, tier in (a,b), or tier.",
        )
    )
