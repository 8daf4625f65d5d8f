# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""hosted_observability against a management cluster in memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, DEPLOYMENT, HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._observability.dashboards import CONSOLE_NAMESPACE, DASHBOARD_KEY, LABEL
from ansible_collections.hypershift.core.plugins.modules.hosted_observability import ENTRY

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, options

Obj = dict[str, Any]
CONFIG = {"etcd": [{"action": "drop", "regex": "etcd_disk.*", "sourceLabels": ["__name__"]}], "olm": []}
TEMPLATE = {"title": "__NAMESPACE__/__NAME__", "expr": 'up{namespace="__CONTROL_PLANE_NAMESPACE__"}'}
SRE, TEMPLATE_MAP = ("ConfigMap", "hypershift", "sre-metric-set"), ("ConfigMap", "hypershift", "monitoring-dashboard-template")


def operator(*args: str) -> Obj:
    container = {"name": "operator", "args": ["run", *args]}
    return DEPLOYMENT.manifest("operator", "hypershift", spec={"template": {"spec": {"containers": [container]}}})


def definition(known: bool = True) -> Obj:
    monitoring = {"properties": {"monitoring": {"properties": {"metricsSet": {}} if known else {}}}}
    versions = [{"served": True, "schema": {"openAPIV3Schema": {"properties": {"spec": monitoring}}}}]
    return {"kind": "CustomResourceDefinition", "metadata": {"name": HOSTED_CLUSTER.resource}, "spec": {"versions": versions}}


