# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters with real etcd; each is removed at its end, without waiting for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from embedded_hub import EmbeddedHub
from embedded_hub.testing import Kubectl
from hosted_etcd import HostedEtcd

Create = Callable[..., HostedEtcd]


@pytest.fixture(scope="package")
def kubectl(hub: EmbeddedHub) -> Kubectl:
    return Kubectl(hub.state.binaries["kubectl"], hub.kubeconfig)


@pytest.fixture(scope="module")
def create(hub: EmbeddedHub) -> Iterator[Create]:
    """The clusters of one file; their names are new ones, so that a hub may be used again."""
    made: list[HostedEtcd] = []

    def one(**options: Any) -> HostedEtcd:
        name = f"etcd-{uuid.uuid4().hex[:6]}"
        made.append(HostedEtcd(hub, "clusters", name))
        return HostedEtcd.create(hub, name, **options)

    yield one
    for etcd in made:
        etcd.delete(wait=False)
