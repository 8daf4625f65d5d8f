# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Logs of containers, and hubs that a kubeconfig from a Secret leads to."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NAMESPACE, POD_LOG
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import LogWindow
from ansible_collections.hypershift.core.plugins.module_utils._kube.answers import CHUNK, Unusable, tail_of
from ansible_collections.hypershift.core.plugins.module_utils._kube.failures import HttpRequest
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub

from kube.faulty_server import Answer, hang_up, reply, serving, status_of
from kube.test_transport import Clock, hub_at

LOG = b"first\nsecond\nthird\n"
ALL = LogWindow()


@pytest.mark.parametrize(
    ("want", "query", "expected"),
    [
        (ALL, "?container=etcd", LOG),
        (LogWindow(limit_bytes=6), "?container=etcd", b"third\n"),
        (LogWindow(True, 20, 3600, 13), "?container=etcd&previous=true&tailLines=20&sinceSeconds=3600", b"second\nthird\n"),
    ],
)
def test_a_log_is_asked_for_and_its_end_is_kept(want: LogWindow, query: str, expected: bytes) -> None:
    with serving(reply(200, LOG)) as (server, url):
        assert hub_at(url).logs("clusters-demo", "etcd-0", "etcd", want) == expected
    assert server.seen == [("GET", f"/api/v1/namespaces/clusters-demo/pods/etcd-0/log{query}")]


@pytest.mark.parametrize(
    "fault", [status_of(429, "TooManyRequests"), status_of(503, "ServiceUnavailable"), hang_up], ids=["429", "503", "torn"]
)
def test_a_log_survives_a_burst(fault: Answer) -> None:
    with serving(fault, reply(200, LOG)) as (server, url):
        assert hub_at(url).logs("clusters-demo", "etcd-0", "etcd", ALL) == LOG
    assert len(server.seen) == 2


@pytest.mark.parametrize(("status", "code"), [(400, "rejected"), (403, "missing_permission"), (404, "not_found"), (500, "api_unavailable")])
def test_a_log_that_cannot_be_had_is_not_asked_for_again(status: int, code: str) -> None:
    clock = Clock()
    with serving(status_of(status, "Why")) as (server, url), pytest.raises(ApiError) as caught:
        hub_at(url, clock).logs("clusters-demo", "etcd-0", "etcd", ALL)
    assert (caught.value.failure.code, caught.value.status) == (code, status)
    assert caught.value.failure.object == "Pod clusters-demo/etcd-0" and len(server.seen) == 1 and clock.pauses == []
    if status == 403:
        assert "may not get pods/log in namespace clusters-demo" in str(caught.value)


def test_memory_stays_bounded() -> None:
    blocks = [bytes([65 + n % 26]) * CHUNK for n in range(50)]
    request, limit = HttpRequest("get", POD_LOG, "https://h.test"), 50 * CHUNK
    assert tail_of(iter(blocks), CHUNK + 10, request, 0) == (blocks[-2][-10:] + blocks[-1])
    assert tail_of(iter(blocks), 0, request, limit) == b"".join(blocks) and tail_of(iter([]), 5, request, limit) == b""
    with pytest.raises(Unusable, match=r"more than 3\.06 MiB"):
        tail_of(iter(blocks), 0, request, limit - CHUNK)


def config(url: str, cluster: dict[str, Any] | None = None, **user: Any) -> bytes:
    return json.dumps(
        {
            "current-context": "admin",
            "contexts": [{"name": "admin", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": url, **(cluster or {})}}],
            "users": [{"name": "u", "user": user or {"token": "token-of-a-test"}}],
        }
    ).encode()


def test_a_kubeconfig_alone_leads_to_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of the management cluster has no say."""
    for name, value in (("HOST", "http://elsewhere.test"), ("API_KEY", "other"), ("CONTEXT", "none"), ("IMPERSONATE_USER", "jane")):
        monkeypatch.setenv(f"K8S_AUTH_{name}", value)
    with serving(reply(200, {"metadata": {"name": "default"}})) as (server, url):
        hub = KubeHub.from_kubeconfig(config(url))
        assert hub.server == url and (hub.get(NAMESPACE, None, "default") or {})["metadata"]["name"] == "default"
    assert server.seen == [("GET", "/api/v1/namespaces/default")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"contexts: {a: b}\ncurrent-context: a\n", "malformed"),
        (b"contexts: []\n", "has no context"),
        (config("https://h.test", **{"client-certificate-data": "A"}), "malformed"),
        (config("https://h.test", **{"client-certificate-data": base64.b64encode(b"no PEM").decode()}), "cannot be used"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ApiError, match=words) as caught:
        KubeHub.from_kubeconfig(content)
    assert caught.value.failure.code == "no_credentials"
