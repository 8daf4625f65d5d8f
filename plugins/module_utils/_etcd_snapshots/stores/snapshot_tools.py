# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tools of a task: its store, and what this machine has beside it."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..._machine.files import write_private_file
from ..._machine.local_files import Disk
from ..._machine.shell import LocalShell
from ..tools import SnapshotTools
from .opening import open_store
from .sealing import seal, unseal
from .workspace import free_for_work, workspace


def snapshot_tools(options: dict[str, Any]) -> SnapshotTools:
    """options: those of a module with a store. Raises HypershiftError when they name none, or one that cannot be
    opened."""
    return SnapshotTools(
        store=open_store(options),
        files=Disk(),
        workspace=partial(workspace, options),
        seal=seal,
        unseal=unseal,
        free_for_work=partial(free_for_work, options),
        shell=LocalShell,
        write_private=write_private_file,
    )
