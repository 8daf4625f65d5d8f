# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""hypershift.core.etcd_snapshot_info through ansible-playbook, by both execution paths, with no management cluster anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.opening import open_store

from etcd_snapshots.samples import manifest_of, written
from hosted_etcd import S3Server
from playing import FOLDER, Player
from snapshot_store.options import s3_options

MODULE = "hypershift.core.etcd_snapshot_info"


@pytest.fixture(params=["in_process", "module"])
def player(request: pytest.FixtureRequest) -> Player:
    FOLDER.mkdir(parents=True, exist_ok=True)
    nowhere: Any = SimpleNamespace(name="no-hub")
    return Player(nowhere, Path("/there/is/no/kubeconfig"), in_process=request.param == "in_process")


def filled(options: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The options of a store with a good set of an hour ago and a bad one."""
    store, now = open_store(options), datetime.now(UTC)
    for hours, tail in ((1, "aa01"), (2, "aa02")):
        store.put(manifest_of(taken_at=now - timedelta(hours=hours), tail=tail), written(folder / "work", {"etcd": b"data"}))
    return options


def judged(result: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the clock."""
    (cluster,) = result["clusters"]
    assert 3600 <= cluster["age"] < 3900
    return {
        "changed": result["changed"],
        "rpo_met": result["rpo_met"],
        "sets": [(s["id"][-4:], s["good"], s["sealed"], s["verified"], s["locked_until"], s["revision"]) for s in result["snapshots"]],
        "cluster": (cluster["namespace"], cluster["name"], cluster["snapshots"], cluster["newest"][-4:], cluster["reason"]),
        "leftovers": result["leftovers"],
    }


EXPECTED = {
    "changed": False,
    "rpo_met": True,
    "sets": [("aa02", True, False, False, "", 4711), ("aa01", True, False, False, "", 4711)],
    "cluster": ("clusters", "demo", 2, "aa01", ""),
    "leftovers": [],
}


def test_a_directory(player: Player, tmp_path: Path) -> None:
    options = filled({"directory": str(tmp_path / "backup")}, tmp_path)
    played = player.play({MODULE: {**options, "max_age": "24h", "prove": True}}).ok()
    assert judged(played.last) == EXPECTED and played.last["store"] == options["directory"]
    assert player.play({MODULE: {**options, "max_age": "30m"}}, check=True).ok().last["rpo_met"] is False


def test_a_bucket_and_no_secret_anywhere(player: Player, server: S3Server, bucket: str, tmp_path: Path) -> None:
    options = filled({"s3": s3_options(server, bucket, prefix="team")}, tmp_path)
    played = player.play({MODULE: {**options, "max_age": "24h", "prove": True}}, arguments=["-vvv"]).ok()
    assert judged(played.last) == EXPECTED and played.last["store"] == f"s3://{bucket}/team"
    assert server.secret_key not in played.output and server.secret_key not in str(played.last)
    wrong = {"s3": {**options["s3"], "secret_key": "a-wrong-secret-9c1", "session_token": "a-token-77b"}}
    played = player.play({MODULE: wrong}, arguments=["-vvv"])
    result = played.failed()
    assert result["failure"]["code"] == "unauthorized" and "a-wrong-secret-9c1" not in played.output and "a-token-77b" not in played.output
    assert result["msg"].count("\n") == 0 and "Traceback" not in played.output


def test_the_group_defaults_say_where(player: Player, tmp_path: Path) -> None:
    options = filled({"directory": str(tmp_path / "backup")}, tmp_path)
    task = {"block": [{MODULE: {}, "register": "found"}], "module_defaults": {MODULE: options}}
    assert len(player.play(task).ok().last["snapshots"]) == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "invalid_option"),
        ({"directory": "/there/is/none"}, "not_found"),
        ({"directory": "/tmp", "max_age": "soon"}, "invalid_option"),
        ({"directory": "/tmp", "name": "demo"}, "invalid_option"),
    ],
)
def test_what_is_wrong_is_told(player: Player, options: dict[str, Any], code: str) -> None:
    result = player.play({MODULE: options}).failed()
    assert result["failure"]["code"] == code and result["changed"] is False
