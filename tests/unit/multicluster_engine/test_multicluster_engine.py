# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The multicluster engine and the add-on on a hub in memory that the simulator plays on: every stage, every cause, in injected time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ConflictError, Failure, RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    ADD_ON_CONFIG,
    CONFIG_MAP,
    HOSTED_CLUSTER,
    KLUSTERLET_ADD_ON_CONFIG,
    MULTICLUSTER_ENGINE,
    NAMESPACE,
    OPERATOR_GROUP,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.hosted_cluster_import import HostedClusterImport
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.hypershift_addon import HypershiftAddon
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.hypershift_addon_config import HypershiftAddonConfig
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.multicluster_engine import MulticlusterEngine
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.multicluster_engine_absent import (
    MulticlusterEngineAbsent,
)
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.multicluster_engine_components import (
    MulticlusterEngineComponents,
)

from builders.objects import live_cluster, options
from builders.simulated_management import SimulatedManagement, definition

Obj = dict[str, Any]
HOME = "multicluster-engine"
SUBSCRIPTION = ("Subscription", HOME, "multicluster-engine")
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "multicluster_engine": MulticlusterEngine,
    "multicluster_engine_absent": MulticlusterEngineAbsent,
    "multicluster_engine_components": MulticlusterEngineComponents,
    "hypershift_addon": HypershiftAddon,
    "hosted_cluster_import": HostedClusterImport,
}


def go(hub: SimulatedManagement, module: str, check: bool = False, **given: Any) -> Obj:
    opts = options(module.removesuffix("_absent"), **given)
    operation = HypershiftAddonConfig(hub, opts) if module == "hypershift_addon_config" else _OPERATIONS[module](hub, opts, check)
    return run(operation, hub, check, lambda _line: None)


def engine(hub: SimulatedManagement, check: bool = False, **given: Any) -> Obj:
    return go(hub, "multicluster_engine", check, **{"channel": "stable-2.10", **given})


def twice(hub: SimulatedManagement, module: str, **given: Any) -> Obj:
    """Check mode writes nothing, the run does what it said, and the second one nothing."""
    before = len(hub.writes)
    foreseen = go(hub, module, True, **given)
    assert len(hub.writes) == before
    result = go(hub, module, **given)
    assert sorted((s["verb"], s["object"].partition(" ")[0]) for s in foreseen["plan"]) == sorted(
        (s["verb"], s["object"].partition(" ")[0]) for s in result["plan"]
    )
    written = len(hub.writes)
    assert go(hub, module, **given)["changed"] is False and len(hub.writes) == written
    return result


@pytest.fixture
def installed() -> SimulatedManagement:
    hub = SimulatedManagement()
    engine(hub)
    go(hub, "hypershift_addon")
    return hub


def test_from_nothing_over_two_minors_and_back() -> None:
    hub = SimulatedManagement()
    result = twice(hub, "multicluster_engine", channel="stable-2.9", availability_config="Basic", disabled_components=["discovery"])
    assert (result["version"], result["phase"], result["components"]["discovery"]) == ("2.9.1", "Available", False)
    assert [e["before"] == {} for e in result["diff"]] == [True] * 4
    result = twice(hub, "multicluster_engine", channel="stable-2.11", install_plan_approval="Manual")
    assert (result["version"], result["channels"]) == ("2.11.1", ["stable-2.10", "stable-2.11"])
    live = hub.objects[("MultiClusterEngine", "", "multiclusterengine")]
    assert live["spec"]["availabilityConfig"] == "Basic", "what was not named stays"
    twice(hub, "multicluster_engine_absent", state="absent")
    assert not [k for k in hub.objects if k[0] not in ("CatalogSource", "ClusterVersion", "CustomResourceDefinition")]


def test_the_first_run_does_not_wait_when_it_is_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = SimulatedManagement()
    result = engine(hub, wait=False)
    assert [s["verb"] for s in result["plan"]] == ["create"] * 3 and hub.watches == 0 and "left for a later run" in result["notes"][0]
    assert engine(hub)["version"] == "2.10.1"


def test_each_channel_is_foreseen_from_the_one_before() -> None:
    hub = SimulatedManagement()
    engine(hub)
    foreseen = engine(hub, True, channel="stable-2.12")
    assert [(d["before"]["spec"]["channel"], d["after"]["spec"]["channel"]) for d in foreseen["diff"]] == [
        ("stable-2.10", "stable-2.11"),
        ("stable-2.11", "stable-2.12"),
    ]


