# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a management cluster without an assisted service to hosts that are free, and back, through ansible-playbook on a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from direct import hosted_cluster
from embedded_hub.testing import until
from platforms.stage import PULL_SECRET, Stage
from playing import Played, Player

Task = dict[str, Any]
HOME = "hosts-module"
IMAGE = {"openshift_version": "4.20", "version": "9.6.20251023-0", "url": "https://mirror.example.com/live.iso"}
NETWORK = {
    "name": "w0",
    "interfaces": {"52:54:00:00:00:10": "eth0"},
    "config": {"interfaces": [{"name": "eth0", "type": "ethernet", "state": "up"}]},
}


def service(**more: Any) -> Task:
    options = {
        "os_images": [IMAGE],
        "bare_metal_hosts": True,
        "mirror_registry_config": {"registries_conf": "[[registry]]"},
        "wait_timeout": 60,
    }
    return {"hypershift.core.assisted_service": {**options, **more}}


def env(**more: Any) -> Task:
    options = {
        "name": "workers",
        "namespace": HOME,
        "pull_secret": {"content": PULL_SECRET},
        "capi_provider_role": True,
        "nmstate_configs": [NETWORK],
    }
    return {"hypershift.core.infra_env": {**options, "wait_timeout": 60, **more}}


def hosts(**more: Any) -> Task:
    options = {
        "namespace": HOME,
        "infra_env": "workers",
        "approved": True,
        "role": "worker",
        "labels": {"size": "large"},
        "count": 2,
        "wait_timeout": 60,
    }
    return {"hypershift.core.agent": {**options, **more}}


def info(**more: Any) -> Task:
    return {"hypershift.core.agent_info": {"namespace": HOME, "selectors": ["size=large"], **more}}


def results(played: Played) -> list[dict[str, Any]]:
    return [t["result"] for t in played.tasks]


def test_a_platform_comes_and_goes(player: Player, stage: Stage) -> None:
    stage.hosts(HOME, "workers", 2)
    again = (service(), env(), hosts(), info())
    for task in again[:3] if player.in_process else ():
        predicted = player.play(task, check=True).ok()
        assert predicted.last["changed"] or "agents" in predicted.last  # hosts are still to come when they are looked for
        assert player.writes(predicted.started) == []
        player.play(task).ok()
    if not player.in_process:
        player.play(*again[:3]).ok()
    for check in (True, False) if player.in_process else (False,):
        played = player.play(*again, check=check).ok()
        assert [r["changed"] for r in results(played)] == [False] * 4 and player.writes(played.started) == []
    image = results(played)[1]
    assert image["iso_download_url"].startswith("https://") and image["boot_artifacts"]["ipxe_script"] and image["boot"] == {}
    table = played.last
    assert [a["state"] for a in table["agents"]] == ["known-unbound"] * 2 and table["capacity"][1]["free"] == 2
    assert all(a["approved"] and a["role"] == "worker" and a["cpus"] == 16 for a in table["agents"])
    spec = stage.spec("AgentServiceConfig", "agent")
    assert spec["osImages"][0]["openshiftVersion"] == "4.20" and spec["databaseStorage"]["resources"]["requests"]["storage"] == "10Gi"
    assert stage.spec("Provisioning", "provisioning-configuration") == {
        "provisioningNetwork": "Disabled",
        "watchAllNamespaces": True,
    }
    _removed(player, stage)


def _removed(player: Player, stage: Stage) -> None:
    tasks = (env(state="absent", delete_namespace=True), service(state="absent"))
    if player.in_process:
        refused = player.play(tasks[1], check=True).failed()
        assert refused["failure"]["code"] == "in_use" and f"InfraEnv {HOME}/workers" in refused["msg"]
    player.play(*tasks).ok()
    again = player.play(*tasks).ok()
    assert [r["changed"] for r in results(again)] == [False, False] and player.writes(again.started) == []
    assert stage.get("AgentServiceConfig", "agent") is None and stage.listed("Agent") == []
    assert stage.spec("Provisioning", "provisioning-configuration") == {"provisioningNetwork": "Disabled"}
    until("the namespace is gone", lambda: stage.get("Namespace", HOME) is None)


@pytest.fixture
def works(quick: Player, stage: Stage) -> Iterator[None]:
    """An assisted service that works."""
    quick.play(service(bare_metal_hosts=False)).ok()
    yield
    quick.play(env(state="absent", delete_namespace=True), service(state="absent")).ok()


def _validated(agent: dict[str, Any]) -> bool:
    conditions = agent.get("status", {}).get("conditions", [])
    return any(c["type"] == "Validated" and c["status"] == "True" for c in conditions)


def test_each_wait_ends_with_its_cause(quick: Player, stage: Stage, works: None) -> None:
    """No image, a host that is too small, hosts that do not come: what is wrong is said, and who can repair it."""
    stage.hosts(HOME, "workers", 0)
    quick.play(env(wait=False)).ok()
    stage.fault("InfraEnv", "workers", HOME, "pull-secret-invalid")
    refused = quick.play(env()).failed()
    assert refused["failure"]["code"] == "hopeless" and 'must contain auth for "registry.redhat.io"' in refused["msg"]
    assert refused["failure"]["object"] == f"InfraEnv {HOME}/workers"
    stage.fault("InfraEnv", "workers", HOME, "agent-insufficient")
    quick.play(env(agent_labels={"repaired": "yes"})).ok()
    missing = quick.play(hosts(wait_timeout=2)).failed()
    assert missing["failure"]["code"] == "timeout" and "0 of 2 hosts have registered" in missing["msg"]
    stage.hosts(HOME, "workers", 2)
    small = quick.play(hosts()).failed()
    assert small["failure"]["code"] == "hopeless" and "has-memory-for-role: Require at least 8.00 GiB RAM" in small["msg"]
    assert [p["verb"] for p in small["plan"]] == ["patch", "patch"]  # what was written until then
    stage.fault("InfraEnv", "workers", HOME, None)
    until("the service has looked at the hosts again", lambda: all(_validated(agent) for agent in stage.listed("Agent")))
    quick.play(hosts()).ok()
    _bound_hosts_hold(quick, stage)


