# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Retention never takes the newest good set, keeps more when asked for more, and is done after one go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.retention import Retention, decide, to_delete
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import FOREVER, CatalogEntry
from hypothesis import given, settings
from hypothesis import strategies as st

from etcd_snapshots.samples import NOW, entry_at

VERIFIED = {"verified_at": NOW}


def kept_hours(entries: list[CatalogEntry], policy: Retention) -> list[float]:
    return sorted(
        (NOW - d.entry.manifest.taken_at).total_seconds() / 3600 for d in decide(entries, policy, NOW) if d.keep and d.entry.manifest
    )


@pytest.mark.parametrize(
    ("policy", "hours"),
    [
        (Retention(), [0, 1, 2, 17, 25, 49, 200, 800, 1600]),
        (Retention(keep_last=1), [0]),
        (Retention(keep_last=3), [0, 1, 2]),
        (Retention(hourly=2), [0, 1]),
        (Retention(daily=1), [0]),
        (Retention(daily=3), [0, 17, 49]),  # the 24th, 23rd and 22nd: 25 hours ago is also the 23rd, and older
        (Retention(weekly=2), [0, 49]),
        (Retention(monthly=3), [0, 800, 1600]),
        (Retention(keep_within=17), [0, 1, 2, 17]),
        (Retention(keep_last=2, monthly=2), [0, 1, 800]),
    ],
)
def test_what_each_rule_keeps(policy: Retention, hours: list[float]) -> None:
    entries = [entry_at(h, tail=f"aa{i:02}") for i, h in enumerate([0, 1, 2, 17, 25, 49, 200, 800, 1600])]
    assert kept_hours(entries, policy) == hours


def test_the_reasons_are_told() -> None:
    entries = [entry_at(0), entry_at(1, **VERIFIED), entry_at(30), entry_at(31, retain_until=NOW + timedelta(days=1)), entry_at(32)]
    entries += [entry_at(33, problem="file etcd.db is missing"), entry_at(34, retain_until=FOREVER), entry_at(35, retain_until=NOW)]
    said = [(d.keep, d.reasons) for d in decide(entries, Retention(keep_last=1, daily=1), NOW)]
    assert said == [
        (True, ("newest good set of its cluster", "one of the last 1", "daily")),
        (True, ("newest verified set of its cluster",)),
        (False, ("no rule keeps it",)),
        (True, ("locked until 2026-11-25T16:45:12+00:00",)),
        (False, ("no rule keeps it",)),
        (True, ("it has a problem and is not deleted unseen",)),
        (True, ("under legal hold",)),
        (False, ("no rule keeps it",)),
    ]
    assert [e.id for e in to_delete(entries, Retention(keep_last=1), NOW)] == [entries[i].id for i in (7, 4, 2)]


def test_clusters_do_not_take_each_others_places() -> None:
    entries = [
        entry_at(0),
        entry_at(1, name="blue"),
        entry_at(2, namespace="prod"),
        entry_at(3, cluster_id="an older one of the same name"),
    ]
    assert to_delete(entries, Retention(keep_last=1), NOW) == []


def test_a_bad_set_takes_no_place() -> None:
    entries = [entry_at(0, problem="file etcd.db is missing"), entry_at(1), entry_at(2)]
    assert kept_hours(entries, Retention(keep_last=1)) == [0, 1]


COUNTS = st.integers(0, 5)
POLICIES = st.builds(Retention, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from([0.0, 1.0, 24.0, 500.0]))


@st.composite
def catalogues(draw: st.DrawFn) -> list[CatalogEntry]:
    entries = []
    for number in range(draw(st.integers(0, 14))):
        over: dict[str, Any] = {"name": draw(st.sampled_from(["demo", "blue"])), "verified_at": draw(st.sampled_from([None, None, NOW]))}
        locked = draw(st.sampled_from([None, None, NOW - timedelta(days=1), NOW + timedelta(days=1)]))
        entries.append(
            entry_at(draw(st.integers(0, 3000)) / 2, f"zz{number:02}", draw(st.sampled_from(["", "", "", "bad"])), locked, **over)
        )
    return entries


@settings(max_examples=300, deadline=None, database=None)
@given(catalogues(), POLICIES)
def test_the_newest_good_and_the_newest_verified_set_stay(entries: list[CatalogEntry], policy: Retention) -> None:
    gone = {e.id for e in to_delete(entries, policy, NOW)}
    for name in ("demo", "blue"):
        good = sorted(
            (e.manifest.taken_at, e.id, bool(e.manifest.verified_at)) for e in entries if e.manifest and e.good and e.name == name
        )
        verified = [g for g in good if g[2]]
        assert not good or good[-1][1] not in gone
        assert not verified or verified[-1][1] not in gone
    assert not gone & {e.id for e in entries if not e.good or (e.retain_until and e.retain_until > NOW)}


@settings(max_examples=300, deadline=None, database=None)
@given(catalogues(), POLICIES, st.sampled_from(["keep_last", "hourly", "daily", "weekly", "monthly", "keep_within"]), st.integers(1, 3))
def test_asking_for_more_never_deletes_another(entries: list[CatalogEntry], policy: Retention, rule: str, more: int) -> None:
    if policy.empty:  # nothing set means nothing deleted: setting a first rule is no "more"
        policy = replace(policy, keep_last=1)
    larger = replace(policy, **{rule: getattr(policy, rule) + more})
    assert {e.id for e in to_delete(entries, larger, NOW)} <= {e.id for e in to_delete(entries, policy, NOW)}


@settings(max_examples=300, deadline=None, database=None)
@given(catalogues(), POLICIES, st.randoms())
def test_one_go_is_enough_and_order_does_not_matter(entries: list[CatalogEntry], policy: Retention, random: Any) -> None:
    gone = {e.id for e in to_delete(entries, policy, NOW)}
    left = [e for e in entries if e.id not in gone]
    random.shuffle(left)
    assert to_delete(left, policy, NOW) == []
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert {e.id for e in to_delete(shuffled, policy, NOW)} == gone
