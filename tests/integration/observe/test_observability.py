# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metrics sets and dashboards on a real API server, with the add-on and the operator simulated."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from embedded_hub.testing import until
from observe.console import CLUSTERS, Console
from observe.stage import NAMESPACE, Accounts
from playing import ROOT
from rbac.observe_rights import OBSERVING, expanded

Obj = dict[str, Any]
SRE = {"etcd": [{"action": "drop", "sourceLabels": ["__name__"], "regex": "etcd_debugging.*"}], "kubeAPIServer": []}
TEMPLATE = {"title": "__NAMESPACE__/__NAME__", "expr": 'up{namespace="__CONTROL_PLANE_NAMESPACE__"}'}
EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
BOTH = {"sre_metrics": SRE, "dashboard_template": TEMPLATE}


def observe(**given: Any) -> Obj:
    return {"hypershift.core.hosted_observability": {"wait_timeout": 60, **given}}


def set_up(console: Console) -> None:
    console.player.play(
        {"hypershift.core.hypershift_addon_config": {"install_flags": {"add": {"--monitoring-dashboards": ""}}}}, observe(**BOTH)
    ).ok()


@pytest.mark.parametrize("path", ["player", "other_path"])
def test_check_do_check_do(console: Console, path: str) -> None:
    player = getattr(console, path)
    task = observe(**BOTH, metrics_set="SRE", namespace=NAMESPACE, label_selectors=["color=blue"])
    foreseen = player.play(task, check=True).ok()
    assert foreseen.last["changed"] is True and player.writes(foreseen.started) == [] and len(foreseen.last["diff"]) == 3
    done = player.play(task).ok()
    assert (
        done.last["changed"] is True
        and done.last["plan"] == foreseen.last["plan"]
        and done.last["sre_metrics"] == {"etcd": 1, "kubeAPIServer": 0}
    )
    assert list(dict.fromkeys(player.writes(done.started))) == [  # one that meets the operator's own write is sent again
        "create configmaps hypershift/sre-metric-set", "create configmaps hypershift/monitoring-dashboard-template",
        f"patch hostedclusters {NAMESPACE}/blue",
    ]  # fmt: skip
    stored = console.config_map("sre-metric-set")
    assert stored and yaml.safe_load(stored["data"]["config"]) == SRE
    until(
        "the control plane has its copy",
        lambda: (console.config_map("sre-metric-set", f"{NAMESPACE}-blue") or {}).get("data") == stored["data"],
    )
    console.direct.merge("ConfigMap", "hypershift", "sre-metric-set", {"data": {"config": json.dumps(SRE)}})  # another form of the same
    for check in (True, False):
        again = player.play(task, check=check).ok()
        assert again.last["changed"] is False and player.writes(again.started) == []
    undone = player.play(observe(metrics_set="default"), observe(state="absent")).ok()
    assert len(set(player.writes(undone.started))) == 3 and console.config_map("sre-metric-set") is None
    blue = console.direct.get("HostedCluster", NAMESPACE, "blue")
    assert blue and "monitoring" not in blue["spec"]


def test_bad_input_is_refused_before_any_write(console: Console) -> None:
    bad = {"etdc": [], "olm": [{"action": "labeldrop", "regex": "a", "targetLabel": "b"}, {"action": "keep", "regex": "a(?!b)"}]}
    played = console.player.play(observe(sre_metrics=bad, dashboard_template='{"a": "__CLUSTER__"}', verify=True))
    assert [f["code"] for f in played.failed()["refusals"]] == [
        "unknown_component", "invalid_relabel_config", "invalid_relabel_config", "unknown_placeholder", "no_dashboards",
    ] and console.player.writes(played.started) == []  # fmt: skip
    assert "Did you mean etcd?" in played.failed()["msg"] and "takes only regex, not targetLabel" in played.failed()["msg"]
    assert console.player.play(observe(verify=True)).failed()["refusals"][0]["code"] == "no_template"


def test_the_role_sets_everything_up_and_takes_it_away(console: Console) -> None:
    """Through the playbook: flags of the operator, its rollout, template, dashboards."""
    variables = {
        f"hosted_observability_{k}": v for k, v in {**BOTH, "metrics_set": "SRE", "dashboards": True, "namespace": NAMESPACE}.items()
    }
    foreseen = console.player.playbook("observability", "--check", **variables).ok()
    assert console.player.writes(foreseen.started) == []
    done = console.player.playbook("observability", **variables).ok()
    (result,) = [t["result"]["ansible_facts"] for t in done.tasks if t["task"].endswith("Publish the result")]
    rows = result["hosted_observability_result"]["dashboards"]
    assert [(r["name"], r["config_map"], r["ok"]) for r in rows] == [(n, f"hc-{NAMESPACE}-{n}", True) for n in CLUSTERS]
    assert {"--metrics-set=SRE", "--monitoring-dashboards"} <= console.operator_arguments()
    shown = console.config_map(f"hc-{NAMESPACE}-blue", "openshift-config-managed")
    assert shown and json.loads(shown["data"]["hostedcluster-dashboard.json"])["expr"] == f'up{{namespace="{NAMESPACE}-blue"}}'
    for check in ([], ["--check"]):
        again = console.player.playbook("observability", *check, **variables).ok()
        assert console.player.writes(again.started) == [] and not any(t["result"].get("changed") for t in again.tasks)
    console.player.playbook("observability", hosted_observability_state="absent").ok()
    assert (
        not {"--metrics-set=SRE", "--monitoring-dashboards"} & console.operator_arguments()
        and console.config_map("monitoring-dashboard-template") is None
    )
    ended = console.player.playbook("observability", hosted_observability_state="absent").ok()
    assert console.player.writes(ended.started) == []


