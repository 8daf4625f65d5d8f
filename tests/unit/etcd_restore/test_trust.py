# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The journal of a restore is not believed: what a ConfigMap says counts only as the HostedCluster's mark, and approves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd.restore_mark import ANNOTATION, is_digest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.workspace import workspace
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, STATEFUL_SET

from etcd.builders import NAMESPACE
from etcd_restore.run_builders import WRITERS, Stage, member, stage

MEMBERS = {f"etcd-{n}": f"a{n}" for n in range(3)}
MAP = ("ConfigMap", "clusters", "demo-etcd-restore")
CLUSTER = ("HostedCluster", "clusters", "demo")


@pytest.fixture
def three(tmp_path: Path) -> Stage:
    return stage(tmp_path)


def half_done(at: Stage) -> str:
    """A restore that stands after its exchange; its digest."""
    at.hub.shells["etcd-2"] = member(at.hub, "etcd-2", MEMBERS, hash=8)
    digest: str = at.go()["digest"]
    with pytest.raises(HypershiftError):
        at.go("applied", digest)
    return digest


def rewrite(at: Stage, change: Callable[[dict[str, Any]], object]) -> None:
    told = at.journal()
    change(told)
    at.hub.put(CONFIG_MAP.manifest("demo-etcd-restore", "clusters", data={"journal": json.dumps(told)}))


def planted(at: Stage, tmp: Path, **change: Any) -> str:
    """A journal of a restore that never was here, as an account with nothing but ConfigMaps can write it; its digest."""
    tmp.mkdir()
    other = stage(tmp)
    digest = half_done(other)
    told = {**other.journal(), **change}
    at.hub.put(CONFIG_MAP.manifest("demo-etcd-restore", "clusters", data={"journal": json.dumps(told)}))
    return digest


@pytest.mark.parametrize("state", ["running", "done", "undone", "rolled_back"])
def test_a_journal_without_mark_moves_nothing(three: Stage, state: str) -> None:
    digest = planted(three, three.folder / "other", state=state, writers={"kube-apiserver": 0})
    with pytest.raises(RefusedError, match="does not carry its mark") as caught:
        three.go("rolled_back", digest)
    assert caught.value.failure.code == "no_such_restore" and three.hub.writes == []
    planned = three.go()
    assert planned["digest"] and three.hub.writes == []
    assert three.go("applied", planned["digest"])["restore"]["state"] == "done" and three.data() == ["snap"] * 3


FORGERIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "writers": lambda told: told["writers"].update({"kube-apiserver": 0}),
    "another writer": lambda told: told["writers"].update({"etcd-operator": 0}),
    "replicas": lambda told: told["shards"][0].update(replicas=1),
    "peers": lambda told: told["shards"][0]["peers"].update({"evil": "https://evil:2380"}),
    "retention": lambda told: told["shards"][0].update(when_scaled="Delete"),
    "number of keys": lambda told: told["shards"][0].update(live_keys=1),
    "pauses": lambda told: told["pauses"]["HostedCluster/demo"].update(pausedUntil="true"),
    "snapshot": lambda told: told.update(snapshot="other"),
    "kept": lambda told: told.update(kept=True),
    "digest": lambda told: told.update(digest="a" * 64),
    "a path as digest": lambda told: told.update(digest="/../../../zz"),
    "a command as digest": lambda told: told.update(digest="$(reboot)"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_journal_that_was_changed_is_not_believed(three: Stage, name: str) -> None:
    digest = half_done(three)
    rewrite(three, FORGERIES[name])
    for state in ("rolled_back", "applied"):
        three.hub.writes.clear()
        with pytest.raises(HypershiftError) as caught:
            three.go(state, digest)
        assert caught.value.failure.code == "bad_journal" and caught.value.failure.next_step
        assert three.hub.writes == []


@pytest.mark.parametrize("state", ["done", "undone", "rolled_back"])
def test_an_end_that_the_journal_claims_is_no_end(three: Stage, state: str) -> None:
    """Its mark says that it has not ended, and the cluster still stands paused."""
    digest = half_done(three)
    rewrite(three, lambda told: told.update(state=state))
    assert three.go("rolled_back", digest)["restore"]["state"] == "rolled_back"
    assert three.data() == ["live"] * 3
    replicas = {k[2]: o["spec"]["replicas"] for k, o in three.hub.objects.items() if k[0] in ("Deployment", "StatefulSet")}
    assert replicas == {**dict.fromkeys(WRITERS, 3), "etcd": 3}


def forget_the_exchange(told: dict[str, Any]) -> None:
    for step in told["steps"]:
        if step["name"] in ("prepare", "swap", "start_etcd", "prove"):
            step.update(state="pending", started="", finished="")


def test_progress_that_the_journal_denies_is_seen_on_the_volumes(three: Stage) -> None:
    """Taken for untouched it would be undone by starting what was never proved."""
    digest = half_done(three)
    rewrite(three, forget_the_exchange)
    three.hub.stuck = {"etcd-1-restore"}
    with pytest.raises(HypershiftError, match="its data was exchanged already"):
        three.go("applied", digest)
    writers = {k[2]: o["spec"]["replicas"] for k, o in three.hub.objects.items() if k[0] == "Deployment"}
    assert writers == dict.fromkeys(WRITERS, 0) and three.data() == ["snap"] * 3
    three.hub.stuck = set()
    three.hub.shells["etcd-2"] = member(three.hub, "etcd-2", MEMBERS)
    assert three.go("applied", digest)["restore"]["state"] == "done" and three.left() == []


def test_a_run_killed_before_its_last_mark_only_marks(three: Stage) -> None:
    digest = half_done(three)
    running = three.hub.objects[CLUSTER]["metadata"]["annotations"][ANNOTATION]
    three.go("rolled_back", digest)
    three.hub.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"annotations": {ANNOTATION: running}}})
    three.hub.writes.clear()
    three.go("rolled_back", digest)
    assert {w[1].partition(" ")[0] for w in three.hub.writes} == {"Lease", "HostedCluster"}
    assert json.loads(three.hub.objects[CLUSTER]["metadata"]["annotations"][ANNOTATION])["state"] == "rolled_back"
    three.hub.writes.clear()
    assert three.go("rolled_back", digest)["changed"] is False and three.hub.writes == []


