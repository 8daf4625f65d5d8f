# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What this machine gives to work with snapshots, as modules put it together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .._kernel.ports.files import LocalFiles
from .._kernel.ports.shell import Shell
from .store import SnapshotStore


@dataclass(frozen=True)
class SnapshotTools:
    """workspace: a private folder; the same namespace, name and mark give the same one again. seal: source, target,
    recipients. unseal: source, target, identity file. free_for_work: bytes where the folder will be.

    shell: commands of this machine, with the programs of a directory. write_private: path, content and check mode; True
    when the file differed.
    """

    store: SnapshotStore
    files: LocalFiles
    workspace: Callable[[str, str, str], AbstractContextManager[Path]]
    seal: Callable[[Path, Path, Sequence[str]], object]
    unseal: Callable[[Path, Path, Path], object]
    free_for_work: Callable[[], int]
    shell: Callable[[str], Shell]
    write_private: Callable[[str, bytes, bool], bool]
