# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters with real etcd, one per module of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_hub import EmbeddedHub
from etcd_restore.restoring import Scene
from hosted_etcd import HostedEtcd


@pytest.fixture(scope="module")
def stage(hub: EmbeddedHub, kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Scene]]:
    """Makes scenes, and removes them at the end."""
    made: list[Scene] = []

    def make(name: str, **given: Any) -> Scene:
        HostedEtcd(hub, "clusters", name).delete()  # of a run that was broken off
        scene = Scene(hub, name, kubeconfig, tmp_path_factory.mktemp(name) / "store")
        made.append(scene)
        HostedEtcd.create(hub, name, **given)
        return scene

    yield make
    for scene in made:
        scene.remove()
