# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server that wants to end, blow up or stall the work: one sentence with a code, little memory, and soon."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, POD, SECRET, Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import SYNCED, TROUBLE, WatchSpec
from ansible_collections.hypershift.core.plugins.module_utils._kube import watch as watching
from ansible_collections.hypershift.core.plugins.module_utils._kube.answers import HOSTED, MIB, Limits
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport

from kube.faulty_server import Answer, reply, serving
from kube.garbage import LISTS, WATCHES, page, raw
from kube.test_transport import Clock, hub_at

SECONDS = 0.8
SMALL = Limits(answer=MIB, error=65536, event=65536, values=100_000, pages=6, listed=4 * MIB, seconds=SECONDS, whole=SECONDS)
SPEC = WatchSpec(HOSTED_CLUSTER, "clusters", "demo")


def small_hub(url: str, limits: Limits = SMALL) -> KubeHub:
    return KubeHub(Transport(connect({"host": url, "api_key": "token-of-a-test"}), Clock().sleep, limits=limits))


@pytest.mark.parametrize(("answer", "code"), LISTS.values(), ids=LISTS)
def test_a_list_ends_in_one_sentence(answer: Answer, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.transport.RETRY_BUDGET_SECONDS", 1.0)
    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.transport.UNREACHABLE_BUDGET_SECONDS", 0.1)
    with serving(answer) as (_server, url):
        hub = small_hub(url)
        tracemalloc.start()
        started = time.monotonic()
        with pytest.raises(ApiError) as caught:
            hub.list(POD, "clusters-demo")
        taken = time.monotonic() - started
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    failure, text = caught.value.failure, str(caught.value)
    assert failure.code in code.split(" or ") and failure.next_step and failure.object == "pods"
    assert text.count("\n") == 0 and len(text) < 1500 and "Traceback" not in text and text.isprintable()
    assert peak < 40 * MIB and taken < 2 * SECONDS + 1


@pytest.mark.parametrize("answer", WATCHES.values(), ids=WATCHES)
def test_a_watch_pauses_and_lists_again(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are counted in requests: with steps of a tenth of a second there is no room for more in that time."""
    monkeypatch.setattr(watching, "_BACKOFF", (0.1,))
    listed = page([{"metadata": {"name": "a"}}])

    def by_query(handler: object) -> None:
        (answer if "watch=1" in handler.path else listed)(handler)  # type: ignore[attr-defined,arg-type]

    with serving(by_query) as (server, url):  # type: ignore[arg-type]
        with small_hub(url).watch([SPEC]) as watch:
            seen, end = [], time.monotonic() + 0.35
            while time.monotonic() < end:
                event = watch.next(0.1)
                seen += [event] if event else []
    assert seen[0].type == SYNCED and {e.type for e in seen} <= {SYNCED, TROUBLE}
    assert 2 <= len(server.seen) <= 20
    assert all(e.text.isprintable() and len(e.text) < 600 for e in seen if e.type == TROUBLE)


def test_trouble_is_told_when_a_server_ends_every_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_BACKOFF", (0.0,))
    with serving(page([]), WATCHES["ends-at-once"]) as (_server, url):
        with small_hub(url).watch([SPEC]) as watch:
            events = [watch.next(20), watch.next(20)]
    assert events[1] is not None and "ends each watch of hostedclusters.hypershift.openshift.io at once" in events[1].text


@pytest.mark.parametrize("name", ["endless", "bomb", "nested", "a-byte-now-and-then", "headers-without-end"])
def test_an_object_and_a_log_have_the_same_limits(name: str) -> None:
    answer, code = LISTS[name]
    with serving(answer) as (_server, url):
        with pytest.raises(ApiError) as caught:
            small_hub(url).get(SECRET, "clusters", "demo")
        assert caught.value.failure.code == code


def test_an_object_of_another_shape_is_none() -> None:
    with (
        serving(reply(200, {"metadata": {"name": "a"}, "status": {"conditions": "x"}})) as (_server, url),
        pytest.raises(ApiError) as caught,
    ):
        small_hub(url).get(HOSTED_CLUSTER, "clusters", "a")
    assert caught.value.failure.code == "unexpected_answer" and "conditions that are no objects" in str(caught.value)


def test_what_is_asked_until_a_moment_ends_then() -> None:
    answer, _code = LISTS["a-byte-now-and-then"]
    with serving(answer) as (server, url):
        hub = small_hub(url, replace(SMALL, seconds=60.0, whole=60.0))
        started = time.monotonic()
        for moment in (started + 0.5, started):
            with pytest.raises(ApiError) as caught:
                hub.until(moment).list(POD)
            assert caught.value.failure.code == "answer_too_slow" and time.monotonic() - started < 2
    assert "was not asked any more" in str(caught.value) and len(server.seen) == 1


def test_large_objects_are_asked_for_in_smaller_pages() -> None:
    big = [{"metadata": {"name": f"p{n}"}, "data": "x" * 5000} for n in range(300)]

    def answer(handler: object) -> None:
        query = handler.path.partition("?")[2].split("&")  # type: ignore[attr-defined]
        found = dict(part.split("=") for part in query)
        start, most = int(found.get("continue", 0)), int(found["limit"])
        token = {"continue": str(start + most)} if start + most < len(big) else {}
        page(big[start : start + most], **token)(handler)  # type: ignore[arg-type]

    with serving(answer) as (server, url):  # type: ignore[arg-type]
        assert len(small_hub(url).list(POD)) == 300
    assert len(server.seen) == 4


def test_a_proxy_that_compresses_unasked_is_understood() -> None:
    import gzip

    body = gzip.compress(b'{"metadata": {}, "items": [{"metadata": {"name": "a"}}]}')
    with serving(raw([body], ("Content-Encoding", "gzip"), ("Content-Length", str(len(body))))) as (_server, url):
        assert len(small_hub(url).list(POD)) == 1


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "%2e%2e", "a%2fb", "a?b", "a#b", "a b", "a\n", "\x1b[2J", "x" * 254, "\u202ea"])
@pytest.mark.parametrize("kind", [SECRET, HOSTED_CLUSTER], ids=lambda k: k.kind)
def test_a_name_leads_nowhere_else(name: str, kind: Kind) -> None:
    with serving(reply(200, {})) as (server, url):
        hub = hub_at(url)
        for ask in (
            lambda: hub.get(kind, "clusters", name),
            lambda: hub.delete(kind, "clusters", name),
            lambda: hub.patch(kind, "a", name, {}),
        ):
            with pytest.raises(ApiError) as caught:
                ask()
            assert caught.value.failure.code == "invalid_name" and str(caught.value).isprintable() and len(str(caught.value)) < 400
        if name:
            with pytest.raises(ApiError):
                hub.list(kind, name)
    assert server.seen == []


# Not ru_maxrss: that begins with the size of the process that has started this one.
_MEASURED = """
import sys
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import POD
from ansible_collections.hypershift.core.plugins.module_utils._kube.answers import HOSTED
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport
hub = KubeHub(Transport(connect({"host": sys.argv[1], "api_key": "t"}), limits=HOSTED))
try:
    hub.list(POD)
except Exception as error:
    status = open("/proc/self/status").read()
    print(error.failure.code, status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.parametrize("name", ["bomb-without-end", "many-objects"])
def test_a_process_stays_below_300_mb_with_the_real_limits(name: str) -> None:
    many = page([{"metadata": {"name": "a", "labels": {str(n): ""}}} for n in range(60_000)], **{"continue": "x"})
    answer, code = LISTS.get(name, (many, "answer_too_large"))
    with serving(answer) as (_server, url):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, url], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
        )
    found, kib = done.stdout.split()
    assert HOSTED.answer == 16 * MIB and int(kib) < 300 * 1000 and found in (code, "unexpected_answer", "answer_too_deep")
