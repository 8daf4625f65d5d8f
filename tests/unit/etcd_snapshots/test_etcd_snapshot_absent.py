# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Deleting backups: only what was asked for, never what is locked, of another cluster, or the last good one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots import etcd_snapshot_absent as pruning
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import FOREVER, CatalogEntry
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure, HypershiftError, OptionError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import START, MemoryHub
from etcd_snapshots.memory_store import MemoryStore, locked
from etcd_snapshots.samples import NOW, entry_at

CLUSTER = ("clusters", "demo")


def fleet() -> list[CatalogEntry]:
    """Four sets of ours, oldest first, and two of a neighbour."""
    ours = [entry_at(h, tail) for h, tail in ((72, "aaaa"), (48, "bbbb"), (24, "cccc"), (1, "dddd"))]
    theirs = [entry_at(h, tail, namespace="clusters", name="other") for h, tail in ((72, "eeee"), (48, "ffff"))]
    return [*ours, *theirs]


def pruned(store: MemoryStore, **policy: Any) -> list[dict[str, Any]]:
    done: list[dict[str, Any]] = []
    pruning.prune(store, CLUSTER, policy, NOW, done)
    return done


def tails(ids: list[str]) -> list[str]:
    return [i[-4:] for i in ids]


@pytest.mark.parametrize("options", [None, {}, {"keep_last": None, "daily": None}, {"keep_last": 0}])
def test_without_a_retention_nothing_is_deleted(options: dict[str, Any] | None) -> None:
    store, done = MemoryStore(fleet()), list[dict[str, Any]]()
    pruning.prune(store, CLUSTER, options, NOW, done)
    assert store.deleted == [] and done == []
    assert pruning.announced(store.sets(*CLUSTER), options, NOW) == []


def test_the_oldest_go_first_and_the_neighbours_stay() -> None:
    store = MemoryStore(fleet())
    done = pruned(store, keep_last=2)
    assert tails(store.deleted) == ["aaaa", "bbbb"]
    assert tails([e.id for e in store.entries]) == ["cccc", "dddd", "eeee", "ffff"]
    assert [(d["verb"], d["object"][-4:], d["why"], d["disruptive"]) for d in done] == [
        ("delete", "aaaa", "retention", False),
        ("delete", "bbbb", "retention", False),
    ]
    assert done[0]["object"].startswith("Snapshot clusters/demo/")


def test_what_is_announced_is_what_is_done() -> None:
    store = MemoryStore(fleet())
    told = pruning.announced(store.sets(*CLUSTER), {"keep_last": 1, "daily": 2}, NOW)
    assert told == pruned(store, keep_last=1, daily=2) != []


def test_a_locked_set_stays_and_the_others_go() -> None:
    """The lock may be known to the server alone."""
    store = MemoryStore(fleet())
    first = store.entries[0].id
    store.refusals = {first: locked(first)}
    done = pruned(store, keep_last=1)
    assert tails(store.deleted) == ["bbbb", "cccc"]
    assert first in [e.id for e in store.entries] and len(done) == 2


def test_another_refusal_ends_it_and_what_was_deleted_until_then_is_told() -> None:
    store, done = MemoryStore(fleet()), list[dict[str, Any]]()
    second = store.entries[1].id
    store.refusals = {second: HypershiftError(Failure("missing_permission", "the account may not delete"))}
    with pytest.raises(HypershiftError, match="may not delete"):
        pruning.prune(store, CLUSTER, {"keep_last": 1}, NOW, done)
    assert tails([d["object"] for d in done]) == ["aaaa"]
    assert tails(store.deleted) == ["aaaa"]


def test_a_set_with_a_problem_and_the_newest_good_one_stay() -> None:
    store = MemoryStore([entry_at(72, "aaaa"), entry_at(48, "bbbb", problem="file etcd.db is missing"), entry_at(1, "cccc", problem="x")])
    assert pruned(store, keep_within=0.5) == []
    assert store.deleted == []


@pytest.mark.parametrize(
    ("max_age", "hours", "fresh"),
    [
        (None, 0.1, False),
        ("", 0.1, False),
        ("24h", 23.9, True),
        ("24h", 24, True),
        ("24h", 24.1, False),
        ("1h30m", 1.4, True),
        ("90m", 1.6, False),
    ],
)
def test_a_fresh_set_spares_a_new_one(max_age: str | None, hours: float, fresh: bool) -> None:
    found = pruning.fresh_enough([entry_at(200, "aaaa"), entry_at(hours, "bbbb")], max_age, NOW)
    assert (found.id[-4:] if found else None) == ("bbbb" if fresh else None)


def test_only_a_good_set_is_fresh() -> None:
    damaged = entry_at(1, "bbbb", problem="file etcd.db is missing")
    unread = CatalogEntry("20261124T164512Z-cccc", *CLUSTER, problem="the manifest is bad")
    assert pruning.fresh_enough([damaged, unread], "24h", NOW) is None
    good = entry_at(3, "aaaa")
    assert pruning.fresh_enough([good, damaged, unread, entry_at(5, "dddd")], "24h", NOW) is good
    assert pruning.fresh_enough([], "24h", NOW) is None


@pytest.mark.parametrize("text", ["a day", "24", "1d", "-1h"])
def test_an_age_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="no duration") as caught:
        pruning.fresh_enough([entry_at(1)], text, NOW)
    assert text in caught.value.failure.cause


def remove(store: MemoryStore, id: str, check: bool = False) -> dict[str, Any]:
    options = {"namespace": CLUSTER[0], "name": CLUSTER[1], "snapshot": id}
    return run(pruning.RemoveSnapshot(MemoryHub(), options, store), MemoryHub(), check, lambda _line: None)


def test_one_set_goes_by_its_id() -> None:
    store = MemoryStore(fleet())
    result = remove(store, store.entries[3].id)
    assert tails(store.deleted) == ["dddd"], "also the newest: it was asked for by name"
    assert result["changed"] and [s["why"] for s in result["plan"]] == ["it was asked for"]
    assert result["snapshot"]["id"] == store.deleted[0] and result["store"] == "/backup"
    assert store.checked == [True]


def test_check_mode_deletes_nothing() -> None:
    store = MemoryStore(fleet())
    result = remove(store, store.entries[0].id, check=True)
    assert store.deleted == []
    assert result["changed"] and tails([s["object"] for s in result["plan"]]) == ["aaaa"]


def test_what_is_gone_is_no_change() -> None:
    store = MemoryStore(fleet())
    result = remove(store, "20200101T000000Z-zzzz")
    assert not result["changed"] and result["plan"] == [] and store.deleted == []


def test_the_same_id_of_another_cluster_stays() -> None:
    store = MemoryStore(fleet())
    assert not remove(store, store.entries[4].id)["changed"]
    assert store.deleted == []


@pytest.mark.parametrize(("until", "said"), [(START + timedelta(days=1), "2026-11-25T03:00:00Z"), (FOREVER, "legal hold")])
def test_a_locked_set_is_refused_before_anything_is_written(until: Any, said: str) -> None:
    store = MemoryStore([entry_at(30, "aaaa", retain_until=until)])
    with pytest.raises(RefusedError, match=said) as caught:
        remove(store, store.entries[0].id)
    assert [r.code for r in caught.value.refusals] == ["locked_by_retention"]
    assert store.deleted == []


def test_a_lock_that_has_ended_is_none() -> None:
    store = MemoryStore([entry_at(30, "aaaa", retain_until=START - timedelta(seconds=1))])
    assert remove(store, store.entries[0].id)["changed"]
    assert tails(store.deleted) == ["aaaa"]
