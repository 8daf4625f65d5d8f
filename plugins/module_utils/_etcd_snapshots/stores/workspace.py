# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where snapshots lie until their set is whole."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..._etcd.asking import short
from ..._kernel.errors import Failure, HypershiftError
from ..._machine.file_failures import told
from ..._machine.files import private_folders, remove_tree
from .directory_walk import PARTIAL, WORK

_SEGMENT = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,251}[0-9A-Za-z])?")


def work_root(options: dict[str, Any]) -> Path:
    """Folder whose file system holds a set until it is whole: the store's own when it is a directory, so that files
    need no copying."""
    chosen = options.get("work_directory") or options.get("directory") or tempfile.gettempdir()
    return Path(os.path.abspath(os.path.expanduser(str(chosen))))


@contextmanager
def workspace(options: dict[str, Any], namespace: str, name: str, id: str) -> Iterator[Path]:
    """A private folder, gone afterwards. In a directory store it is a leftover like others if the process is killed.

    Raises HypershiftError unless namespace, name and id are plain names: the folder is removed with all that is in it.
    """
    for part in (namespace, name, id):
        if not _SEGMENT.fullmatch(part):
            cause = f"{short(repr(part), 80)} is no name that may become part of a path"
            raise HypershiftError(Failure("invalid_name", cause, next_step="Correct namespace, name or digest."))
    root = work_root(options)
    within = root / namespace / name if options.get("directory") and not options.get("work_directory") else root
    folder = within / f"{PARTIAL}{id}{WORK}"
    with told(f"Folder {folder}"):
        private_folders(folder)
    try:
        yield folder
    finally:
        with told(f"Folder {folder}"):
            remove_tree(folder)


def free_for_work(options: dict[str, Any]) -> int:
    """Bytes free where the workspace will be."""
    folder = work_root(options)
    with told(f"Folder {folder}"):
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
