# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests against a server that misbehaves; no test sleeps, the pauses are recorded instead."""

from __future__ import annotations

import json

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, ConflictError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    HOSTED_CLUSTER,
    MACHINE,
    MULTICLUSTER_ENGINE,
    NODE_POOL,
    SECRET,
    Kind,
)
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport

from kube.faulty_server import Answer, close_when_idle, hang_up, reply, serving, status_of

HC = {"metadata": {"name": "demo", "namespace": "clusters"}}


class Clock:
    def __init__(self) -> None:
        self.seconds, self.pauses = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def monotonic(self) -> float:
        return self.seconds


def hub_at(url: str, clock: Clock | None = None) -> KubeHub:
    clock = clock or Clock()
    return KubeHub(Transport(connect({"host": url, "api_key": "token-of-a-test"}), clock.sleep, clock.monotonic))


@pytest.mark.parametrize(
    "faults",
    [
        [status_of(500, "InternalError")] * 3,
        [status_of(503, "ServiceUnavailable")] * 2,
        [status_of(429, "TooManyRequests", Retry_After="2")] * 3,
        [hang_up] * 2,
        [reply(502, b"<html>bad gateway</html>")],
    ],
    ids=["500", "503", "429", "hang-up", "proxy"],
)
def test_reads_survive_bursts(faults: list[Answer]) -> None:
    clock = Clock()
    with serving(*faults, reply(200, HC)) as (server, url):
        assert hub_at(url, clock).get(HOSTED_CLUSTER, "clusters", "demo") == HC
        assert len(server.seen) == len(faults) + 1 and len(clock.pauses) == len(faults)


def test_retry_after_is_honoured() -> None:
    clock = Clock()
    with serving(status_of(429, "TooManyRequests", Retry_After="7"), reply(200, HC)) as (_server, url):
        hub_at(url, clock).get(HOSTED_CLUSTER, "clusters", "demo")
    assert clock.pauses == [7.0]


def test_reads_give_up_with_a_plain_sentence() -> None:
    clock = Clock()
    with serving(status_of(500, "InternalError", "etcdserver: request timed out")) as (_server, url), pytest.raises(ApiError) as caught:
        hub_at(url, clock).get(HOSTED_CLUSTER, "clusters", "demo")
    assert caught.value.failure.code == "api_unavailable" and "etcdserver: request timed out" in str(caught.value)
    assert 30 < clock.seconds < 60


def test_unreachable_server_is_named_and_soon() -> None:
    clock = Clock()
    with pytest.raises(ApiError) as caught:
        hub_at("http://127.0.0.1:9", clock).get(HOSTED_CLUSTER, "clusters", "demo")
    assert caught.value.failure.code == "unreachable" and "http://127.0.0.1:9 cannot be reached to get hostedclusters" in str(caught.value)
    assert clock.seconds <= 12


@pytest.mark.parametrize(("fault", "code"), [(status_of(500, "InternalError"), "unknown_outcome"), (hang_up, "unknown_outcome")])
def test_a_write_of_unknown_outcome_is_planned_again_not_sent_again(fault: Answer, code: str) -> None:
    with serving(fault, reply(200, HC)) as (server, url), pytest.raises(ConflictError) as caught:
        hub_at(url).patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"channel": "x"}}, "7")
    assert caught.value.failure.code == code and len(server.seen) == 1


@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
def test_a_connection_that_was_closed_while_idle_costs_nothing(write: bool) -> None:
    clock = Clock()
    with serving(close_when_idle(reply(200, HC)), reply(200, HC)) as (server, url):
        hub = hub_at(url, clock)
        hub.get(HOSTED_CLUSTER, "clusters", "demo")
        assert server.closed.wait(10)
        if write:
            hub.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"channel": "x"}}, "7")
        else:
            assert hub.get(HOSTED_CLUSTER, "clusters", "demo") == HC
        assert len(server.seen) == 2 and clock.pauses == []


def test_a_connection_that_is_closed_under_a_request_is_another_matter_for_reads_than_for_writes() -> None:
    with serving(reply(200, HC), hang_up, reply(200, HC), hang_up, reply(200, HC)) as (server, url):
        hub = hub_at(url)
        hub.get(HOSTED_CLUSTER, "clusters", "demo")
        assert hub.get(HOSTED_CLUSTER, "clusters", "demo") == HC
        with pytest.raises(ConflictError, match="whether the write happened is unknown"):
            hub.patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"channel": "x"}}, "7")
        assert [method for method, _path in server.seen] == ["GET", "GET", "GET", "PATCH"]


