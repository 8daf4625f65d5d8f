# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From an OpenShift to a management cluster, one version further, and back to where it was; both execution paths."""

from __future__ import annotations

import time

import pytest

from direct import Direct, hosted_cluster
from ground.ground import HOME, LOCAL, Ground

SECRETS = {"oidc_s3": {"bucket": "oidc", "region": "eu-central-1", "credentials": "very-secret-1"}}
CONFIG = {
    "variables": {"hcMaxNumber": 120, "autoImportDisabled": True},
    "install_flags": {"add": {"--metrics-set": "All", "--monitoring-dashboards": ""}, "remove": ["--enable-uwm-telemetry-remote-write"]},
    **SECRETS,
}


def test_install_configure_upgrade_remove(both: Ground) -> None:
    before = both.left()
    _install(both)
    _configure(both)
    _upgrade(both)
    _import(both)
    _remove(both)
    assert both.left() - before == set()  # what earlier tests have left may go meanwhile


def _install(both: Ground) -> None:
    task = both.engine(channel="stable-2.9", disabled_components=["discovery"])
    assert both.checked(task) == [
        [
            f"create Namespace {HOME}",
            f"create OperatorGroup {HOME}/{HOME}",
            f"create Subscription {HOME}/multicluster-engine",
            "create MultiClusterEngine multiclusterengine",
        ]
    ]
    result = both.play(task).ok().last
    assert (result["version"], result["phase"], result["components"]["discovery"]) == ("2.9.1", "Available", False)
    assert result["components"]["hypershift"] and result["resource"]["status"]["phase"] == "Available"
    both.again(task)
    on = both.task("hypershift_addon")
    addon = both.play(on).ok().last["addon"]
    assert addon["conditions"]["Available"] == "True" and "4.20" in addon["supported_versions"] and addon["installed"]
    both.again(on)


def _configure(both: Ground) -> None:
    task = both.task("hypershift_addon_config", **CONFIG)
    (planned,) = both.checked(task)
    assert [step.partition(" ")[0] for step in planned] == ["patch", "create", "create"]
    played = both.play(task).ok()
    assert "very-secret-1" not in played.output and "very-secret-1" not in str(played.last)
    arguments = both.admin.get("deployment", "operator", "-n", "hypershift")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert {"--metrics-set=All", "--monitoring-dashboards", "--oidc-storage-provider-s3-bucket-name=oidc"} <= set(arguments)
    assert "--enable-uwm-telemetry-remote-write" not in arguments
    both.again(task)


def _upgrade(both: Ground) -> None:
    task = both.engine(channel="stable-2.11", install_plan_approval="Manual")
    (planned,) = both.checked(task)
    assert planned == [f"patch Subscription {HOME}/multicluster-engine"] * 2 + [f"patch InstallPlan {HOME}/(made by OLM)"] * 2
    result = both.play(task).ok().last
    assert (result["channels"], result["version"]) == (["stable-2.10", "stable-2.11"], "2.11.1")
    assert [s["verb"] for s in result["plan"]] == ["patch"] * 4 and not result["components"]["discovery"]
    both.again(task)


def _import(both: Ground) -> None:
    direct = Direct(both.player.hub)
    direct.create(hosted_cluster("held", "clusters", spec={"pausedUntil": "true"}))  # never available
    refused = both.play(both.task("hosted_cluster_import", name="held")).failed()
    assert refused["failure"]["code"] == "not_available"
    for task in (both.task("hypershift_addon", state="absent"), both.engine(state="absent")):
        since = time.time()
        assert "hosted cluster(s)" in both.play(task).failed()["msg"] and both.player.writes(since) == []
    since = time.time()
    assert "hosted cluster(s)" in both.player.playbook("multicluster_engine_remove").failed()["msg"] and both.player.writes(since) == []
    direct.end("HostedCluster", "clusters", "held")
    both.host("shop")
    task = both.task("hosted_cluster_import", name="shop", cluster_set="production", labels={"tier": "gold"})
    assert both.checked(task) == [["create ManagedCluster shop"]]
    assert both.play(task).ok().last["conditions"]["ManagedClusterJoined"] == "True"
    both.again(task)
    gone = both.task("hosted_cluster_import", name="shop", state="absent")
    assert both.play(gone).ok().last["changed"]
    both.again(gone)
    both.unhost("shop")


def _remove(both: Ground) -> None:
    tasks = [
        both.task("hypershift_addon_config", state="absent"),
        both.task("hypershift_addon", state="absent"),
        both.engine(state="absent"),
    ]
    planned = both.checked(*tasks)
    assert planned[0] == [
        f"delete ConfigMap {LOCAL}/hypershift-operator-install-flags",
        f"delete Secret {LOCAL}/hypershift-operator-oidc-provider-s3-credentials",
    ]
    assert planned[1] == ["patch MultiClusterEngine multiclusterengine"] * 2
    assert planned[2][0] == "delete MultiClusterEngine multiclusterengine" and planned[2][-1] == f"delete Namespace {HOME}"
    both.play(*tasks).ok()
    both.again(*tasks)


@pytest.mark.parametrize("name", ["multicluster-engine", "hypershift"])
def test_what_was_there_before_stays(ground: Ground, name: str) -> None:
    """A namespace that somebody else has made is none of ours; what the platform has made goes with it."""
    ground.admin.kubectl("create", "namespace", name)
    ground.play(ground.engine(channel="stable-2.10"), ground.task("hypershift_addon")).ok()
    ground.play(ground.task("hypershift_addon", state="absent"), ground.engine(state="absent")).ok()
    assert ground.admin.get("namespace", name)["status"]["phase"] == "Active"
    ground.admin.kubectl("delete", "namespace", name)
