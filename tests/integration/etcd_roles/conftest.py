# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters with real etcd for the roles, removed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd

Create = Callable[[str], HostedEtcd]


@pytest.fixture(scope="module")
def create(hub: EmbeddedHub) -> Iterator[Create]:
    made: list[HostedEtcd] = []

    def one(name: str) -> HostedEtcd:
        HostedEtcd(hub, "clusters", name).delete()  # of a run that was broken off
        made.append(HostedEtcd(hub, "clusters", name))
        etcd = HostedEtcd.create(hub, name)
        etcd.put_many("/kept/", 100)
        return etcd

    yield one
    for etcd in made:
        etcd.delete(wait=False)
