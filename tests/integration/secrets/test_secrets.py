# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets are planted in every place they can enter, and searched for in everything that a run leaves: output at -vvv with --diff,
results, temporary files, the API server's logs. They may show in files with mode 0600 and in the registered result of
hosted_cluster_credentials, and nowhere else.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from direct import Direct, Obj, hosted_cluster, new
from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from embedded_hub.testing import until
from playing import FOLDER, Played, Player

from planted import Planted  # isort: skip
from scenes import SLOW, Scene, carried_out, connections, pull_secret, refused  # isort: skip

PREFIX = "planted-"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Searched:
    """Plays scenes at -vvv with folders of its own, and finds what leaks anywhere."""

    def __init__(self, hub: EmbeddedHub, kubeconfig: Path, folder: Path, in_process: bool) -> None:
        self.planted, self.hub, self.folder = Planted(), hub, folder
        self.since = time.time() - 1
        self._logs = {log: log.stat().st_size for log in (hub.audit_log, hub.paths.root / "logs" / "kube-apiserver.log")}
        places = {
            "ANSIBLE_HOME": "home",
            "ANSIBLE_LOCAL_TEMP": "local",
            "ANSIBLE_REMOTE_TEMP": "remote",
            "ANSIBLE_REMOTE_TMP": "remote",
            "TMPDIR": "tmp",
        }
        for place in set(places.values()):
            (folder / place).mkdir(mode=0o700)
        environment = {variable: str(folder / place) for variable, place in places.items()}
        self.player = Player(
            hub, kubeconfig, in_process=in_process, environment={**environment, "ANSIBLE_LOG_PATH": str(folder / "ansible.log")}
        )

    def play(self, *scenes: Scene, arguments: tuple[str, ...] = ("-vvv", "--diff")) -> Played:
        return self.play_beside(list(scenes), arguments=arguments)[0]

    def play_beside(self, *batches: list[Scene], arguments: tuple[str, ...] = ("-vvv", "--diff")) -> list[Played]:
        """Several plays at the same time; what they leave is looked at when all of them have ended."""
        with ThreadPoolExecutor(len(batches)) as pool:
            plays = list(pool.map(lambda batch: replace(self.player).play(*(s.named() for s in batch), arguments=arguments), batches))
        for batch, played in zip(batches, plays, strict=True):
            for scene, task in zip(batch, played.tasks, strict=True):
                self._check(scene, task)
            assert len(played.output) > 1000 and "Traceback" not in played.output
            assert self.leaks(played) == []
        return plays

    def _check(self, scene: Scene, task: dict[str, Any]) -> None:
        code = (task["result"].get("failure") or {}).get("code", "")
        assert task["state"] == ("failed" if scene.code else "ok"), f"{scene.name}: {task['result'].get('msg')}"
        assert scene.code in ("any", code), f"{scene.name}: {task['result'].get('msg')}"

    def leaks(self, played: Played) -> list[str]:
        results = json.dumps(played.tasks).encode()
        found = [f"{place} in the output" for place in self.planted.found_in(played.output.encode())]
        found += [f"{place} in the results" for place in self.planted.found_in(results)]
        found += self.planted.found_below([self.folder, FOLDER, Path.home() / ".ansible"], self.since)
        for log, size in self._logs.items():
            with open(log, "rb") as stream:
                stream.seek(size)
                found += [f"{place} in {log.name}" for place in self.planted.found_in(asked_for(stream.read()))]
        return sorted(set(found))


def asked_for(log: bytes) -> bytes:
    """Log lines without what the API server itself, or a policy of it, said about a request."""
    lines = []
    for line in log.splitlines():
        if line.startswith(b'{"kind":"Event"'):
            event = json.loads(line)
            line = json.dumps({k: v for k, v in event.items() if k not in ("responseStatus", "annotations")}).encode()
        lines.append(line)
    return b"\n".join(lines)


@pytest.fixture(params=["in_process", "module"])
def searched(request: pytest.FixtureRequest, hub: EmbeddedHub, kubeconfig: Path, tmp_path: Path) -> Searched:
    return Searched(hub, kubeconfig, tmp_path, request.param == "in_process")


@pytest.fixture
def name(searched: Searched, hub: EmbeddedHub) -> Iterator[str]:
    """A name for one hosted cluster and its namespace, taken away in the end."""
    name, direct = f"{PREFIX}{int(time.time() * 10) % 10**7:07d}", Direct(hub)
    yield name
    for kind in ("NodePool", "HostedCluster"):
        for obj in direct.list(kind, name):
            direct.end(kind, name, obj["metadata"]["name"])
    direct.delete("Namespace", "", name)


