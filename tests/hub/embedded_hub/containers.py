# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stands behind a container for exec, logs and port-forward: minikubelet reads one JSON file per container."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .errors import HubError
from .files import write_private
from .paths import HubPaths

# What an image of a control plane has beside its own program, as far as procedures call it.
PROGRAMS = (
    *("sh", "bash", "cat", "cp", "date", "df", "echo", "env", "false", "grep", "head", "id", "ls", "mkdir", "mktemp", "mv"),
    *("ps", "rm", "sed", "sha256sum", "sleep", "sort", "stat", "tail", "tar", "test", "true", "wc"),
)
_TARGET_PATH = "/usr/bin:/bin"


@dataclass(frozen=True)
class Container:
    """Beside `log` and `dir`, which are paths of this machine, everything is as the container sees it."""

    wrap: Sequence[str] = ()  # put before every command
    env: Mapping[str, str] = field(default_factory=dict)  # the whole environment
    dir: str = ""
    log: str = ""
    address: str = ""  # loopback address that port-forward connects to
    ports: Mapping[str, str] = field(default_factory=dict)  # container port -> host:port, where it differs


@dataclass(frozen=True)
class Bind:
    """A folder of this machine in its place in the container."""

    source: Path
    target: str
    writable: bool = False


def record_path(paths: HubPaths, namespace: str, pod: str, container: str) -> Path:
    return paths.containers / namespace / pod / f"{container}.json"


def register(paths: HubPaths, namespace: str, pod: str, container: str, record: Container) -> Path:
    target = record_path(paths, namespace, pod, container)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(target, json.dumps(asdict(record), indent=2) + "\n")
    return target


def unregister(paths: HubPaths, namespace: str, pod: str) -> None:
    """Running commands go on; new ones find nothing, and followers of a log come to its end."""
    shutil.rmtree(paths.containers / namespace / pod, ignore_errors=True)


def view(minikubelet: Path, binds: Sequence[Bind], bubblewrap: str | None) -> list[str]:
    """The prefix that shows a command those folders in their places and all else read-only.

    bubblewrap where it is installed, else minikubelet's own view; both need user namespaces. Every target must exist
    on this machine, for nothing can be made in a read-only root.
    """
    for bind in binds:
        if not Path(bind.target).is_dir() or not bind.source.is_dir():
            raise HubError(f"{bind.source} cannot be shown at {bind.target}: both must be folders that exist on this machine.")
    flags = [part for bind in binds for part in ("--bind" if bind.writable else "--ro-bind", str(bind.source), bind.target)]
    if bubblewrap is None:
        return [str(minikubelet), "view", "--tmpfs", "/tmp", *flags, "--"]
    base = ["--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    # Through a shell: bubblewrap itself ends with 1 when there is no such program, a shell with 127.
    return [bubblewrap, *base, *flags, "sh", "-c", 'exec "$@"', "sh"]


def default_environment(**more: str) -> dict[str, str]:
    return {"PATH": _TARGET_PATH, "HOME": "/", **more}


def install_programs(folder: Path, extra: Mapping[str, Path] | None = None) -> None:
    """A folder to be shown at /usr/bin: the usual programs, as far as this machine has them, and `extra`."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {name: Path(path) for name in PROGRAMS if (path := shutil.which(name, path="/usr/bin:/bin"))}
    for name in ("sh", "tar"):
        if name not in found:
            raise HubError(f"This machine has no {name} in /usr/bin or /bin, which commands in containers need: install it.")
    for name, source in {**found, **(extra or {})}.items():
        shutil.copy2(source, folder / name)
