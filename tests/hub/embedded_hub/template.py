# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An etcd folder with the definitions already in it: a copy serves all of them seconds after the start."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from . import crds, ports, starter, stopper
from .components import PORT_NAMES, Layout
from .crds import CrdSet
from .files import locked
from .paths import HubPaths, cache_root
from .progress import Say
from .toolchain import run_version

_KEEP = 4
_SCRATCH = ".making."


def key(crd_set: CrdSet, apiserver: tuple[int, ...], etcd: tuple[int, ...]) -> str:
    """Changes with the definitions and with the programs that wrote the data."""
    text = f"{crd_set.fingerprint()} {apiserver} {etcd}"
    return f"{crd_set.kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def ensure(crd_set: CrdSet, binaries: dict[str, Path], say: Say) -> Path:
    """The template's etcd data folder, made when it is missing; the newest few are kept."""
    versions = [run_version([str(binaries[name]), "--version"]) for name in ("kube-apiserver", "etcd")]
    root = cache_root() / "templates"
    target = root / key(crd_set, *versions)
    with locked(root / ".lock", lambda: say("waiting for another template to be made")):
        if target.is_dir():
            os.utime(target)
        else:
            _clear_leftovers(root, say)
            say(f"definitions: loading {len(crd_set.files)} files ({crd_set.kind}) into a template, once per change")
            _make(crd_set, binaries, target, say)
            _prune(root)
    return target


def _make(crd_set: CrdSet, binaries: dict[str, Path], target: Path, say: Say) -> None:
    ports.on_free_ports(PORT_NAMES, lambda chosen: _load(crd_set, binaries, chosen, target, say), say)


def _load(crd_set: CrdSet, binaries: dict[str, Path], chosen: dict[str, int], target: Path, say: Say) -> None:
    manifests = crd_set.manifests()
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=_SCRATCH))
    paths = HubPaths(scratch / "hub")
    layout = Layout(paths, binaries, chosen)
    try:
        starter.prepare(layout, "template")
        starter.start_etcd(layout, say)
        rest = starter.start_apiserver(layout, say)
        crds.load(rest, manifests)
        crds.wait_established(rest, {manifest["metadata"]["name"] for manifest in manifests}, 120)
        stopper.stop_all(paths, say)  # etcd writes everything out only when it ends properly
        os.rename(paths.data / "etcd", target)
        say(f"definitions: {len(manifests)} established")
    finally:
        stopper.stop_all(paths, say)
        shutil.rmtree(scratch, ignore_errors=True)


def _clear_leftovers(root: Path, say: Say) -> None:
    """End and remove what a killed run has left; the caller's lock says that nobody is at work here."""
    for scratch in root.glob(f"{_SCRATCH}*"):
        stopper.stop_all(HubPaths(scratch / "hub"), say)
        shutil.rmtree(scratch, ignore_errors=True)


def _prune(root: Path) -> None:
    folders = sorted((path for path in root.iterdir() if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime)
    for path in folders[:-_KEEP]:
        shutil.rmtree(path, ignore_errors=True)
