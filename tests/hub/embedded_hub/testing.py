# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Small helpers for tests that talk to a running hub."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMESPACE = "clusters"  # one of the base objects


@dataclass(frozen=True)
class Kubectl:
    """kubectl with one kubeconfig."""

    program: str
    kubeconfig: Path

    def run(self, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        argv = [self.program, "--kubeconfig", str(self.kubeconfig), *arguments]
        return subprocess.run(argv, input=stdin, capture_output=True, timeout=120, check=False)

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> str:
        answer = self.run(*arguments, stdin=stdin)
        assert answer.returncode == 0, answer.stderr.decode()
        return answer.stdout.decode()

    def get(self, *arguments: str) -> Any:
        return json.loads(self("get", *arguments, "-o", "json"))

    def apply(self, *manifests: dict[str, Any]) -> None:
        self("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}).encode())


def until(what: str, holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never true: {what}"
        time.sleep(0.2)
