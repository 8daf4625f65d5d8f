# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub
from embedded_hub.errors import HubError
from embedded_hub.paths import HubPaths
from embedded_hub.state import HubState


@pytest.fixture
def paths(tmp_path: Path) -> HubPaths:
    found = HubPaths.of("one", tmp_path)
    found.create()
    return found


def state(paths: HubPaths) -> HubState:
    return HubState(
        name="one",
        server="https://127.0.0.1:20001",
        kubeconfig=str(paths.kubeconfig),
        audit_log=str(paths.audit_log),
        ca=str(paths.pki / "ca.crt"),
        crds="own",
        ports={"apiserver": 20001},
        speed=60,
        pids={"etcd": 7},
    )


def test_what_is_saved_is_loaded(paths: HubPaths) -> None:
    state(paths).save(paths)
    assert HubState.load(paths) == state(paths)
    assert stat.S_IMODE(paths.hub_json.stat().st_mode) == 0o600


def test_the_promised_keys_are_there(paths: HubPaths) -> None:
    state(paths).save(paths)
    content = json.loads(paths.hub_json.read_text())
    assert {"name", "server", "kubeconfig", "audit_log", "ca", "crds", "ports", "pids", "speed"} <= set(content)


def test_no_file_is_no_hub(paths: HubPaths) -> None:
    assert HubState.load(paths) is None
    with pytest.raises(HubError, match="Hub one is not running"):
        EmbeddedHub.attach("one", paths.root.parent)


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "one"}', '{"unknown": 1}'])
def test_a_damaged_file_says_what_to_do(paths: HubPaths, content: str) -> None:
    paths.hub_json.write_text(content)
    with pytest.raises(HubError, match=r"cannot be read.*hub down --name one"):
        HubState.load(paths)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "-a", "a-", "a" * 41, "a_b", "a\n"])
def test_names_that_are_no_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(HubError, match="hub name"):
        HubPaths.of(name, tmp_path)


def test_logs_of_the_hub_before_are_set_aside(paths: HubPaths) -> None:
    for content in ("first", "second"):
        paths.audit_log.write_text(content)
        paths.set_logs_aside()
        paths.create()
        assert not paths.audit_log.exists()
        assert (paths.previous_logs / "audit.log").read_text() == content


def test_the_folders_are_private(paths: HubPaths) -> None:
    assert stat.S_IMODE(paths.root.stat().st_mode) == 0o700
