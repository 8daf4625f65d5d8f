# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Users, rights, the audit log, and faults of the API server."""

from __future__ import annotations

import base64
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import kubernetes
import kubernetes.client
import kubernetes.config
import kubernetes.watch
import pytest

from embedded_hub import EmbeddedHub, HubError
from embedded_hub.process import is_alive, recorded
from embedded_hub.stopper import PARTS
from embedded_hub.testing import NAMESPACE, Kubectl, until

RUNNING = [name for name in PARTS if name != "simulator"]


@pytest.fixture(scope="module")
def reader(kubectl: Kubectl) -> str:
    """The group team-a may list ConfigMaps, and so may the service account robot."""
    api = "rbac.authorization.k8s.io"
    metadata = {"name": "reader", "namespace": NAMESPACE}
    subjects = [{"kind": "Group", "name": "team-a", "apiGroup": api}, {"kind": "ServiceAccount", "name": "robot", "namespace": NAMESPACE}]
    kubectl.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot", "namespace": NAMESPACE}},
        {
            "apiVersion": f"{api}/v1",
            "kind": "Role",
            "metadata": metadata,
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}],
        },
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "subjects": subjects,
            "roleRef": {"apiGroup": api, "kind": "Role", "name": "reader"},
        },
    )
    return "robot"


def refused(kubectl: Kubectl, kubeconfig: Path, kind: str = "configmaps") -> str:
    """Nothing when allowed, else the error."""
    return Kubectl(kubectl.program, kubeconfig).run("-n", NAMESPACE, "get", kind).stderr.decode().replace("No resources found", "")


def test_rights_come_from_rbac(hub: EmbeddedHub, kubectl: Kubectl, reader: str) -> None:
    del reader
    assert "Forbidden" in refused(kubectl, hub.user_kubeconfig("jane"))
    member = hub.user_kubeconfig("jane", ["team-a"])
    assert "Forbidden" not in refused(kubectl, member)
    assert 'User "jane" cannot list resource "secrets"' in refused(kubectl, member, "secrets")


def test_service_accounts(hub: EmbeddedHub, kubectl: Kubectl, reader: str) -> None:
    for seconds in (3600, 60):  # issued by the API server, signed by the hub
        kubeconfig = hub.service_account_kubeconfig(NAMESPACE, reader, seconds)
        assert "orbidden" not in refused(kubectl, kubeconfig)
        assert "cannot list" in refused(kubectl, kubeconfig, "secrets")
    assert "Unauthorized" in refused(kubectl, hub.service_account_kubeconfig(NAMESPACE, reader, -1))
    with pytest.raises(HubError, match="no service account ghost"):
        hub.service_account_kubeconfig(NAMESPACE, "ghost")


def test_a_token_ends_while_it_is_used(hub: EmbeddedHub, kubectl: Kubectl, reader: str) -> None:
    kubeconfig = hub.service_account_kubeconfig(NAMESPACE, reader, 5)
    assert refused(kubectl, kubeconfig) == ""
    until("the token is refused", lambda: "Unauthorized" in refused(kubectl, kubeconfig), 30)


