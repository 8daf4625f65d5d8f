# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Up, up again, beside another, after a fault, down."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from embedded_hub import EmbeddedHub, HubError, crds, lifecycle, starter
from embedded_hub.components import Layout
from embedded_hub.process import is_alive, recorded
from embedded_hub.stopper import PARTS
from embedded_hub.testing import Kubectl

RUNNING = [name for name in PARTS if name != "simulator"]


def test_up_finds_a_running_hub(hub: EmbeddedHub) -> None:
    lines: list[str] = []
    again = EmbeddedHub.up(hub.name, simulator=False, state_root=hub.paths.root.parent, say=lines.append)
    assert again.state == hub.state
    assert len(lines) == 1
    assert "already running" in lines[0]


def test_a_running_hub_is_not_taken_for_another(hub: EmbeddedHub) -> None:
    other = {"own": "real", "real": "own"}[hub.state.crds]
    with pytest.raises(HubError, match=f"not the {other} ones|The real definitions were asked for"):
        EmbeddedHub.up(hub.name, crds=other, simulator=False, state_root=hub.paths.root.parent, say=lambda _line: None)


def test_all_definitions_are_served(hub: EmbeddedHub, kubectl: Kubectl) -> None:
    lines: list[str] = []
    crds.wait_served(
        lifecycle.client(hub.paths, hub.state),
        crds.choose(hub.state.crds).manifests(),
        1,
        lambda _seconds: lines.append("waited"),
    )
    assert lines == []
    assert len(kubectl.get("crd")["items"]) == len(crds.choose(hub.state.crds).manifests())


def test_second_hub_fault_and_end(hub: EmbeddedHub) -> None:
    root = hub.paths.root.parent
    second = EmbeddedHub.up("second", simulator=False, state_root=root, say=lambda _line: None)
    assert not set(second.state.ports.values()) & set(hub.state.ports.values())
    foreign = hub.paths.root / "foreign.kubeconfig"
    foreign.write_text(second.kubeconfig.read_text().replace(second.server, hub.server))
    answer = Kubectl(hub.state.binaries["kubectl"], foreign).run("get", "ns")
    assert answer.returncode != 0
    assert b"certificate" in answer.stderr

    crashed = recorded(second.paths.run, "etcd")
    assert crashed is not None
    os.kill(crashed.pid, signal.SIGKILL)
    lines: list[str] = []
    third = EmbeddedHub.up("second", simulator=False, state_root=root, say=lines.append)
    assert "starting afresh" in lines[0]
    assert third.state.pids["etcd"] != crashed.pid

    identities = [recorded(third.paths.run, name) for name in RUNNING]
    third.down()
    assert all(identity is not None and not is_alive(identity) for identity in identities)
    assert {path.name for path in third.paths.root.iterdir()} == {"logs", "logs.previous"}
    with pytest.raises(HubError, match="is not running"):
        EmbeddedHub.attach("second", root)
    assert EmbeddedHub.attach(hub.name, root).state == hub.state


def test_a_failed_start_leaves_nothing_running(hub: EmbeddedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del hub
    started: list[int] = []

    def fail(layout: Layout, *_rest: object) -> None:
        started.extend(identity.pid for name in PARTS if (identity := recorded(layout.paths.run, name)))
        raise HubError("no scheduler today")

    monkeypatch.setattr(starter, "start_controllers", fail)
    with pytest.raises(HubError, match="no scheduler today"):
        EmbeddedHub.up("broken", simulator=False, state_root=tmp_path, say=lambda _line: None)
    assert len(started) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
