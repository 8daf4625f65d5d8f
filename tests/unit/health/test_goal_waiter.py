# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a wait says while the API server cannot be reached, and while nothing happens."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_waiter import WaitRequest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.facts import Fact, wait_for
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import SYNCED, TROUBLE, WatchEvent, WatchSpec
from ansible_collections.hypershift.core.plugins.module_utils._kube.failures import _cause

from builders.memory_hub import MemoryHub, MemoryWatch
from builders.objects import live_cluster


class Troubled(MemoryWatch):
    """The watch is interrupted every 20 s, with the texts in turn; an empty one is another listing."""

    def __init__(self, hub: MemoryHub, specs: Any, texts: list[str]) -> None:
        super().__init__(hub, specs)
        self._texts = texts

    def next(self, timeout: float) -> WatchEvent | None:
        if self._pending or not self._texts or timeout < 20:
            return super().next(timeout)
        self._hub.seconds += 20
        text = self._texts.pop(0)
        spec = self._specs[0]
        return WatchEvent(TROUBLE, spec, text=text) if text else WatchEvent(SYNCED, spec, objects=tuple(self._listed(spec)))


def waited(texts: list[str], timeout: float) -> tuple[list[str], WaitError]:
    cluster = live_cluster()
    cluster["status"]["conditions"] = []
    hub, lines = MemoryHub(cluster), list[str]()
    hub.watch = lambda specs: Troubled(hub, list(specs), texts)  # type: ignore[method-assign]
    request = WaitRequest("available", (("clusters", "demo"),), timeout, timeout)
    with pytest.raises(WaitError) as caught:
        request.wait(hub, lines.append)
    assert hub.seconds == timeout
    return lines, caught.value


def test_an_interruption_is_said_once_and_so_is_its_end() -> None:
    lines, _error = waited(["gone", "gone", "gone", "away", ""], 200)
    assert [line.split("] ")[1] for line in lines[1:]] == [
        "00:20 watch interrupted, trying again: gone",
        "01:20 watch interrupted, trying again: away",
        "01:40 watch goes on",
    ]


def test_interruptions_do_not_lengthen_the_wait() -> None:
    lines, error = waited(["gone"] * 100, 300)
    assert len(lines) == 2 and "last interruption of the watch at 05:00: gone" in error.failure.cause


def test_a_wait_in_which_nothing_happens_gives_a_sign_of_life() -> None:
    lines, _error = waited([], 1000)
    still = "still waiting for available: " + lines[0].split("] 00:00 ")[1]
    assert [line.split("] ")[1] for line in lines[1:]] == [f"05:00 {still}", f"10:00 {still}", f"15:00 {still}"]


def test_with_many_it_names_the_first_that_is_missing_and_counts_the_others() -> None:
    clusters = [live_cluster(name=f"c{number}") for number in range(12)]
    for cluster in clusters[1:]:
        cluster["status"]["conditions"] = []
    hub, lines = MemoryHub(*clusters), list[str]()
    with pytest.raises(WaitError):
        WaitRequest("available", tuple(("clusters", f"c{number}") for number in range(12)), 400, 400).wait(hub, lines.append)
    assert lines[0] == "[12 clusters] 00:00 1/12 available" and len(lines) == 2
    assert lines[1].startswith("[12 clusters] 05:00 still waiting for available: clusters/c1 ") and lines[1].endswith(", and 10 more")


def test_a_simple_fact_gives_it_too_and_not_while_there_is_news() -> None:
    hub, lines = MemoryHub(live_cluster()), list[str]()
    fact = Fact("a thing", (WatchSpec(HOSTED_CLUSTER, "clusters", "demo"),), lambda _seen: "it is not there", "Thing x", "Look.")
    with pytest.raises(WaitError) as caught:
        wait_for(hub, fact, 700, lines.append)
    still = "[Thing x] still waiting for a thing: it is not there"
    assert lines == ["[Thing x] waiting for a thing: it is not there", still, still] and hub.seconds == 700
    assert caught.value.failure.code == "timeout"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Read timed out. (read timeout=10.0)", "Read timed out. (read timeout=10.0)"), ("(refused).", "refused"), ("refused: ", "refused")],
)
def test_a_reason_keeps_its_brackets(text: str, expected: str) -> None:
    assert _cause(OSError(text)) == expected