@pytest.fixture
def hub_pull_secret(hub: EmbeddedHub, searched: Searched) -> Iterator[None]:
    """The management cluster's own pull secret, for the time of a test."""
    direct, where = Direct(hub), ("Secret", "openshift-config", "pull-secret")
    before = direct.get(*where)
    direct.delete(*where)
    direct.create(
        new("Secret", "pull-secret", "openshift-config", data={".dockerconfigjson": pull_secret(searched.planted("pull_secret.inherit"))})
    )
    yield
    direct.delete(*where)
    if before:
        direct.create({k: v for k, v in before.items() if k != "metadata"} | {"metadata": {"name": where[2], "namespace": where[1]}})


def stained(direct: Direct, planted: Planted, name: str) -> None:
    """A Secret that kubectl apply has written, content and all, into an annotation."""
    note = {LAST_APPLIED: json.dumps({"stringData": {"id_rsa.pub": planted("last-applied-configuration")}})}
    direct.merge("Secret", name, f"{name}-ssh-key", {"metadata": {"annotations": note}, "stringData": {"more": planted("Secret data")}})


def test_create_and_change(searched: Searched, hub: EmbeddedHub, name: str, hub_pull_secret: None) -> None:
    direct, planted = Direct(hub), searched.planted
    create, *others = carried_out(planted, name)
    searched.play(create, arguments=("-vvv", "--diff", "--check"))
    made = searched.play(create)
    assert made.last["changed"] is True and len(made.last["plan"]) == 8
    stained(direct, planted, name)
    searched.play(*others, arguments=("-vvv", "--diff", "--check"))
    played = searched.play(*others)
    masked = [d for t in played.tasks for d in t["result"].get("diff", []) if "<hidden, sha256" in str(d)]
    assert len(masked) >= 2, "the diff shows that a Secret changes"
    searched.play(Scene("delete", {"hypershift.core.hosted_cluster": {"name": name, "namespace": name, "state": "absent", "wait": False}}))
    assert len(planted.places) == 12


def test_refusals_and_rejections(searched: Searched, hub: EmbeddedHub, name: str, loud_admission: None) -> None:
    create, *_others = carried_out(searched.planted, name)
    searched.play(create)
    played = searched.play(*refused(searched.planted, name))
    said = {t["task"]: t["result"]["msg"] for t in played.tasks}
    assert "refused: http://<hidden>@proxy.example.com" in said["rejected HostedCluster"], "the reason of the API server is still there"
    assert "denied request (its words are not repeated" in said["rejected Secret"]


def test_connections(searched: Searched, hub: EmbeddedHub) -> None:
    account = json.loads(searched.player.kubeconfig.read_text())
    user = account["users"][0]["user"]
    searched.planted.adopt("client-key-data", user["client-key-data"])
    ca = account["clusters"][0]["cluster"]["certificate-authority-data"]
    scenes = connections(searched.planted, hub.server, ca, account)
    # What cannot be reached is tried for some seconds: all of these at the same time.
    played = searched.play_beside([s for s in scenes if not s.unreachable], *([s] for s in scenes if s.unreachable))
    assert sum(len(p.tasks) for p in played) == len(scenes)


@pytest.fixture
def published(hub: EmbeddedHub, searched: Searched, name: str) -> Obj:
    """A hosted cluster whose kubeconfig and password are published; both are planted."""
    direct, planted = Direct(hub), searched.planted
    direct.create(
        new("Namespace", name),
        new("Secret", f"{name}-pull-secret", name, data={".dockerconfigjson": "{}"}),
        new("Secret", f"{name}-admin-kubeconfig", name, data={"kubeconfig": f"token: {planted('hosted kubeconfig')}"}),
        new("Secret", f"{name}-kubeadmin-password", name, data={"password": planted("kubeadmin password")}),
        hosted_cluster(name, name, speed=SLOW),
    )

    def status() -> Obj:
        found = direct.get("HostedCluster", name, name) or {}
        result: Obj = found.get("status") or {}
        return result

    until("kubeconfig and password are published", lambda: {"kubeconfig", "kubeadminPassword"} <= status().keys())
    return {"name": name, "namespace": name}


def credentials(options: Obj, **more: Any) -> dict[str, Any]:
    return {"hypershift.core.hosted_cluster_credentials": {**options, **more}}


