# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preflight of a management cluster on a real API server: good, bad, and seen by accounts with few rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    CLUSTER_VERSION,
    HYPER_CONVERGED,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    MULTICLUSTER_ENGINE,
    NETWORK,
    NODE,
    STORAGE_CLASS,
    Kind,
)

from direct import Direct
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from playing import ROOT, USER, Admin, Played, Player
from preflight.stage import GOOD, Obj, Stage
from rbac.preflight_rights import NAMESPACES, ONLY, RIGHTS, SCOPES, Rows, rules

PLATFORMS = ["agent", "kubevirt"]
DEFAULT, ZONE = "storageclass.kubernetes.io/is-default-class", "topology.kubernetes.io/zone"


def look(**options: Any) -> Obj:
    return {"hypershift.core.management_cluster_info": {"platforms": PLATFORMS, **options}}


def bad(result: Obj) -> dict[str, str]:
    return {row["check"]: row["verdict"] for row in result["checks"] if row["verdict"] != "ok"}


def row(result: Obj, check: str) -> dict[str, str]:
    (found,) = [r for r in result["checks"] if r["check"] == check]
    return found


@pytest.fixture(scope="module")
def stage(admin: Admin) -> Iterator[Stage]:
    stage = Stage(admin)
    stage.up()
    yield stage
    stage.down()


def asked(hub: EmbeddedHub, since: float) -> set[tuple[str, str, str]]:
    """Verb, resource and namespace of every request of the account under test."""
    found = set()
    for event in hub.audit(user=USER, since=since):
        ref = event["objectRef"]
        found.add((event["verb"], f"{ref['resource']}.{ref.get('apiGroup', '')}".rstrip("."), ref.get("namespace", "")))
    return found


def test_a_good_management_cluster_and_what_is_asked_of_it(hub: EmbeddedHub, player: Player, stage: Stage) -> None:
    for check in (False, True):
        played = player.play(look(hosted_clusters=3), check=check).ok()
        assert bad(played.last) == {} and played.last["verdict"] == "ok" and played.last["summary"]["checks"] == 19
        assert played.last["changed"] is False and player.writes(played.started) == []
        assert asked(hub, played.started) == {(verb, resource, NAMESPACES.get(scope, "")) for verb, resource, scope, _checks in RIGHTS}
        assert len(hub.audit(user=USER, since=played.started)) == len(RIGHTS)  # once each
    numbers = played.last["capacity"]
    assert numbers["nodes"] == 6 and numbers["allocatable"] == {"cpu": 3072.0, "memory_gib": 24576.0, "pods": 6000}
    assert numbers["requested"]["cpu"] >= 1.5 and numbers["requested"]["memory_gib"] >= 2 and numbers["requested"]["pods"] >= 2
    assert numbers["free"]["pods"] == 6000 - numbers["requested"]["pods"] and numbers["fits"] == numbers["free"]["pods"] // 78
    assert played.last["supported_versions"]


def test_platforms_are_found_by_their_operators(quick: Player, stage: Stage) -> None:
    played = quick.play({"hypershift.core.management_cluster_info": {}}, look(platforms=["none"])).ok()
    assert [t["result"]["platforms"] for t in played.tasks] == [PLATFORMS, ["none"]]
    assert {r["platform"] for r in played.last["checks"]} == {""}


Act = Callable[[Stage], None]


def _each(*acts: Act) -> Act:
    def act(stage: Stage) -> None:
        for one in acts:
            one(stage)

    return act


def _status(kind: Kind, name: str, body: Obj) -> Act:
    return lambda stage: stage.patch(kind, "", name, {"status": body}, "--subresource=status")


def _node(number: int, body: Obj) -> Act:
    return lambda stage: stage.patch(NODE, "", f"hub-worker-{number}", body)


def _cordoned(state: bool | None) -> Act:
    return _each(*(_node(n, {"spec": {"unschedulable": state}}) for n in range(4)))