def states(found: Obj) -> list[tuple[Any, Any]]:
    """Of components hypershift and hypershift-local-hosting."""
    listed = {c["name"]: c["enabled"] for c in found["spec"]["overrides"]["components"]}
    return [(name, listed.get(name)) for name in ("hypershift", "hypershift-local-hosting")]


@pytest.mark.parametrize("state", ["absent", "present"])
def test_components_of_later_stages_are_foreseen_from_the_earlier(installed: SimulatedManagement, state: str) -> None:
    if state == "present":
        go(installed, "hypershift_addon", state="absent")
    off, half, on = ([("hypershift", h), ("hypershift-local-hosting", local)] for h, local in ((False, False), (True, False), (True, True)))
    way = [(on, half), (half, off)] if state == "absent" else [(off, half), (half, on)]
    foreseen = go(installed, "hypershift_addon", True, state=state)
    assert [(states(d["before"]), states(d["after"])) for d in foreseen["diff"]] == way


def test_what_an_earlier_stage_does_is_not_left_for_a_later_run(installed: SimulatedManagement) -> None:
    go(installed, "multicluster_engine_components", disabled=["hypershift"], wait=False)
    result = go(installed, "hypershift_addon", wait=False)
    assert len(result["plan"]) == 1 and "notes" not in result


def test_what_others_have_made_is_used_and_left() -> None:
    group = OPERATOR_GROUP.manifest("theirs", HOME, spec={"targetNamespaces": [HOME]})
    hub = SimulatedManagement(NAMESPACE.manifest(HOME), group)
    assert next(s["object"] for s in engine(hub)["plan"]).startswith("Subscription")
    go(hub, "multicluster_engine_absent", state="absent")
    assert ("OperatorGroup", HOME, "theirs") in hub.objects and ("Namespace", "", HOME) in hub.objects


@pytest.mark.parametrize(
    ("target", "fault", "says"),
    [
        (("CatalogSource", "openshift-marketplace", "redhat-operators"), "unhealthy", "the catalog is unhealthy"),
        (SUBSCRIPTION, "csv-failed", "has failed (InstallComponentFailed)"),
        (("MultiClusterEngine", "", "multiclusterengine"), "component-failed", "hypershift: Deployment hypershift-addon-manager"),
    ],
)
def test_what_may_heal_is_given_its_time_and_no_more(target: tuple[str, str, str], fault: str, says: str) -> None:
    hub = SimulatedManagement()
    if target[0] != "CatalogSource":
        engine(hub, wait=False)
    if target[0] == "MultiClusterEngine":
        engine(hub)
    hub.fault(*target, fault)
    started = hub.seconds
    with pytest.raises(WaitError) as caught:
        engine(hub, patience=300)
    assert says in str(caught.value) and caught.value.failure.code == "hopeless" and 300 <= hub.seconds - started < 400
    hub.fault(*target, fault)
    hub.script.append((hub.seconds + 100, lambda h: h.fault(*target, None)))  # type: ignore[attr-defined]
    hub.script.sort(key=lambda entry: entry[0])
    assert engine(hub, patience=300)["phase"] == "Available"


def test_a_failed_install_plan_ends_at_once() -> None:
    hub = SimulatedManagement()
    engine(hub, wait=False)
    hub.fault(*SUBSCRIPTION, "plan-failed")
    with pytest.raises(WaitError, match=r"InstallPlan install-.* has failed: bundle unpacking failed"):
        engine(hub)
    assert hub.seconds < 60


def test_an_install_plan_that_brings_more_is_left_to_people() -> None:
    hub = SimulatedManagement()
    engine(hub, wait=False, install_plan_approval="Manual")
    hub.watch([])
    hub.seconds += 10
    hub.watch([])
    (key,) = [k for k in hub.objects if k[0] == "InstallPlan"]
    spec = hub.objects[key]["spec"]
    hub.put({**hub.objects[key], "spec": {**spec, "clusterServiceVersionNames": [*spec["clusterServiceVersionNames"], "other.v1"]}})
    with pytest.raises(RefusedError, match=r"it would also install other\.v1"):
        engine(hub, install_plan_approval="Manual")
    with pytest.raises(RefusedError, match=r"it waits for approval, and would install multicluster-engine\.v2\.10\.1, other\.v1"):
        engine(hub, install_plan_approval="Manual", approve=False)


