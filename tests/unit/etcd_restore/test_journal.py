# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The journal of a restore, and the Lease that keeps two apart."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore import journal as journals
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.journal import Journal, from_json
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.plan import first_journal
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.leases import held_by, manifest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.processes import Holder
from hypothesis import given
from hypothesis import strategies as st

from etcd_restore.builders import NOW, world

ME = Holder("here-1", "10-500", "aaaa")


def journal() -> Journal:
    return first_journal(world(), "0123456789abcdef" * 4 + "-" + "1" * 28)


def test_it_comes_back_as_it_was_written() -> None:
    made = journal()
    made.begin("fetch", NOW)
    made.finish("fetch", NOW + timedelta(seconds=2), "50 MiB")
    made.begin("pause", NOW)
    assert from_json(made.to_json(), "x") == made
    assert made.to_json() == from_json(made.to_json(), "x").to_json()
    assert "secret" not in made.to_json().lower()


DIGEST = "0123456789abcdef" * 4 + "-" + "1" * 28
STORED = """{"after": "", "bump": 1000000000, "digest": "%s", "down_at": "", "failure": "", "finished": "", "format": 2, "kept": false,
"lost": {"revisions": 30}, "pauses": {"HostedCluster/demo": {"pausedUntil": null}}, "rolling_back": false, "shards": [{"bumped": 0,
"hash": 77, "live_keys": 300, "name": "etcd", "peers": {"etcd-0":
"https://etcd-0:2380"}, "quorate": true, "replicas": 1, "revision": 100, "sha256": "cc", "size": 52428800, "when_scaled": "Retain"}],
"snapshot": "20261124T164512Z-ab12", "started": "2026-11-24T17:00:00.000000Z", "state": "running", "steps": [%s],
"taken_at": "2026-11-24T16:51:00Z", "up_at": "", "writers": {"kube-apiserver": 3}}"""


def test_a_journal_that_an_earlier_version_has_stored_is_read() -> None:
    """A restore that was killed goes on with the collection that is installed by then."""
    step = '{"finished": "", "name": "%s", "note": "", "started": "", "state": "pending"}'
    found = from_json(STORED % (DIGEST, ", ".join(step % name for name in journals.STEPS)), "x")
    assert (found.format, found.digest, found.writers, found.ended) == (2, DIGEST, {"kube-apiserver": 3}, False)
    assert (found.shards[0].peers, found.shards[0].quorate) == ({"etcd-0": "https://etcd-0:2380"}, True)


def test_a_journal_of_another_format_says_which() -> None:
    with pytest.raises(HypershiftError, match="its format is 1, this version reads 2"):
        from_json(json.dumps({**json.loads(journal().to_json()), "format": 1}), "x")


def test_steps_and_times() -> None:
    made = journal()
    made.begin("fetch", NOW)
    made.begin("fetch", NOW + timedelta(seconds=5))  # a run after a kill: the first beginning counts
    made.finish("fetch", NOW + timedelta(seconds=9))
    assert made.summary()["steps"][0] == {
        "name": "fetch", "state": "done", "started": "2026-11-24T17:00:00.000000Z", "seconds": 9.0, "note": "",
    }  # fmt: skip
    made.down_at, made.up_at = journals.stamp(NOW), journals.stamp(NOW + timedelta(seconds=61.5))
    assert made.downtime() == 61.5
    assert journal().downtime() is None


def test_data_counts_as_touched_from_the_beginning_of_the_exchange() -> None:
    made = journal()
    for name in journals.STEPS[:5]:
        made.begin(name, NOW)
        made.finish(name, NOW)
        assert not made.touched
    made.begin("swap", NOW)
    assert made.touched
    made.fail("swap", "broken")
    assert made.touched and not made.ended


BROKEN: list[Any] = [
    "", "null", "[]", "{}", '{"format": 2}', '{"format": 1}',
    json.dumps({**json.loads(journal().to_json()), "steps": []}),
    json.dumps({**json.loads(journal().to_json()), "shards": [{"name": "etcd"}]}),
    json.dumps({**json.loads(journal().to_json()), "more": 1}),
    json.dumps({**json.loads(journal().to_json()), "format": 0}),
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_one_is_one_sentence(text: str) -> None:
    with pytest.raises(HypershiftError) as caught:
        from_json(text, "ConfigMap clusters/demo-etcd-restore")
    assert caught.value.failure.code == "bad_journal" and caught.value.failure.next_step


@given(st.text(max_size=200))
def test_no_text_makes_a_traceback(text: str) -> None:
    with pytest.raises(HypershiftError):
        from_json(text, "x")


@pytest.mark.parametrize(
    ("identity", "age", "alive", "free"),
    [
        (ME.text, 0, True, True),
        ("here-1/11-600/bbbb", 0, True, False),
        ("here-1/11-600/bbbb", 0, False, True),
        ("there-2/11-600/bbbb", 59, False, False),
        ("there-2/11-600/bbbb", 61, False, True),
        ("somebody else", 59, False, False),
        ("somebody else", 61, True, True),
    ],
)
def test_who_may_take_the_lease(identity: str, age: int, alive: bool, free: bool) -> None:
    """A dead holder on this machine is passed over at once, another machine's only after its time."""
    lease = manifest("l", "clusters", ME, 60, NOW - timedelta(seconds=age))
    lease["spec"]["holderIdentity"] = identity
    found = held_by(lease, ME, NOW, lambda process: alive and process == "11-600")
    assert found == ("" if free else identity)


def test_no_lease_is_free() -> None:
    assert held_by(None, ME, NOW, lambda _process: True) == ""
    assert held_by({"spec": {}}, ME, NOW, lambda _process: True) == ""