def _zones(*zones: str) -> Act:
    return _each(*(_node(n, {"metadata": {"labels": {ZONE: zone}}}) for n, zone in enumerate(zones)))


def _class(value: str | None) -> Act:
    return lambda stage: stage.patch(STORAGE_CLASS, "", "hub-local", {"metadata": {"annotations": {DEFAULT: value}}})


def _second_class(stage: Stage) -> None:
    body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "example.com/none"}
    stage.admin.apply({**body, "metadata": {"name": "second", "annotations": {DEFAULT: "true"}}})


def _again(kind: Kind) -> Act:
    """As it was."""
    (good,) = [r for r in GOOD if r[0] == kind]
    return lambda stage: stage.put(*good)


_ENGINE = "multiclusterengine"
_OFF = {"overrides": {"components": [{"name": "hypershift", "enabled": False, "configOverrides": {}}]}}
BAD: dict[str, tuple[Act, Act, dict[str, str], str]] = {
    # what is wrong: how it comes and goes, the verdicts, words of the first cause
    "no default class": (_class(None), _class("true"), {"default_storage_class": "failed"}, "none of 1 storage classes"),
    "two defaults": (
        _second_class,
        lambda stage: stage.remove(STORAGE_CLASS, "", "second"),
        {"default_storage_class": "warning"},
        "hub-local, second",
    ),
    "four nodes cordoned": (
        _cordoned(True),
        _cordoned(None),
        {"worker_nodes": "failed", "zones": "failed"},
        "2 worker nodes are usable, and 3 are needed (hub-worker-0, hub-worker-1",
    ),
    "one zone": (_zones(*["zone-a"] * 6), _zones(*["zone-a", "zone-b", "zone-c"] * 2), {"zones": "failed"}, "in 1 zone(s) (zone-a)"),
    "engine in error": (
        _status(MULTICLUSTER_ENGINE, _ENGINE, {"phase": "Error"}),
        _again(MULTICLUSTER_ENGINE),
        {"engine_available": "failed"},
        "is in phase Error",
    ),
    "hypershift off": (
        lambda stage: stage.patch(MULTICLUSTER_ENGINE, "", _ENGINE, {"spec": _OFF}),
        lambda stage: stage.patch(MULTICLUSTER_ENGINE, "", _ENGINE, {"spec": {"overrides": None}}),
        {"hypershift_enabled": "failed"},
        "component hypershift of the multicluster engine is disabled",
    ),
    "openshift too old": (
        _status(CLUSTER_VERSION, "version", {"history": [{"state": "Completed", "version": "4.18.30"}]}),
        _again(CLUSTER_VERSION),
        {"engine_matches_openshift": "failed"},
        "works on OpenShift 4.19 to 4.22",
    ),
    "small MTU": (_status(NETWORK, "cluster", {"clusterNetworkMTU": 1400}), _again(NETWORK), {"network_mtu": "warning"}, "1400"),
    "no wildcards": (
        lambda stage: stage.patch(INGRESS_CONTROLLER, "openshift-ingress-operator", "default", {"spec": {"routeAdmission": None}}),
        _again(INGRESS_CONTROLLER),
        {"wildcard_routes": "failed"},
        "WildcardsDisallowed",
    ),
    "no pool": (
        lambda stage: stage.remove(IP_ADDRESS_POOL, "metallb-system", "api"),
        _again(IP_ADDRESS_POOL),
        {"load_balancer": "failed"},
        "MetalLB has no IPAddressPool",
    ),
    "no virtualization": (
        lambda stage: stage.remove(HYPER_CONVERGED, "openshift-cnv", "kubevirt-hyperconverged"),
        _again(HYPER_CONVERGED),
        {"virtualization": "failed"},
        "has no HyperConverged",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_found_by_its_check_alone(quick: Player, stage: Stage, what: str) -> None:
    come, go, verdicts, words = BAD[what]
    come(stage)
    try:
        result = quick.play(look()).ok().last
    finally:
        go(stage)
    assert bad(result) == verdicts and result["verdict"] == max(verdicts.values(), key=["warning", "failed"].index)
    assert words in row(result, next(iter(verdicts)))["cause"]


def test_an_operator_that_is_down(quick: Player, stage: Stage) -> None:
    before = stage.scale(0)
    try:
        result = quick.play(look()).ok().last
    finally:
        stage.scale(before)
    assert bad(result) == {"operator_available": "failed"}
    assert row(result, "operator_available")["cause"] == "no replica of Deployment hypershift/operator is available"


def test_more_than_there_is_room_for(quick: Player, stage: Stage) -> None:
    many = quick.play(look(hosted_clusters=77)).ok().last
    assert many["capacity"]["fits"] < 77 and row(many, "capacity")["verdict"] == "failed"
    assert f"{many['capacity']['fits']} more fit, 77 wanted, and pods runs out first" in row(many, "capacity")["cause"]
    assert row(many, "hosted_cluster_count")["verdict"] == "warning" and "hcThresholdNumber" in row(many, "hosted_cluster_count")["cause"]


def test_a_number_that_makes_no_sense(player: Player) -> None:
    refused = player.play(look(hosted_clusters=-1)).failed()
    assert refused["failure"]["code"] == "invalid_option" and "hosted_clusters is -1, and must not be below 0" in refused["msg"]


def table(played: Played) -> list[str]:
    (shown,) = [t["result"]["msg"] for t in played.tasks if t["task"] == "Show the table"]
    return list(shown)


def test_the_playbook_ends_with_the_first_failed_check(player: Player, stage: Stage) -> None:
    options = {"preflight_platforms": PLATFORMS, "hypershift_kubeconfig": str(player.kubeconfig)}
    played = player.playbook("preflight", **options).ok()
    assert len(table(played)) == 20 and table(played)[0].startswith("CHECK") and player.writes(played.started) == []
    _class(None)(stage)
    try:
        broken = player.playbook("preflight", **options)
        allowed = player.playbook("preflight", **options, preflight_allow_failed=True).ok()
    finally:
        _class("true")(stage)
    assert broken.failed()["msg"].startswith("1 of 19 checks failed, first default_storage_class: none of 1 storage classes is the default")
    assert any(line.startswith("default_storage_class") and "failed" in line for line in table(allowed))


def test_an_account_that_may_read_nothing_is_not_told_that_all_is_well(hub: EmbeddedHub, player: Player, stage: Stage) -> None:
    stranger = hub.user_kubeconfig("stranger", [])
    told = player.playbook("preflight", hypershift_kubeconfig=str(stranger)).failed()["msg"]
    assert told.startswith("None of 12 checks could be made, first ") and "may not" in told


class Accounts:
    """Service accounts in namespace preflight, with the rights given to each and no other."""

    def __init__(self, hub: EmbeddedHub, admin: Admin) -> None:
        self._hub, self._admin, self._direct = hub, admin, Direct(hub)

    def make(self, *accounts: tuple[str, Rows]) -> dict[str, str]:
        """Kubeconfig by name; the rights are effective."""
        self._admin.apply(*(obj for name, rows in accounts for obj in (account(name), *roles(name, rows))))
        for name, rows in accounts:
            self.effective(name, rows)
        return {name: str(self._hub.service_account_kubeconfig("preflight", name)) for name, _rows in accounts}

    def effective(self, name: str, rows: Rows) -> None:
        """The API server takes up bindings a moment later."""
        for right in rows:
            until(f"{name} has {right}", lambda right=right: self._allowed(name, *right[:3]))  # type: ignore[misc]

    def _allowed(self, name: str, verb: str, resource: str, scope: str) -> bool:
        plural, _dot, group = resource.partition(".")
        attributes = {
            "verb": verb,
            "group": group,
            "resource": plural,
            "namespace": NAMESPACES.get(scope, ""),
            "name": ONLY.get(resource, ""),
        }
        spec = {"user": f"system:serviceaccount:preflight:{name}", "resourceAttributes": attributes}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        answer = self._direct.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return bool(answer["status"]["allowed"])


def account(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "preflight"}}


def roles(name: str, rows: Rows) -> Iterator[Obj]:
    for scope in SCOPES:
        namespace = NAMESPACES.get(scope, "")
        kind, place = ("Role", {"namespace": namespace}) if namespace else ("ClusterRole", {})
        meta = {"name": f"preflight-{name}", **place}
        role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta, "rules": rules(scope, rows)}
        yield role
        yield bound(role, name)


