# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real etcd for the molecule scenarios: `stage.py HUB create|delete|fail-member|lose-quorum NAME`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "hub"))

from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from hosted_etcd import HostedEtcd


def is_ready(etcd: HostedEtcd, name: str) -> bool:
    pods = [p for p in etcd.pods("app=etcd") if p["metadata"]["name"] == name]
    return any(c["type"] == "Ready" and c["status"] == "True" for p in pods for c in p["status"].get("conditions") or [])


def fail_member(etcd: HostedEtcd) -> None:
    etcd.destroy_data(1)
    etcd.wait("the member has failed", lambda: not is_ready(etcd, "etcd-1"))


def lose_quorum(etcd: HostedEtcd) -> None:
    """Two disks are lost. A member without data that finds no peer may begin anew and be filled by the survivor: then it is lost again."""
    for _attempt in range(5):
        etcd.destroy_data(1)
        etcd.destroy_data(2)
        with suppress(AssertionError):
            until(
                "quorum is lost",
                lambda: etcd.condition("EtcdAvailable") == "False" and not is_ready(etcd, "etcd-1") and not is_ready(etcd, "etcd-2"),
                8,
            )
            return
    raise AssertionError("quorum was not lost")


def main(hub_name: str, verb: str, name: str) -> None:
    hub = EmbeddedHub.attach(hub_name)
    etcd = HostedEtcd(hub, "clusters", name)
    if verb == "create":
        HostedEtcd.create(hub, name).put_many("/kept/", 100)
    elif verb == "delete":
        etcd.delete()
    elif verb == "fail-member":
        fail_member(etcd)
    else:
        lose_quorum(etcd)


if __name__ == "__main__":
    main(*sys.argv[1:4])
