# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_snapshot_info against a directory: filters, the objective, proof, and no cluster anywhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import NoCluster, run_operation
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.etcd_snapshot_info import SnapshotInformation
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.modules.etcd_snapshot_info import ENTRY

from etcd_snapshots.samples import NOW, manifest_of, written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = DirectoryStore(tmp_path / "backup")
    for hours, name, tail in ((30, "demo", "aa01"), (2, "demo", "aa02"), (50, "blue", "aa03")):
        content = {"etcd": f"data of {name}".encode()}
        store.put(manifest_of(content, NOW - timedelta(hours=hours), tail, name=name), written(tmp_path / "work", content))
    return tmp_path / "backup"


def read(root: Path, **options: Any) -> dict[str, Any]:
    return SnapshotInformation(DirectoryStore(root), options, lambda: NOW).plan().extra


def test_everything(root: Path) -> None:
    found = read(root)
    assert [(s["name"], s["age"]) for s in found["snapshots"]] == [("blue", 180000), ("demo", 108000), ("demo", 7200)]
    assert found["store"] == str(root) and found["rpo_met"] is None and found["leftovers"] == []
    assert {c["name"]: c["rpo_met"] for c in found["clusters"]} == {"blue": None, "demo": None}


def test_the_objective_of_all_and_of_one(root: Path) -> None:
    found = read(root, max_age="24h")
    assert {c["name"]: c["rpo_met"] for c in found["clusters"]} == {"blue": False, "demo": True} and found["rpo_met"] is False
    assert read(root, max_age="24h", namespace="clusters", name="demo")["rpo_met"] is True
    assert read(root, max_age="51h")["rpo_met"] is True
    missing = read(root, max_age="24h", namespace="clusters", name="none")
    assert missing["rpo_met"] is False and missing["clusters"][0]["reason"] == "no snapshot"
    assert read(root, max_age="24h", namespace="elsewhere")["rpo_met"] is False


def test_proof_finds_what_sizes_do_not(root: Path) -> None:
    newest = next(root.glob("clusters/demo/*-aa02/etcd.db"))
    newest.write_bytes(b"?" + newest.read_bytes()[1:])
    assert read(root, max_age="24h", namespace="clusters", name="demo")["rpo_met"] is True
    found = read(root, max_age="24h", namespace="clusters", name="demo", prove=True)
    assert found["rpo_met"] is False and [s["good"] for s in found["snapshots"]] == [True, False]
    assert "SHA-256 differs" in found["snapshots"][1]["problem"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_age": "1 day"}, "'1 day' is no duration"),
        ({"max_age": "0"}, "'0' is no duration above zero"),
        ({"name": "demo"}, "name needs namespace"),
        ({"namespace": "../x"}, "'../x' is no valid name"),
    ],
)
def test_wrong_options(root: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(HypershiftError) as caught:
        read(root, **options)
    assert caught.value.failure.code == "invalid_option" and words in str(caught.value)


def run(**options: Any) -> dict[str, Any]:
    checked = ArgumentSpecValidator(ENTRY.spec, **ENTRY.constraints).validate(options)
    assert checked.error_messages == []
    return run_operation(ENTRY, checked.validated_parameters, False, lambda _line: None)


def test_the_whole_module_needs_no_cluster(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", "/there/is/none")
    result = run(directory=str(root))
    assert result["changed"] is False and len(result["snapshots"]) == 3 and "failed" not in result


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    result = run(directory=str(tmp_path / "typo"))
    assert result["failed"] and result["failure"]["code"] == "not_found"
    assert result["msg"] == f"Snapshot directory {tmp_path}/typo: it does not exist. Check the path."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required: directory, s3"),
        ({"directory": "/x", "s3": {"bucket": "b"}}, "mutually exclusive"),
        ({"s3": {}}, "bucket"),
        ({"s3": {"bucket": "b", "access_key": "a"}}, "secret_key"),
        ({"s3": {"bucket": "b", "object_lock": {"mode": "GOVERNANCE"}}}, "retain_days"),
    ],
)
def test_the_spec_refuses(options: dict[str, Any], words: str) -> None:
    checked = ArgumentSpecValidator(ENTRY.spec, **ENTRY.constraints).validate(options)
    assert words in " ".join(checked.error_messages)


def test_without_a_cluster_only_clock_and_chance_are_there() -> None:
    nothing = NoCluster()
    assert nothing.now().tzinfo is not None and len(nothing.random_name(4)) == 4 and len(nothing.random_bytes(3)) == 3
    assert nothing.monotonic() > 0
    with pytest.raises(HypershiftError) as caught:
        nothing.list("x")
    assert caught.value.failure.code == "internal"