def test_a_conflict_between_stages_is_planned_again() -> None:
    hub = SimulatedManagement()
    conflict = ConflictError(Failure("conflict", "it exists already"), 409, "AlreadyExists")
    hub.fail_next[("create", "MultiClusterEngine multiclusterengine")] = [conflict]
    assert engine(hub)["phase"] == "Available"
    assert [w for w in hub.writes if w[1].startswith("MultiClusterEngine")] == [("create", "MultiClusterEngine multiclusterengine")] * 2


def test_the_add_on_off_and_on_again(installed: SimulatedManagement) -> None:
    assert go(installed, "hypershift_addon")["addon"]["supported_versions"][0] == "5.1"
    result = twice(installed, "hypershift_addon", state="absent")
    changes = [[c["name"] for c in s["change"]["spec"]["overrides"]["components"] if not c["enabled"]] for s in result["plan"]]
    assert [set(c) & {"hypershift", "hypershift-local-hosting"} for c in changes] == [
        {"hypershift-local-hosting"},
        {"hypershift", "hypershift-local-hosting"},
    ], "local hosting first"
    assert result["addon"]["installed"] is False
    result = twice(installed, "hypershift_addon")
    assert result["addon"]["conditions"]["Available"] == "True" and len(result["plan"]) == 2


def test_hosted_clusters_keep_what_carries_them(installed: SimulatedManagement) -> None:
    installed.put(live_cluster())
    written = len(installed.writes)
    for module, given in (
        ("hypershift_addon", {"state": "absent"}),
        ("multicluster_engine_absent", {"state": "absent"}),
        ("multicluster_engine_components", {"disabled": ["hypershift"]}),
    ):
        with pytest.raises(RefusedError) as caught:
            go(installed, module, **given)
        assert caught.value.failure.code == "hosted_clusters_exist"
    assert len(installed.writes) == written


def test_configuration_waits_for_the_operator(installed: SimulatedManagement) -> None:
    started = installed.seconds
    result = twice(installed, "hypershift_addon_config", install_flags={"add": {"--metrics-set": "All"}}, variables={"hcMaxNumber": 120})
    assert 100 < installed.seconds - started < 200, "the agent looks every two minutes"
    assert result["install_flags"]["add"] == {"--metrics-set": "All"} and result["variables"]["hcMaxNumber"] == "120"
    operator = installed.objects[("Deployment", "hypershift", "operator")]
    assert "--metrics-set=All" in operator["spec"]["template"]["spec"]["containers"][0]["args"]
    assert any("telemeter-client" in n for n in result["notes"])
    result = go(installed, "hypershift_addon_config", install_flags={"remove": ["--enable-uwm-telemetry-remote-write"]})
    assert "notes" not in result


def test_configuration_that_changes_no_deployment_ends(installed: SimulatedManagement) -> None:
    started = installed.seconds
    result = go(installed, "hypershift_addon_config", override_images={"cluster-api-provider-agent": "registry.example.com/a"})
    assert any("did not change within 300 s" in n for n in result["notes"]) and 290 <= installed.seconds - started <= 310
    go(installed, "hypershift_addon_config", variables={"disableHOManagement": True})
    started = installed.seconds
    result = go(installed, "hypershift_addon_config", install_flags={"add": {"--x": ""}})
    assert any("disableHOManagement is true" in n for n in result["notes"]) and installed.seconds == started


def test_a_slip_in_a_name_is_noted_and_written(installed: SimulatedManagement) -> None:
    given = {"variables": {"hcMaxNumbr": 9}, "override_images": {"hypershift-operater": "registry.example.com/a"}}
    result = go(installed, "hypershift_addon_config", True, **given)
    assert [n.rpartition(" ")[2] for n in result["notes"] if "Did you mean" in n] == ["hcMaxNumber?", "hypershift-operator?"]
    assert result["variables"]["hcMaxNumbr"] == "9"


