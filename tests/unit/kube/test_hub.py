# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port on a real connection: what is not there, not served or not allowed is told apart, and lists are whole."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, ConflictError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, POD, SECRET
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import LogWindow
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport

from kube.faulty_server import FaultyServer, reply, serving, status_of

NOT_FOUND = status_of(404, "NotFound")
PAGE_NOT_FOUND = reply(404, b"404 page not found\n")


def hub_at(url: str, **options: Any) -> KubeHub:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return KubeHub(Transport(connect({"host": url, "api_key": "token-of-a-test", **options}), sleep, lambda: now[0]))


def asked(server: FaultyServer, number: int = -1) -> tuple[str, str, dict[str, list[str]]]:
    method, path = server.seen[number]
    return method, urlsplit(path).path, parse_qs(urlsplit(path).query)


def page(*names: str, token: str = "") -> dict[str, Any]:
    return {"metadata": {"continue": token} if token else {}, "items": [{"metadata": {"name": n}} for n in names]}


def test_a_list_is_whole_and_its_items_say_what_they_are() -> None:
    with serving(reply(200, page("a", "b", token="next")), reply(200, page("c"))) as (server, url):
        found = hub_at(url).list(CONFIG_MAP, "clusters", "app=x", "metadata.name=y")
        assert [o["metadata"]["name"] for o in found] == ["a", "b", "c"]
        assert {(o["apiVersion"], o["kind"]) for o in found} == {("v1", "ConfigMap")}
        for number in (0, 1):
            _method, path, query = asked(server, number)
            assert path == "/api/v1/namespaces/clusters/configmaps"
            assert (query["labelSelector"], query["fieldSelector"]) == (["app=x"], ["metadata.name=y"]), "on every page"
        assert asked(server)[2]["continue"] == ["next"] and "continue" not in asked(server, 0)[2]


def test_a_list_whose_page_has_expired_starts_anew() -> None:
    """Half of the old list and half of the new one would be neither."""
    with serving(reply(200, page("a", token="old")), status_of(410, "Expired"), reply(200, page("a", "b"))) as (server, url):
        assert [o["metadata"]["name"] for o in hub_at(url).list(CONFIG_MAP)] == ["a", "b"]
        assert "continue" not in asked(server)[2]


def test_a_list_that_may_not_be_read_is_not_empty() -> None:
    with serving(status_of(403, "Forbidden")) as (_server, url), pytest.raises(ApiError) as caught:
        hub_at(url).list(SECRET, "clusters")
    assert caught.value.failure.code == "missing_permission"


def test_what_is_not_there_is_none_and_what_is_not_served_is_said() -> None:
    with serving(NOT_FOUND) as (_server, url):
        assert hub_at(url).get(HOSTED_CLUSTER, "clusters", "demo") is None
        assert hub_at(url).delete(HOSTED_CLUSTER, "clusters", "demo") is False
    with serving(PAGE_NOT_FOUND) as (_server, url):
        for call in (lambda h: h.get(HOSTED_CLUSTER, "clusters", "demo"), lambda h: h.list(HOSTED_CLUSTER)):
            with pytest.raises(ApiError) as caught:
                call(hub_at(url))
            assert "HostedCluster" in str(caught.value) or "hostedclusters" in str(caught.value)


@pytest.mark.parametrize("refusal", [(403, "Forbidden", "missing_permission"), (401, "Unauthorized", "unauthorized")])
def test_what_may_not_be_read_is_not_missing(refusal: tuple[int, str, str]) -> None:
    with serving(status_of(*refusal[:2])) as (_server, url):
        for call in (lambda h: h.get(POD, "a", "b"), lambda h: h.delete(POD, "a", "b"), lambda h: h.create(POD, POD.manifest("b", "a"))):
            with pytest.raises(ApiError) as caught:
                call(hub_at(url))
            assert caught.value.failure.code == refusal[2]


def test_creating_in_a_namespace_that_is_not_there_or_of_a_kind_that_is_not_served() -> None:
    with (
        serving(status_of(404, "NotFound", 'namespaces "a" not found')) as (_server, url),
        pytest.raises(ApiError, match="namespaces") as caught,
    ):
        hub_at(url).create(POD, POD.manifest("b", "a"))
    assert caught.value.failure.code == "not_found"
    with serving(PAGE_NOT_FOUND) as (_server, url), pytest.raises(ApiError) as caught:
        hub_at(url).create(HOSTED_CLUSTER, HOSTED_CLUSTER.manifest("b", "a"))
    assert caught.value.status == 404 and caught.value.failure.code != "not_found"


