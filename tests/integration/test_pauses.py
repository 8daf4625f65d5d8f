# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Removal of what somebody has paused by name: refused before any write, and done where it is allowed or nobody works on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from direct import Direct, Obj, hosted_cluster, new, node_pool
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from playing import Player

NAMESPACE = "held"
BY_NAME = {"hypershift.core/paused-by": "storage", "hypershift.core/paused-reason": "moves its disks"}
PAUSED = {"pausedUntil": "true"}


@pytest.fixture(scope="module")
def held(hub: EmbeddedHub) -> Iterator[Direct]:
    """Two hosted clusters with a pool each, of which one is paused by name, and a pool that alone is."""
    direct = Direct(hub)
    direct.create(new("Namespace", NAMESPACE))
    for name, notes in (("busy", BY_NAME), ("idle", {})):
        direct.create(hosted_cluster(name, NAMESPACE, PAUSED, annotations=notes), node_pool(name, NAMESPACE, name, PAUSED))
    direct.create(node_pool("apart", NAMESPACE, "idle", PAUSED, annotations=BY_NAME))
    yield direct
    for kind in ("NodePool", "HostedCluster"):
        for obj in direct.list(kind, NAMESPACE):
            direct.end(kind, NAMESPACE, obj["metadata"]["name"])
    direct.delete("Namespace", "", NAMESPACE)


def absent(module: str, name: str, **more: Any) -> Obj:
    return {f"hypershift.core.{module}": {"name": name, "namespace": NAMESPACE, "state": "absent", "wait": False, **more}}


@pytest.mark.parametrize(
    ("module", "name", "holder"),
    [
        ("hosted_cluster", "busy", f"HostedCluster {NAMESPACE}/busy"),
        ("hosted_cluster", "idle", f"NodePool {NAMESPACE}/apart"),
        ("nodepool", "apart", f"NodePool {NAMESPACE}/apart"),
    ],
)
def test_what_somebody_has_paused_by_name_stays(quick: Player, held: Direct, module: str, name: str, holder: str) -> None:
    before = {kind: len(held.list(kind, NAMESPACE)) for kind in ("HostedCluster", "NodePool")}
    for check in (True, False):
        played = quick.play(absent(module, name), check=check)
        refused = played.failed()
        assert refused["failure"]["code"] == "paused_by_other" and holder in refused["msg"], refused["msg"]
        assert "paused by storage (moves its disks)" in refused["msg"] and "allow_paused" in refused["msg"]
        assert quick.writes(played.started) == []
    assert {kind: len(held.list(kind, NAMESPACE)) for kind in before} == before


def test_by_choice_it_goes_and_a_pause_that_names_nobody_holds_nothing(quick: Player, held: Direct) -> None:
    quick.play(absent("nodepool", "apart", allow_paused=True)).ok()
    for name, more in (("idle", {}), ("busy", {"allow_paused": True})):
        played = quick.play(absent("hosted_cluster", name, **more)).ok()
        assert played.last["changed"] is True and f"delete hostedclusters {NAMESPACE}/{name}" in quick.writes(played.started)
    until("all are on their way out", lambda: all(c["metadata"].get("deletionTimestamp") for c in held.list("HostedCluster", NAMESPACE)))
