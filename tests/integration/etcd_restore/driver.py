# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs etcd_restore on a hub that ends this process by SIGKILL right after one thing was done: a write or a command in a pod.

point: the thing, by its name; empty: the first that the file ``seen`` does not name, which is then added to it. No cleanup of any kind runs.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "build" / "collections"), str(ROOT / "tests" / "hub"), str(ROOT / "tests" / "integration")]

from ansible_collections.hypershift.core.plugins.module_utils._ansible import edge  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._etcd import discovery  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore import proof, volumes  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import Kind  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub  # noqa: E402

from operating import run  # noqa: E402

_COMMANDS = {
    "--data-dir": "restore", "mkdir -p": "exchange", "snapshot status": "status", "oflag=seek_bytes": "upload", "umask 077": "upload begun",
    "sync; mv -f": "upload ended", "sha256sum": "proof", "--bump-revision*)": "look", "hashkv": "hash", "member list": "ask",
    "--count-only": "count", "rm -rf /var/lib/data.before": "forget",
}  # fmt: skip
_READS = ("status", "proof", "look", "hash", "ask", "count", "read")  # members are asked side by side: one point for all of them


class Killer:
    def __init__(self, seen: Path, point: str) -> None:
        self._seen, self._point, self._lock = seen, point, threading.Lock()
        self._known = set(seen.read_text().splitlines()) if seen.exists() else set()

    def after(self, what: str) -> None:
        """Called with the name of what has just been done."""
        with self._lock:
            if self._point:
                due = what == self._point
            else:
                due = what not in self._known
            if due:
                with self._seen.open("a") as file:
                    file.write(f"{what}\n")
                os.kill(os.getpid(), signal.SIGKILL)


class DeadlyHub(KubeHub):
    killer: Killer

    def create(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        answer = super().create(kind, body)
        self.killer.after(f"create {kind.kind} {name_of(body)}")
        return answer

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        answer = super().patch(kind, namespace, name, patch, resource_version)
        self.killer.after(f"patch {kind.kind} {name} {name_of(patch)}".strip())
        return answer

    def delete(self, kind: Kind, namespace: str | None, name: str, uid: str = "") -> bool:
        gone = super().delete(kind, namespace, name, uid)
        self.killer.after(f"delete {kind.kind} {name}")
        return gone

    def shell(self, namespace: str, pod: str, container: str) -> Any:
        shell, killer = super().shell(namespace, pod, container), self.killer

        class Deadly:
            where = shell.where

            def run(self, command: Sequence[str], *arguments: Any, **named: Any) -> Any:
                result = shell.run(command, *arguments, **named)
                text = " ".join(command)
                what = next((name for part, name in _COMMANDS.items() if part in text), "read")
                killer.after(f"run {what}" if what in _READS else f"run {what} {pod}")
                return result

        return Deadly()


def name_of(body: dict[str, Any]) -> str:
    """Tells writes of one object apart: the journal by what it says, scaling by the count."""
    journal = (body.get("data") or {}).get("journal")
    if journal:
        steps = json.loads(journal)["steps"]
        last = next((s for s in reversed(steps) if s["state"] != "pending"), {"name": "none", "state": "begun"})
        return f"journal {last['name']} {last['state']} {json.loads(journal)['state']}"
    spec = body.get("spec") or {}
    if "pausedUntil" in spec:
        return f"paused {spec['pausedUntil']}"
    if "replicas" in spec:
        return f"replicas {spec['replicas']}"
    return str((body.get("metadata") or {}).get("name") or "")


def in_turn(work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Members one after another instead of side by side: so that what was done when the process died does not depend on luck."""
    return [work(item) for item in items]


def main() -> None:
    given = json.loads(sys.argv[1])
    if not given["point"]:
        for module in (discovery, proof, volumes):
            module.each = in_turn  # type: ignore[attr-defined]
    DeadlyHub.killer = Killer(Path(given["seen"]), given["point"])
    edge.KubeHub = DeadlyHub  # type: ignore[misc]
    result = run("etcd_restore", given["options"])
    print(json.dumps({k: result.get(k) for k in ("changed", "failed", "msg", "restore")}))


if __name__ == "__main__":
    main()
