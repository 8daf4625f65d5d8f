# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Leases of a campaign while its tasks work: renewed, checked before each write, and nothing is written without them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.hold import held
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.journal import lease_manifest, lease_name
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.held_lease import HeldLease, Keeper, LeaseLost
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, LEASE

from builders.memory_hub import MemoryHub

HERE = [("clusters", "demo")]
KEY = ("Lease", "clusters", lease_name("demo"))
NOTE = CONFIG_MAP.manifest("note", "clusters", data={})


def hub_of(holder: str = "autumn", seconds: int = 20) -> MemoryHub:
    hub = MemoryHub(HOSTED_CLUSTER.manifest("demo", "clusters", spec={}))
    hub.put(lease_manifest("demo", "clusters", holder, seconds, hub.now()))
    return hub


def own(hub: MemoryHub) -> list[tuple[str, str]]:
    """What was written beside Leases."""
    return [(verb, ref) for verb, ref in hub.writes if not ref.startswith("Lease")]


WRITES: list[Any] = [
    lambda hub: hub.create(CONFIG_MAP, NOTE),
    lambda hub: hub.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 1}}),
    lambda hub: hub.delete(HOSTED_CLUSTER, "clusters", "demo"),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("holder", ["autumn", "winter", ""])
def test_nothing_is_written_without_the_lease(write: Any, holder: str) -> None:
    hub = hub_of(holder) if holder else MemoryHub(HOSTED_CLUSTER.manifest("demo", "clusters", spec={}))
    with held(hub, "autumn", 20, HERE, waits=False) as used:
        if holder == "autumn":
            write(used)
            assert len(own(hub)) == 1 and hub.writes[0][1].startswith("Lease")
            return
        with pytest.raises(LeaseLost, match="taken by winter" if holder else "it was deleted"):
            write(used)
    assert hub.writes == []


def test_a_lease_of_its_own_that_ran_out_is_renewed_when_nobody_took_it() -> None:
    hub = hub_of()
    hub.seconds = 500
    with held(hub, "autumn", 20, HERE, waits=False) as used:
        used.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 1}})
    assert hub.objects[KEY]["spec"]["renewTime"].startswith("2026-11-24T03:08:20") and len(own(hub)) == 1


def test_it_is_looked_at_again_once_it_is_old_and_another_one_stops_the_work() -> None:
    hub = hub_of()
    with held(hub, "autumn", 20, HERE, waits=False) as used:
        used.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 1}})
        used.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 2}})
        assert sum(ref.startswith("Lease") for _verb, ref in hub.writes) == 1
        hub.seconds = 14
        hub.edit(LEASE, "clusters", lease_name("demo"), {"spec": {"holderIdentity": "winter"}})
        with pytest.raises(LeaseLost, match="taken by winter"):
            used.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 3}})
    assert len(own(hub)) == 2


def test_what_cannot_be_asked_is_not_held() -> None:
    hub = hub_of()
    down = [ApiError(Failure("unreachable", "no answer"))]
    hub.fail_next = {("patch", LEASE.ref("clusters", lease_name("demo"))): down}  # type: ignore[dict-item]
    with held(hub, "autumn", 20, HERE, waits=False) as used, pytest.raises(LeaseLost, match="could not be renewed for 20 s"):
        used.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"a": 1}})
    assert own(hub) == []


def test_who_waits_renews_at_once_and_writes_nothing_else() -> None:
    hub = hub_of()
    hub.seconds = 15
    with held(hub, "autumn", 20, HERE, waits=True) as used:
        assert used.get(HOSTED_CLUSTER, "clusters", "demo") and used.server == hub.server
    assert hub.objects[KEY]["spec"]["renewTime"].startswith("2026-11-24T03:00:15") and own(hub) == []


def test_no_campaign_no_lease() -> None:
    hub = MemoryHub()
    with held(hub, "", 20, HERE, waits=True) as used:
        assert used is hub
    assert hub.writes == [] and hub.reads == []


def test_the_keeper_renews_until_it_is_left() -> None:
    """With real time, since it is about a thread: a Lease of 0.03 s is renewed each 0.01 s."""
    renewed = threading.Event()

    class Counted(HeldLease):
        times = 0

        @property
        def seconds(self) -> Any:
            return 0.03

        def renew(self) -> None:
            self.times += 1
            if self.times == 3:
                renewed.set()

    one = Counted(hub_of(), "clusters", lease_name("demo"), 1, "autumn")
    with Keeper([one]):
        assert renewed.wait(10)
    times = one.times
    assert times >= 3 and not any(t.name == "lease" and t.is_alive() for t in threading.enumerate())
    with Keeper([]):
        pass
