# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Encryption at rest in the age format, by pyrage.

pyrage reads 8 KiB at a time and writes as it goes: memory stays the same for any size (measured at 512 MiB). Age
authenticates every 64 KiB chunk, their order and the end, so that a changed, reordered or cut file does not open.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..._kernel.errors import Failure, HypershiftError, OptionError
from ..._machine.file_failures import file_error, told
from ..._machine.files import CHUNK, open_regular, private_file, settle, settle_path

MAX_IDENTITY = 64 * 1024
_SECRET = "AGE-SECRET-KEY-"


def seal(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypt source for all recipients (age1...) to target, mode 0600, atomically."""
    pyrage = _library()
    if not recipients:
        raise OptionError(
            Failure(
                "invalid_option", "sealing needs at least one age recipient", next_step="Name one, for example age1..."
            )
        )
    keys = [_recipient(pyrage, text) for text in recipients]
    _convert(source, target, lambda reader, writer: pyrage.encrypt_io(reader, writer, keys), _cannot_seal(source))


def unseal(source: Path, target: Path, identity_file: Path) -> None:
    """Decrypt source with an identity of the file to target, mode 0600, atomically. Nothing is left when any byte is
    wrong."""
    pyrage = _library()
    identity_file = identity_file.expanduser()
    keys = _identities(pyrage, identity_file)
    _convert(
        source,
        target,
        lambda reader, writer: pyrage.decrypt_io(reader, writer, keys),
        _cannot_open(source, identity_file),
    )


def _convert(source: Path, target: Path, work: Callable[[Any, Any], None], failure: HypershiftError) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        with told(f"File {source}"):
            reader = _Checked(source)
        with told(f"File {target}"), reader, private_file(part) as file:
            writer = _Noting(file)
            try:
                work(reader, writer)
            except Exception:  # of the library's own kinds, also for what the file system said
                if reader.error:
                    raise file_error(reader.error, f"File {source}") from None
                raise (writer.error or failure) from None
            settle(file)
        with told(f"File {target}"):
            os.replace(part, target)
            settle_path(target.parent)
    finally:
        part.unlink(missing_ok=True)


class _Noting:
    """A writer that remembers its own error: the library turns a full disk into one of its own kind."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            written: int = self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        return written

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self.error = error
            raise


class _Checked:
    """As _Noting, for reading."""

    def __init__(self, path: Path) -> None:
        self._file = open_regular(path, CHUNK)
        self.error: OSError | None = None

    def __enter__(self) -> _Checked:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            self.error = error
            raise


def _recipient(pyrage: Any, text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        shown = "a secret key" if text.strip().upper().startswith(_SECRET) else repr(text.strip()[:80])
        raise OptionError(
            Failure(
                "invalid_option",
                f"{shown} is no age recipient",
                next_step="Use the public key, which begins with age1.",
            )
        ) from None


def _identities(pyrage: Any, path: Path) -> list[Any]:
    """Secret keys of an age identity file: one on a line, comments and empty lines left out."""
    with told(f"Identity file {path}"), path.open("rb") as file:
        lines = file.read(MAX_IDENTITY).decode(errors="replace").splitlines()
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    if mode & 0o077:
        raise _bad_identity(path, f"mode {mode:04o} lets others read it", "Set its mode to 0600.")
    texts = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    try:
        keys = [pyrage.x25519.Identity.from_str(text) for text in texts]
    except pyrage.IdentityError:
        raise _bad_identity(path, "a line is no age secret key", "Use a file that age-keygen has made.") from None
    if not keys:
        raise _bad_identity(path, "it holds no age secret key", "Use a file that age-keygen has made.")
    return keys


def _bad_identity(path: Path, cause: str, step: str) -> HypershiftError:
    return HypershiftError(Failure("bad_identity", cause, object=f"Identity file {path}", next_step=step))


def _cannot_seal(source: Path) -> HypershiftError:
    return HypershiftError(
        Failure("cannot_seal", "it could not be encrypted", object=f"File {source}", next_step="Run again.")
    )


def _cannot_open(source: Path, identity_file: Path) -> HypershiftError:
    return HypershiftError(
        Failure(
            "cannot_unseal",
            f"it was sealed for another identity than those of {identity_file}, or it is damaged",
            object=f"File {source}",
            next_step="Use the identity of one of its recipients, or another snapshot.",
        )
    )


def _library() -> Any:
    try:
        import pyrage
    except ImportError:
        raise HypershiftError(
            Failure(
                "missing_library",
                "the Python package pyrage is not installed where this task runs, and sealing needs it",
                next_step="Install pyrage there, or work with snapshots that are not sealed.",
            )
        ) from None
    return pyrage
