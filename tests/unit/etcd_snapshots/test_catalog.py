# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The catalogue: rows, the newest good set of each cluster, and the recovery point objective."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.catalog import clusters, newest_good, rows
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import FOREVER, CatalogEntry

from etcd_snapshots.samples import NOW, entry_at

DAY = 86400.0


def test_a_row_tells_what_a_user_asks_for() -> None:
    (row,) = rows([entry_at(2, sealed="age", verified_at=NOW, retain_until=NOW + timedelta(days=3))], NOW)
    assert (row["age"], row["sealed"], row["verified"], row["locked_until"]) == (7200, True, True, "2026-11-27T16:45:12Z")
    assert (row["taken_at"], row["verified_at"], row["revision"]) == ("2026-11-24T14:45:12Z", "2026-11-24T16:45:12Z", 4711)
    assert row["shards"][0]["live_keys"] == 302 and row["size"] == 4 and row["problem"] == "" and row["good"]


def test_a_set_without_readable_manifest_has_a_row_too() -> None:
    (row,) = rows(
        [CatalogEntry("20261124T164512Z-ab12", "clusters", "demo", problem="the manifest is bad", retain_until=FOREVER, size=9)], NOW
    )
    assert (row["age"], row["good"], row["sealed"], row["locked_until"], row["size"]) == (None, False, None, "legal hold", 9)


def test_a_lock_that_is_over_is_none() -> None:
    assert rows([entry_at(2, retain_until=NOW)], NOW)[0]["locked_until"] == ""


def test_the_newest_good_set_is_what_counts() -> None:
    entries = [entry_at(30), entry_at(20, verified_at=NOW), entry_at(1, problem="file etcd.db is missing"), entry_at(0.5, name="blue")]
    assert newest_good(entries, "clusters", "demo") is entries[1] and newest_good(entries, "clusters", "none") is None
    blue, demo = clusters(entries, NOW, DAY)
    assert (demo["newest"], demo["newest_verified"], demo["snapshots"], demo["good"]) == (entries[1].id, entries[1].id, 3, 2)
    assert (demo["rpo_met"], demo["age"], blue["rpo_met"], blue["newest_verified"]) == (True, 72000, True, "")


@pytest.mark.parametrize(
    ("hours", "problem", "max_age", "met", "reason"),
    [
        (24, "", DAY, True, ""),
        (24.001, "", DAY, False, "the newest good snapshot is 86403 seconds old, more than 86400"),
        (1, "bad", DAY, False, "no snapshot without a problem"),
        (1, "bad", None, False, "no snapshot without a problem"),
        (1, "", None, None, "no max_age was given"),
        (-0.05, "", DAY, True, ""),
        (-1, "", DAY, False, "the newest good snapshot says that it was taken in the future: check the clocks"),
    ],
)
def test_the_objective(hours: float, problem: str, max_age: float | None, met: bool | None, reason: str) -> None:
    (row,) = clusters([entry_at(hours, problem=problem)], NOW, max_age)
    assert (row["rpo_met"], row["reason"]) == (met, reason) and (row["age"] is None or row["age"] >= 0)


def test_a_cluster_without_any_set_is_listed_when_it_was_expected() -> None:
    (row,) = clusters([], NOW, DAY, [("clusters", "demo")])
    assert (row["rpo_met"], row["reason"], row["newest"], row["size"]) == (False, "no snapshot", "", 0)