def _bound_hosts_hold(quick: Player, stage: Stage) -> None:
    name = stage.listed("Agent")[0]["metadata"]["name"]
    stage.patch("Agent", name, HOME, {"spec": {"clusterDeploymentName": {"name": "demo", "namespace": HOME}}})
    refused = quick.play(env(state="absent")).failed()
    assert refused["failure"]["code"] == "agents_bound" and quick.writes(_since(quick.play(info()).ok())) == []
    refused = quick.play({"hypershift.core.agent": {"namespace": HOME, "ids": [name], "state": "absent"}}).failed()
    assert refused["failure"]["code"] == "agents_bound" and f"belongs to {HOME}/demo" in refused["msg"]
    kept = quick.play({"hypershift.core.agent": {"namespace": HOME, "ids": [name], "hostname": "other"}}).ok()
    assert kept.last["changed"] is False and "are not touched" in kept.output
    table = quick.play(info()).ok().last["capacity"][0]
    assert (table["matching"], table["free"], table["bound"]) == (2, 1, 1)
    stage.patch("Agent", name, HOME, {"spec": {"clusterDeploymentName": None}})


def _since(played: Played) -> float:
    return played.started


def test_an_assisted_service_that_does_not_start(quick: Player, stage: Stage) -> None:
    quick.play(service(bare_metal_hosts=False, wait=False)).ok()
    try:
        stage.fault("AgentServiceConfig", "agent", "", "deployments-unhealthy")
        slow = quick.play(service(bare_metal_hosts=False, wait_timeout=3)).failed()
        assert slow["failure"]["code"] == "timeout" and "DeploymentsHealthy is False (DeploymentFailure" in slow["msg"]
        changed = quick.play(service(bare_metal_hosts=False, database_storage={"size": "20Gi"}), check=True).failed()
        assert changed["failure"]["code"] == "immutable_field" and "size 10Gi" in changed["msg"]
    finally:
        quick.play(service(state="absent")).ok()


def test_the_role_removes_nothing_where_a_part_would_be_refused(quick: Player, stage: Stage, works: None) -> None:
    """Another team has an image of its own, then a hosted cluster takes its hosts from the namespace: the images stay, in check mode and without."""
    until("the tests before have left nothing", lambda: stage.get("Namespace", HOME) is None)
    stage.hosts(HOME, "workers", 1)
    quick.play(env(wait=False)).ok()
    others = {"name": "theirs", "namespace": "hosts-of-others"}
    stage.namespace(others["namespace"])
    quick.play({"hypershift.core.infra_env": {**others, "pull_secret": {"content": PULL_SECRET}, "wait": False}}).ok()
    variables = {
        "agent_platform_namespace": HOME,
        "agent_platform_state": "absent",
        "agent_platform_infra_envs": [{"name": "workers"}],
        "agent_platform_pull_secret": {"name": "pull-secret"},
    }
    agent = {"pausedUntil": "true", "platform": {"type": "Agent", "agent": {"agentNamespace": HOME}}}
    try:
        _refused(quick, stage, variables, "in_use", "InfraEnv hosts-of-others/theirs")
        quick.play({"hypershift.core.infra_env": {**others, "state": "absent"}}).ok()
        stage.put(hosted_cluster("taker", "clusters", agent))
        _refused(quick, stage, variables, "in_use", "clusters/taker")
    finally:
        stage.direct.end("HostedCluster", "clusters", "taker")
        stage.hosts(HOME, "workers", 0)
        quick.play({"hypershift.core.infra_env": {**others, "state": "absent"}}).ok()


def _refused(quick: Player, stage: Stage, variables: dict[str, Any], code: str, who: str) -> None:
    for arguments in (("--check",), ()):
        played = quick.playbook("agent_platform", *arguments, **variables)
        refused = played.failed()
        refused = next((one for one in refused.get("results", ()) if one.get("failure")), refused)  # of a loop, the one that failed
        assert refused.get("failure", {}).get("code") == code and who in refused["msg"], refused["msg"]
        assert quick.writes(played.started) == [] and stage.get("InfraEnv", "workers", HOME) is not None


def test_the_role_enables_the_component_first(quick: Player, stage: Stage) -> None:
    """Without it the module refuses; in check mode the role says what it cannot plan."""
    stage.namespace("multicluster-engine")
    stage.engine()
    variables = {"agent_platform_namespace": HOME, "agent_platform_service_timeout": 60}
    try:
        off = quick.play(service(bare_metal_hosts=False)).failed()
        assert off["failure"]["code"] == "component_disabled" and "multicluster_engine_components" in off["msg"]
        predicted = quick.playbook("agent_platform", "--check", **variables).ok()
        assert quick.writes(predicted.started) == [] and "is not planned in check mode" in predicted.output
        quick.playbook("agent_platform", **variables).ok()
        again = quick.playbook("agent_platform", **variables).ok()
        assert quick.writes(again.started) == []
        quick.playbook("agent_platform", **variables, agent_platform_state="absent").ok()
    finally:
        stage.remove("MultiClusterEngine", "multiclusterengine")
    assert stage.listed("AgentServiceConfig") == []
