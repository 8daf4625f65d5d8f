# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters with real etcd, one per file of tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd


@pytest.fixture(scope="module")
def create(hub: EmbeddedHub) -> Iterator[Callable[..., HostedEtcd]]:
    made: list[HostedEtcd] = []

    def one(**options: Any) -> HostedEtcd:
        name = f"care-{uuid.uuid4().hex[:6]}"
        made.append(HostedEtcd(hub, "clusters", name))
        return HostedEtcd.create(hub, name, **options)

    yield one
    for etcd in made:
        etcd.delete(wait=False)
