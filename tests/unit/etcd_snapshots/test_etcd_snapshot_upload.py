# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Members that send their snapshots themselves: the URL is a secret, and what was not accepted is no snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.etcd_snapshot_upload import UploadSnapshot
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import SILENCE, ExecResult, Sink

from builders.memory_hub import MemoryHub
from builders.transfers import PATIENCE
from etcd_snapshots.builders import CONTENT, StatusOfBoth, snapshot_hub

URL = "https://bucket.example.com/etcd.db?X-Amz-Signature=5ecret"


class Sending(StatusOfBoth):
    """A member whose curl ends as it is told; sent: what it read from standard input, and the file as it was then."""

    end: ExecResult = ExecResult(0)

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        if "curl" not in command[-1]:
            return StatusOfBoth.run(self, command, sink, source, silence)
        self.sent = (command[-1], b"".join(source or ()), self.saved[-1].read_bytes())
        return self.end


@pytest.fixture
def hub() -> MemoryHub:
    hub = snapshot_hub()
    for name, known in list(hub.shells.items()):
        hub.shells[name] = Sending(known.table, where=known.where)
    return hub


def upload(hub: MemoryHub, inside: Path, check: bool = False, urls: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
    given = {"namespace": "clusters", "name": "demo", "compare_data": False, "temp_directory": str(inside), **options}
    given["upload_urls"] = {"etcd": URL} if urls is None else urls
    return run(UploadSnapshot(hub, given, PATIENCE), hub, check, lambda _line: None)


def test_the_member_sends_what_was_proved_and_keeps_nothing(hub: MemoryHub, tmp_path: Path) -> None:
    result = upload(hub, tmp_path)
    command, told, content = hub.shells["etcd-1"].sent
    assert content == CONTENT
    assert told == f'url = "{URL}"\n'.encode()
    assert URL not in command and "5ecret" not in command
    assert list(tmp_path.iterdir()) == []
    [file] = result["manifest"]["files"]
    assert (file["size"], file["live_keys"], file["file"]) == (len(CONTENT), 12, "etcd.db")
    assert result["changed"] and [s["verb"] for s in result["plan"]] == ["upload"]


def test_the_result_names_the_host_and_not_the_signature(hub: MemoryHub, tmp_path: Path) -> None:
    text = json.dumps(upload(hub, tmp_path))
    assert "bucket.example.com" in text and "5ecret" not in text


def test_check_mode_sends_nothing(hub: MemoryHub, tmp_path: Path) -> None:
    assert upload(hub, tmp_path, check=True)["changed"]
    assert not hasattr(hub.shells["etcd-1"], "sent")
    assert hub.shells["etcd-1"].saved == []


def test_what_the_server_refuses_is_a_failure_without_the_url(hub: MemoryHub, tmp_path: Path) -> None:
    hub.shells["etcd-1"].end = ExecResult(22, b"", f"curl: (22) The requested URL returned error: 403 for {URL}")
    with pytest.raises(HypershiftError, match=r"curl ended with status 22.*403 for the URL") as caught:
        upload(hub, tmp_path)
    assert caught.value.failure.code == "upload_failed"
    assert "5ecret" not in json.dumps([caught.value.failure.message(), caught.value.extra], default=str)
    assert not caught.value.extra.get("plan"), "what was not accepted was not done"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ({}, "names nothing, the shards are etcd"),
        ({"etcd-events": URL}, "names etcd-events, the shards are etcd"),
        ({"etcd": URL, "etcd-events": URL}, "names etcd, etcd-events"),
    ],
)
def test_each_shard_needs_its_url_and_nothing_else_has_one(hub: MemoryHub, tmp_path: Path, urls: dict[str, str], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        upload(hub, tmp_path, urls=urls)
    assert hub.shells["etcd-1"].saved == []
