# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where things are: the checkout, the per-user cache, the state folder of one hub."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .errors import HubError

HUB_DIR = Path(__file__).resolve().parents[1]
CHECKOUT = HUB_DIR.parents[1]
GO_DIR = HUB_DIR / "go"
CONFIG_DIR = HUB_DIR / "config"
SIMULATOR_DIR = HUB_DIR / "simulator"
OWN_CRDS_DIR = HUB_DIR / "crds"

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")


def default_state_root() -> Path:
    return CHECKOUT / "build" / "hub"


def cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hypershift.core"


@dataclass(frozen=True)
class HubPaths:
    """The files of one hub; `root` is its state folder."""

    root: Path

    @classmethod
    def of(cls, name: str, state_root: Path | None = None) -> HubPaths:
        if not _NAME.fullmatch(name):
            raise HubError(
                f"The hub name {name!r} cannot be used as a folder name: use up to 40 lower case letters, digits and inner dashes."
            )
        return cls((state_root or default_state_root()).absolute() / name)

    @property
    def hub_json(self) -> Path:
        return self.root / "hub.json"

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def pki(self) -> Path:
        return self.root / "pki"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def volumes(self) -> Path:
        return self.data / "volumes"

    @property
    def containers(self) -> Path:
        return self.root / "containers"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.log"

    @property
    def lock(self) -> Path:
        # Beside the folder, not in it: `up` removes the folder while it holds the lock.
        return self.root.parent / f".{self.root.name}.lock"

    @property
    def previous_logs(self) -> Path:
        return self.root / "logs.previous"

    def set_logs_aside(self) -> None:
        """A new hub starts with an empty audit log; the logs of the one before stay readable."""
        if self.logs.is_dir():
            shutil.rmtree(self.previous_logs, ignore_errors=True)
            self.logs.rename(self.previous_logs)

    def create(self) -> None:
        for folder in (self.root, self.pki, self.logs, self.data, self.config, self.run, self.volumes, self.containers):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
