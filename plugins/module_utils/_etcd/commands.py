# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands for a container of an etcd member, and what they print. Source: platform_facts#8.0, #8.1, #8.3.

Several commands go in one exec: a stream through two API servers costs more than what it asks for.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._kernel.printable import shortened

CONTAINER = "etcd"
DATA = "/var/lib/data"
LOCAL = "https://localhost:2379"
COMMAND_SECONDS = 10
_MARK = "@@hypershift.core"

# The environment of the container may name endpoints and certificates: etcdctl refuses a flag beside such a variable.
_PRELUDE = f"""for word in $(env); do case $word in ETCDCTL_*=*) unset "${{word%%=*}}";; esac; done
export ETCDCTL_API=3
tls=/etc/etcd/tls; ca=$tls/etcd-ca/ca.crt; test -r $ca || ca=$tls/client/etcd-client-ca.crt
ctl() {{ etcdctl --cacert $ca --cert $tls/client/etcd-client.crt --key $tls/client/etcd-client.key --endpoints={LOCAL} \
--command-timeout={COMMAND_SECONDS}s "$@"; }}
utl=$(dirname "$(command -v etcdctl)")/etcdutl; test -x "$utl" || utl=etcdctl
utl() {{ "$utl" "$@"; }}
part() {{ printf '\\n{_MARK} %s\\n' "$1"; shift; ( eval "$1" ) 2>&1; last=$?; printf '\\n{_MARK}-end %s\\n' $last; }}
"""


@dataclass(frozen=True)
class Answer:
    """What one command printed, standard output and error together, and its exit status; code None: it never ended."""

    code: int | None
    text: str

    @property
    def ok(self) -> bool:
        return self.code == 0

    def json(self) -> Any:
        """The JSON document among the lines; logs of the tool are JSON as well and are passed over. None when there is
        none."""
        for line in reversed(self.text.splitlines()):
            if line[:1] not in ("{", "["):
                continue
            try:
                data = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not (isinstance(data, dict) and "level" in data and "msg" in data):
                return data
        return None

    def complaint(self) -> str:
        """What the tool calls its error, else its last plain line or log message; the tools print their usage below an
        error."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        last = next((line for line in lines if line.startswith("Error:")), lines[-1] if lines else "it printed nothing")
        try:
            entry = json.loads(last)
        except (ValueError, RecursionError):
            return shortened(last, 300)
        return (
            shortened(str(entry.get("error") or entry.get("msg") or last), 300)
            if isinstance(entry, dict)
            else shortened(last, 300)
        )


def script(parts: Mapping[str, str]) -> list[str]:
    """One command line that runs the parts in order, each whatever became of the one before. ``ctl`` and ``utl`` are
    the tools."""
    body = "".join(f"part {name} {shlex.quote(text)}\n" for name, text in parts.items())
    return ["sh", "-c", _PRELUDE + body]


def single(text: str) -> list[str]:
    """One command line whose exit status and output are those of ``text``."""
    return ["sh", "-c", _PRELUDE + text]


def answers(output: str) -> dict[str, Answer]:
    """Answers of a script by part; a part that was cut off has no code."""
    found: dict[str, Answer] = {}
    name, lines = "", list[str]()
    for line in output.splitlines():
        if line.startswith(f"{_MARK}-end "):
            code = line.rpartition(" ")[2]
            found[name] = Answer(int(code) if code.isdigit() else None, "\n".join(lines).strip("\n"))
        elif line.startswith(f"{_MARK} "):
            name, lines = line.partition(" ")[2], []
            found[name] = Answer(None, "")
        else:
            lines.append(line)
    return found


# Alarms are told by a quorum alone, and members in the usual way too: without one each question would cost its whole
# timeout.
STATUS: dict[str, str] = {
    "status": "ctl endpoint status -w json",
    "health": "ctl endpoint health -w json",
    "alarms": "test $last = 0 && ctl alarm list -w json",
    "members": "test $last = 0 && ctl member list -w json || ctl member list --consistency=s -w json",
    "tool": 'basename "$utl"',
    "space": f"df -kP {DATA}",
}


def hashkv(revision: int) -> str:
    return f"ctl endpoint hashkv --rev={revision} -w json"


def count_keys(revision: int = 0) -> str:
    """Living keys of this member alone, at a revision or now; no quorum is needed."""
    at = f" --rev={revision}" if revision else ""
    return f"ctl get '' --prefix --count-only --consistency=s{at} -w fields"


def free_bytes(df: Answer | None) -> int | None:
    """Available bytes of ``df -kP``; None when it said nothing usable."""
    lines = df.text.splitlines() if df and df.ok else []
    columns = lines[-1].split() if lines else []
    return int(columns[3]) * 1024 if len(columns) >= 6 and columns[3].isdigit() else None
