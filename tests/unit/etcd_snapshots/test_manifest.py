# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manifests survive their text form, and no text whatsoever gets past the reader as anything but a manifest or a named problem."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest, new_id
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from hypothesis import given, settings
from hypothesis import strategies as st

from etcd_snapshots.samples import NOW, manifest_of

WHOLE = json.loads(manifest_of({"etcd": b"a", "etcd-events": b"b"}, sealed="age", verified_at=NOW, verification={"rto": 1.5}).to_json())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def problem_of(text: str) -> str:
    with pytest.raises(HypershiftError) as caught:
        Manifest.from_json(text)
    assert caught.value.failure.code == "bad_manifest" and "\n" not in str(caught.value)
    return caught.value.failure.cause


def test_a_manifest_is_the_same_after_its_text_form() -> None:
    for manifest in (
        manifest_of(),
        manifest_of({"etcd": b"1", "etcd-events": b"22"}, sealed="age", verified_at=NOW, verification={"a": [1]}),
    ):
        text = manifest.to_json()
        assert Manifest.from_json(text) == manifest and Manifest.from_json(text).to_json() == text


def test_the_text_is_stable_and_times_are_utc() -> None:
    there = manifest_of(taken_at=NOW.astimezone(timezone(timedelta(hours=9))))
    assert there.to_json() == manifest_of().to_json() and '"taken_at": "2026-11-24T16:45:12Z"' in there.to_json()


def test_ids_sort_by_time() -> None:
    assert new_id(NOW, lambda length: "ab12"[:length]) == "20261124T164512Z-ab12"
    assert new_id(NOW.astimezone(timezone(timedelta(hours=-5))), lambda _length: "ab12") == "20261124T164512Z-ab12"


def test_what_was_verified_does_not_make_another_set() -> None:
    assert manifest_of().same_content(replace(manifest_of(), verified_at=NOW, verification={"x": 1}))
    assert not manifest_of().same_content(manifest_of({"etcd": b"other"}))


@pytest.mark.parametrize("field", sorted(WHOLE))
def test_each_missing_field_is_named(field: str) -> None:
    assert problem_of(json.dumps({k: v for k, v in WHOLE.items() if k != field})) == f"{field} is missing"


@pytest.mark.parametrize("field", sorted(WHOLE["files"][0]))
def test_each_missing_field_of_a_file_is_named(field: str) -> None:
    second = {k: v for k, v in WHOLE["files"][1].items() if k != field}
    assert problem_of(json.dumps({**WHOLE, "files": [WHOLE["files"][0], second]})) == f"files[1].{field} is missing"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"format": 2}, "format is 2"),
        ({"format": True}, "format is no whole number"),
        ({"id": "../../etc"}, "id is no snapshot id"),
        ({"namespace": "../x"}, "namespace is no valid name"),
        ({"name": "a/b"}, "name is no valid name"),
        ({"name": ""}, "name is no valid name"),
        ({"name": "a..b"}, "name is no valid name"),
        ({"taken_at": "2026-11-24T16:45:12"}, "taken_at is no time with zone"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at is no time with zone"),
        ({"verified_at": 5}, "verified_at is no text"),
        ({"sealed": "gpg"}, "sealed is none of '', 'age'"),
        ({"files": []}, "files is no list with at least one entry"),
        ({"files": [1]}, "files[0] is no JSON object"),
        ({"files": WHOLE["files"] * 2}, "files names a shard twice"),
        ({"member": {"etcd": 1}}, "member.etcd is no text"),
        ({"release": "a\nb"}, "release holds characters that cannot be printed"),
        ({"verification": []}, "verification is no JSON object"),
        ({"verification": {"a": [float("nan")]}}, "verification holds a value that JSON does not know"),
        ({"files": [{**WHOLE["files"][0], "file": "../etcd.db.age"}]}, "files[0].file is not etcd.db.age"),
        ({"files": [{**WHOLE["files"][0], "size": -1}]}, "files[0].size is no whole number"),
        ({"files": [{**WHOLE["files"][0], "size": 1.5}]}, "files[0].size is no whole number"),
        ({"files": [{**WHOLE["files"][0], "sha256": "A" * 64}]}, "files[0].sha256 is no SHA-256"),
        ({"sealed": "", "files": [{**WHOLE["files"][0], "file": "etcd.db"}]}, "although the set is not sealed"),
    ],
)
def test_each_wrong_field_is_named(change: dict[str, Any], cause: str) -> None:
    assert cause in problem_of(json.dumps({**WHOLE, **change}))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', "[" * 200_000, "9" * 5000, "{" + " " * 5_000_000 + "}", '{"format": ' + "9" * 5000 + "}"]
)
def test_no_json_is_no_traceback(text: str) -> None:
    problem_of(text)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    problem_of(text)


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(sorted(WHOLE)), ANYTHING)
def test_any_value_in_any_field_is_a_manifest_or_a_named_problem(field: str, value: Any) -> None:
    text = json.dumps({**WHOLE, field: value})
    try:
        manifest = Manifest.from_json(text)
    except HypershiftError as error:
        assert error.failure.code == "bad_manifest" and field in error.failure.cause
    else:
        assert Manifest.from_json(manifest.to_json()) == manifest


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(sorted(WHOLE["files"][0])), ANYTHING)
def test_any_value_in_any_field_of_a_file(field: str, value: Any) -> None:
    text = json.dumps({**WHOLE, "files": [{**WHOLE["files"][0], field: value}]})
    try:
        manifest = Manifest.from_json(text)
    except HypershiftError as error:
        assert error.failure.code == "bad_manifest" and "files[0]" in error.failure.cause
    else:
        assert Manifest.from_json(manifest.to_json()) == manifest


@settings(max_examples=300, deadline=None, database=None)
@given(st.data())
def test_a_manifest_that_was_cut_or_changed_anywhere(data: st.DataObject) -> None:
    text = manifest_of().to_json()
    at = data.draw(st.integers(0, len(text) - 1))
    for broken in (text[:at], text[:at] + data.draw(st.characters()) + text[at + 1 :]):
        try:
            Manifest.from_json(broken)
        except HypershiftError as error:
            assert error.failure.code == "bad_manifest"


@settings(max_examples=200, deadline=None, database=None)
@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9998, 1, 1)).map(lambda t: t.replace(tzinfo=UTC)))
def test_any_time_survives(moment: datetime) -> None:
    manifest = manifest_of(taken_at=moment, verified_at=moment)
    assert Manifest.from_json(manifest.to_json()) == manifest