def open_url(hub: EmbeddedHub, port: int, path: str, kubeconfig: Path | None, tmp_path: Path) -> int:
    """Status of one request, by Python's own strict TLS."""
    context = ssl.create_default_context(cafile=str(hub.paths.pki / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if kubeconfig is not None:
        user = json.loads(kubeconfig.read_text())["users"][0]["user"]
        pem = tmp_path / "client.pem"
        pem.touch(mode=0o600)
        pem.write_bytes(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
        context.load_cert_chain(pem)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(f"https://127.0.0.1:{port}{path}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_strict_python_and_anonymous_requests(hub: EmbeddedHub, tmp_path: Path) -> None:
    port = hub.state.ports["apiserver"]
    assert open_url(hub, port, "/readyz", None, tmp_path) == 200
    assert open_url(hub, port, "/api/v1/namespaces", None, tmp_path) == 401
    assert open_url(hub, port, "/api/v1/namespaces", hub.kubeconfig, tmp_path) == 200


def test_minikubelet_is_no_way_around_rbac(hub: EmbeddedHub, tmp_path: Path) -> None:
    """Its commands run on this machine: only the API server may ask for them, not even the admin."""
    for kubeconfig in (None, hub.kubeconfig):
        with pytest.raises((urllib.error.URLError, ssl.SSLError, ConnectionError)):
            open_url(hub, hub.state.ports["minikubelet"], "/healthz", kubeconfig, tmp_path)


def listening(pid: int) -> set[str]:
    """Hexadecimal addresses on which a process listens."""
    inodes = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.add(fields[1].split(":")[0])
    return found


def test_everything_listens_on_loopback_only(hub: EmbeddedHub) -> None:
    found = {name: listening(hub.state.pids[name]) for name in RUNNING}
    assert found.pop("kwok") == found.pop("pod-runner") == set()
    assert found == {name: {"0100007F"} for name in found}


def test_the_audit_log_tells_users_apart(hub: EmbeddedHub, kubectl: Kubectl) -> None:
    jane = hub.user_kubeconfig("jane", ["system:masters"])
    since = time.time()
    Kubectl(kubectl.program, jane)("-n", NAMESPACE, "create", "configmap", "seen")
    Kubectl(kubectl.program, jane)("-n", NAMESPACE, "delete", "configmap", "seen")
    writes = hub.audit(user="jane", since=since, verbs={"create", "update", "patch", "delete"})
    assert [(event["verb"], event["objectRef"]["name"], event["responseStatus"]["code"]) for event in writes] == [
        ("create", "seen", 201),
        ("delete", "seen", 200),
    ]
    assert writes[0]["userAgent"].startswith("kubectl")
    assert writes[0]["requestURI"].startswith(f"/api/v1/namespaces/{NAMESPACE}/configmaps")
    assert "requestObject" not in writes[0]
    users = {event["user"]["username"] for event in hub.audit()}
    assert not {user for user in users if user.startswith(("embedded-hub:", "system:kube-", "system:serviceaccount:kube-system"))}


def test_an_open_watch_is_in_the_audit_log(hub: EmbeddedHub) -> None:
    since = time.time()
    library: Any = kubernetes  # has no types
    api = library.client.CoreV1Api(library.config.new_client_from_config(str(hub.user_kubeconfig("watcher", ["system:masters"]))))
    watcher = library.watch.Watch()
    for _event in watcher.stream(api.list_namespace, timeout_seconds=60):
        started = hub.audit(user="watcher", since=since, verbs={"watch"}, stages={"ResponseStarted"})
        assert len(started) == 1
        assert hub.audit(user="watcher", since=since, verbs={"watch"}) == []
        watcher.stop()
    until("the end of the watch is logged", lambda: len(hub.audit(user="watcher", since=since, verbs={"watch"})) == 1)


def test_a_killed_api_server_comes_back_with_everything(hub: EmbeddedHub, kubectl: Kubectl, stateful_set: str) -> None:
    before = recorded(hub.paths.run, "kube-apiserver")
    assert before is not None
    hub.kill_apiserver()
    assert not is_alive(before)
    assert kubectl.run("get", "ns").returncode != 0
    hub.start_apiserver()
    hub.start_apiserver()  # harmless
    assert kubectl.get("-n", NAMESPACE, f"statefulset/{stateful_set}")["spec"]["replicas"] == 3
    template = {"metadata": {"labels": {"app": "after"}}, "spec": {"containers": [{"name": "main", "image": "example.com/after"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "after"}}, "template": template}
    kubectl.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "after", "namespace": NAMESPACE}, "spec": spec})
    until(
        "controllers, scheduler and kwok work again",
        lambda: kubectl.get("-n", NAMESPACE, "deploy/after")["status"].get("readyReplicas") == 2,
    )
    assert hub.audit(user="admin")
