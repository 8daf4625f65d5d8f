# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each preflight check on a good management cluster and on bad ones: nothing but the check in question changes its verdict."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import HubView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    API_SERVICE,
    CONFIG_MAP,
    HOSTED_CLUSTER,
    IP_ADDRESS_POOL,
    MULTICLUSTER_ENGINE,
    NODE,
    POD,
    STORAGE_CLASS,
    Kind,
)
from ansible_collections.hypershift.core.plugins.module_utils._preflight.inspection import READ, Inspection
from ansible_collections.hypershift.core.plugins.module_utils._preflight.table import CHECKS, preflight

from campaigns.planning import builders as planner
from preflight.builders import MINORS, SERVED, Obj, annotated, changed, good, named, node, services

KINDS = {kind.kind: kind for kind, _namespace in READ}
ALL = ("agent", "kubevirt")


def picture(objects: list[Obj], minors: tuple[str, ...] = MINORS, denied: tuple[Kind, ...] = (), **given: Any) -> Inspection:
    table: dict[Kind, tuple[Obj, ...]] = {}
    for obj in objects:
        kind = KINDS.get(obj["kind"])
        if kind is not None and kind not in denied:
            table[kind] = (*table.get(kind, ()), obj)
    return Inspection(HubView("", objects=table, minors=() if CONFIG_MAP in denied else minors), frozenset(denied), **given)


def rows(found: Inspection) -> dict[str, dict[str, str]]:
    return {row["check"]: row for row in preflight(found)["checks"]}


def bad(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: row["verdict"] for name, row in found.items() if row["verdict"] != "ok"}


def test_a_good_management_cluster_passes_every_check_of_its_platforms() -> None:
    report = preflight(picture(changed({})))
    assert report["verdict"] == "ok" and report["platforms"] == list(ALL)
    assert [r["check"] for r in report["checks"]] == [c.name for c in CHECKS if c.platform in ("", *ALL)]
    assert all(row["value"] and not row["cause"] and not row["next_step"] for row in report["checks"])
    assert report["summary"] == {"checks": 19, "ok": 19, "warning": 0, "unknown": 0, "failed": 0}
    assert report["table"][0].split() == ["CHECK", "VERDICT", "VALUE", "WHAT"] and len(report["table"]) == 20