def bound(role: Obj, name: str) -> Obj:
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "preflight"}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": role["metadata"]["name"]}
    return {
        **{k: role[k] for k in ("apiVersion", "metadata")},
        "kind": f"{role['kind']}Binding",
        "roleRef": reference,
        "subjects": [subject],
    }


@pytest.fixture(scope="module")
def accounts(hub: EmbeddedHub, admin: Admin, stage: Stage) -> Accounts:
    return Accounts(hub, admin)


def test_each_right_that_is_missing_is_named_and_costs_its_checks_alone(quick: Player, accounts: Accounts) -> None:
    files = accounts.make(*((f"less-{n}", tuple(r for r in RIGHTS if r is not missing)) for n, missing in enumerate(RIGHTS)))
    tasks = [{**look(kubeconfig=files[f"less-{n}"]), "name": missing[1]} for n, missing in enumerate(RIGHTS)]
    results = {t["task"]: t["result"] for t in quick.play(*tasks).ok().tasks}
    for verb, resource, scope, checks in RIGHTS:
        where = f"in namespace {NAMESPACES[scope]}" if scope in NAMESPACES else "cluster-wide"
        assert bad(results[resource]) == dict.fromkeys(checks, "unknown")
        for check in checks:
            assert row(results[resource], check)["next_step"].startswith(f"Grant verb {verb} on {resource} {where} (docs/rbac.md)")


