# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The images whose containers run for real: what lies in their /usr/bin."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded_hub import binaries
from embedded_hub.containers import install_programs
from embedded_hub.files import beside
from embedded_hub.progress import silent

PREFIX = "embedded-hub.local/"

# Beside the hub's usual programs, what procedures for etcd call in a container.
_MORE = (
    *("base64", "basename", "chmod", "cksum", "curl", "cut", "dd", "dirname", "du", "expr", "find", "gzip", "ln", "md5sum", "od"),
    *("printf", "readlink", "rmdir", "seq", "sha1sum", "sync", "tee", "timeout", "touch", "tr", "truncate", "uname", "xargs"),
)


@dataclass(frozen=True)
class Image:
    family: str = ""  # Go family that the programs come from
    programs: tuple[str, ...] = ()


IMAGES = {
    f"{PREFIX}etcd:3.6": Image("etcd", ("etcd", "etcdctl", "etcdutl")),
    # Before OpenShift 4.21 the image has etcdctl alone.
    f"{PREFIX}etcd:3.5": Image("etcd-3.5", ("etcd", "etcdctl")),
    f"{PREFIX}kube-apiserver": Image("kube", ("kube-apiserver",)),
}


def is_ours(pod: Mapping[str, object]) -> bool:
    """Whether the pod is run by us; kwok's Stages ask the same, by the first container that has our prefix."""
    spec = pod.get("spec")
    containers = spec.get("containers", []) if isinstance(spec, dict) else []
    return any(str(container.get("image", "")).startswith(PREFIX) for container in containers)


def install(root: Path, name: str) -> Path:
    """The folder to be shown at /usr/bin, made once per hub."""
    image = IMAGES.get(name, Image())
    target = root / name.removeprefix(PREFIX).replace("/", "_").replace(":", "-")
    if target.is_dir():
        return target
    found = binaries.family(image.family, silent) if image.family else {}
    extra = {program: found[program] for program in image.programs}
    more = {program: Path(path) for program in _MORE if (path := shutil.which(program, path="/usr/bin:/bin"))}
    with beside(target) as folder:
        install_programs(folder, {**more, **extra})
    return target
