# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that ends at any of its writes is finished by the next one: making as well as removing.

A run is interrupted after every write, which takes half an hour: `make soak`. test_platform.py interrupts a few runs.
"""

from __future__ import annotations

from itertools import count

import pytest
from aws_playing import Aws, plan
from aws_world import inventory, live

LIMIT = 150  # runs; a platform of one zone takes about 50 writes
ZONE = {"zones": ["us-east-2a"]}
MODES = ("refused", "lost")


def interrupted(aws: Aws, mode: str, **options: object) -> int:
    """Run until nothing is interrupted any more; number of interrupted runs. Each of them must get further than the one before."""
    record = aws.account.record
    for runs in count():
        assert runs < LIMIT
        record.lose = mode == "lost"
        record.allowed = 0 if record.lose else 1
        played = aws.run(**options)
        record.allowed = None
        print(runs, mode, played.code, aws.writes()[-1:], f"{played.seconds:.0f} s", flush=True)
        if played.code == 0:
            return runs
        assert len(aws.writes()) > 1 - (mode == "lost") and "Traceback" not in played.output, played.output[-3000:]
    return 0


@pytest.mark.parametrize("mode", MODES)
def test_making_is_finished(aws: Aws, mode: str) -> None:
    runs = interrupted(aws, mode, **ZONE)
    print(f"{runs} interrupted runs while making, {mode}")
    assert runs >= 2
    again = aws.run(**ZONE)
    assert set(plan(again).values()) == {"keep"} and aws.writes() == []
    made = inventory(aws.account)
    counts = {key: len(things) for key, things in made.items() if things}
    assert counts == {
        "vpcs": 1, "subnets": 2, "route_tables": 3, "security_groups": 1, "nat_gateways": 1, "internet_gateways": 1, "addresses": 1,
        "dhcp_options": 1, "endpoints": 1, "zones": 3, "buckets": 1, "roles": 8, "instance_profiles": 1, "oidc_providers": 1,
        "network_interfaces": 1,
    }  # fmt: skip
    live(aws.account, "demo")
    runs = interrupted(aws, mode, state="absent", oidc_bucket_remove=True, **ZONE)
    print(f"{runs} interrupted runs while removing, {mode}")
    assert runs >= 2
    left = {key: things for key, things in inventory(aws.account).items() if things}
    assert list(left) == ["zones"] and len(left["zones"]) == 1
