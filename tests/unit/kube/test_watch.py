# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List-and-watch against a server that misbehaves."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import DELETED, MODIFIED, SYNCED, TROUBLE, WatchSpec
from ansible_collections.hypershift.core.plugins.module_utils._kube import watch as watching

from kube.faulty_server import Answer, hang_up, reply, serving, status_of, stream
from kube.test_transport import hub_at

SPEC = WatchSpec(HOSTED_CLUSTER, "clusters", "demo")
SECONDS = 20.0


@pytest.fixture(autouse=True)
def _without_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_BACKOFF", (0.0,))


def listed(version: str, *names: str) -> Answer:
    return reply(200, {"metadata": {"resourceVersion": version}, "items": [{"metadata": {"name": n}} for n in names]})


def event(kind: str, version: str) -> dict[str, Any]:
    return {"type": kind, "object": {"metadata": {"name": "demo", "resourceVersion": version}}}


def collected(url: str, count: int) -> list[Any]:
    with hub_at(url).watch([SPEC]) as watch:
        return [watch.next(SECONDS) for _i in range(count)]


def test_list_then_events_and_bookmarks_are_silent() -> None:
    with serving(listed("5", "demo"), stream(event("MODIFIED", "6"), event("BOOKMARK", "9"), event("DELETED", "10")), hang_up) as (
        server,
        url,
    ):
        events = collected(url, 3)
        assert [e.type for e in events] == [SYNCED, MODIFIED, DELETED]
        assert "resourceVersion=5" in server.seen[1][1] and "fieldSelector=metadata.name%3Ddemo" in server.seen[1][1]


def test_a_watch_that_ends_goes_on_at_the_last_version_without_listing() -> None:
    with serving(listed("5"), stream(event("MODIFIED", "6")), stream(event("BOOKMARK", "8")), stream(event("MODIFIED", "9"))) as (
        server,
        url,
    ):
        events = collected(url, 3)
        assert [e.type for e in events] == [SYNCED, MODIFIED, MODIFIED]
        assert "resourceVersion=6" in server.seen[2][1] and "resourceVersion=8" in server.seen[3][1]


@pytest.mark.parametrize(
    "gone", [status_of(410, "Expired"), stream({"type": "ERROR", "object": {"code": 410, "reason": "Expired"}})], ids=["http", "event"]
)
def test_410_lists_again(gone: Answer) -> None:
    with serving(listed("5", "a"), gone, listed("50", "b"), stream(event("MODIFIED", "51"))) as (_server, url):
        events = collected(url, 3)
    assert [e.type for e in events if e.type != TROUBLE] == [SYNCED, SYNCED, MODIFIED]
    assert events[1].objects[0]["metadata"]["name"] == "b"


@pytest.mark.parametrize(
    "fault",
    [hang_up, status_of(500, "InternalError"), status_of(429, "TooManyRequests"), stream(torn=True)],
    ids=["hang-up", "500", "429", "torn"],
)
def test_bursts_while_watching_are_survived(fault: Answer) -> None:
    with serving(listed("5"), fault, fault, fault, stream(event("MODIFIED", "6"))) as (_server, url):
        with hub_at(url).watch([SPEC]) as watch:
            seen = []
            while not seen or seen[-1].type != MODIFIED:
                seen.append(watch.next(SECONDS))
                assert seen[-1] is not None
    assert seen[0].type == SYNCED and all(e.text for e in seen if e.type == TROUBLE)


@pytest.mark.parametrize(
    ("answer", "code"), [(status_of(401, "Unauthorized"), "unauthorized"), (status_of(403, "Forbidden"), "missing_permission")]
)
def test_refusals_end_the_watch(answer: Answer, code: str) -> None:
    with serving(listed("5"), answer) as (_server, url):
        hub = hub_at(url)
        with hub.watch([SPEC]) as watch:
            assert watch.next(SECONDS).type == SYNCED  # type: ignore[union-attr]
            with pytest.raises(ApiError) as caught:
                watch.next(SECONDS)
    assert caught.value.failure.code == code
