# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a container sees: its own root with the image's programs, the pod's volumes, this machine's libraries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from embedded_hub.errors import HubError

from .types import Obj

_PASSWD = "root:x:0:0:root:/:/bin/sh\n"
_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec")


def bubblewrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise HubError("Pods that run for real need bubblewrap: install the package bubblewrap, which has the program bwrap.")
    return found


def make_root(root: Path, hosts: str) -> None:
    """The container's writable layer; /lib and /bin lead to /usr as on this machine."""
    for folder in ("etc", "tmp", "var", "run", "usr"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin"):
        if not (root / name).is_symlink():
            (root / name).symlink_to("usr/bin")
    for library in ("lib", "lib32", "lib64", "libx32"):
        source = Path("/") / library
        if source.is_symlink() and not (root / library).is_symlink():
            (root / library).symlink_to(os.readlink(source).lstrip("/"))
    etc = root / "etc"
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    (etc / "host.conf").write_text("multi on\n")  # else the C library takes the first address of a name alone
    (etc / "passwd").write_text(_PASSWD)
    (etc / "group").write_text("root:x:0:\n")
    cache = Path("/etc/ld.so.cache")
    if cache.exists():
        shutil.copyfile(cache, etc / cache.name)
    write_hosts(root, hosts)


def write_hosts(root: Path, hosts: str) -> None:
    target = root / "etc" / "hosts"
    part = target.with_name(".hosts")
    part.write_text(hosts)
    part.replace(target)


def arguments(root: Path, programs: Path, container: Obj, volumes: Mapping[str, Path]) -> list[str]:
    """The prefix for every command of the container."""
    flags = ["--bind", str(root), "/", "--ro-bind", str(programs), "/usr/bin"]
    for library in _LIBRARIES:
        if Path(library).is_dir():
            flags += ["--ro-bind", library, library]
    for library in ("/lib", "/lib32", "/lib64", "/libx32"):
        if Path(library).is_dir() and not Path(library).is_symlink():
            flags += ["--ro-bind", library, library]
    flags += ["--dev", "/dev", "--proc", "/proc"]
    # Outer folders first, so that a mount below another one is not hidden by it.
    for mount in sorted(container.get("volumeMounts") or [], key=lambda one: str(one["mountPath"]).count("/")):
        source = volumes[mount["name"]] / mount.get("subPath", "")
        if not source.exists():
            source.mkdir(parents=True)
        flags += ["--ro-bind" if mount.get("readOnly") else "--bind", str(source), mount["mountPath"]]
    # Through a shell: bubblewrap itself ends with 1 when there is no such program, a shell with 127.
    return [bubblewrap(), "--die-with-parent", *flags, "--chdir", "/", "sh", "-c", 'exec "$@"', "sh"]
