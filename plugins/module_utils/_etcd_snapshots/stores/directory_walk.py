# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finding sets and leftovers below a directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..manifest import MANIFEST
from ..manifest_fields import is_identifier, is_label

PARTIAL, DELETING = ".partial-", ".deleting-"
WORK = "-work"  # end of the name of a folder where the files of a set lie before it is put together


def found_sets(root: Path, namespace: str, name: str) -> list[Path]:
    """Directories of sets; what does not look like ours is not touched."""
    return [p for p in _candidates(root, namespace, name) if is_identifier(p.name) and (p / MANIFEST).exists()]


def found_leftovers(root: Path, namespace: str, name: str) -> list[Path]:
    """Sets in preparation or in deletion, and sets without manifest."""
    return [p for p in _candidates(root, namespace, name) if _is_leftover(p)]


def newest_change(path: Path) -> float:
    """When anything in a directory was last written, in seconds since 1970."""
    return max((p.stat().st_mtime for p in (path, *path.iterdir())), default=0.0)


def _is_leftover(path: Path) -> bool:
    if path.name.startswith("."):
        return is_identifier(path.name.partition("-")[2].removesuffix(WORK)) and path.name.startswith(
            (PARTIAL, DELETING)
        )
    return is_identifier(path.name) and not (path / MANIFEST).exists()


def _candidates(root: Path, namespace: str, name: str) -> Iterator[Path]:
    for one in _below(root, namespace):
        for cluster in _below(one, name):
            yield from sorted(p for p in cluster.iterdir() if p.is_dir() and not p.is_symlink())


def _below(folder: Path, only: str) -> list[Path]:
    if not folder.is_dir():
        return []
    if only:
        return [folder / only] if is_label(only) and (folder / only).is_dir() else []
    return sorted(p for p in folder.iterdir() if is_label(p.name) and p.is_dir())
