# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From options, environment and kubeconfigs to a connection."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._ansible.options.hubs import sources_of
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kube.access import from_kubeconfig
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect, find_access, with_environment


def kubeconfig(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "one",
        "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u"}}, {"name": "two", "context": {"cluster": "d", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "http://one.test:1/", **(cluster or {})}}, {"name": "d", "cluster": {"server": "http://two.test:2"}}],
        "users": [{"name": "u", "user": user or {"token": "t0k"}}],
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBERNETES_SERVICE_HOST", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_HOST", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)


def test_file_and_dictionary_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig()))
    for source in (str(path), kubeconfig()):
        connection = connect({"kubeconfig": source})
        assert connection.server == "http://one.test:1" and ("Authorization", "Bearer t0k") in connection.headers


def test_context_chooses_and_a_wrong_one_names_the_others() -> None:
    assert connect({"kubeconfig": kubeconfig(), "context": "two"}).server == "http://two.test:2"
    with pytest.raises(ApiError, match="has no context three; it has: one, two"):
        connect({"kubeconfig": kubeconfig(), "context": "three"})


def test_options_win_over_the_kubeconfig() -> None:
    connection = connect({"kubeconfig": kubeconfig(), "api_key": "other", "impersonate_user": "jane", "impersonate_groups": ["a", "b"]})
    assert [h for h in connection.headers if h[0] in ("Authorization", "Impersonate-User", "Impersonate-Group")] == [
        ("Authorization", "Bearer other"), ("Impersonate-User", "jane"), ("Impersonate-Group", "a"), ("Impersonate-Group", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize("inside", [False, True])
def test_a_host_gets_no_credentials_that_were_made_for_another_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inside: bool
) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig()))
    monkeypatch.setenv("KUBECONFIG", str(path))
    if inside:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    connection = connect({"host": "http://own.test:1"})
    assert connection.server == "http://own.test:1" and "Authorization" not in dict(connection.headers)
    own = connect({"host": "http://own.test:1", "kubeconfig": str(path)})
    assert own.server == "http://own.test:1" and dict(own.headers)["Authorization"] == "Bearer t0k"


def test_environment_fills_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_HOST", "https://env.test:6443")
    monkeypatch.setenv("K8S_AUTH_API_KEY", "from-env")
    monkeypatch.setenv("K8S_AUTH_VERIFY_SSL", "no")
    auth = with_environment({})
    assert (auth["host"], auth["api_key"], auth["validate_certs"]) == ("https://env.test:6443", "from-env", False)


ENVIRONMENT = {
    "HOST": "https://env.test:6443", "API_KEY": "from-env", "VERIFY_SSL": "no", "CONTEXT": "two", "USERNAME": "env", "PASSWORD": "env",
    "CERT_FILE": "/env/crt", "KEY_FILE": "/env/key", "SSL_CA_CERT": "/env/ca", "PROXY": "http://env.test:3128", "IMPERSONATE_USER": "env",
    "IMPERSONATE_GROUPS": "env", "KUBECONFIG": "/env/kubeconfig",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "from_environment"),
    [
        ({"kubeconfig": "/own"}, set()),
        ({"kubeconfig": {"own": 1}}, set()),
        ({"kubeconfig": "/own", "context": "one"}, set()),
        ({"host": "https://own.test", "api_key": "own"}, set()),
        ({"host": "https://own.test"}, set()),
        ({"context": "one"}, {"kubeconfig"}),
        ({"validate_certs": True}, None),
        ({}, None),
    ],
)
def test_who_names_a_management_cluster_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], from_environment: set[str] | None
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(f"K8S_AUTH_{name}", value)
    auth = with_environment(given)
    assert {k: auth[k] for k in given} == given
    filled = set(auth) - set(given)
    assert filled == from_environment if from_environment is not None else len(filled) >= 11


def test_each_hub_is_reached_by_its_own_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential of a job engine in the environment does not turn west into east."""
    monkeypatch.setenv("K8S_AUTH_HOST", "https://east.test:6443")
    monkeypatch.setenv("K8S_AUTH_API_KEY", "east")
    hubs = [{"name": "west", "kubeconfig": kubeconfig()}, {"name": "east", "kubeconfig": kubeconfig(), "context": "two"}]
    assert [source.connect().server for source in sources_of({"hubs": hubs})] == ["http://one.test:1", "http://two.test:2"]


def test_basic_auth_and_relative_paths(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    (tmp_path / "config").write_text(json.dumps(kubeconfig({"tokenFile": "token"}, {"certificate-authority": "ca.crt"})))
    access = from_kubeconfig(str(tmp_path / "config"), None)
    assert access.token == "from-file" and access.ca == str(tmp_path / "ca.crt")
    plain = connect({"host": "http://h.test", "username": "u", "password": "p"})
    assert ("Authorization", "Basic " + base64.b64encode(b"u:p").decode()) in plain.headers


def test_exec_plugins_go_through_the_client_library(tmp_path: Path) -> None:
    script = tmp_path / "login"
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-plugin"}}
    script.write_text(f"#!/bin/sh\necho '{json.dumps(credential)}'\n")
    script.chmod(0o755)
    plugin = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script), "interactiveMode": "Never"}}
    (tmp_path / "config").write_text(json.dumps(kubeconfig(plugin)))
    connection = connect({"kubeconfig": str(tmp_path / "config")})
    assert ("Authorization", "Bearer from-plugin") in connection.headers and connection.server == "http://one.test:1"


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "is empty or no kubeconfig"), ("a: [", "is no valid YAML"), ("{}", "has no context"), (None, "cannot be read: No such file")],
)
def test_bad_kubeconfigs_are_told_in_a_sentence(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "config"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ApiError, match=words) as caught:
        connect({"kubeconfig": str(path)})
    assert caught.value.failure.code == "no_credentials" and "Set kubeconfig" in str(caught.value)


def test_bad_certificates_are_told_without_their_content() -> None:
    user = {
        "client-certificate-data": base64.b64encode(b"not a certificate").decode(),
        "client-key-data": base64.b64encode(b"SECRET KEY").decode(),
    }
    with pytest.raises(ApiError) as caught:
        connect({"kubeconfig": kubeconfig(user, {"server": "https://one.test:1"})})
    assert "certificates or keys" in str(caught.value) and "SECRET KEY" not in str(caught.value)


def test_in_cluster_when_nothing_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("pod-token")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.access.SERVICE_ACCOUNT", str(tmp_path))
    access = find_access({})
    assert (access.server, access.token) == ("https://10.96.0.1:443", "pod-token")
    assert find_access({"kubeconfig": kubeconfig()}).server == "http://one.test:1"
