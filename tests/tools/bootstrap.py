#!/usr/bin/env python3
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set up what the checkout needs: a virtual environment, the collections it depends on, and the collection tree. Standard library only.

bootstrap.py                 the development environment in .venv, on the newest Python found
bootstrap.py --core 2.16     an environment with that ansible-core in build/venvs/2.16, on a Python it supports
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hypershift.core"
COLLECTIONS = ROOT / "build" / "collections"
TREE = COLLECTIONS / "ansible_collections"
BUNDLE = "ansible==14.5.0"  # carries the collections we depend on; only these are unpacked
NEEDED = ("kubernetes/core", "amazon/aws")
PYTHONS = {"2.16": ("3.11", "3.12", "3.10"), "2.19": ("3.13", "3.12", "3.11"), "": ("3.13", "3.12", "3.14", "3.11")}
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] setup: {text}", flush=True)


def find_python(wanted: tuple[str, ...]) -> str | None:
    """First interpreter of the wanted versions on PATH or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in wanted:
        candidates = sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
        found = [str(c) for c in candidates] + [p for p in [shutil.which(f"python{version}")] if p]
        for path in found:
            if subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode == 0:
                return path
    return None


def make_environment(folder: Path, python: str, requirements: list[str], marker_text: str) -> None:
    marker = folder / ".ready"
    key = hashlib.sha256((python + marker_text).encode()).hexdigest()
    if marker.exists() and marker.read_text() == key:
        return
    say(f"creating {folder.relative_to(ROOT)} with {python}")
    marker.unlink(missing_ok=True)
    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
    say("installing Python packages (a minute or two the first time)")
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *requirements], check=True)
    marker.write_text(key)


def unpack_collections(pip: Path) -> None:
    """kubernetes.core and amazon.aws from the PyPI bundle wheel: works where Galaxy cannot be reached."""
    marker = TREE / ".bundle"
    if marker.exists() and marker.read_text() == BUNDLE:
        return
    wheels = CACHE / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    wheel = next(iter(wheels.glob(f"ansible-{BUNDLE.split('==')[1]}-*.whl")), None)
    if wheel is None:
        say("fetching the collections kubernetes.core and amazon.aws (50 MB, once per user)")
        partial = wheels / f".partial-{os.getpid()}"
        command = [
            str(pip),
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--python-version",
            "3.13",
            "--only-binary",
            ":all:",
            "--dest",
            str(partial),
            BUNDLE,
        ]
        subprocess.run(command, check=True)
        got = next(partial.glob("*.whl"))
        wheel = wheels / got.name
        got.replace(wheel)
        shutil.rmtree(partial)
    TREE.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        prefixes = tuple(f"ansible_collections/{n}/" for n in NEEDED)
        archive.extractall(COLLECTIONS, [n for n in archive.namelist() if n.startswith(prefixes)])
    marker.write_text(BUNDLE)


def link_tree() -> None:
    """The checkout as build/collections/ansible_collections/hypershift/core: every tool insists on that path."""
    link = TREE / "hypershift" / "core"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)


def link_bundle(folder: Path) -> None:
    """As if the bundle were installed: galaxy-importer looks for documentation fragments of dependencies nowhere else."""
    packages = next((folder / "lib").glob("python3.*")) / "site-packages" / "ansible_collections"
    packages.mkdir(exist_ok=True)
    for name in {n.partition("/")[0] for n in NEEDED}:
        link = packages / name
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(TREE / name, target_is_directory=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", default="", help="ansible-core minor, for example 2.16")
    core = parser.parse_args().core
    python = find_python(PYTHONS.get(core, PYTHONS[""]))
    if python is None and not core and sys.version_info >= (3, 11):
        python = sys.executable
    if python is None:
        say(f"no Python for ansible-core {core or '(newest)'} found; looked for {', '.join(PYTHONS.get(core, PYTHONS['']))}")
        return 3
    if core:
        folder = ROOT / "build" / "venvs" / core
        requirements = [f"ansible-core~={core}.0", "kubernetes>=29", "jmespath", "PyYAML", "pytest>=8", "pytest-xdist", "cryptography"]
        text = " ".join(requirements)
    else:
        folder = ROOT / ".venv"
        requirements = ["-r", str(ROOT / "requirements-dev.txt")]
        text = (ROOT / "requirements-dev.txt").read_text()
    make_environment(folder, python, requirements, text)
    unpack_collections(folder / "bin" / "pip")
    link_tree()
    link_bundle(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
