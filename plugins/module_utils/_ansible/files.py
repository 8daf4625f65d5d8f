# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that hold secrets. Private to hypershift.core."""

from __future__ import annotations

import os
import stat
import tempfile

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError

PRIVATE = 0o600


def write_private_file(path: str, content: bytes, check_mode: bool) -> bool:
    """Put content at path with mode 0600, atomically; True when the file differed. The content never appears under another mode."""
    path = os.path.expanduser(path)
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


def _is_same(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return stat.S_IMODE(os.fstat(file.fileno()).st_mode) == PRIVATE and file.read() == content
    except OSError:
        return False
