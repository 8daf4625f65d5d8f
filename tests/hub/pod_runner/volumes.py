# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The folders behind a pod's volumes: claims, empty folders, Secrets and ConfigMaps."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from .types import NotYet, Obj

# On a claim: the folder behind it gets a file system of its own with that many bytes.
VOLUME_BYTES = "embedded-hub.hypershift.core/volume-bytes"

Find = Callable[[str], Awaitable[Obj | None]]


async def prepare(find: Find, pod: Obj, root: Path) -> dict[str, Path]:
    """A folder for each volume of the pod; NotYet while something is missing."""
    namespace = pod["metadata"]["namespace"]
    folders = {}
    for volume in pod["spec"].get("volumes") or []:
        folder = root / volume["name"]
        if "persistentVolumeClaim" in volume:
            folder = await _claimed(find, namespace, volume["persistentVolumeClaim"]["claimName"])
        elif "secret" in volume:
            source = volume["secret"]
            await _filled(find, folder, namespace, "secrets", source["secretName"], source)
        elif "configMap" in volume:
            source = volume["configMap"]
            await _filled(find, folder, namespace, "configmaps", source["name"], source)
        else:  # an emptyDir, and whatever else a pod mounts that has no content here
            folder.mkdir(parents=True, exist_ok=True)
        folders[volume["name"]] = folder
    return folders


async def _claimed(find: Find, namespace: str, name: str) -> Path:
    claim = await find(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}")
    if claim is None:
        raise NotYet(f'persistentvolumeclaim "{name}" not found')
    volume = await find(f"/api/v1/persistentvolumes/{claim['spec'].get('volumeName') or '-'}")
    if volume is None or claim.get("status", {}).get("phase") != "Bound":
        raise NotYet(f'persistentvolumeclaim "{name}" is not bound')
    if claim["metadata"].get("deletionTimestamp"):
        raise NotYet(f'persistentvolumeclaim "{name}" is being deleted')
    folder = Path(volume["spec"]["hostPath"]["path"])
    folder.mkdir(parents=True, exist_ok=True)
    size = (claim["metadata"].get("annotations") or {}).get(VOLUME_BYTES)
    if size and not folder.is_mount():
        await _limit(folder, name, int(size))
    return folder


async def _limit(folder: Path, claim: str, size: int) -> None:
    if os.geteuid() != 0:
        raise NotYet(
            f"claim {claim} asks for a volume of {size} bytes, which needs root to mount: run the hub as root or drop {VOLUME_BYTES}"
        )
    process = await asyncio.create_subprocess_exec(
        *("mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "embedded-hub", str(folder)),
        stderr=asyncio.subprocess.PIPE,
    )
    _out, error = await process.communicate()
    if process.returncode:
        raise NotYet(f"the volume of claim {claim} cannot be given {size} bytes: {error.decode().strip()}")


async def _filled(find: Find, folder: Path, namespace: str, plural: str, name: str, source: Obj) -> None:
    found = await find(f"/api/v1/namespaces/{namespace}/{plural}/{name}")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if found is None:
        if source.get("optional"):
            return
        raise NotYet(f'{plural.removesuffix("s")} "{name}" not found')
    content = {key: base64.b64decode(value) for key, value in (found.get("data") or {}).items()} if plural == "secrets" else {}
    if plural == "configmaps":
        content = {key: value.encode() for key, value in (found.get("data") or {}).items()}
    paths = {item["key"]: item["path"] for item in source.get("items") or []} or {key: key for key in content}
    for key, path in paths.items():
        if key not in content:
            raise NotYet(f'{plural.removesuffix("s")} "{name}" has no key {key}')
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content[key])
        target.chmod(0o600 if plural == "secrets" else 0o644)


async def remove(folder: Path) -> None:
    """What the storage does when a volume goes."""
    if folder.is_mount():
        process = await asyncio.create_subprocess_exec("umount", "--lazy", str(folder))
        await process.wait()
    await asyncio.to_thread(shutil.rmtree, folder, True)
