# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster with real etcd and a store for the roles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd
from playing import Admin


@pytest.fixture(scope="module")
def etcd(hub: EmbeddedHub, admin: Admin) -> Iterator[HostedEtcd]:
    """The hosted cluster demo of the examples."""
    HostedEtcd(hub, "clusters", "demo").delete()  # of a run that was broken off
    etcd = HostedEtcd.create(hub, "demo")
    etcd.put_many("/kept/", 100)
    admin.kubectl("label", "hostedcluster", "-n", "clusters", "demo", "tier=gold")
    yield etcd
    HostedEtcd(hub, "clusters", "demo").delete()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roles") / "store"