def test_a_patch_is_guarded_by_the_version_it_was_planned_against() -> None:
    with serving(reply(200, {"metadata": {}}), reply(200, {"metadata": {}}), status_of(409, "Conflict")) as (server, url):
        hub = hub_at(url)
        hub.patch(POD, "a", "b", {"metadata": {"labels": {"x": "y"}}}, "77")
        assert json.loads(server.bodies[-1]) == {"metadata": {"labels": {"x": "y"}, "resourceVersion": "77"}}
        hub.patch(POD, "a", "b", {"spec": {}})
        assert json.loads(server.bodies[-1]) == {"spec": {}}
        assert asked(server)[0] == "PATCH" and asked(server)[2] == {"fieldManager": ["hypershift.core"], "fieldValidation": ["Strict"]}
        with pytest.raises(ConflictError):
            hub.patch(POD, "a", "b", {"spec": {}}, "78")


def test_a_namesake_is_not_deleted() -> None:
    with serving(reply(200, {"metadata": {}})) as (server, url):
        assert hub_at(url).delete(POD, "a", "b", uid="u-1") is True
        assert json.loads(server.bodies[-1])["preconditions"] == {"uid": "u-1"}
        hub_at(url).delete(POD, "a", "b")
        assert "preconditions" not in json.loads(server.bodies[-1])


@pytest.mark.parametrize(
    ("window", "query"),
    [
        (LogWindow(), {}),
        (LogWindow(previous=True), {"previous": ["true"]}),
        (LogWindow(tail_lines=5, since_seconds=60), {"tailLines": ["5"], "sinceSeconds": ["60"]}),
    ],
)
def test_the_part_of_a_log_that_was_asked_for(window: LogWindow, query: dict[str, list[str]]) -> None:
    with serving(reply(200, b"line\n")) as (server, url):
        assert hub_at(url).logs("a", "b", "c", window) == b"line\n"
        assert asked(server)[1] == "/api/v1/namespaces/a/pods/b/log"
        assert {k: v for k, v in asked(server)[2].items() if k in ("previous", "tailLines", "sinceSeconds", "container")} == {
            "container": ["c"],
            **query,
        }


def headers_of(**options: Any) -> dict[str, str]:
    return dict(connect({"host": "http://127.0.0.1:9", **options}).headers)


def test_who_asks() -> None:
    assert headers_of(api_key="abc")["Authorization"] == "Bearer abc"
    assert headers_of(api_key="Bearer abc")["Authorization"] == "Bearer abc"
    basic = "Basic " + base64.b64encode(b"me:secret").decode()
    assert headers_of(username="me", password="secret")["Authorization"] == basic
    known = connect({"host": "http://127.0.0.1:9", "api_key": "t", "impersonate_user": "jane", "impersonate_groups": ["a", "b"]}).headers
    assert ("Impersonate-User", "jane") in known and [v for k, v in known if k == "Impersonate-Group"] == ["a", "b"]


def test_environment_stands_in_for_options_that_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", "https://env.example.com"), ("API_KEY", "env"), ("VERIFY_SSL", "false"), ("IMPERSONATE_GROUPS", "a,,b")):
        monkeypatch.setenv(f"K8S_AUTH_{name}", value)
    found = connect({})
    assert found.server == "https://env.example.com" and ("Authorization", "Bearer env") in found.headers
    assert [v for k, v in found.headers if k == "Impersonate-Group"] == ["a", "b"]
    assert found.tls is not None and found.tls().check_hostname is False
    given = connect({"host": "https://given.example.com", "api_key": "mine", "validate_certs": True})
    assert given.server == "https://given.example.com" and ("Authorization", "Bearer mine") in given.headers
    assert given.tls is not None and given.tls().check_hostname is True


def test_a_server_without_scheme_or_with_a_user_in_it() -> None:
    assert connect({"host": "api.example.com:6443", "api_key": "t"}).server == "https://api.example.com:6443"
    assert connect({"host": "https://me:secret@api.example.com/", "api_key": "t"}).server == "https://api.example.com"


@pytest.mark.parametrize("given", [{"ca_cert": "/nowhere/ca.crt"}, {"client_cert": "/nowhere/tls.crt", "client_key": "/nowhere/tls.key"}])
def test_certificates_that_cannot_be_used_are_said(given: dict[str, str]) -> None:
    with pytest.raises(ApiError, match="cannot be used") as caught:
        connect({"host": "https://127.0.0.1:9", "api_key": "t", **given})
    assert caught.value.failure.code == "no_credentials" and "ca_cert" in caught.value.failure.next_step


@pytest.mark.parametrize(
    ("no_proxy", "used"), [("", True), ("other.example.com", True), ("127.0.0.1", False), ("*", False), ("example.com, 127.0.0.1", False)]
)
def test_a_proxy_is_used_unless_the_server_is_excepted(no_proxy: str, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    found = connect({"host": "http://127.0.0.1:9", "api_key": "t", "proxy": "http://proxy.example.com:3128", "no_proxy": no_proxy})
    assert bool(found.proxy) is used
