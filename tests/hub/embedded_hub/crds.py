# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The custom resource definitions a hub serves: which files, their fingerprint, loading them, waiting for them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import HubError
from .paths import CHECKOUT, OWN_CRDS_DIR
from .rest import Rest

ONE_VERSION = "v1beta1"
LOADED_AS = "cluster-api-in-v1beta1-only"  # part of the fingerprint: change it with _with_one_version
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # six times faster on 6 MB of schemas


@dataclass(frozen=True)
class CrdSet:
    """A named set of definition files."""

    kind: str  # own or real
    files: tuple[Path, ...]

    def fingerprint(self) -> str:
        digest = hashlib.sha256(f"{self.kind} {LOADED_AS}".encode())
        for path in self.files:
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def manifests(self) -> list[dict[str, Any]]:
        """Every definition once; two files of one name are an error, for the later would silently win."""
        found: dict[str, tuple[Path, dict[str, Any]]] = {}
        for path in self.files:
            for document in yaml.load_all(path.read_text(), Loader=_LOADER):
                if not document:
                    continue
                name = document["metadata"]["name"]
                if document.get("kind") != "CustomResourceDefinition":
                    raise HubError(f"{path} holds a {document.get('kind')}, but only CustomResourceDefinitions belong there: move it.")
                if name in found:
                    raise HubError(f"{name} is defined in both {found[name][0]} and {path}: keep one of the two files.")
                found[name] = (path, _with_one_version(document))
        return [document for _path, document in found.values()]


def _with_one_version(document: dict[str, Any]) -> dict[str, Any]:
    """Cluster API kinds have v1beta1 and v1beta2 with a conversion webhook upstream. Without it what is written as v1beta1 would be
    stored, and pruned, by the schema of v1beta2: only v1beta1, which HyperShift uses, is kept."""
    spec = document["spec"]
    kept = next((v for v in spec["versions"] if v["name"] == ONE_VERSION and v["served"]), None)
    if kept and ("." + spec["group"]).endswith(".cluster.x-k8s.io"):
        spec["versions"] = [{**kept, "storage": True}]
        spec.pop("conversion", None)
    return document


def real_crds_dir() -> Path:
    override = os.environ.get("HYPERSHIFT_CORE_REAL_CRDS")
    return Path(override) if override else CHECKOUT.parent / "shared" / "reference" / "crds"


def choose(wanted: str) -> CrdSet:
    """Resolve own, real or auto (real where it is at hand)."""
    real = real_crds_dir()
    if wanted == "auto":
        wanted = "real" if real.is_dir() else "own"
    folder, pattern = (real, "**/*.yaml") if wanted == "real" else (OWN_CRDS_DIR, "*.yaml")
    files = tuple(sorted(folder.glob(pattern)))
    if wanted == "real" and not files:
        raise HubError(
            f"The real definitions were asked for, but {folder} has none: set HYPERSHIFT_CORE_REAL_CRDS to their folder or use --crds own."
        )
    return CrdSet(wanted, files)


def load(rest: Rest, manifests: list[dict[str, Any]]) -> None:
    """Server-side apply, eight at a time."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(rest.apply, manifests))


def wait_established(rest: Rest, names: set[str], seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """One list per second: a wait per definition takes several times longer."""
    deadline = time.monotonic() + seconds
    missing = names
    while missing:
        items = rest.get(_CRDS)["items"]
        missing = names - {item["metadata"]["name"] for item in items if _established(item)}
        if missing and time.monotonic() > deadline:
            count, first = len(missing), sorted(missing)[0]
            raise HubError(f"{first} and {count - 1} more are not established after {seconds:.0f} s: see the API server's log.")
        if missing:
            sleep(1)


def wait_served(rest: Rest, manifests: list[dict[str, Any]], seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until discovery names every version of every definition: right after a start some are still missing."""
    wanted = {
        (manifest["spec"]["group"], version["name"], manifest["spec"]["names"]["plural"])
        for manifest in manifests
        for version in manifest["spec"]["versions"]
        if version["served"]
    }
    deadline = time.monotonic() + seconds
    while missing := wanted - _served(rest):
        if time.monotonic() > deadline:
            group, version, plural = sorted(missing)[0]
            count = len(missing) - 1
            raise HubError(f"{plural}.{group}/{version} and {count} more are not served after {seconds:.0f} s: see the API server's log.")
        sleep(0.1)


def _established(item: dict[str, Any]) -> bool:
    conditions = item.get("status", {}).get("conditions") or []  # null until the first is set
    states = {condition["type"]: condition["status"] for condition in conditions}
    return states.get("Established") == "True" and states.get("NamesAccepted") == "True"


def _served(rest: Rest) -> set[tuple[str, str, str]]:
    return {
        (group["metadata"]["name"], version["version"], resource["resource"])
        for group in rest.get("/apis", accept=_DISCOVERY)["items"]
        for version in group["versions"]
        for resource in version.get("resources", [])
    }
