# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Go modules the hub's binaries are built from, one per family so that a change rebuilds only its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import HubError
from .paths import GO_DIR

# Part of every key: raise it when the build flags change.
_RECIPE = "1"
_VERSION_PACKAGE = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Family:
    """A folder with go.mod and go.sum, and the commands built in it."""

    name: str
    commands: Mapping[str, str]  # binary -> package
    main_module: str = ""  # the module whose version the binaries carry

    @property
    def folder(self) -> Path:
        return GO_DIR / self.name

    def key(self) -> str:
        """Name of the cache folder: changes with the pinned versions and with our own sources."""
        digest = hashlib.sha256(_RECIPE.encode())
        sources = [path for path in self.folder.rglob("*.go") if not path.name.endswith("_test.go")]
        for path in [self.folder / "go.mod", self.folder / "go.sum", *sorted(sources)]:
            digest.update(str(path.relative_to(self.folder)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return f"{self.name}-{digest.hexdigest()[:16]}"

    def version(self) -> str:
        """The pinned version of the main module, with its leading v."""
        match = re.search(rf"^(?:require )?\s*{re.escape(self.main_module)} (v\S+)", (self.folder / "go.mod").read_text(), re.M)
        if match is None:
            raise HubError(f"{self.folder / 'go.mod'} does not require {self.main_module}: restore the file from version control.")
        return match[1]

    def linker_flags(self) -> str:
        if self.name == "kube":
            version = self.version()
            major, minor = version.lstrip("v").split(".")[:2]
            values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean", "gitCommit": "embedded"}
            return "-s -w " + " ".join(f"-X {_VERSION_PACKAGE}.{name}={value}" for name, value in values.items())
        if self.name == "kwok":
            return f"-s -w -X sigs.k8s.io/kwok/pkg/consts.Version={self.version()}"
        return "-s -w"


FAMILIES = (
    Family(
        "kube",
        {name: f"k8s.io/kubernetes/cmd/{name}" for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")},
        "k8s.io/kubernetes",
    ),
    Family(
        "etcd",
        {"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3", "etcdutl": "go.etcd.io/etcd/etcdutl/v3"},
        "go.etcd.io/etcd/server/v3",
    ),
    Family("kwok", {"kwok": "sigs.k8s.io/kwok/cmd/kwok"}, "sigs.k8s.io/kwok"),
    Family("minikubelet", {"minikubelet": "."}),
)

# Built when something asks for them: what hosted control planes of other releases run.
ON_DEMAND = (
    Family(
        "etcd-3.5",
        {"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3", "etcdutl": "go.etcd.io/etcd/etcdutl/v3"},
        "go.etcd.io/etcd/server/v3",
    ),
)
