# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation node_health_check_pause on the in-memory hub: only our entry, also beside other writers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.node_health_check_pause import NodeHealthCheckPause
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NODE_HEALTH_CHECK
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import options

OURS = "upgrade-autumn"


def check_of(name: str, requests: list[str] | None = None, in_flight: tuple[str, ...] = ()) -> dict[str, Any]:
    spec: dict[str, Any] = {"selector": {}} | ({} if requests is None else {"pauseRequests": requests})
    status = {"inFlightRemediations": dict.fromkeys(in_flight, "2026-11-24T02:59:00Z")} if in_flight else {}
    return NODE_HEALTH_CHECK.manifest(name, spec=spec, status=status)


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("node_health_check_pause", **{"entry": OURS, **given})
    return run(NodeHealthCheckPause(hub, opts), hub, check, lambda line: None)


def requests(hub: MemoryHub, name: str) -> Any:
    return hub.objects[("NodeHealthCheck", "", name)]["spec"].get("pauseRequests")


@pytest.mark.parametrize(
    ("before", "state", "after"),
    [
        (None, "present", [OURS]),
        ([], "present", [OURS]),
        (["other"], "present", ["other", OURS]),
        (["other", OURS, "third"], "absent", ["other", "third"]),
        ([OURS], "absent", None),
        ([OURS, OURS], "absent", None),
    ],
)
def test_only_our_entry_comes_and_goes(before: list[str] | None, state: str, after: list[str] | None) -> None:
    hub = MemoryHub(check_of("workers", before))
    predicted = go(hub, check=True, state=state)
    assert hub.writes == [] and predicted["changed"] and predicted["node_health_checks"][0]["pause_requests"] == (after or [])
    result = go(hub, state=state)
    assert requests(hub, "workers") == after and hub.reads == [("list", "NodeHealthCheck")] * 2
    assert hub.writes == [("patch", "NodeHealthCheck workers")] and result["diff"]
    assert go(hub, state=state)["changed"] is False and len(hub.writes) == 1


def test_named_ones_or_all() -> None:
    hub = MemoryHub(check_of("a"), check_of("b"), check_of("c"))
    go(hub, name=["b"])
    assert [name for _verb, name in hub.writes] == ["NodeHealthCheck b"]
    assert [row["name"] for row in go(hub)["node_health_checks"]] == ["a", "b", "c"]
    assert [requests(hub, name) for name in "abc"] == [[OURS]] * 3 and len(hub.writes) == 3


def test_another_writer_in_between_loses_nothing() -> None:
    hub = MemoryHub(check_of("workers", ["first"]))
    original, once = hub.patch, []

    def patch(kind: Any, namespace: Any, name: str, *args: Any, **more: Any) -> dict[str, Any]:
        if not once:
            once.append(name)
            hub.edit(NODE_HEALTH_CHECK, None, "workers", {"spec": {"pauseRequests": ["first", "other campaign"]}})
        return original(kind, namespace, name, *args, **more)

    hub.patch = patch  # type: ignore[method-assign]
    go(hub)
    assert requests(hub, "workers") == ["first", "other campaign", OURS]
    once.clear()
    hub.edit(NODE_HEALTH_CHECK, None, "workers", {"spec": {"pauseRequests": ["first", OURS]}})
    go(hub, state="absent")
    assert requests(hub, "workers") == ["first", "other campaign"]


def test_a_remediation_in_flight_is_refused_or_waited_for() -> None:
    hub = MemoryHub(check_of("workers", in_flight=("node-1", "node-2")))
    with pytest.raises(RefusedError, match="remediation of node-1, node-2 is in flight"):
        go(hub, wait=False)
    assert hub.writes == []

    def over(h: MemoryHub) -> None:
        live = h.objects[("NodeHealthCheck", "", "workers")]
        h.put({**live, "status": {}})

    hub.script = [(75.0, over)]
    assert go(hub)["changed"] and requests(hub, "workers") == [OURS] and hub.seconds == 75.0
    assert go(hub, wait=False)["changed"] is False


@pytest.mark.parametrize(
    ("remediations", "refused"),
    [([], False), ([{"started": "2026-11-24T02:00:00Z"}], True), ([{"started": "x", "timedOut": "2026-11-24T02:30:00Z"}], False)],
)
def test_newer_operators_tell_remediations_by_node(remediations: list[dict[str, str]], refused: bool) -> None:
    hub = MemoryHub(check_of("workers") | {"status": {"unhealthyNodes": [{"name": "node-7", "remediations": remediations}]}})
    if refused:
        with pytest.raises(RefusedError, match="remediation of node-7 is in flight"):
            go(hub, wait=False)
    assert go(hub, wait=False, check=True)["changed"] if not refused else hub.writes == []


def test_a_remediation_that_does_not_end_is_named() -> None:
    hub = MemoryHub(check_of("workers", in_flight=("node-1",)), check_of("idle"))
    with pytest.raises(WaitError) as caught:
        go(hub, wait_timeout=60)
    assert "workers remediates node-1" in caught.value.failure.cause and hub.seconds == 60.0
    assert caught.value.extra["changed"] is True and requests(hub, "workers") == [OURS]
    assert go(hub, state="absent")["changed"]  # ending our pause never waits


def test_an_unknown_name_is_refused_and_a_hub_without_any_is_left_alone() -> None:
    hub = MemoryHub(check_of("workers"))
    with pytest.raises(RefusedError, match="NodeHealthCheck nowhere: it does not exist"):
        go(hub, name=["workers", "nowhere"])
    assert hub.writes == []
    result = go(MemoryHub(), name=["workers"])
    assert (result["changed"], result["node_health_checks"], result.get("notes")) == (False, [], None)