WORKER = "Node/worker-"
TAINT = [{"key": "dedicated", "effect": "NoSchedule"}]
CASES: list[tuple[str, dict[str, Obj | None], str, str, str]] = [
    # what is wrong, the change, check, verdict, words of the cause
    (
        "updating",
        {
            "ClusterVersion/version": {
                "status": {"history": [{"state": "Partial", "version": "4.20.7"}, {"state": "Completed", "version": "4.20.6"}]}
            }
        },
        "openshift_version",
        "warning",
        "being updated to 4.20.7",
    ),
    (
        "failing",
        {"ClusterVersion/version": {"status": {"conditions": [{"type": "Failing", "status": "True", "message": "dns is degraded"}]}}},
        "openshift_version",
        "warning",
        "dns is degraded",
    ),
    (
        "engine in error",
        {"MultiClusterEngine/multiclusterengine": {"status": {"phase": "Error"}}},
        "engine_available",
        "failed",
        "phase Error, not Available",
    ),
    (
        "engine behind",
        {"MultiClusterEngine/multiclusterengine": {"status": {"desiredVersion": "2.11.1"}}},
        "engine_available",
        "failed",
        "runs 2.11.0, but 2.11.1 is desired",
    ),
    (
        "openshift too old",
        {"ClusterVersion/version": {"status": {"history": [{"state": "Completed", "version": "4.18.9"}]}}},
        "engine_matches_openshift",
        "failed",
        "works on OpenShift 4.19 to 4.22, but the management cluster runs 4.18.9",
    ),
    (
        "openshift too new",
        {"ClusterVersion/version": {"status": {"history": [{"state": "Completed", "version": "5.0.1"}]}}},
        "engine_matches_openshift",
        "failed",
        "works on OpenShift 4.19 to 4.22, but the management cluster runs 5.0.1",
    ),
    (
        "hypershift off",
        {"MultiClusterEngine/multiclusterengine": {"spec": {"overrides": {"components": [{"name": "hypershift", "enabled": False}]}}}},
        "hypershift_enabled",
        "failed",
        "component hypershift of the multicluster engine is disabled",
    ),
    (
        "old name off",
        {
            "MultiClusterEngine/multiclusterengine": {
                "spec": {"overrides": {"components": [{"name": "hypershift-preview", "enabled": False}]}}
            }
        },
        "hypershift_enabled",
        "failed",
        "component hypershift ",
    ),
    (
        "no local hosting",
        {
            "MultiClusterEngine/multiclusterengine": {
                "spec": {
                    "overrides": {
                        "components": [{"name": "hypershift", "enabled": True}, {"name": "hypershift-local-hosting", "enabled": False}]
                    }
                }
            }
        },
        "hypershift_enabled",
        "failed",
        "component hypershift-local-hosting",
    ),
    ("no operator", {"Deployment/operator": None}, "operator_available", "failed", "is not installed"),
    ("operator down", {"Deployment/operator": {"status": {"availableReplicas": None}}}, "operator_available", "failed", "no replica"),
    ("half an operator", {"Deployment/operator": {"status": {"availableReplicas": 1}}}, "operator_available", "warning", "1 of 2 replicas"),
    ("no default class", {"StorageClass/fast": annotated("false")}, "default_storage_class", "failed", "none of 1 storage classes"),
    ("no class", {"StorageClass/fast": None}, "default_storage_class", "failed", "none of 0 storage classes"),
    (
        "two defaults",
        {"StorageClass/slow": annotated("true")},
        "default_storage_class",
        "warning",
        "2 storage classes are the default: fast, slow",
    ),
    ("no cloud, no pool", {"IPAddressPool/api": None}, "load_balancer", "failed", "MetalLB has no IPAddressPool"),
    (
        "pool by hand",
        {"IPAddressPool/api": {"spec": {"autoAssign": False}}},
        "load_balancer",
        "warning",
        "assigns addresses by itself (api)",
    ),
    (
        "virtualization too old",
        {"HyperConverged/kubevirt-hyperconverged": {"status": {"versions": [{"name": "operator", "version": "4.13.9"}]}}},
        "virtualization",
        "failed",
        "4.13.9 is older than 4.14",
    ),
    (
        "virtualization down",
        {
            "HyperConverged/kubevirt-hyperconverged": {
                "status": {"conditions": [{"type": "Available", "status": "False", "reason": "CDINotAvailable"}]}
            }
        },
        "virtualization",
        "failed",
        "not Available: CDINotAvailable",
    ),
    ("virtualization new", {"HyperConverged/kubevirt-hyperconverged": {"status": None}}, "virtualization", "failed", "not Available"),
    (
        "virtual metal",
        {"Infrastructure/cluster": {"status": {"platformStatus": {"type": "VSphere"}}}},
        "bare_metal",
        "warning",
        "runs on VSphere",
    ),
    (
        "other network",
        {"Network/cluster": {"status": {"networkType": "OpenShiftSDN"}}},
        "network_type",
        "failed",
        "is OpenShiftSDN, not OVNKubernetes",
    ),
    (
        "small MTU",
        {"Network/cluster": {"status": {"clusterNetworkMTU": 1400}}},
        "network_mtu",
        "warning",
        "MTU of the cluster network is 1400",
    ),
    ("MTU untold", {"Network/cluster": {"status": {"clusterNetworkMTU": None}}}, "network_mtu", "unknown", "tells no MTU"),
    ("no wildcards", {"IngressController/default": {"spec": None}}, "wildcard_routes", "failed", "wildcardPolicy WildcardsDisallowed"),
    (
        "assisted off",
        {
            "MultiClusterEngine/multiclusterengine": {
                "spec": {"overrides": {"components": [{"name": "assisted-service", "enabled": False}]}}
            }
        },
        "assisted_service",
        "failed",
        "assisted-service of the multicluster engine is disabled",
    ),
    ("no database", {"AgentServiceConfig/agent": {"spec": {"databaseStorage": None}}}, "assisted_service", "failed", "no databaseStorage"),
    ("no images", {"AgentServiceConfig/agent": {"spec": {"osImages": []}}}, "assisted_service", "warning", "names no osImages"),
    (
        "hosts unseen",
        {"Provisioning/provisioning-configuration": {"spec": {"watchAllNamespaces": False}}},
        "bare_metal_hosts",
        "warning",
        "does not watch all namespaces",
    ),
    (
        "a node more, but cordoned",
        {"Node/worker-d": {**node("worker-d", "d"), "spec": {"unschedulable": True}}},
        "worker_nodes",
        "warning",
        "not usable for new control planes: worker-d",
    ),
    (
        "nodes without zones",
        {WORKER + z: {"metadata": {"labels": {"topology.kubernetes.io/zone": None}}} for z in "abc"},
        "zones",
        "warning",
        "3 of 3 usable worker nodes have no label",
    ),
    (
        "one zone",
        {WORKER + z: {"metadata": {"labels": {"topology.kubernetes.io/zone": "a"}}} for z in "abc"},
        "zones",
        "failed",
        "in 1 zone(s) (a)",
    ),
    ("two zones", {WORKER + "c": {"metadata": {"labels": {"topology.kubernetes.io/zone": "a"}}}}, "zones", "failed", "in 2 zone(s) (a, b)"),
    ("too many", {f"HostedCluster/demo-{n}": {} for n in range(60)}, "hosted_cluster_count", "warning", "61 hosted clusters are more than"),
    (
        "far too many",
        {f"HostedCluster/demo-{n}": {} for n in range(80)},
        "hosted_cluster_count",
        "failed",
        "hcMaxNumber of the hypershift add-on, 80",
    ),
    (
        "lower limit",
        {
            "AddOnDeploymentConfig/hypershift-addon-deploy-config": {
                "spec": {"customizedVariables": [{"name": "hcMaxNumber", "value": "0"}]}
            }
        },
        "hosted_cluster_count",
        "failed",
        "1 hosted clusters are more than hcMaxNumber of the hypershift add-on, 0",
    ),
]