def test_without_its_journal_a_restore_waits_for_a_person(three: Stage) -> None:
    digest = half_done(three)
    three.hub.drop(CONFIG_MAP, "clusters", "demo-etcd-restore")
    three.hub.writes.clear()
    with pytest.raises(HypershiftError, match="it is gone"):
        three.go("rolled_back", digest)
    assert three.hub.writes == []


def test_what_was_done_is_not_done_again_for_want_of_a_journal(three: Stage) -> None:
    digest = three.go()["digest"]
    three.go("applied", digest)
    three.hub.drop(CONFIG_MAP, "clusters", "demo-etcd-restore")
    three.hub.writes.clear()
    with pytest.raises(HypershiftError):
        three.go("applied", digest)
    assert three.hub.writes == [] and three.go()["digest"] != digest


def test_image_and_members_come_from_the_live_statefulset(three: Stage) -> None:
    digest = three.go()["digest"]
    made: list[dict[str, Any]] = []
    create = three.hub.create

    def watching(kind: Any, body: dict[str, Any]) -> dict[str, Any]:
        if kind.kind == "Pod":
            made.append(body)
        return create(kind, body)

    three.hub.create = watching  # type: ignore[method-assign]
    three.go("applied", digest)
    live = three.hub.objects[("StatefulSet", NAMESPACE, "etcd")]["spec"]["template"]["spec"]["containers"][0]["image"]
    assert {p["spec"]["containers"][0]["image"] for p in made} == {live}
    assert "image" not in three.journal()["shards"][0] and "claims" not in three.journal()["shards"][0]


def test_members_that_changed_since_the_plan_stop_it(three: Stage) -> None:
    digest = half_done(three)
    live = three.hub.objects[("StatefulSet", NAMESPACE, "etcd")]
    containers = json.loads(json.dumps(live["spec"]["template"]["spec"]["containers"]))
    containers[0]["env"] = [{"name": "ETCD_INITIAL_CLUSTER", "value": "etcd-0=https://evil:2380"}]
    three.hub.edit(STATEFUL_SET, NAMESPACE, "etcd", {"spec": {"template": {"spec": {"containers": containers}}}})
    with pytest.raises(HypershiftError) as caught:
        three.go("rolled_back", digest)
    assert caught.value.failure.code == "members_differ" and three.data() == ["snap"] * 3


@pytest.mark.parametrize(
    "text", ["{}", "x", '{"digest": "/../zz"}', "[" * 100_000, '{"digest": 1, "snapshot": 2, "started": 3, "content": 4}']
)
def test_a_mark_that_is_none_stops_everything(three: Stage, text: str) -> None:
    three.hub.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"annotations": {ANNOTATION: text}}})
    for state, digest in (("planned", ""), ("applied", "0" * 64), ("rolled_back", "0" * 64)):
        with pytest.raises(HypershiftError) as caught:
            three.go(state, digest)
        assert caught.value.failure.code == "bad_mark" and three.hub.writes == []


