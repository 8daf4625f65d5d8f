# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API servers with our definitions and, where they are at hand, with the real ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub, crds, lifecycle
from embedded_hub.paths import HubPaths

sys.path.insert(0, str(Path(__file__).resolve().parent))

from crd_corpus.server import Server, sets

_HUBS = {"own": "crdown", "real": "crdreal"}


def _usable(kind: str) -> bool:
    """True for a hub that runs already, with the definitions as they are now."""
    state = lifecycle.core_healthy(HubPaths.of(_HUBS[kind]))
    return state is not None and state.crds_fingerprint == crds.choose(kind).fingerprint()


def _start(kind: str) -> EmbeddedHub:
    name = _HUBS[kind]
    if not _usable(kind) and HubPaths.of(name).hub_json.exists():
        EmbeddedHub.attach(name).down()
    return EmbeddedHub.up(name, crds=kind, simulator=False, kwok=False)


@pytest.fixture(scope="package")
def servers() -> Iterator[dict[str, Server]]:
    """By the name of the set; what was not running before is ended again."""
    namespace = f"crd-corpus-{os.getpid()}"
    ours = [kind for kind in sets() if not _usable(kind)]
    hubs: dict[str, EmbeddedHub] = {}
    try:
        for kind in sets():
            hubs[kind] = _start(kind)
        found = {kind: Server(hub, namespace) for kind, hub in hubs.items()}
        for server in found.values():
            server.send("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        yield found
        for server in found.values():
            server.send("DELETE", f"/api/v1/namespaces/{namespace}")
    finally:
        for kind in ours:
            if kind in hubs:
                hubs[kind].down()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", sets())
