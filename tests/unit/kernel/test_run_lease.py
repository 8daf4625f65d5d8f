# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Lease of a long operation: taken, renewed, lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.held_lease import LeaseLost
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import LEASE
from ansible_collections.hypershift.core.plugins.module_utils._kernel.leases import MICRO
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.processes import Holder
from ansible_collections.hypershift.core.plugins.module_utils._kernel.run_lease import RunLease

from builders.memory_hub import MemoryHub

ME = Holder("here", "10-1", "mine")
KEY = ("Lease", "clusters", "work")


@dataclass
class Machine:
    """alive: what it says of every process but this one."""

    alive: bool = True

    def this(self, mark: str) -> Holder:
        return ME

    def lives(self, process: str) -> bool:
        return self.alive


def lease(hub: MemoryHub, alive: bool = True) -> RunLease:
    return RunLease(hub, "clusters", "work", 60, Machine(alive))


def held(hub: MemoryHub, identity: str, age: float) -> None:
    renewed = (hub.now() - timedelta(seconds=age)).strftime(MICRO)
    hub.put(LEASE.manifest("work", "clusters", spec={"holderIdentity": identity, "leaseDurationSeconds": 60, "renewTime": renewed}))


def test_it_is_there_while_work_goes_on_and_gone_afterwards() -> None:
    hub = MemoryHub()
    with lease(hub) as mine:
        mine.check()
        assert hub.objects[KEY]["spec"]["holderIdentity"] == "here/10-1/mine"
    assert KEY not in hub.objects


def test_it_goes_also_when_the_work_fails() -> None:
    hub = MemoryHub()
    with pytest.raises(ValueError, match="x"), lease(hub):
        raise ValueError("x")
    assert KEY not in hub.objects


def test_a_dead_run_of_this_machine_is_followed_at_once() -> None:
    hub = MemoryHub()
    held(hub, "here/11-2/other", 1)
    with lease(hub, alive=False):
        assert hub.seconds == 0 and hub.objects[KEY]["spec"]["leaseTransitions"] == 1


def test_another_machines_lease_is_watched_for_its_whole_time_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks differ: an old date alone proves nothing."""
    hub = MemoryHub()
    held(hub, "there/11-2/other", 61)
    with lease(hub):
        assert hub.seconds == 60

    def renewed(seconds: float) -> None:
        hub.seconds += seconds
        held(hub, "there/11-2/other", 50)

    held(hub, "there/11-2/other", 61)
    monkeypatch.setattr(hub, "sleep", renewed)
    with pytest.raises(HypershiftError) as caught, lease(hub):
        pass
    assert caught.value.failure.code == "locked" and hub.objects[KEY]["spec"]["holderIdentity"] == "there/11-2/other"


@pytest.mark.parametrize(
    ("age", "duration"), [(-1_700_000_000.0, 60), (61, 1_700_000_000), (61, "long"), (61, -5), (-1_700_000_000.0, 1_700_000_000)]
)
def test_what_another_wrote_into_a_lease_makes_nobody_wait_longer_than_our_own(age: float, duration: Any) -> None:
    hub = MemoryHub()
    held(hub, "there/11-2/other", age)
    hub.edit(LEASE, "clusters", "work", {"spec": {"leaseDurationSeconds": duration}})
    with lease(hub) as mine:
        assert hub.seconds == 60 and mine.holder() == ""


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.000000Z"])
def test_the_ends_of_time_are_no_traceback(moment: str) -> None:
    hub = MemoryHub()
    held(hub, "there/11-2/other", 0)
    hub.edit(LEASE, "clusters", "work", {"spec": {"renewTime": moment}})
    assert lease(hub).holder() == ""


def test_a_living_holder_is_named() -> None:
    hub = MemoryHub()
    held(hub, "there/11-2/other", 5)
    assert lease(hub).holder() == "there/11-2/other" and lease(hub).abandoned() is None
    with pytest.raises(HypershiftError, match="there/11-2/other"), lease(hub):
        pass


def test_it_is_renewed_before_a_step_when_the_thread_was_late() -> None:
    hub = MemoryHub()
    with lease(hub) as mine:
        hub.seconds += 59
        mine.check()
        assert hub.objects[KEY]["spec"]["renewTime"] == hub.now().strftime(MICRO)


@pytest.mark.parametrize("taken", ["there/11-2/other", ""])
def test_taken_or_deleted_it_is_lost_and_left_alone(taken: str) -> None:
    hub = MemoryHub()
    with lease(hub) as mine:
        if taken:
            held(hub, taken, 0)
        else:
            hub.drop(LEASE, "clusters", "work")
        hub.seconds += 50
        with pytest.raises(LeaseLost):
            mine.check()
    assert (KEY in hub.objects) == bool(taken)


def test_without_an_answer_it_counts_as_lost_after_its_time() -> None:
    hub = MemoryHub()
    with lease(hub) as mine:
        hub.fail_next[("patch", "Lease clusters/work")] = [ApiError(Failure("unreachable", "no route"), 0)] * 2
        hub.seconds += 50
        mine.check()
        hub.seconds += 11
        with pytest.raises(LeaseLost, match="could not be renewed"):
            mine.check()