def test_a_dashboard_that_is_missing_or_broken_is_named(console: Console) -> None:
    set_up(console)
    try:
        for fault, words in (
            ("dashboard-missing", "it has no dashboard"),
            ("dashboard-broken", f"ConfigMap hc-{NAMESPACE}-green holds no JSON"),
        ):
            console.fault("green", fault)
            until("the fault shows", lambda fault=fault: _state(console) == fault)  # type: ignore[misc]
            failed = console.player.play(observe(verify=True, wait_timeout=2)).failed()
            assert failed["failure"]["code"] == "timeout" and f"{NAMESPACE}/green: {words}" in failed["msg"] and "blue" not in failed["msg"]
            assert console.player.play(observe(verify=True, name=["blue"], namespace=NAMESPACE)).ok().last["dashboards"][0]["ok"] is True
    finally:
        console.fault("green", None)
    assert [r["ok"] for r in console.player.play(observe(verify=True)).ok().last["dashboards"]] == [True, True]


def _state(console: Console) -> str:
    found = console.config_map(f"hc-{NAMESPACE}-green", "openshift-config-managed")
    if found is None:
        return "dashboard-missing"
    return "dashboard-broken" if found["data"]["hostedcluster-dashboard.json"] == "{" else "good"


HC = "hostedclusters.hypershift.openshift.io"
GREEN = {"name": ["green"], "namespace": NAMESPACE}
# What needs each right, in the order of a story: the right, and the task of an account without it.
NEEDING: tuple[tuple[tuple[str, str, str], Obj], ...] = (
    (("create", "configmaps", "operator"), {"sre_metrics": SRE}),
    (("get", "configmaps", "operator"), {"sre_metrics": SRE}),
    (("patch", "configmaps", "operator"), {"dashboard_template": {"title": "another"}}),
    (("delete", "configmaps", "operator"), {"state": "absent"}),
    (("list", HC, "hosted"), {"metrics_set": "default", "namespace": NAMESPACE}),
    (("get", HC, "hosted"), {"metrics_set": "default", **GREEN}),
    (("patch", HC, "hosted"), {"metrics_set": "All", **GREEN}),
    (("get", "customresourcedefinitions.apiextensions.k8s.io", "all"), {"metrics_set": "All", **GREEN}),
    (("list", "configmaps", "console"), {"verify": True, **GREEN}),
    (("watch", "configmaps", "console"), {"verify": True, **GREEN}),
    (("get", "deployments.apps", "operator"), {"state": "absent", "parts": ["sre_metrics"]}),
)


def test_each_right_that_is_missing_is_named(console: Console) -> None:
    """A warning tells of the one that can be done without."""
    set_up(console)
    accounts, rights = Accounts(console), [right for right, _task in NEEDING]
    assert set(rights) == expanded(OBSERVING) | {("get", HC, "hosted")}
    console.player.play(observe(state="absent", parts=["sre_metrics"])).ok()
    console.fault("green", "dashboard-missing")
    until("the fault shows", lambda: _state(console) == "dashboard-missing")
    tasks = []
    for number, (missing, given) in enumerate(NEEDING):
        kubeconfig = accounts.make(f"less-{number}", [r for r in rights if r != missing])
        tasks.append({"name": " ".join(missing), "ignore_errors": True, **observe(kubeconfig=kubeconfig, **{"wait_timeout": 10, **given})})
    try:
        results = {t["task"]: t["result"] for t in console.player.play(*tasks).tasks}
    finally:
        console.fault("green", None)
    for verb, resource, scope in rights:
        result, said = results[f"{verb} {resource} {scope}"], f"the account may not {verb} {resource}"
        if resource == "deployments.apps":
            assert said in result["warnings"][0] and "failure" not in result
        else:
            assert result["failure"]["code"] == "missing_permission" and said in result["msg"], (verb, resource, scope)


def test_the_documented_rights_are_enough(console: Console) -> None:
    account = Accounts(console).make("whole", expanded(OBSERVING))
    story: tuple[Obj, ...] = (
        {**BOTH, "metrics_set": "All"},
        {"sre_metrics": {}, "metrics_set": "default"},
        {"state": "absent"},
        {**BOTH, "verify": True},
    )
    set_up(console)
    console.player.play(
        *(observe(kubeconfig=account, **({"namespace": NAMESPACE} if "state" not in given else {}), **given) for given in story)
    ).ok()


def test_the_examples(console: Console) -> None:
    """Those of the module and of the role, as they stand there but for names."""

    def here(text: str) -> Any:
        return yaml.safe_load(text.replace("demo", "blue").replace("namespace: clusters", f"namespace: {NAMESPACE}"))

    set_up(console)
    tasks = here(EXAMPLES.findall((ROOT / "plugins" / "modules" / "hosted_observability.py").read_text())[0])
    assert len(tasks) == 5 and console.player.play(*tasks).ok()
    plays = [
        play for block in YAML_BLOCK.findall((ROOT / "roles" / "hosted_observability" / "README.md").read_text()) for play in here(block)
    ]
    playbook, record = console.player.files([], None)
    playbook.write_text(yaml.safe_dump(plays))
    assert len(plays) == 2 and console.player.run(playbook, record, []).ok()
