# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshot sets in a directory.

A set is prepared in .partial-<id> beside its place and renamed as a whole; it leaves by being renamed to
.deleting-<id>. So a set is either there with all its files or not there at all, whenever the process dies.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..._kernel.errors import Failure, HypershiftError
from ..._machine.file_failures import damaged, different, file_error, no_such_set, told
from ..._machine.files import (
    PRIVATE,
    copy_into,
    open_regular,
    private_file,
    private_folders,
    remove_tree,
    settle,
    settle_path,
    sha256_of,
    write_whole,
)
from ..manifest import MANIFEST, MAX_TEXT, Manifest
from ..store import LEFTOVER_AGE, CatalogEntry, LocalPath
from .directory_walk import DELETING, PARTIAL, found_leftovers, found_sets, newest_change
from .entries import entry_of, problem_of, shards_differ


class DirectoryStore:
    """See _etcd_snapshots.store.SnapshotStore for the contract. clock: seconds since 1970."""

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self._root = root
        self._clock = clock
        self.where = str(root)
        self._thing = f"Snapshot directory {root}"

    def check(self, for_writing: bool = False) -> None:
        with told(self._thing):
            folder = self._root
            while for_writing and not folder.exists() and folder != folder.parent:
                folder = folder.parent
            os.listdir(folder)
            if for_writing and not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "not writable")
            if for_writing and os.statvfs(folder).f_flag & os.ST_RDONLY:
                raise OSError(errno.EROFS, "read-only")

    def sets(self, namespace: str = "", name: str = "") -> list[CatalogEntry]:
        with told(self._thing):
            entries = [self._entry(folder) for folder in found_sets(self._root, namespace, name)]
        return sorted((e for e in entries if e), key=lambda e: (e.namespace, e.name, e.id))

    def put(self, manifest: Manifest, files: Mapping[str, LocalPath]) -> None:
        shards_differ(manifest, files)
        place = self._place(manifest)
        with told(self._thing):
            if self._is_there(manifest, place):
                return
            partial = place.with_name(PARTIAL + manifest.id)
            sources = {f.file: Path(files[f.shard]) for f in manifest.files}
            with _put_back_on_failure(partial) as moved:
                private_folders(partial)
                moved += [(partial / f, s) for f, s in sources.items() if not s.exists() and (partial / f).exists()]
                self._prove_sources(manifest, sources, partial)
                for file, source in sources.items():
                    _bring(source, partial / file, moved)
                    settle_path(partial / file)
                self._prove_copies(manifest, partial)
                write_whole(partial / MANIFEST, manifest.to_json().encode())
                settle_path(partial)
                remove_tree(place)  # a set without manifest at most: _is_there has looked
                os.rename(partial, place)
            settle_path(place.parent)

    def fetch(self, manifest: Manifest, shard: str, target: LocalPath) -> None:

        wanted, goal = manifest.file_of(shard), Path(target)
        source = self._place(manifest) / wanted.file
        temporary = goal.with_name(f".{goal.name}.part")
        digest = hashlib.sha256()
        try:
            with told(f"Snapshot file {source}"):
                reader = open_regular(source)
            with reader, told(f"File {goal}"), private_file(temporary) as writer:
                size = copy_into(reader, writer, digest, wanted.stored_size)
                settle(writer)
            if (size, digest.hexdigest()) != (wanted.stored_size, wanted.stored_sha256):
                raise damaged(manifest.id, wanted.file, "is not what the manifest says: size or SHA-256 differs")
            with told(f"File {goal}"):
                os.replace(temporary, goal)
                settle_path(goal.parent)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def prove(self, manifest: Manifest) -> str:
        place = self._place(manifest)
        with told(self._thing):
            for file, size, digest in (f.blob for f in manifest.files):
                if not (place / file).is_file():
                    return f"file {file} is missing"
                if sha256_of(place / file) != (size, digest):
                    return f"file {file} is not what the manifest says: size or SHA-256 differs"
        return ""

    def update_manifest(self, manifest: Manifest) -> None:
        place = self._place(manifest)
        with told(self._thing):
            present = self._manifest_at(place)
            if present is None:
                raise no_such_set(manifest.id, self.where)
            if not present.same_content(manifest):
                raise different(manifest.id, self.where)
            write_whole(place / MANIFEST, manifest.to_json().encode())

    def delete(self, entry: CatalogEntry) -> None:
        place = self._root / entry.namespace / entry.name / entry.id
        with told(self._thing):
            gone = place.with_name(DELETING + entry.id)
            remove_tree(gone)
            with suppress(FileNotFoundError):  # another run was faster
                os.rename(place, gone)
                settle_path(place.parent)
            remove_tree(gone)

    def leftovers(self, namespace: str = "", name: str = "") -> list[str]:
        with told(self._thing):
            return [str(p.relative_to(self._root)) for p in found_leftovers(self._root, namespace, name)]

    def remove_leftovers(self, namespace: str = "", name: str = "", min_age: float = LEFTOVER_AGE) -> list[str]:
        removed = []
        with told(self._thing):
            for path in found_leftovers(self._root, namespace, name):
                if path.name.startswith(DELETING) or self._clock() - newest_change(path) >= min_age:
                    remove_tree(path)
                    removed.append(str(path.relative_to(self._root)))
        return removed

    def free_bytes(self) -> int | None:
        with told(self._thing):
            folder = self._root
            while not folder.exists() and folder != folder.parent:
                folder = folder.parent
            found = os.statvfs(folder)
        return found.f_bavail * found.f_frsize

    def _place(self, manifest: Manifest) -> Path:
        return self._root / manifest.namespace / manifest.name / manifest.id

    def _is_there(self, manifest: Manifest, place: Path) -> bool:
        """True when the same set is there already, whole; refused when another one has its place."""
        present = self._manifest_at(place)
        if present is None:
            return False
        if not present.same_content(manifest) or problem_of(present, _sizes(place)):
            raise different(manifest.id, self.where)
        return True

    def _manifest_at(self, place: Path) -> Manifest | None:
        path = place / MANIFEST
        try:
            return Manifest.from_json(_text(path), str(path))
        except FileNotFoundError:
            return None

    def _entry(self, place: Path) -> CatalogEntry | None:
        try:
            text, sizes = _text(place / MANIFEST), _sizes(place)
        except FileNotFoundError:  # deleted since it was listed
            return None
        except OSError as error:
            problem = (
                "the manifest cannot be read:"
                f" {error.strerror if error.errno != errno.ENOTSUP else 'it is no regular file'}"
            )
            return CatalogEntry(place.name, place.parent.parent.name, place.parent.name, problem=problem)
        return entry_of((place.parent.parent.name, place.parent.name, place.name), text, sizes)

    def _prove_sources(self, manifest: Manifest, sources: Mapping[str, Path], partial: Path) -> None:
        """Before anything is moved. A file that an interrupted run has moved already counts."""
        for file, size, digest in (f.blob for f in manifest.files):
            path = sources[file] if sources[file].exists() else partial / file
            if not path.is_file():
                raise HypershiftError(
                    Failure(
                        "not_found",
                        "it does not exist",
                        object=f"Snapshot file {sources[file]}",
                        next_step="Take the snapshot again.",
                    )
                )
            with told(f"Snapshot file {path}"):
                proved = sha256_of(path) == (size, digest)
            if not proved:
                raise damaged(manifest.id, str(path), "is not what the manifest says: size or SHA-256 differs")

    def _prove_copies(self, manifest: Manifest, partial: Path) -> None:
        for file, size, _digest in (f.blob for f in manifest.files):
            if (partial / file).stat().st_size != size:
                raise damaged(manifest.id, file, f"did not arrive whole in {self.where}")