NO_DIGESTS = [
    "/../../../zz",
    "sha256:",
    "0" * 63,
    "0" * 65,
    "A" * 64,
    "0" * 64 + "-",
    "0" * 64 + "-12",
    "$(id)",
    "0" * 64 + "\n",
    " ",
    "latest",
]


@pytest.mark.parametrize("digest", NO_DIGESTS)
def test_a_malformed_digest_approves_nothing(three: Stage, digest: str) -> None:
    assert not is_digest(digest)
    for state in ("applied", "rolled_back"):
        with pytest.raises(RefusedError) as caught:
            three.go(state, digest)
        assert caught.value.failure.code == "plan_not_approved" and three.hub.writes == []


def test_a_short_form_of_the_right_digest_approves_nothing(three: Stage) -> None:
    digest = three.go()["digest"]
    for part, code in ((digest[:12], "plan_not_approved"), (digest[:64], "plan_outdated"), (digest[:-4], "plan_outdated")):
        with pytest.raises(RefusedError) as caught:
            three.go("applied", part)
        assert caught.value.failure.code == code
    assert three.hub.writes == []


@pytest.mark.parametrize("id", ["/../../../zz", "..", "a/b", "", ".hidden", "a\x00b", "restore-/../zz", "x" * 300])
def test_a_workspace_is_made_of_plain_names(tmp_path: Path, id: str) -> None:
    keep = tmp_path / "zz"
    keep.mkdir()
    for parts in (("clusters", "demo", id), ("clusters", id, "x"), (id, "demo", "x")):
        with (
            pytest.raises(HypershiftError, match="no name that may become part of a path"),
            workspace({"directory": str(tmp_path / "s")}, *parts),
        ):
            pass
    assert keep.is_dir() and [p.name for p in tmp_path.iterdir()] == ["zz"]


KUBE_SYSTEM = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "east"}}


@pytest.mark.parametrize("state", ["applied", "rolled_back"])
def test_an_approved_plan_is_refused_on_another_management_cluster(three: Stage, state: str) -> None:
    """All else is the same there, as on a copy: what differs is the uid of kube-system."""
    three.hub.put(KUBE_SYSTEM)
    planned = three.go()
    assert planned["management_cluster"] == {"server": three.hub.server, "uid": "east"} and planned.get("notes", []) == []
    three.hub.put({**KUBE_SYSTEM, "metadata": {"name": "kube-system", "uid": "west"}})
    with pytest.raises(RefusedError, match=f"this is cluster west .{three.hub.server}.") as caught:
        three.go(state, planned["digest"])
    assert caught.value.failure.code == "other_cluster" and three.hub.writes == [] and three.data() == ["live"] * 3
    assert three.go()["digest"] != planned["digest"]


def test_a_restore_under_way_is_not_gone_on_with_on_a_copy_of_its_cluster(three: Stage) -> None:
    three.hub.put(KUBE_SYSTEM)
    digest = half_done(three)
    three.hub.put({**KUBE_SYSTEM, "metadata": {"name": "kube-system", "uid": "west"}})
    three.hub.writes.clear()
    for state in ("applied", "rolled_back"):
        with pytest.raises(RefusedError, match="was not made on this management cluster"):
            three.go(state, digest)
    assert three.hub.writes == []


def test_without_the_right_the_address_is_compared_and_said(three: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    three.hub.put(KUBE_SYSTEM)
    three.hub.forbidden.add(("get", "Namespace"))
    planned = three.go()
    assert planned["management_cluster"] == {"server": three.hub.server, "uid": None}
    assert "bound to its address" in planned["notes"][-1] and "may not get namespaces" in planned["notes"][-1]
    with monkeypatch.context() as moved:
        moved.setattr(type(three.hub), "server", "https://api.west.example.com:6443")
        with pytest.raises(RefusedError, match=r"of this one only the address is known .https://api\.west") as caught:
            three.go("applied", planned["digest"])
        assert caught.value.failure.code == "other_cluster" and three.hub.writes == []
    three.hub.forbidden.clear()
    with pytest.raises(RefusedError, match="this is cluster east"):  # asked now, and not when it was approved
        three.go("applied", planned["digest"])
    three.hub.forbidden.add(("get", "Namespace"))
    assert three.go("applied", planned["digest"])["restore"]["state"] == "done"