@pytest.mark.parametrize(("changes", "check", "verdict", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_fault_is_found_by_its_check_alone(changes: dict[str, Obj | None], check: str, verdict: str, words: str) -> None:
    found = rows(picture(changed(changes)))
    assert bad(found) == {check: verdict}
    assert words in found[check]["cause"] and found[check]["next_step"].endswith(".")


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        ({"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}, "worker-c"),
        ({"spec": {"taints": TAINT}}, "worker-c"),
        ({"metadata": {"labels": {"hypershift.openshift.io/cluster": "clusters-demo"}}}, "worker-c"),
        (None, ""),
    ],
)
def test_too_few_worker_nodes(patch: Obj | None, left: str) -> None:
    found = rows(picture(changed({WORKER + "c": patch})))
    assert found["worker_nodes"]["verdict"] == "failed" and "2 worker nodes are usable, and 3 are needed" in found["worker_nodes"]["cause"]
    assert left in found["worker_nodes"]["cause"] and found["zones"]["verdict"] == "failed"
    single = rows(picture(changed({WORKER + "c": patch}), availability="SingleReplica"))
    assert single["worker_nodes"]["verdict"] == "warning" and single["zones"]["verdict"] == "ok"


def test_a_single_node_is_refused_whatever_the_availability() -> None:
    alone = {WORKER + "b": None, WORKER + "c": None, "Node/master-0": None}
    assert rows(picture(changed(alone), availability="SingleReplica"))["worker_nodes"]["verdict"] == "failed"


def test_control_planes_tolerate_the_taint_of_nodes_that_are_kept_for_them() -> None:
    taints = [{"key": "hypershift.openshift.io/control-plane", "value": "true", "effect": "NoSchedule"}]
    assert bad(rows(picture(changed({WORKER + z: {"spec": {"taints": taints}} for z in "abc"})))) == {}


def test_zones_are_only_preferred_where_everything_runs_on_virtualization() -> None:
    one = {WORKER + z: {"metadata": {"labels": {"topology.kubernetes.io/zone": "a"}}} for z in "abc"}
    assert bad(rows(picture(changed(one), asked=("kubevirt",)))) == {"zones": "warning"}
    assert bad(rows(picture(changed(one), asked=("kubevirt", "agent")))) == {"zones": "failed"}


def test_platforms_are_those_asked_for_or_those_with_signs() -> None:
    aws = {"Infrastructure/cluster": {"status": {"platformStatus": {"type": "AWS"}}}, "HyperConverged/kubevirt-hyperconverged": None,
           "AgentServiceConfig/agent": None, "IPAddressPool/api": None}  # fmt: skip
    found = preflight(picture(changed(aws)))
    assert (found["platforms"], found["verdict"]) == (["aws"], "ok")
    assert "AWS serves load balancers" in found["table"][10]
    assert {r["platform"] for r in preflight(picture(changed({}), asked=("none",)))["checks"]} == {""}
    wrong = rows(picture(changed({}), asked=("aws",)))["same_cloud"]
    assert wrong["verdict"] == "failed" and "runs on BareMetal" in wrong["cause"]


def test_a_platform_that_is_not_told_leaves_open_what_depends_on_it() -> None:
    found = rows(picture(changed({"Infrastructure/cluster": {"status": None}}), asked=("aws", "kubevirt")))
    assert bad(found) == dict.fromkeys(("load_balancer", "bare_metal", "same_cloud"), "unknown")


def test_without_virtualization_missing_pools_are_a_warning() -> None:
    found = rows(picture(changed({"IPAddressPool/api": None}), asked=("agent",)))
    assert bad(found) == {"load_balancer": "warning"} and "NodePort" in found["load_balancer"]["next_step"]


@pytest.mark.parametrize("own", ["2.4.0", "2.5.1", "2.8.0", "2.11.0", "2.12.0", "5.0.0", "5.1.0"])
def test_the_planner_of_upgrades_judges_engine_and_openshift_alike(own: str) -> None:
    verdicts = set()
    for below in (f"{minor}.3" for minor in (*(f"4.{n}" for n in range(14, 23)), "5.0", "5.1", "5.2")):
        engines, versions = [planner.engine(own)], [planner.openshift(below)]
        hub = planner.view([planner.cluster(offers=("4.20.9", "4.21.5"))], [planner.pool()], engines=engines, versions=versions)
        codes = planner.codes(planner.one(planner.planned(hub)))
        found = rows(picture([*engines, *versions]))["engine_matches_openshift"]["verdict"]
        assert (found == "failed") is ("management_order" in codes), below
        verdicts.add(found)
    assert verdicts == {"ok", "failed"}


@pytest.mark.parametrize(
    ("minors", "verdict", "words"),
    [((), "failed", "supported-versions is missing"), (("4.20", "4.19"), "warning", "supports up to 4.20, but engine 2.11.0 brings 4.21")],
)
def test_versions_that_the_operator_supports(minors: tuple[str, ...], verdict: str, words: str) -> None:
    found = rows(picture(changed({}), minors))
    assert bad(found) == {"supported_versions": verdict} and words in found["supported_versions"]["cause"]


GROUP_OF = {kind.kind: (kind.group, kind.version) for kind in KINDS.values()}


def without(kind: str) -> list[Obj]:
    """The group of a kind is not served, so none of its objects is there."""
    kept = [o for o in changed({}) if GROUP_OF.get(o["kind"]) != GROUP_OF[kind] and o["kind"] != API_SERVICE.kind]
    return kept + services(*(g for g in SERVED if g != GROUP_OF[kind]))


@pytest.mark.parametrize(
    ("kind", "checks", "step"),
    [
        ("HyperConverged", {"virtualization"}, "Install OpenShift Virtualization 4.14 or newer"),
        ("AgentServiceConfig", {"assisted_service"}, "Enable component assisted-service"),
        ("Provisioning", {"bare_metal_hosts"}, "Create Provisioning"),
        ("IPAddressPool", {"load_balancer"}, "Install the MetalLB operator"),
        ("HostedCluster", {"hosted_cluster_count"}, "Enable component hypershift"),
        ("IngressController", {"wildcard_routes"}, "belongs to OpenShift itself"),
    ],
)
def test_what_is_not_served_is_unknown_with_what_to_install(kind: str, checks: set[str], step: str) -> None:
    found = rows(picture(without(kind), asked=ALL))
    assert bad(found) == dict.fromkeys(checks, "unknown")
    assert all("does not serve" in found[c]["cause"] and step in found[c]["next_step"] for c in checks)


@pytest.mark.parametrize(
    ("gone", "check", "words"),
    [
        ("HyperConverged/kubevirt-hyperconverged", "virtualization", "has no HyperConverged"),
        ("AgentServiceConfig/agent", "assisted_service", "there is no AgentServiceConfig agent"),
    ],
)
def test_what_is_served_but_not_there_has_failed_and_is_unknown_when_that_is_not_proven(gone: str, check: str, words: str) -> None:
    found = rows(picture(changed({gone: None}), asked=ALL))[check]
    assert (found["verdict"], found["next_step"][:6]) == ("failed", "Create") and words in found["cause"]
    unsure = rows(picture(changed({gone: None}), denied=(API_SERVICE,), asked=ALL))[check]
    assert unsure["verdict"] == "unknown" and "may not list apiservices" in unsure["cause"]


ENGINE_KINDS = ("MultiClusterEngine", "HostedCluster", "AgentServiceConfig")
OF_ENGINE = {"engine_matches_openshift", "hypershift_enabled", "operator_available", "supported_versions"}


@pytest.mark.parametrize(
    ("unserved", "denied", "more"),
    [
        ((), (), set()),
        ((), (API_SERVICE,), set()),  # an empty list says enough
        (ENGINE_KINDS[:1], (), set()),
        (ENGINE_KINDS[:1], (MULTICLUSTER_ENGINE,), set()),  # what is not served need not be listed
        (ENGINE_KINDS, (), {"hosted_cluster_count", "assisted_service"}),
    ],
)
def test_without_an_engine_its_own_check_has_failed_and_no_other_speaks_of_its_components(
    unserved: tuple[str, ...], denied: tuple[Kind, ...], more: set[str]
) -> None:
    groups = {GROUP_OF[kind] for kind in unserved}
    gone: dict[str, Obj | None] = {"MultiClusterEngine/multiclusterengine": None, "Deployment/operator": None}
    objects = [o for o in changed(gone) if GROUP_OF.get(o["kind"]) not in groups and o["kind"] != API_SERVICE.kind]
    found = rows(picture(objects + services(*(g for g in SERVED if g not in groups)), (), denied, asked=ALL))
    assert bad(found) == {"engine_available": "failed", **dict.fromkeys(OF_ENGINE | more, "unknown")}
    assert found["engine_available"]["cause"] == "the multicluster engine is not installed"
    assert found["engine_available"]["next_step"] == "Install it (playbook hypershift.core.multicluster_engine)."
    assert {found[check]["next_step"] for check in OF_ENGINE | more} == {"See check engine_available."}


def test_an_operator_of_others_is_judged_without_an_engine_too() -> None:
    found = bad(rows(picture(changed({"MultiClusterEngine/multiclusterengine": None}), asked=ALL)))
    assert found == {"engine_available": "failed", "engine_matches_openshift": "unknown", "hypershift_enabled": "unknown"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_what_may_not_be_read_is_unknown_with_what_to_grant(check: Any) -> None:
    """Each kind denied alone: every check that needs it says so, and none but those changes."""
    for kind in check.needs:
        found = rows(picture(changed({}), denied=(kind,), asked=(check.platform,) if check.platform else ALL))
        verb = "get" if kind == CONFIG_MAP else "list"
        assert found[check.name]["verdict"] == "unknown" and found[check.name]["cause"].startswith(
            f"the account may not {verb} {kind.resource}"
        )
        assert found[check.name]["next_step"].startswith(f"Grant verb {verb} on {kind.resource}")
        assert all(row["verdict"] != "failed" or row["check"] == "same_cloud" for row in found.values())


def test_an_account_without_any_right_gets_a_whole_report() -> None:
    everything = (*KINDS.values(), CONFIG_MAP)
    report = preflight(picture([], denied=everything, asked=ALL))
    assert report["verdict"] == "unknown" and report["capacity"] == {} and report["summary"]["unknown"] == report["summary"]["checks"] == 19
    assert (
        "Grant verb list on ipaddresspools.metallb.io"
        in rows(picture(changed({}), denied=(IP_ADDRESS_POOL,)))["load_balancer"]["next_step"]
    )


def test_names_of_namespaces_stand_in_what_to_grant() -> None:
    found = rows(picture(changed({}), denied=(KINDS["Deployment"], STORAGE_CLASS, NODE, POD, HOSTED_CLUSTER, MULTICLUSTER_ENGINE)))
    assert "in namespace hypershift" in found["operator_available"]["next_step"]
    assert "cluster-wide" in found["default_storage_class"]["next_step"]


def test_the_good_world_has_one_object_of_each_kind_that_is_read() -> None:
    """So that a kind cannot be left out of these tests."""
    kinds = {o["kind"] for o in good().values()} | {"Pod", "HostedCluster", "AddOnDeploymentConfig"}
    assert kinds >= set(KINDS) and named("Pod", "x")["metadata"] == {"name": "x"}
