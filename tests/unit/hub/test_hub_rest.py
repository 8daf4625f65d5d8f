# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hub's own client on connections that the server closes between two requests."""

from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

import pytest

from embedded_hub.rest import APPLY, Rest
from kube.faulty_server import close_when_idle, hang_up, reply, serving

ITEM = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "one", "namespace": "a"}}
FOUND = reply(200, ITEM, Content_Type="application/json")


class PlainRest(Rest):
    """Without TLS, as the misbehaving server speaks."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)
        self._timeout = 30.0
        self._local = threading.local()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self._address, timeout=self._timeout)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_connection_that_was_closed_while_idle_is_not_used(method: str) -> None:
    with serving(close_when_idle(FOUND), FOUND) as (server, url):
        rest = PlainRest(url)
        rest.get("/first")
        server.closed.wait(10)
        assert rest.request(method, "/second", None if method == "GET" else ITEM) == ITEM
        assert server.seen == [("GET", "/first"), (method, "/second")]


def test_what_may_be_sent_twice_is_sent_once_more_over_a_new_connection() -> None:
    with serving(FOUND, hang_up, FOUND, hang_up, FOUND) as (server, url):
        rest = PlainRest(url)
        rest.get("/first")
        assert rest.get("/second") == ITEM
        assert rest.request("PATCH", "/third", ITEM, APPLY) == ITEM
        assert [path for _method, path in server.seen] == ["/first", "/second", "/second", "/third", "/third"]


@pytest.mark.parametrize(("method", "content"), [("POST", "application/json"), ("PATCH", "application/merge-patch+json"), ("DELETE", "")])
def test_a_write_of_unknown_outcome_is_not_sent_again(method: str, content: str) -> None:
    with serving(FOUND, hang_up, FOUND) as (server, url):
        rest = PlainRest(url)
        rest.get("/first")
        with pytest.raises(ConnectionError, match=f"{method} /second failed"):
            rest.request(method, "/second", ITEM, content or "application/json")
        assert len(server.seen) == 2


def test_a_server_that_hangs_up_each_time_is_asked_twice_and_no_more() -> None:
    with serving(FOUND, hang_up) as (server, url):
        rest = PlainRest(url)
        rest.get("/first")
        with pytest.raises(ConnectionError):
            rest.get("/second")
        assert len(server.seen) == 3
        with pytest.raises(ConnectionError):  # over a new connection from the start
            rest.get("/third")
        assert len(server.seen) == 4
