# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of pods and tools for snapshots, with real files and without waiting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.tools import SnapshotTools
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Patience, PodFiles
from ansible_collections.hypershift.core.plugins.module_utils._machine.local_files import Disk

PATIENCE = Patience(sleep=lambda _seconds: None, monotonic=lambda: 0.0)


def pod_files(shell: Any, progress: Callable[[str], None] = lambda _line: None, patience: Patience = PATIENCE) -> PodFiles:
    return PodFiles(shell, Disk(), patience, progress)


def _unexpected(*_arguments: Any) -> Any:
    raise AssertionError("this was not to be used")


def within(folder: Path) -> Callable[[str, str, str], AbstractContextManager[Path]]:
    """The folder as workspace, left as it is."""
    return lambda _namespace, _name, _mark: nullcontext(folder)


def tools_of(store: Any, **more: Any) -> SnapshotTools:
    """Files are real; what is not given must not be used."""
    rest = ("workspace", "seal", "unseal", "free_for_work", "shell", "write_private")
    return SnapshotTools(store=store, files=Disk(), **{**dict.fromkeys(rest, _unexpected), **more})
