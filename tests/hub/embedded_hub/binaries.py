# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find or build every program of the hub: envtest assets first, then the per-user cache, then a build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from . import gobuild, toolchain
from .errors import HubError
from .families import FAMILIES, ON_DEMAND, Family
from .files import locked
from .paths import cache_root
from .progress import Say

# The envtest convention: one folder, or a variable per program.
_ASSET_VARIABLES = {
    "kube-apiserver": "TEST_ASSET_KUBE_APISERVER",
    "etcd": "TEST_ASSET_ETCD",
    "kubectl": "TEST_ASSET_KUBECTL",
}


def asset(name: str, environment: Mapping[str, str]) -> Path | None:
    """A program the user pointed at; what is named must exist, what a folder merely lacks is looked for elsewhere."""
    variable = _ASSET_VARIABLES.get(name)
    if variable and environment.get(variable):
        path = Path(environment[variable])
        if not os.access(path, os.X_OK):
            raise HubError(f"{variable} names {path}, which is no executable file: correct or unset it.")
        return path
    if environment.get("KUBEBUILDER_ASSETS"):
        path = Path(environment["KUBEBUILDER_ASSETS"]) / name
        if os.access(path, os.X_OK):
            return path
    return None


def check_etcd(version: tuple[int, ...], where: Path) -> None:
    """Older releases lack progress requests on watches, and pods then stay Pending for minutes."""
    enough = version >= (3, 5, 13) or (3, 4, 31) <= version < (3, 5)
    if not enough:
        text = ".".join(str(part) for part in version)
        raise HubError(
            f"etcd at {where} has version {text}, but the hub needs 3.5.13 or newer: point TEST_ASSET_ETCD at a newer one or unset it."
        )


def _cached(say: Say, assets: Mapping[str, Path], families: Iterable[Family] = FAMILIES) -> dict[str, Path]:
    found: dict[str, Path] = {}
    go: Path | None = None
    for family in families:
        for binary in family.commands:
            if binary in assets:
                continue
            target = cache_root() / "bin" / family.key() / binary
            if not target.exists():
                go = go or toolchain.find_go(say)
                say(f"{binary}: building with {go}")
                gobuild.build(go, family, binary, target, say)
                say(f"{binary}: built, {target.stat().st_size / 1e6:.0f} MB")
            found[binary] = target
    return found


def family(name: str, say: Say) -> dict[str, Path]:
    """The programs of one family, those that are built only on demand included, never the user's own ones."""
    chosen = [one for one in (*FAMILIES, *ON_DEMAND) if one.name == name]
    with locked(cache_root() / "bin" / ".lock", lambda: say("waiting for another build to end")):
        return _cached(say, {}, chosen)


def resolve(say: Say, run_version: Callable[[list[str]], tuple[int, ...]] = toolchain.run_version) -> dict[str, Path]:
    """Every program by name, built where it is missing; one build at a time per user."""
    names = [binary for family in FAMILIES for binary in family.commands] + ["kubectl"]
    assets = {name: path for name in names if (path := asset(name, os.environ))}
    if "etcd" in assets:
        check_etcd(run_version([str(assets["etcd"]), "--version"]), assets["etcd"])
    with locked(cache_root() / "bin" / ".lock", lambda: say("waiting for another build to end")):
        found = _cached(say, assets)
    found.update(assets)
    found.setdefault("kubectl", toolchain.find_kubectl(say))
    return found
