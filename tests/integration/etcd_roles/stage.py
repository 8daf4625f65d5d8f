# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real etcd for the molecule scenarios: `stage.py HUB create|delete|fail-member|lose-quorum NAME`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "hub"))

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd


def is_ready(etcd: HostedEtcd, name: str) -> bool:
    pods = [p for p in etcd.pods("app=etcd") if p["metadata"]["name"] == name]
    return any(c["type"] == "Ready" and c["status"] == "True" for p in pods for c in p["status"].get("conditions") or [])


def fail_member(etcd: HostedEtcd) -> None:
    etcd.destroy_data(1)
    etcd.wait("the member has failed", lambda: not is_ready(etcd, "etcd-1"))


def lose_quorum(etcd: HostedEtcd) -> None:
    """Two disks are spoilt. (Members without any data might begin anew and be filled by the survivor, which mends the quorum at some time.)"""
    for number in (1, 2):
        for file in (etcd.volume(number) / "data" / "member" / "wal").glob("*.wal"):
            file.write_bytes(b"spoilt" * 1000)
        etcd.kill(number)
    etcd.wait("quorum is lost", lambda: etcd.condition("EtcdAvailable") == "False" and not any(is_ready(etcd, f"etcd-{n}") for n in (1, 2)))


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
