# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A catalogue entry from a manifest's text and the sizes that lie beside it: the same for directories and buckets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..._kernel.errors import Failure, HypershiftError
from ..manifest import MANIFEST, Manifest
from ..store import CatalogEntry, LocalPath


def entry_of(
    identity: tuple[str, str, str], text: str, sizes: Mapping[str, int], retain_until: datetime | None = None
) -> CatalogEntry:
    """identity: namespace, name and id as the place in the store says."""
    namespace, name, set_id = identity
    size = sum(count for file, count in sizes.items() if file != MANIFEST)
    try:
        manifest = Manifest.from_json(text)
    except HypershiftError as error:
        problem = f"the manifest is bad: {error.failure.cause}"
        return CatalogEntry(set_id, namespace, name, problem=problem, retain_until=retain_until, size=size)
    problem = problem_of(manifest, sizes)
    if (manifest.namespace, manifest.name, manifest.id) != identity:
        problem = f"the manifest is of {manifest.namespace}/{manifest.name}/{manifest.id} and lies in the wrong place"
    return CatalogEntry(set_id, namespace, name, manifest, problem, retain_until, size)


def problem_of(manifest: Manifest, sizes: Mapping[str, int]) -> str:
    """Empty when every file is there with its size."""
    for file, size, _digest in (f.blob for f in manifest.files):
        if file not in sizes:
            return f"file {file} is missing"
        if sizes[file] != size:
            return f"file {file} has {sizes[file]} bytes instead of {size}"
    return ""


def shards_differ(manifest: Manifest, files: Mapping[str, LocalPath]) -> None:
    """Refuse a set whose files are not exactly those of the manifest: all shards or none."""
    named = sorted(f.shard for f in manifest.files)
    if named != sorted(files) or not named:
        raise HypershiftError(
            Failure(
                "incomplete_set",
                f"the manifest names the shards {', '.join(named) or 'none'}, the files given are of"
                f" {', '.join(sorted(files)) or 'none'}",
                object=f"Snapshot {manifest.id}",
                next_step="Nothing was stored; take the snapshot again.",
            )
        )