def dashboard(name: str, content: str = "{}") -> Obj:
    meta = {"name": name, "namespace": CONSOLE_NAMESPACE, "labels": {LABEL: "true"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {DASHBOARD_KEY: content}}


def observe(hub: MemoryHub, check: bool = False, **given: Any) -> Obj:
    params = options("hosted_observability", **given)
    return run(ENTRY.operation(hub, params, check), hub, check, lambda _line: None)  # type: ignore[arg-type]


def test_both_parts_are_made_once() -> None:
    hub = MemoryHub(operator("--metrics-set=SRE"))
    foreseen = observe(hub, check=True, sre_metrics=CONFIG, dashboard_template=TEMPLATE)
    assert [(p["verb"], p["object"]) for p in foreseen["plan"]] == [
        ("create", "ConfigMap hypershift/sre-metric-set"), ("create", "ConfigMap hypershift/monitoring-dashboard-template"),
    ] and hub.writes == []  # fmt: skip
    result = observe(hub, sre_metrics=CONFIG, dashboard_template=TEMPLATE)
    assert result["changed"] is True and result["sre_metrics"] == {"etcd": 1, "olm": 0} and "notes" not in result
    assert (
        yaml.safe_load(hub.objects[SRE]["data"]["config"]) == CONFIG
        and json.loads(hub.objects[TEMPLATE_MAP]["data"]["template"]) == TEMPLATE
    )
    again = observe(hub, sre_metrics=CONFIG, dashboard_template=TEMPLATE)
    assert again["changed"] is False and len(hub.writes) == 2 and again["diff"] == []


def test_form_is_no_difference_and_content_is() -> None:
    hub = MemoryHub(operator("--metrics-set=SRE"))
    hub.put(CONFIG_MAP.manifest("sre-metric-set", "hypershift", data={"config": json.dumps(CONFIG), "other": "kept"}))
    hub.put(CONFIG_MAP.manifest("monitoring-dashboard-template", "hypershift", data={"template": json.dumps(TEMPLATE, indent=7)}))
    assert observe(hub, sre_metrics=CONFIG, dashboard_template=TEMPLATE)["changed"] is False and hub.writes == []
    result = observe(hub, sre_metrics={**CONFIG, "cvo": []}, dashboard_template=json.dumps({**TEMPLATE, "title": "__CLUSTER_ID__"}))
    assert [w[0] for w in hub.writes] == ["patch", "patch"] and hub.objects[SRE]["data"]["other"] == "kept"
    assert result["diff"][0]["before"]["data"]["config"] == json.dumps(CONFIG)


def test_content_that_is_no_yaml_is_replaced() -> None:
    hub = MemoryHub(operator(), CONFIG_MAP.manifest("sre-metric-set", "hypershift", data={"config": "{]"}))
    result = observe(hub, sre_metrics=CONFIG)
    assert yaml.safe_load(hub.objects[SRE]["data"]["config"]) == CONFIG
    assert result["notes"] == [
        "The operator runs with metrics set Telemetry: this one takes effect for hosted clusters that are set to SRE."
    ]


def test_all_refusals_come_at_once_and_nothing_is_written() -> None:
    hub = MemoryHub(operator(), live_cluster(), definition(known=False))
    with pytest.raises(RefusedError) as caught:
        observe(
            hub,
            sre_metrics={"etdc": [], "olm": [{"action": "keep", "regex": "(?!a)"}]},
            dashboard_template="{",
            metrics_set="SRE",
            verify=True,
        )
    assert [f.code for f in caught.value.refusals] == [
        "unknown_component", "invalid_relabel_config", "invalid_template", "not_supported", "no_dashboards",
    ]  # fmt: skip
    assert "this operator does not know spec.monitoring.metricsSet" in str(caught.value) and hub.writes == []


def test_absent_takes_away_what_is_ours_alone() -> None:
    hub = MemoryHub(operator(), CONFIG_MAP.manifest("monitoring-dashboard-template", "hypershift", data={"template": "{}"}))
    observe(hub, sre_metrics=CONFIG)
    kept = observe(hub, state="absent", parts=["dashboard_template"])
    assert kept["changed"] is False and kept["notes"] == [
        "ConfigMap hypershift/monitoring-dashboard-template was not made by this module, so it stays."
    ]
    assert observe(hub, state="absent")["changed"] is True and SRE not in hub.objects and TEMPLATE_MAP in hub.objects
    assert observe(hub, state="absent", parts=["sre_metrics"])["changed"] is False


def test_sets_of_single_hosted_clusters() -> None:
    other = live_cluster(name="other")
    other["spec"]["monitoring"] = {"metricsSet": "All"}
    hub = MemoryHub(live_cluster(), other, definition(), operator())
    result = observe(hub, metrics_set="SRE", name=["demo"])
    assert result["metrics_sets"] == [{"namespace": "clusters", "name": "demo", "metrics_set": "SRE"}] and len(hub.writes) == 1
    assert observe(hub, metrics_set="SRE", name=["demo"])["changed"] is False
    result = observe(hub, metrics_set="SRE")
    assert [p["object"] for p in result["plan"]] == ["HostedCluster clusters/other"] and "All, SRE is wanted" in result["plan"][0]["why"]
    assert (
        observe(hub, metrics_set="default")["changed"] is True
        and "monitoring" not in hub.objects[("HostedCluster", "clusters", "demo")]["spec"]
    )
    assert observe(hub, metrics_set="default")["changed"] is False
    with pytest.raises(RefusedError, match="HostedCluster clusters/nowhere: it does not exist"):
        observe(hub, metrics_set="SRE", name=["nowhere"], namespace="clusters")


def test_taking_a_set_out_leaves_what_stands_beside_it() -> None:
    cluster = live_cluster()
    cluster["spec"]["monitoring"] = {"metricsSet": "All", "metricsForwarding": {"mode": "None"}}
    hub = MemoryHub(cluster, operator())
    observe(hub, metrics_set="default")
    assert hub.objects[("HostedCluster", "clusters", "demo")]["spec"]["monitoring"] == {"metricsForwarding": {"mode": "None"}}


def test_an_operator_that_may_not_be_looked_at_is_noted() -> None:
    hub = MemoryHub()
    hub.forbidden = {("get", "Deployment")}
    result = observe(hub, sre_metrics={"kubeScheduler": []})
    assert (
        result["notes"][0] == "What the operator runs with is not known: the account may not get deployments.apps."
        and "kubeScheduler" in result["notes"][1]
    )


WITH_DASHBOARDS = operator("--monitoring-dashboards")


def with_template(*objects: Obj) -> MemoryHub:
    return MemoryHub(
        live_cluster(),
        WITH_DASHBOARDS,
        CONFIG_MAP.manifest("monitoring-dashboard-template", "hypershift", data={"template": "{}"}),
        *objects,
    )


def test_dashboards_are_waited_for() -> None:
    hub = with_template(dashboard("hc-clusters-other"))
    foreseen = observe(hub, check=True, verify=True)
    row = {"namespace": "clusters", "name": "demo", "config_map": "", "ok": False, "problem": "it has no dashboard"}
    assert foreseen["dashboards"] == [row] and foreseen["changed"] is False
    hub.script = [(20, lambda h: h.put(dashboard("hc-clusters-demo", "{"))), (50, lambda h: h.put(dashboard("hc-clusters-demo")))]
    result = observe(hub, verify=True)
    assert result["dashboards"] == [{**row, "config_map": "hc-clusters-demo", "ok": True, "problem": ""}]
    assert hub.seconds == 50 and result["changed"] is False and hub.writes == []


def test_a_dashboard_that_does_not_come() -> None:
    hub = with_template(dashboard("hc-clusters-demo", "{"))
    with pytest.raises(WaitError, match="clusters/demo: ConfigMap hc-clusters-demo holds no JSON") as caught:
        observe(hub, verify=True, wait_timeout=60)
    assert caught.value.failure.code == "timeout" and hub.seconds == 60


@pytest.mark.parametrize(
    ("hub", "code", "words"),
    [
        (MemoryHub(live_cluster(), WITH_DASHBOARDS), "no_template", "without it the operator makes no dashboard. Give dashboard_template"),
        (MemoryHub(live_cluster(), operator(), CONFIG_MAP.manifest("monitoring-dashboard-template", "hypershift")), "no_dashboards",
         "it runs without --monitoring-dashboards, so that it makes no dashboard. Add the install flag"),
        (MemoryHub(live_cluster(), CONFIG_MAP.manifest("monitoring-dashboard-template", "hypershift")), "no_dashboards",
         "Deployment hypershift/operator: it does not exist"),
    ],
)  # fmt: skip
def test_why_there_can_be_no_dashboard(hub: MemoryHub, code: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        observe(hub, verify=True)
    assert [f.code for f in caught.value.refusals] == [code] and hub.watches == 0


def test_without_hosted_clusters_there_is_nothing_to_wait_for() -> None:
    hub = MemoryHub(WITH_DASHBOARDS)
    assert observe(hub, verify=True, dashboard_template=TEMPLATE)["dashboards"] == [] and hub.watches == 0


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        ({"metrics_set": "SRE", "namespace": "nowhere"}, ["no metrics set of one was changed"]),
        ({"metrics_set": "SRE", "label_selectors": ["a=b"]}, ["no metrics set of one was changed"]),
        ({"verify": True, "namespace": "nowhere"}, ["no dashboard of one was looked for"]),
        ({"metrics_set": "All", "verify": True, "namespace": "nowhere"}, ["no metrics set of one", "no dashboard of one"]),
        ({"metrics_set": "SRE", "namespace": "clusters"}, []),
    ],
)
def test_a_selection_that_finds_nobody_is_noted(given: Obj, notes: list[str]) -> None:
    found = observe(with_template(definition()), **given).get("notes", [])
    assert len(found) == len(notes) and all(f"No hosted cluster matches, so {n}" in f for f, n in zip(found, notes, strict=True))
