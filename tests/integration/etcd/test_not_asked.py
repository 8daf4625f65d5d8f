# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real etcd whose members may not be asked, or do not answer: nothing is judged beyond what was seen, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd import discovery

from embedded_hub import ApiError, EmbeddedHub
from embedded_hub.audit import stores
from embedded_hub.testing import until
from etcd_restore.restoring import run
from hosted_etcd import HostedEtcd
from playing import USER, Admin, Player, describe

MEMBERS = ("etcd-0", "etcd-1", "etcd-2")
HELPERS = tuple(f"{m}-restore" for m in MEMBERS)
POLICY = "hypershift-core-no-exec"
GROUP = "admissionregistration.k8s.io/v1"


class Scene:
    """A healthy etcd of three members with a snapshot of it, and an admission policy that closes exec of pods by name."""

    def __init__(self, hub: EmbeddedHub, admin: Admin, etcd: HostedEtcd, kubeconfig: Path, store: Path) -> None:
        self.hub, self.admin, self.etcd, self.store = hub, admin, etcd, store
        self.options = {"kubeconfig": str(kubeconfig), "name": etcd.name}
        self.stored = {**self.options, "directory": str(store)}
        taken = run("etcd_snapshot", self.stored)
        assert not taken.get("failed"), taken
        self.digest = run("etcd_restore", self.stored)["digest"]
        self.approved = {"state": "applied", "digest": self.digest}

    @contextmanager
    def closed(self, *names: str) -> Iterator[None]:
        spec = {
            "matchConstraints": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": self.etcd.namespace}},
                "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CONNECT"], "resources": ["pods/exec"]}],
            },
            "validations": [{"expression": f"!(request.name in {list(names)!r})", "message": "exec is closed by security"}],
        }
        self.admin.apply(
            {"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": POLICY}, "spec": spec},
            {"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": POLICY},
             "spec": {"policyName": POLICY, "validationActions": ["Deny"]}},
        )  # fmt: skip
        try:
            until("the policy is effective", lambda: self.refused(names[0]), 20)
            yield
        finally:
            self.admin.kubectl("delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", POLICY)
            until("the policy is gone", lambda: not self.refused(names[0]), 20)

    def refused(self, pod: str) -> bool:
        container = "restore" if pod in HELPERS else "etcd"
        path = f"/api/v1/namespaces/{self.etcd.namespace}/pods/{pod}/exec?command=true&stdout=true&container={container}"
        try:
            self.etcd._rest.request("POST", path)
        except ApiError as error:  # one that is let in is told that it lacks an upgrade, or that there is no such pod
            return "closed by security" in str(error)
        return False

    def writes(self, since: float) -> list[str]:
        """All that the account sent that is no read and no exec."""
        found = [e for e in self.hub.audit(user=USER, since=since) if stores(e)]
        return [describe(e) for e in found if e["objectRef"].get("subresource") != "exec"]

    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = run("etcd_info", {**self.options, "compare_data": False})["etcd"]
        return found

    def nothing_follows(self, assumed: Sequence[str]) -> tuple[str, str]:
        """No plan, no digest, no write, whatever is asked for; messages of the plain plan and of the one that calls members lost."""
        started = time.time()
        answers = [run("etcd_restore", {**self.stored, **more}) for more in ({}, {"assume_lost": list(assumed)}, self.approved)]
        for answer in answers:
            assert answer["failed"] and "digest" not in answer and answer["changed"] is False, answer
        assert [a["failure"]["code"] for a in answers] == ["not_asked", "not_lost", "not_asked"]
        assert run("etcd_member_recover", self.options)["failed"]
        assert self.writes(started) == []
        return str(answers[0]["msg"]), str(answers[1]["msg"])


@pytest.fixture(scope="module")
def scene(hub: EmbeddedHub, admin: Admin, kubeconfig: Path, create: Callable[..., HostedEtcd], tmp_path_factory: Any) -> Scene:
    etcd = create()
    etcd.put_many("/kept/", 50)
    return Scene(hub, admin, etcd, kubeconfig, tmp_path_factory.mktemp("not-asked") / "store")


def test_a_policy_that_closes_exec_for_all(scene: Scene, quick: Player) -> None:
    with scene.closed(*MEMBERS):
        found = scene.info()
        assert (found["verdict"], found["quorate"], found["not_asked"]) == ("unknown", None, list(MEMBERS))
        assert POLICY in found["cause"] and "EtcdAvailable is True, 3 of 3 pods are ready" in found["cause"]
        assert POLICY in found["next_step"] and found["cause"].isprintable()
        assert POLICY in scene.nothing_follows(MEMBERS)[0]
        assert POLICY in run("etcd_snapshot", {**scene.stored, "snapshot": "none"} | {"directory": f"{scene.store}-2"})["msg"]
        started = time.time()
        variables = {"etcd_recovery_name": scene.etcd.name, "etcd_recovery_directory": str(scene.store)}
        played = quick.playbook("etcd_recovery", **variables, etcd_recovery_apply=True)
        assert POLICY in played.failed()["msg"] and scene.digest not in played.output and "no_quorum" not in played.output
        assert scene.writes(started) == []
    assert scene.info()["verdict"] == "healthy"


def test_a_policy_that_closes_exec_for_one(scene: Scene, tmp_path: Path) -> None:
    with scene.closed("etcd-2"):
        found = scene.info()
        assert (found["verdict"], found["quorate"], found["not_asked"]) == ("unknown", True, ["etcd-2"])
        assert "etcd-2" in scene.nothing_follows(["etcd-2"])[0]
        taken = run("etcd_snapshot", {**scene.stored, "directory": str(tmp_path / "store")})
        assert taken["changed"] and "was not compared" in str(taken)


def test_a_policy_that_closes_exec_for_the_helpers_alone(scene: Scene) -> None:
    """Seen before the first write, although none of these pods is there."""
    with scene.closed(*HELPERS):
        started = time.time()
        for options in ({}, scene.approved):
            refused = run("etcd_restore", {**scene.stored, **options})
            assert refused["failure"]["code"] == "exec_failed" and POLICY in refused["msg"]
        assert scene.writes(started) == []


def test_a_member_that_hangs(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "PROBE_SILENCE", 2.0)
    fault = scene.etcd.fault("etcdctl", "stall", after=0, times=99, pod="etcd-2")
    found = scene.info()
    assert (found["verdict"], found["not_asked"]) == ("unknown", ["etcd-2"]) and "sent nothing for 2 s" in found["cause"]
    message, _assumed = scene.nothing_follows(["etcd-2"])
    fault.clear()
    assert "Look at the node of etcd-2" in message


def test_one_really_lost_and_another_unasked(scene: Scene, quick: Player) -> None:
    """The last test: what it breaks stays broken."""
    scene.etcd.destroy_data(1)
    until("the member has failed", lambda: scene.info()["verdict"] == "member_failed", 30)
    with scene.closed("etcd-2"):
        found = scene.info()
        assert (found["verdict"], found["quorate"]) == ("unknown", None) and "etcd-1" in found["cause"]
        message, assumed = scene.nothing_follows(["etcd-2"])
        assert POLICY in message and "pods/exec" in message and "its pod is ready" in assumed
        started = time.time()
        variables = {"etcd_recovery_name": scene.etcd.name, "etcd_recovery_directory": str(scene.store)}
        played = quick.playbook("etcd_recovery", **variables, etcd_recovery_assume_lost=["etcd-2"])
        assert "etcd-2 is not lost as far as can be seen" in played.failed()["msg"]
        assert scene.writes(started) == []