def test_a_write_refused_for_load_is_sent_again() -> None:
    with serving(status_of(429, "TooManyRequests"), reply(200, HC)) as (server, url):
        hub_at(url).patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"channel": "x"}})
        assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (status_of(401, "Unauthorized"), "unauthorized", "did not accept the credentials"),
        (
            status_of(403, "Forbidden", "nope"),
            "missing_permission",
            "may not patch hostedclusters.hypershift.openshift.io in namespace clusters",
        ),
        (
            status_of(403, "Forbidden", "unable to create new content in namespace clusters because it is being terminated"),
            "deleting",
            "Wait until it is gone, then run again",
        ),
        (status_of(409, "Conflict", "changed"), "conflict", "changed by somebody else"),
        (status_of(422, "Invalid", "spec.services: Services is immutable"), "rejected", "Services is immutable"),
        (status_of(404, "NotFound", "gone"), "not_found", "was not found"),
    ],
)
def test_answers_become_failures(answer: Answer, code: str, words: str) -> None:
    with serving(answer) as (_server, url), pytest.raises(ApiError) as caught:
        hub_at(url).patch(HOSTED_CLUSTER, "clusters", "demo", {})
    assert caught.value.failure.code == code and words in str(caught.value)
    assert caught.value.failure.object == "HostedCluster clusters/demo"


def test_paged_list_starts_anew_when_its_token_expires() -> None:
    page = {"metadata": {"continue": "next"}, "items": [{"metadata": {"name": "a"}}]}
    last = {"metadata": {}, "items": [{"metadata": {"name": "b"}}]}
    with serving(reply(200, page), status_of(410, "Expired"), reply(200, page), reply(200, last)) as (server, url):
        assert [o["metadata"]["name"] for o in hub_at(url).list(HOSTED_CLUSTER)] == ["a", "b"]
        assert len(server.seen) == 4


def test_a_kind_that_is_not_served_lists_empty() -> None:
    with serving(reply(404, b"404 page not found\n")) as (_server, url):
        assert hub_at(url).list(MULTICLUSTER_ENGINE) == [] and hub_at(url).get(MULTICLUSTER_ENGINE, None, "engine") is None


@pytest.mark.parametrize("kind", [HOSTED_CLUSTER, NODE_POOL])
def test_a_server_without_hypershift_is_not_an_empty_management_cluster(kind: Kind) -> None:
    with serving(reply(404, b"404 page not found\n")) as (_server, url):
        hub = hub_at(url)
        for ask in (lambda: hub.list(kind), lambda: hub.get(kind, "clusters", "demo"), lambda: hub.create(kind, HC)):
            with pytest.raises(ApiError, match="HyperShift is not served here") as caught:
                ask()
            assert caught.value.failure.code == "not_installed" and url in str(caught.value)


def test_an_object_that_does_not_exist_is_none_where_hypershift_is_served() -> None:
    with serving(status_of(404, "NotFound")) as (_server, url):
        assert hub_at(url).get(HOSTED_CLUSTER, "clusters", "demo") is None


def test_another_served_version_is_found_by_one_probe() -> None:
    group = {"versions": [{"version": "v1beta2"}]}
    with serving(reply(404, b"404 page not found\n"), reply(200, group), reply(200, {"metadata": {}, "items": []})) as (server, url):
        hub = hub_at(url)
        hub.list(MACHINE, "clusters-demo")
        hub.list(MACHINE, "clusters-demo")
        paths = [p.partition("?")[0] for _m, p in server.seen]
    assert paths[1:] == ["/apis/cluster.x-k8s.io"] + ["/apis/cluster.x-k8s.io/v1beta2/namespaces/clusters-demo/machines"] * 2


def test_no_token_in_any_message() -> None:
    with serving(status_of(401, "Unauthorized")) as (_server, url), pytest.raises(ApiError) as caught:
        hub_at(url).get(SECRET, "clusters", "demo")
    assert "token-of-a-test" not in str(caught.value) + json.dumps(caught.value.failure.as_dict())


def test_delete_is_guarded_by_uid_and_content_with_absence() -> None:
    with serving(status_of(404, "NotFound")) as (server, url):
        assert hub_at(url).delete(HOSTED_CLUSTER, "clusters", "demo", "uid-1") is False
        assert json.loads(server.bodies[0])["preconditions"] == {"uid": "uid-1"}


def test_patch_carries_the_resource_version_and_the_field_manager() -> None:
    with serving(reply(200, HC)) as (server, url):
        hub_at(url).patch(HOSTED_CLUSTER, "clusters", "demo", {"spec": {"channel": "x"}}, "7")
        assert json.loads(server.bodies[0]) == {"spec": {"channel": "x"}, "metadata": {"resourceVersion": "7"}}
        assert server.seen[0][1].endswith("?fieldManager=hypershift.core&fieldValidation=Strict")