def test_an_account_without_rights_gets_a_whole_report(player: Player, accounts: Accounts) -> None:
    played = player.play(look(kubeconfig=accounts.make(("none", ()))["none"])).ok()
    assert played.last["verdict"] == "unknown" and played.last["summary"]["unknown"] == played.last["summary"]["checks"] == 19
    assert all(r["next_step"].startswith("Grant verb") for r in played.last["checks"]) and played.last["capacity"] == {}


def test_the_documented_role_is_enough(quick: Player, admin: Admin, accounts: Accounts) -> None:
    page = (ROOT / "docs" / "rbac.md").read_text().partition("### Role for preflight")[2]
    objects = list(yaml.safe_load_all(page.partition("```yaml\n")[2].partition("```")[0]))
    for obj in objects:
        for subject in obj.get("subjects", []):
            subject["namespace"] = "preflight"
    admin.apply(*objects)
    files = accounts.make(("automation", ()))
    accounts.effective("automation", RIGHTS)
    assert bad(quick.play(look(kubeconfig=files["automation"])).ok().last) == {}


def test_what_is_not_served_is_unknown_with_what_to_install(quick: Player, stage: Stage, admin: Admin) -> None:
    """The kind of OpenShift Virtualization goes, and comes again."""
    admin.kubectl("delete", "customresourcedefinition", HYPER_CONVERGED.resource)
    group = f"{HYPER_CONVERGED.version}.{HYPER_CONVERGED.group}"
    try:
        until("the kind is gone", lambda: admin.get("apiservice", group) is None)
        result = quick.play(look()).ok().last
    finally:
        stage.up()
    assert bad(result) == {"virtualization": "unknown"}
    assert row(result, "virtualization")["next_step"].startswith("Install OpenShift Virtualization 4.14 or newer")
