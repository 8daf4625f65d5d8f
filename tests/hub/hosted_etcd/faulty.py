# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run a command, or misbehave as the rules say: faulty.py RULES SKIP COMMAND..., where SKIP words belong to the view.

It uses the standard library alone and imports little: it stands before every command of a container with faults.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time

TYPE_CHECKING = False  # typing itself would take as long to import as all the rest
if TYPE_CHECKING:
    from typing import Any

_CHUNK = 65536
_STALL_SECONDS = 900  # whoever waits ends it long before; nothing may hang for ever


def strike(path: str, command: str) -> dict[str, Any] | None:
    """The first rule that fits and is not used up, counted."""
    with open(path.removesuffix(".json") + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(path) as stream:
            content = json.load(stream)
        for rule in content["rules"]:
            if rule["hits"] < rule["times"] and re.search(rule["match"], command, re.S):
                rule["hits"] += 1
                part = f"{path}.{os.getpid()}"
                with open(part, "w") as stream:
                    json.dump(content, stream)
                os.replace(part, path)
                return dict(rule)
    return None


def pump(source: int, target: int, limit: int) -> bool:
    """Pass `limit` bytes on; False when the source ended before."""
    while limit > 0:
        data = os.read(source, min(limit, _CHUNK))
        if not data:
            return False
        limit -= len(data)
        while data:
            data = data[os.write(target, data) :]
    return True


def full_disk(command: list[str], limit: int) -> int:
    """The program gets the first bytes of its input, then the error of a disk without space ends it."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert child.stdin is not None
    cut = pump(0, child.stdin.fileno(), limit)
    child.stdin.close()
    code = child.wait()
    if not cut:
        return code
    sys.stderr.write("write error: No space left on device\n")
    return 1


def cut(command: list[str], rule: dict[str, Any]) -> int:
    """Pass the first bytes of the output on, then do what the rule says; a shorter output is passed on whole."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    if not pump(child.stdout.fileno(), 1, rule["after"]):
        return child.wait()
    if rule["kind"] == "stall":
        time.sleep(_STALL_SECONDS)
    child.kill()
    child.wait()
    if rule["kind"] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return int(rule["code"]) if rule["kind"] == "exit" else 0


def main() -> int:
    rules, skip, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    rule = strike(rules, " ".join(command[skip:]))
    if rule is None:
        os.execvp(command[0], command)
    if rule["kind"] == "enospc":
        return full_disk(command, rule["after"])
    return cut(command, rule)


if __name__ == "__main__":
    sys.exit(main())
