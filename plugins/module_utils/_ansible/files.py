# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that hold secrets. Private to hypershift.core."""

from __future__ import annotations

import os
import stat
import tempfile

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._store.files import open_regular

PRIVATE = 0o600


def write_private_file(path: str, content: bytes, check_mode: bool) -> bool:
    """Put content at path with mode 0600, atomically; True when the file differed. The content never appears under another mode."""
    path = os.path.expanduser(path)
    _refuse_special(path)
    if _is_same(path, content):
        return False
    if check_mode:
        return True
    folder = os.path.dirname(path) or "."
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".hypershift-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, PRIVATE)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise HypershiftError(
            Failure(
                "cannot_write_file",
                f"file {path} cannot be written: {error.strerror}",
                next_step="Check that the folder exists and is writable.",
            )
        ) from None
    return True


def _refuse_special(path: str) -> None:
    """A pipe would be waited for, and a device be replaced by a file."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        step = "Give the path of a file; nothing was written."
        raise HypershiftError(Failure("no_regular_file", f"{path} is a device or a pipe, no regular file", next_step=step))


def _is_same(path: str, content: bytes) -> bool:
    try:
        with open_regular(path) as file:
            return stat.S_IMODE(os.fstat(file.fileno()).st_mode) == PRIVATE and file.read() == content
    except OSError:
        return False