def test_credentials(searched: Searched, published: Obj, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("kept")
    files = {"kubeconfig_dest": str(outside / "kubeconfig"), "password_dest": str(outside / "password")}
    scenes = [
        Scene("to files", credentials(published, **files)),
        Scene("to files again", credentials(published, **files)),
        Scene("returned", {**credentials(published, return_content=True), "register": "fetched"}),
        Scene("used", {"ansible.builtin.assert": {"that": ["fetched.password | length == 32", "'token' in fetched.kubeconfig"], "quiet": True}}),
        Scene("no such folder", credentials(published, kubeconfig_dest=str(outside / "none" / "k"), return_content=True), "unwritable"),
        Scene("no such cluster", credentials({**published, "name": "none"}, return_content=True), "not_found"),
        Scene("in an environment", {**credentials(published, return_content=True), "environment": {"A": "b"}}),
        Scene("while it waits", {**credentials(published, return_content=True), "async": 60, "poll": 1, "register": "waited"}),
        Scene("used too", {"ansible.builtin.assert": {"that": ["waited.password | length == 32"], "quiet": True}}),
        Scene("for later", {**credentials(published, return_content=True), "async": 60, "poll": 0}, "invalid_option"),
    ]  # fmt: skip
    searched.play(*scenes[:1], arguments=("-vvv", "--diff", "--check"))
    assert list(outside.iterdir()) == []
    played = searched.play(*scenes)
    assert searched.planted.found_below([outside], 0) == [
        f"hosted kubeconfig in {outside / 'kubeconfig'}", f"kubeadmin password in {outside / 'password'}"]  # fmt: skip
    assert {file.stat().st_mode & 0o777 for file in outside.iterdir()} == {0o600}
    assert played.tasks[2]["result"]["censored"] and "cannot be written" in played.tasks[4]["result"]["msg"]


def test_roles(searched: Searched, hub: EmbeddedHub, name: str) -> None:
    """The same secrets as role variables of the shipped playbook, and one of a wrong kind."""
    create, *_others = carried_out(searched.planted, name)
    options = create.task["hypershift.core.hosted_cluster"]
    variables = {f"hosted_cluster_{k}": v for k, v in options.items()}
    played = searched.player.playbook("create", "-vvv", "--diff", **variables).ok()
    assert searched.leaks(played) == []
    wrong = {**variables, "hosted_cluster_pull_secret": [searched.planted("role, a list for a dict")]}
    refusal = searched.player.playbook("create", "-vvv", **wrong)
    assert refusal.code != 0 and searched.leaks(refusal) == []


@pytest.fixture
def loud_admission(hub: EmbeddedHub, name: str) -> Iterator[None]:
    """An admission policy that repeats what it refuses, as webhooks do."""
    direct, api = Direct(hub), "/apis/admissionregistration.k8s.io/v1"
    echoes = {
        "secrets": ("", "string(object.data['.dockerconfigjson'])", "object.metadata.name.contains('-loud-')"),
        "hostedclusters": (
            "hypershift.openshift.io",
            "object.spec.configuration.proxy.httpProxy",
            "'echo' in object.metadata.?labels.orValue({})",
        ),
    }
    for resource, (group, echo, condition) in echoes.items():
        rule = {"apiGroups": [group], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": [resource]}
        spec = {"matchConstraints": {"resourceRules": [rule]}, "matchConditions": [{"name": "ours", "expression": condition}],
                "validations": [{"expression": "false", "messageExpression": f"'refused: ' + {echo}"}]}  # fmt: skip
        policy = {"metadata": {"name": f"{name}-{resource}"}, "spec": spec}
        binding = {"metadata": {"name": f"{name}-{resource}"}, "spec": {"policyName": f"{name}-{resource}", "validationActions": ["Deny"]}}
        direct.request("POST", f"{api}/validatingadmissionpolicies", policy)
        direct.request("POST", f"{api}/validatingadmissionpolicybindings", binding)
    until("the policies are in force", lambda: all(_refuses(direct, obj) for obj in _probes()))
    yield
    for resource in echoes:
        for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            direct.request("DELETE", f"{api}/{kind}/{name}-{resource}")


def _probes() -> list[Obj]:
    loud = hosted_cluster("probe", "clusters", {"configuration": {"proxy": {"httpProxy": "http://example.com"}}}, labels={"echo": "yes"})
    return [new("Secret", "probe-loud-x", "clusters", data={".dockerconfigjson": "{}"}), loud]


def _refuses(direct: Direct, obj: Obj) -> bool:
    kind = {
        "Secret": "/api/v1/namespaces/clusters/secrets",
        "HostedCluster": "/apis/hypershift.openshift.io/v1beta1/namespaces/clusters/hostedclusters",
    }
    try:
        direct.request("POST", f"{kind[obj['kind']]}?dryRun=All", obj)
    except ApiError as error:
        return "refused: " in str(error)
    return False


def test_markers_are_found_where_they_are(searched: Searched, tmp_path: Path) -> None:
    """The search itself: in the clear, and inside base64 at any place."""
    marker = searched.planted.marker("anywhere")
    for before in ("", "a", "ab", "abc", '{"auths": {"x": {"auth": "'):
        encoded = base64.b64encode(f"{before}{marker.text}{before}".encode())
        assert searched.planted.found_in(b"..." + encoded + b"...") == ["anywhere"]
    (tmp_path / "leak").write_text(f"x{marker.text}y")
    assert searched.planted.found_below([tmp_path], 0) == [f"anywhere in {tmp_path / 'leak'}"]
    assert re.fullmatch(r"Planted\w{25}", marker.text) and searched.planted.found_in(b"Planted nothing") == []
