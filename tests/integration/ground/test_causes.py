# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What forbids an installation is refused before any write; what breaks it ends the wait with its cause. Each state is put right again and the run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from direct import Direct, hosted_cluster
from embedded_hub.testing import until
from ground.ground import ENGINE, HOME, LOCAL, Ground

SUBSCRIPTION = ("subscriptions.operators.coreos.com", "multicluster-engine", HOME)
CATALOG = ("catalogsources.operators.coreos.com", "redhat-operators", "openshift-marketplace")
MCE = ("multiclusterengines.multicluster.openshift.io", ENGINE, "")


def refused(ground: Ground, code: str, says: str, **options: Any) -> None:
    since = time.time()
    result = ground.play(ground.engine(**{"channel": "stable-2.10", **options})).failed()
    assert result["failure"]["code"] == code and says in result["msg"] and result["failure"]["next_step"], result["msg"]
    assert ground.player.writes(since) == []


def group(name: str, targets: list[str]) -> dict[str, Any]:
    spec = {"targetNamespaces": targets}
    return {"apiVersion": "operators.coreos.com/v1", "kind": "OperatorGroup", "metadata": {"name": name, "namespace": HOME}, "spec": spec}


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


@pytest.mark.parametrize(
    ("code", "says", "options"),
    [
        (
            "unsupported_openshift",
            "stable-2.8 works on OpenShift 4.16 to 4.19, and this management cluster is at 4.20.6",
            {"channel": "stable-2.8"},
        ),
        ("unsupported_openshift", "Upgrade OpenShift to 4.21 or newer first", {"channel": "stable-5.0"}),
        ("invalid_option", "none of the multicluster engine", {"channel": "release-2.10"}),
        ("not_found", "CatalogSource openshift-marketplace/mirror: it does not exist", {"source": "mirror"}),
        ("invalid_option", "Did you mean hypershift?", {"enabled_components": ["hypershit"]}),
    ],
)
def test_options_that_cannot_work(ground: Ground, code: str, says: str, options: dict[str, Any]) -> None:
    refused(ground, code, says, **options)


def test_operator_groups(bare: Ground) -> None:
    bare.admin.apply(namespace(HOME), group("all", []))
    refused(bare, "operator_group_mode", "OperatorGroup multicluster-engine/all: it targets all namespaces")
    bare.admin.apply(group("second", [HOME]))
    refused(bare, "second_operator_group", "has 2 OperatorGroups (all, second), so OLM resolves nothing in it")
    bare.admin.kubectl("delete", "operatorgroup", "all", "-n", HOME)
    bare.play(bare.engine(channel="stable-2.10")).ok()
    bare.play(bare.engine(state="absent")).ok()
    assert bare.admin.get("operatorgroup", "second", "-n", HOME)  # not ours


FAILING: dict[str, tuple[tuple[str, str, str], str, str]] = {
    # where the fault is set, its name, what the message says
    "catalog": (CATALOG, "unhealthy", "the catalog is unhealthy (targeted catalogsource openshift-marketplace/redhat-operators unhealthy)"),
    "install-plan": (SUBSCRIPTION, "plan-failed", "has failed: bundle unpacking failed. Reason: DeadlineExceeded"),
    "csv": (SUBSCRIPTION, "csv-failed", "has failed (InstallComponentFailed): install strategy failed"),
    "component": (MCE, "component-failed", "hypershift: Deployment hypershift-addon-manager does not have minimum availability"),
}


@pytest.mark.parametrize("case", FAILING)
def test_what_breaks_ends_the_wait_with_its_cause(bare: Ground, case: str) -> None:
    (kind, name, where), fault, says = FAILING[case]
    task = bare.engine(channel="stable-2.10")
    if case == "install-plan":  # else it would be over before the fault is there
        task["hypershift.core.multicluster_engine"]["install_plan_approval"] = "Manual"
    if case != "catalog":
        first = {**task["hypershift.core.multicluster_engine"], "wait": False}
        bare.play({"hypershift.core.multicluster_engine": first}).ok()
    if case == "component":
        bare.play(task).ok()
    bare.fault(kind, name, where, fault)
    until("the fault shows", lambda: _shows(bare, case), seconds=60)
    result = bare.play(task).failed()
    assert result["failure"]["code"] == "hopeless" and says in result["msg"] and result["failure"]["next_step"], result["msg"]
    bare.fault(kind, name, where, None)
    if case == "install-plan":  # OLM does not try again, so it has to be made anew, as the message says
        bare.admin.kubectl("delete", "installplan", "--all", "-n", HOME)
        bare.admin.kubectl("delete", kind, name, "-n", where)
    until("the fault is over", lambda: case != "catalog" or not _shows(bare, case), seconds=60)
    assert bare.play(bare.engine(channel="stable-2.10", patience=60)).ok().last["phase"] == "Available"


