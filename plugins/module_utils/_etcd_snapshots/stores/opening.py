# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one way to a store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..._kernel.errors import Failure, OptionError
from ..store import SnapshotStore


def open_store(options: dict[str, Any]) -> SnapshotStore:
    """The store that the options directory or s3 name (_ansible/options/snapshot_store.py). Opens no file and no
    connection yet."""
    directory, bucket = options.get("directory"), options.get("s3")
    if bool(directory) == bool(bucket):
        raise OptionError(
            Failure(
                "invalid_option",
                "exactly one of directory and s3 says where snapshots lie",
                next_step="Correct the options of the task.",
            )
        )
    if bucket:
        from .s3.store import open_bucket

        return open_bucket(bucket)
    from .directory import DirectoryStore

    return DirectoryStore(Path(os.path.abspath(os.path.expanduser(str(directory)))))
