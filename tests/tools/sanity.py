# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ansible-test sanity on a copy of the collection, with the ansible-core of the given environment. Works where only package registries are reachable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is left out of the artifact is left out here too: it is checked by ruff and mypy.
LEFT_OUT = (
    "tests/hub/",
    "tests/integration/",
    "tests/bench/",
    "tests/tools/",
    "tests/unit/hub/",
    "tests/unit/simulator/",
    ".ci/",
    "extensions/",
)
# ansible-test fetches this script from a site of its own; the environment's own ensurepip does the same work.
BOOTSTRAP = """import subprocess, sys
arguments = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
subprocess.run([sys.executable, "-m", "ensurepip", "--upgrade"], check=True, stdout=subprocess.DEVNULL)
sys.exit(subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]).returncode)
"""
BOOTSTRAP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")


def copy_collection(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in listed:
        source = ROOT / name
        if source.is_file() and not name.startswith(LEFT_OUT):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def main(core: str) -> int:
    environment = ROOT / ".venv" if core == "newest" else ROOT / "build" / "venvs" / core
    tree = ROOT / "build" / f"sanity-{core}" / "ansible_collections"
    target = tree / "hypershift" / "core"
    copy_collection(target)
    for name in ("kubernetes", "amazon"):
        link = tree / name
        if not link.exists():
            link.symlink_to(ROOT / "build" / "collections" / "ansible_collections" / name, target_is_directory=True)
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in BOOTSTRAP_NAMES:
        if not (cache / name).exists():
            (cache / name).write_text(BOOTSTRAP)
    # git tells ansible-test which files there are; without a repository of its own it would list the checkout's.
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    subprocess.run(["git", "add", "-A"], cwd=target, check=True)
    version = subprocess.run(
        [str(environment / "bin" / "python"), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    variables = {**os.environ, "PATH": f"{environment / 'bin'}:{os.environ['PATH']}"}
    command = [str(environment / "bin" / "ansible-test"), "sanity", "--color", "no", "--requirements", "--python", version, *sys.argv[2:]]
    return subprocess.run(command, cwd=target, env=variables, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "newest"))