def test_another_writer_in_between_loses_nothing(installed: SimulatedManagement) -> None:
    go(installed, "hypershift_addon_config", install_flags={"add": {"--first": "1"}})
    original, once = installed.patch, set()

    def patch(kind: Any, namespace: Any, name: str, *args: Any, **more: Any) -> Obj:
        if kind.kind not in once:
            once.add(kind.kind)
            other = {"name": "theirs", "value": "1"}
            if kind.kind == "AddOnDeploymentConfig":
                have = installed.objects[(kind.kind, namespace, name)]["spec"]["customizedVariables"]
                installed.edit(ADD_ON_CONFIG, namespace, name, {"spec": {"customizedVariables": [*have, other]}})
            elif kind.kind == "ConfigMap":
                installed.edit(CONFIG_MAP, namespace, name, {"data": {"installFlagsToAdd": "--first=1 --theirs 2"}})
            else:
                have = installed.objects[(kind.kind, "", name)]["spec"]["overrides"]["components"]
                installed.edit(
                    MULTICLUSTER_ENGINE, None, name, {"spec": {"overrides": {"components": [*have, {"name": "theirs", "enabled": True}]}}}
                )
        return original(kind, namespace, name, *args, **more)

    installed.patch = patch  # type: ignore[method-assign]
    given = {"variables": {"hcMaxNumber": 99}, "install_flags": {"add": {"--ours": "3"}}}
    result = go(installed, "hypershift_addon_config", **given)
    assert result["variables"]["theirs"] == "1" and result["variables"]["hcMaxNumber"] == "99"
    assert result["install_flags"]["add"] == {"--first": "1", "--theirs": "2", "--ours": "3"}
    result = go(installed, "multicluster_engine_components", enabled=["assisted-service"], disabled=["discovery"])
    assert result["components"]["theirs"] is True and result["components"]["discovery"] is False
    assert once == {"AddOnDeploymentConfig", "ConfigMap", "MultiClusterEngine"}


def test_import_and_its_end(installed: SimulatedManagement) -> None:
    with pytest.raises(RefusedError, match="HostedCluster clusters/demo: it does not exist"):
        go(installed, "hosted_cluster_import", name="demo")
    go(installed, "hypershift_addon_config", variables={"autoImportDisabled": True})
    installed.put(live_cluster())
    with pytest.raises(RefusedError, match="Advanced Cluster Management is not installed"):
        go(installed, "hosted_cluster_import", name="demo", klusterlet_addons=True)
    installed.put(definition(KLUSTERLET_ADD_ON_CONFIG))
    result = twice(installed, "hosted_cluster_import", name="demo", cluster_set="production", klusterlet_addons=True)
    assert result["conditions"]["ManagedClusterJoined"] == "True"
    assert ("KlusterletAddonConfig", "demo", "demo") in installed.objects
    assert go(installed, "hosted_cluster_import", name="demo", klusterlet_addons=True)["changed"] is False  # it stays in its set
    twice(installed, "hosted_cluster_import", name="demo", state="absent")
    assert ("ManagedCluster", "", "demo") not in installed.objects and ("HostedCluster", "clusters", "demo") in installed.objects
    with pytest.raises(RefusedError, match="it is no import of a hosted cluster"):
        go(installed, "hosted_cluster_import", name="local-cluster", state="absent")


def test_an_import_that_nobody_joins_says_why(installed: SimulatedManagement) -> None:
    go(installed, "hypershift_addon_config", variables={"autoImportDisabled": True})
    installed.put(live_cluster())
    go(installed, "hosted_cluster_import", name="demo", wait=False)
    installed.fault("ManagedCluster", "", "demo", "never-joins")
    with pytest.raises(WaitError, match="the kubeconfig of the hosted cluster is not available"):
        go(installed, "hosted_cluster_import", name="demo", patience=60)


def test_automatic_import_until_it_is_turned_off(installed: SimulatedManagement) -> None:
    installed.put(live_cluster())
    go(installed, "hypershift_addon_config", variables={"autoImportDisabled": False})
    result = go(installed, "hosted_cluster_import", name="demo")
    assert result["conditions"]["ManagedClusterJoined"] == "True"
    assert "notes" not in result


@pytest.mark.parametrize(
    ("variables", "forbidden", "hosted", "noted"),
    [
        ({}, "", True, True),
        ({"autoImportDisabled": False}, "", True, True),
        ({"autoImportDisabled": True}, "", True, False),
        ({}, "", False, False),
        *(({}, kind, True, False) for kind in ("AddOnDeploymentConfig", "MultiClusterEngine", "HostedCluster")),
    ],
)
def test_an_import_that_comes_back_is_noted(
    installed: SimulatedManagement, variables: Obj, forbidden: str, hosted: bool, noted: bool
) -> None:
    if variables:
        go(installed, "hypershift_addon_config", variables=variables)
    installed.put(live_cluster())
    go(installed, "hosted_cluster_import", name="demo")
    if not hosted:
        installed.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"deletionTimestamp": "2026-11-24T00:00:00Z"}})
    installed.forbidden = {(verb, forbidden) for verb in ("get", "list")} if forbidden else set()
    notes = go(installed, "hosted_cluster_import", True, name="demo", state="absent").get("notes", [])
    assert [n.partition(",")[0] for n in notes] == (["ManagedCluster demo: automatic import is on"] if noted else [])
