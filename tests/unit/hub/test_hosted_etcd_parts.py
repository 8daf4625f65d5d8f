# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The parts of the hosted etcd that need no server: faults, keys, manifests, mounts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_hub import mounts
from hosted_etcd import gateway, manifests
from hosted_etcd.faults import PROGRAM, Fault
from hosted_etcd.load import Load


def rule(**changes: Any) -> dict[str, Any]:
    return {"match": "printf", "kind": "close", "after": 3, "code": 7, "times": 1, "hits": 0, **changes}


def carry_out(
    folder: Path, *rules: dict[str, Any], stdin: bytes = b"", command: str = "printf 123456"
) -> subprocess.CompletedProcess[bytes]:
    path = folder / "etcd.json"
    if rules:
        path.write_text(json.dumps({"rules": rules}))
    argv = [sys.executable, "-IS", str(PROGRAM), str(path), "2", "sh", "-c", command]
    return subprocess.run(argv, input=stdin, capture_output=True, timeout=30, check=False)


@pytest.mark.parametrize(("kind", "code"), [("close", 0), ("exit", 7), ("kill", -9)])
def test_a_rule_strikes_as_often_as_it_says(tmp_path: Path, kind: str, code: int) -> None:
    done = carry_out(tmp_path, rule(kind=kind))
    assert (done.stdout, done.returncode) == (b"123", code)
    assert Fault(tmp_path / "etcd.json", 0).hits == 1
    again = carry_out(tmp_path)
    assert (again.stdout, again.returncode) == (b"123456", 0)
    assert Fault(tmp_path / "etcd.json", 0).hits == 1


def test_an_output_that_is_shorter_is_passed_on_whole(tmp_path: Path) -> None:
    done = carry_out(tmp_path, rule(after=100), command="printf 123456; exit 4")
    assert (done.stdout, done.returncode) == (b"123456", 4)


def test_a_writer_gets_its_first_bytes_and_then_the_error(tmp_path: Path) -> None:
    done = carry_out(tmp_path, rule(kind="enospc", match="cat"), stdin=b"abcdef", command="cat")
    assert (done.stdout, done.returncode) == (b"abc", 1)
    assert b"No space left on device" in done.stderr


def test_the_view_is_no_part_of_the_command(tmp_path: Path) -> None:
    assert carry_out(tmp_path, rule(match="^sh -c")).stdout == b"123456"
    assert carry_out(tmp_path, rule(match="^printf")).stdout == b"123"


def test_the_first_rule_that_fits_strikes_and_a_cleared_one_does_not(tmp_path: Path) -> None:
    rules = [rule(match="other"), rule(after=1), rule(after=2)]
    assert carry_out(tmp_path, *rules).stdout == b"1"
    Fault(tmp_path / "etcd.json", 2).clear()
    assert carry_out(tmp_path).stdout == b"123456"


@given(st.binary(max_size=40))
def test_keys_survive_as_text(data: bytes) -> None:
    assert gateway.raw(gateway.text(data)) == data


@given(st.binary(min_size=1, max_size=6), st.binary(max_size=6))
def test_the_end_of_a_prefix_lies_after_its_keys(prefix: bytes, rest: bytes) -> None:
    end = gateway._after(prefix)
    assert end == b"\0" or prefix + rest < end


def test_a_load_counts_what_was_refused_apart() -> None:
    class Once:
        def put(self, _pairs: dict[str, str]) -> int:
            if taken:
                raise gateway.GatewayError("refused")
            taken.append(1)
            return 5

        def close(self) -> None:
            taken.append(2)

    taken: list[int] = []
    load = Load(lambda _number: Once(), 3, 50, "k/")  # type: ignore[arg-type,return-value]
    load._done.set()  # no pauses
    load._write("k/1", "a")
    load._write("k/2", "b")
    assert (load.acknowledged, load.failed, load.revision) == ({"k/1": "a"}, {"k/2": "b"}, 5)


@pytest.mark.parametrize(("replicas", "policy"), [(1, "SingleReplica"), (3, "HighlyAvailable")])
def test_the_hosted_cluster_has_as_many_members_as_asked_for(replicas: int, policy: str) -> None:
    marks = manifests.requests("3.6", ["etcd"], True, "Delete", 1024, 10)
    found = manifests.hosted_cluster("clusters", "demo", replicas, "3.6", marks)
    assert found["spec"]["controllerAvailabilityPolicy"] == policy
    assert found["metadata"]["annotations"]["simulator.hypershift.core/real-apiserver"] == "true"
    key = found["spec"]["secretEncryption"]["aescbc"]["activeKey"]["name"]
    assert key in {secret["metadata"]["name"] for secret in manifests.secrets("clusters", "demo")}


def test_mounts_of_one_hub_are_told_from_others_inner_ones_first() -> None:
    table = "tmpfs /hubs/one/volumes/a tmpfs rw 0 0\ntmpfs /hubs/one/volumes/a/in tmpfs rw 0 0\ntmpfs /hubs/one/volumesb tmpfs rw 0 0\n"
    assert mounts.below(Path("/hubs/one/volumes"), table) == ["/hubs/one/volumes/a/in", "/hubs/one/volumes/a"]
