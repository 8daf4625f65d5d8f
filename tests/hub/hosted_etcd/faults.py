# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Faults of commands in a container: which exec misbehaves, how, after how many bytes, and how often it has."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from embedded_hub import EmbeddedHub, HubError
from embedded_hub.containers import record_path
from embedded_hub.files import locked, write_private

Kind = Literal["close", "exit", "kill", "stall", "enospc"]

PROGRAM = Path(__file__).with_name("faulty.py")


@dataclass(frozen=True)
class Rule:
    """match: regular expression, searched in the command's words joined by spaces."""

    match: str
    kind: Kind
    after: int
    code: int
    times: int


class Fault:
    """An armed rule; `hits` counts how often it has struck. It ends with its pod."""

    def __init__(self, rules: Path, index: int) -> None:
        self._rules = rules
        self._index = index

    def _entry(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._rules.read_text())["rules"][self._index]
        return found

    @property
    def hits(self) -> int:
        return int(self._entry().get("hits", 0))

    def clear(self) -> None:
        with locked(self._rules.with_suffix(".lock")):
            content = json.loads(self._rules.read_text())
            content["rules"][self._index]["times"] = 0
            write_private(self._rules, json.dumps(content))


def arm(hub: EmbeddedHub, namespace: str, pod: str, container: str, rule: Rule) -> Fault:
    """Put the program that carries the rules out before the container's commands, and add this rule."""
    target = record_path(hub.paths, namespace, pod, container)
    if not target.exists():
        raise HubError(f"Container {container} of pod {namespace}/{pod} does not run: start it before you arm a fault.")
    record = json.loads(target.read_text())
    rules = target.parent / "faults" / target.name
    rules.parent.mkdir(mode=0o700, exist_ok=True)
    with locked(rules.with_suffix(".lock")):
        content = json.loads(rules.read_text()) if rules.exists() else {"rules": []}
        content["rules"].append({**asdict(rule), "hits": 0})
        write_private(rules, json.dumps(content))
        if str(PROGRAM) not in record["wrap"]:
            prefix = [sys.executable, "-IS", str(PROGRAM), str(rules), str(len(record["wrap"]))]
            write_private(target, json.dumps({**record, "wrap": [*prefix, *record["wrap"]]}))
    return Fault(rules, len(content["rules"]) - 1)