def _bring(source: Path, target: Path, moved: list[tuple[Path, Path]]) -> None:
    """Move within a file system, copy across; nothing to do when an interrupted run has moved it."""

    if not source.exists() and target.exists():
        return
    try:
        if source.is_symlink():
            raise OSError(errno.EXDEV, "a link is copied")
        os.replace(source, target)
        moved.append((target, source))
        os.chmod(target, PRIVATE)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        digest = hashlib.sha256()
        with open_regular(source) as reader, private_file(target) as writer:
            copy_into(reader, writer, digest)
            settle(writer)


@contextmanager
def _put_back_on_failure(partial: Path) -> Iterator[list[tuple[Path, Path]]]:
    """Files moved here go back to where they were and the rest is removed, so that a failed put leaves the sources and
    no bytes of its own."""
    moved: list[tuple[Path, Path]] = []
    try:
        yield moved
    except BaseException:
        try:
            for target, source in moved:
                os.replace(target, source)
            remove_tree(partial)
        except OSError as error:
            raise file_error(error, f"Set in preparation {partial}") from None
        raise


def _text(path: Path) -> str:
    with open_regular(path) as file:
        return file.read(MAX_TEXT + 1).decode(errors="replace")


def _sizes(place: Path) -> dict[str, int]:
    return {p.name: p.stat().st_size for p in place.iterdir() if p.is_file()}