def _shows(ground: Ground, case: str) -> bool:
    if case == "catalog":
        return bool(ground.admin.get(*_get(CATALOG))["status"]["connectionState"]["lastObservedState"] != "READY")
    if case == "component":
        return bool(ground.admin.get(*_get(MCE))["status"]["phase"] == "Error")
    return True


def _get(where: tuple[str, str, str]) -> tuple[str, ...]:
    kind, name, namespace = where
    return (kind, name, *(("-n", namespace) if namespace else ()))


def test_a_channel_that_the_catalog_lacks(bare: Ground) -> None:
    result = bare.play(bare.engine(channel="stable-2.12")).failed()
    assert result["failure"]["code"] == "hopeless" and "no operators found in channel stable-2.12" in result["msg"], result["msg"]
    assert bare.play(bare.engine(channel="stable-2.11", patience=60)).ok().last["version"] == "2.11.1"


def test_pending_approval_and_the_way_back(bare: Ground) -> None:
    waiting = {"install_plan_approval": "Manual", "approve": False}
    result = bare.play(bare.engine(channel="stable-2.10", **waiting)).failed()
    assert result["failure"]["code"] == "approval_required" and "InstallPlan multicluster-engine/install-" in result["msg"], result["msg"]
    bare.play(bare.engine(channel="stable-2.10", install_plan_approval="Manual")).ok()
    refused(bare, "downgrade", "OLM has no way back to stable-2.9", channel="stable-2.9")
    refused(bare, "exists", "there can be one MultiClusterEngine only", name="another")
    bare.admin.apply(namespace("elsewhere"))
    refused(bare, "exists", "it installs the multicluster engine already", namespace="elsewhere")
    bare.admin.kubectl("delete", "namespace", "elsewhere")
    label = "multiclusterhubs.operator.open-cluster-management.io/managed-by"
    bare.patch(*MCE, {"metadata": {"labels": {label: "true"}}})
    refused(bare, "owned_by_hub", "it belongs to a MultiClusterHub (ACM)")
    result = bare.play(bare.task("multicluster_engine_components", disabled=["discovery"])).failed()
    assert result["failure"]["code"] == "owned_by_hub"
    bare.patch(*MCE, {"metadata": {"labels": {label: None}}})


def test_the_add_on(bare: Ground) -> None:
    direct = Direct(bare.player.hub)
    assert bare.play(bare.task("hypershift_addon")).failed()["failure"]["code"] == "not_found"
    assert bare.play(bare.task("hypershift_addon_config")).failed()["failure"]["code"] == "not_found"
    bare.play(bare.engine(channel="stable-2.10"), bare.task("hypershift_addon")).ok()
    bare.fault("managedclusteraddon", "hypershift-addon", LOCAL, "operator-degraded")
    degraded: Callable[[], bool] = lambda: any(  # noqa: E731
        c["type"] == "Degraded" and c["status"] == "True"
        for c in bare.admin.get("managedclusteraddon", "hypershift-addon", "-n", LOCAL)["status"]["conditions"]
    )
    until("it is degraded", degraded, seconds=60)
    result = bare.play(bare.task("hypershift_addon", patience=2)).failed()
    assert "not all replicas of Deployment hypershift/operator are available" in result["msg"] and result["failure"]["code"] == "hopeless"
    bare.fault("managedclusteraddon", "hypershift-addon", LOCAL, None)
    until("it is well", lambda: not degraded(), seconds=60)
    direct.create(hosted_cluster("alone", "clusters", spec={"pausedUntil": "true"}))
    result = bare.play(bare.task("multicluster_engine_components", disabled=["hypershift-local-hosting"])).failed()
    assert result["failure"]["code"] == "hosted_clusters_exist" and "carries 1 hosted cluster(s)" in result["msg"]
    direct.end("HostedCluster", "clusters", "alone")
    until("it is gone", lambda: direct.get("HostedCluster", "clusters", "alone") is None, seconds=60)
