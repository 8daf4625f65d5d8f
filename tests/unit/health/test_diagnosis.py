# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every recorded state gets its verdict, cause and next step, and every rule has a state and a section that shows it."""

from __future__ import annotations

import copy
import importlib
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.diagnosis import (
    Match,
    diagnose_hosted_cluster,
    pool_subject,
    subject_matches,
)
from ansible_collections.hypershift.core.plugins.module_utils._health.diagnosis import diagnose as combined
from ansible_collections.hypershift.core.plugins.module_utils._health.findings import Diagnosis, Finding, Health, Severity
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_states import ClusterView, GoalParams, Outcome
from ansible_collections.hypershift.core.plugins.module_utils._health.goals import GOALS, evaluate
from ansible_collections.hypershift.core.plugins.module_utils._health.pool_machines import MachineOwners
from ansible_collections.hypershift.core.plugins.module_utils._health.rules.catalog import RULES, rule_set
from ansible_collections.hypershift.core.plugins.module_utils._health.rules.rule import Rule
from ansible_collections.hypershift.core.plugins.module_utils._health.subject import OF_CLUSTER, OF_CONTROL_PLANE, OF_POOL

from health import recorded

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def diagnose_node_pool(pool: dict[str, Any], *, now: datetime, machines: MachineOwners | None = None) -> Diagnosis:
    subject = pool_subject(pool, now, machines)
    return combined(subject, subject_matches(subject))


def diagnose(state: recorded.Recorded) -> Diagnosis:
    cluster = state.one_of(OF_CLUSTER)
    if cluster is None:
        return diagnose_node_pool(state.objects[0], now=state.now, machines=state.machines)
    twin, pools = state.one_of(OF_CONTROL_PLANE), state.all_of(OF_POOL)
    return diagnose_hosted_cluster(cluster, now=state.now, node_pools=pools, control_plane=twin, machines=state.machines)


@pytest.mark.parametrize("name", recorded.names())
def test_a_recorded_state_gets_its_verdict_cause_and_next_step(name: str) -> None:
    state = recorded.load(name)
    before = copy.deepcopy(state.objects)
    found = diagnose(state)
    expect = state.expect
    assert found.verdict.value == expect["verdict"], found.findings
    if not expect["code"]:
        assert found.findings == ()
        assert found.summary == "healthy"
        return
    lead = found.findings[0]
    assert lead.code == expect["code"]
    assert expect["cause_contains"] in lead.cause
    assert expect["next_step_contains"] in lead.next_step
    assert set(expect.get("also", ())) <= {f.code for f in found.findings}
    assert state.objects == before, "the diagnosis changed its input"


@pytest.mark.parametrize("name", recorded.names())
def test_texts_of_findings_are_whole_sentences(name: str) -> None:
    for finding in diagnose(recorded.load(name)).findings:
        assert not re.search(r"[{}]|\n|<unset>| {2}|None\b", finding.cause + finding.next_step), finding
        assert finding.cause and finding.cause[-1] not in ". "
        assert finding.next_step.endswith(".")
        assert re.fullmatch(r"(HostedCluster|NodePool|HostedControlPlane) [\w.-]+/[\w.-]+", finding.object)
        assert finding.docs == f"docs/troubleshooting.md#{finding.code}"


# Every state that was recorded from the real operators, with the states made of it.
RECORDED = {
    "cpo_not_running": 1, "etcd_key_missing": 1, "image_rollout": 3, "infrastructure_kind_absent_late": 1, "kubevirt_not_installed": 1,
    "node_pools_of_ag": 1, "paused": 1, "pool": 10, "proxy_ca_missing": 1, "pull_secret_missing": 1, "release_image_absent": 1,
    "release_unsupported": 1, "ssh_key_missing": 1, "wrong_pull_secret": 1,
}  # fmt: skip
REAL = [name for name in recorded.names() if name.startswith("real_")]
WAITS = ("available", "version_completed", "nodes_ready", "healthy", "reconciled", "node_pools_settled")


@pytest.mark.parametrize(("case", "states"), RECORDED.items())
def test_every_state_of_the_real_operators_has_its_diagnosis(case: str, states: int) -> None:
    assert len([name for name in REAL if name.startswith(f"real_{case}")]) == states


@pytest.mark.parametrize("name", REAL)
def test_a_wait_ends_at_once_where_the_real_operators_can_never_get_there(name: str) -> None:
    state = recorded.load(name)
    cluster = state.one_of(OF_CLUSTER) or recorded.build("cluster_kubevirt")
    view = ClusterView("clusters", "shop", cluster, tuple(state.all_of(OF_POOL)), machines=state.machines)
    found = {goal: evaluate(goal, view, GoalParams(), now=state.now) for goal in WAITS}
    assert [goal for goal in WAITS if found[goal].outcome is Outcome.HOPELESS] == state.expect["ends_waits"]
    codes = {found[goal].finding.code for goal in state.expect["ends_waits"] if found[goal].finding}  # type: ignore[union-attr]
    assert codes <= {state.expect["code"]}
    if state.one_of(OF_POOL) and state.expect["code"]:
        assert found["node_pools_settled"].outcome is not Outcome.DONE


def test_there_are_states_enough_and_each_is_explained() -> None:
    assert len(recorded.names()) >= 45
    for path in (recorded.HERE / "conditions").glob("*.yml"):
        assert re.match(r"---\n# [^\n]+\.\nnow:", path.read_text()), path.name


def test_every_rule_is_shown_by_a_recorded_state() -> None:
    shown = {finding.code for name in recorded.names() for finding in diagnose(recorded.load(name)).findings}
    assert {rule.code for rule in RULES if rule.kinds} - shown == set()


# Condition types with a state that is bad, from the platform_facts#0.5 and #0.6.
BAD = {
    OF_CLUSTER: {
        "False": "Available ReconciliationSucceeded ValidConfiguration SupportedHostedCluster ValidReleaseImage ValidReleaseInfo "
        "ValidHostedControlPlaneConfiguration InfrastructureReady KubeAPIServerAvailable EtcdAvailable UnmanagedEtcdAvailable "
        "IgnitionEndpointAvailable IgnitionServerValidReleaseInfo ExternalDNSReachable ValidProxyConfiguration ValidIDPConfiguration "
        "PlatformCredentialsFound ClusterVersionSucceeding ClusterVersionAvailable ClusterVersionUpgradeable "
        "ClusterVersionReleaseAccepted ClusterVersionRetrievedUpdates ValidOIDCConfiguration ValidAWSIdentityProvider "
        "ValidAWSKMSConfig AWSDefaultSecurityGroupCreated AWSEndpointAvailable AWSEndpointServiceAvailable "
        "ValidKubeVirtInfraNetworkMTU ValidKubeVirtInfraNetworkPolicyRBAC KubeVirtNodesLiveMigratable ValidAzureKMSConfig "
        "ValidGCPCredentials EtcdRecoveryActive EtcdBackupSucceeded HostedClusterRestoredFromBackup EtcdDataEncryptionUpToDate "
        "DataPlaneConnectionAvailable ControlPlaneConnectionAvailable ConfigOperatorReconciliationSucceeded PublicEndpointExposed "
        "AutoNodeEnabled Progressing",
        "True": "Degraded Progressing EtcdRecoveryActive ClusterVersionProgressing",
    },
    OF_CONTROL_PLANE: {"False": "EtcdSnapshotRestored", "True": "ClusterVersionFailing"},
    OF_POOL: {
        "False": "ValidGeneratedPayload ValidPlatformImage ValidReleaseImage ValidMachineConfig ValidTuningConfig SupportedVersionSkew "
        "ValidPlatformConfig ValidArchPlatform UpdateManagementEnabled AutoscalingEnabled AutorepairEnabled UpdatingVersion "
        "UpdatingConfig Ready AllMachinesReady AllNodesHealthy ReachedIgnitionEndpoint IgnitionEndpointAvailable "
        "AWSSecurityGroupAvailable ValidMachineTemplate KubeVirtNodesLiveMigratable performance.operator.openshift.io/Available "
        "performance.operator.openshift.io/Upgradeable",
        "True": "UpdatingVersion UpdatingConfig UpdatingPlatformMachineTemplate ClusterNetworkCIDRConflict AWSResourceTagConflict "
        "performance.operator.openshift.io/Degraded performance.operator.openshift.io/Progressing",
    },
}


@pytest.mark.parametrize(("kind", "status"), [(kind, status) for kind, by_status in BAD.items() for status in by_status])
def test_every_bad_condition_of_the_platform_has_a_rule(kind: str, status: str) -> None:
    rules = rule_set(kind, False)
    assert [name for name in BAD[kind][status].split() if not rules.rows(name, status)] == []


@pytest.mark.parametrize("type", ["CloudResourcesDestroyed", "AWSDefaultSecurityGroupDeleted", "ReconciliationSucceeded"])
def test_every_bad_condition_of_a_deletion_has_a_rule(type: str) -> None:
    assert rule_set(OF_CLUSTER, True).rows(type, "False")


def test_codes_are_unique_identifiers() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", code) for code in codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_complete(rule: Rule) -> None:
    assert rule.title and rule.cause and rule.reason
    assert rule.next_step.endswith(".")
    assert rule.conditions or rule.check or not rule.kinds
    assert rule.conditions or rule.shows, "a state without a condition must say how it shows"
    assert (rule.stops | rule.stops_new) <= set(GOALS)
    if rule.severity is Severity.FATAL:
        assert rule.stops | rule.stops_new, "fatal means that some wait is in vain"


# ---- one state, one detail changed


def condition(type: str, status: str, reason: str = "AsExpected", since: str = "2026-03-03T11:00:00Z", **more: Any) -> dict[str, Any]:
    return {"type": type, "status": status, "reason": reason, "message": "m", "lastTransitionTime": since, **more}


@pytest.mark.parametrize(
    ("seconds", "verdict", "severity"),
    [(30, Health.HEALTHY, Severity.WARNING), (119, Health.HEALTHY, Severity.WARNING), (120, Health.DEGRADED, Severity.ERROR)],
)
def test_degraded_counts_after_two_minutes(seconds: int, verdict: Health, severity: Severity) -> None:
    since = (NOW - timedelta(seconds=seconds)).isoformat()
    found = diagnose_hosted_cluster(recorded.build("cluster_agent", conditions=[condition("Degraded", "True", since=since)]), now=NOW)
    assert (found.verdict, found.findings[0].severity) == (verdict, severity)


@pytest.mark.parametrize(("minutes", "verdict"), [(29, Health.PROGRESSING), (31, Health.UNAVAILABLE)])
def test_a_start_is_normal_for_half_an_hour(minutes: int, verdict: Health) -> None:
    created = (NOW - timedelta(minutes=minutes)).isoformat()
    cluster = recorded.build("starting_agent", metadata={"creationTimestamp": created})
    assert diagnose_hosted_cluster(cluster, now=NOW).verdict is verdict


@pytest.mark.parametrize(("minutes", "verdict"), [(5, Health.PROGRESSING), (19, Health.PROGRESSING), (21, Health.DEGRADED)])
def test_a_machine_has_twenty_minutes(minutes: int, verdict: Health) -> None:
    since = (NOW - timedelta(minutes=minutes)).isoformat()
    pool = recorded.build("pool_aws", conditions=[condition("AllMachinesReady", "False", "WaitingForInfrastructure", since)])
    assert diagnose_node_pool(pool, now=NOW).verdict is verdict


def test_a_fault_of_an_earlier_generation_is_not_fatal() -> None:
    bad = condition("ValidReleaseImage", "False", "InvalidImage", observedGeneration=3)
    found = diagnose_hosted_cluster(recorded.build("cluster_agent", conditions=[bad]), now=NOW)
    assert found.findings[0].severity is Severity.ERROR
    bad["observedGeneration"] = 4
    found = diagnose_hosted_cluster(recorded.build("cluster_agent", conditions=[bad]), now=NOW)
    assert found.findings[0].severity is Severity.FATAL


def test_causes_come_before_symptoms_whatever_the_order_of_the_conditions() -> None:
    types = ["Available", "KubeAPIServerAvailable", "EtcdAvailable"]
    wanted = ["etcd_no_quorum", "kube_apiserver_unavailable", "not_available"]
    for order in (types, types[::-1]):
        cluster = recorded.build("cluster_agent", without=types, conditions=[condition(t, "False", "WaitingForAvailable") for t in order])
        assert [f.code for f in diagnose_hosted_cluster(cluster, now=NOW).findings] == wanted


def test_a_pause_outranks_progress_and_not_an_outage() -> None:
    paused = [condition("ReconciliationActive", "False", "ReconciliationPaused"), condition("ClusterVersionProgressing", "True")]
    cluster = recorded.build("cluster_agent", spec={"pausedUntil": "true"}, conditions=paused)
    assert diagnose_hosted_cluster(cluster, now=NOW).verdict is Health.PAUSED
    down = [*paused, condition("EtcdAvailable", "False", "EtcdWaitingForQuorum")]
    cluster = recorded.build("cluster_agent", spec={"pausedUntil": "true"}, conditions=down)
    found = diagnose_hosted_cluster(cluster, now=NOW)
    assert found.verdict is Health.UNAVAILABLE
    assert found.findings[0].code == "etcd_no_quorum"


def test_an_unlimited_pause_without_note_reads_well() -> None:
    cluster = recorded.build("cluster_agent", spec={"pausedUntil": "True"}, conditions=[condition("ReconciliationActive", "False")])
    assert diagnose_hosted_cluster(cluster, now=NOW).findings[0].cause == "reconciliation is paused until somebody removes spec.pausedUntil"


def test_etcd_on_the_default_storage_class_is_named_so() -> None:
    pending = {**condition("EtcdAvailable", "False"), "message": "Etcd volume claim data-etcd-1 pending: no persistent volumes available"}
    cluster = recorded.build("cluster_agent", conditions=[pending])
    assert (
        "claim data-etcd-1 is pending on the default storage class: no persistent"
        in diagnose_hosted_cluster(cluster, now=NOW).findings[0].cause
    )


def test_without_pools_nobody_claims_that_there_are_no_workers() -> None:
    partial = {"version": {"history": [{"state": "Partial", "version": "4.21.3", "startedTime": "2026-03-03T11:30:00Z"}]}}
    cluster = recorded.build("cluster_agent", status=partial)
    assert "no_workers" not in {f.code for f in diagnose_hosted_cluster(cluster, now=NOW).findings}
    idle = recorded.build("pool_agent", spec={"replicas": 0}, status={"replicas": 0})
    busy = recorded.build("pool_agent")
    assert "no_workers" in {f.code for f in diagnose_hosted_cluster(cluster, now=NOW, node_pools=[idle]).findings}
    assert "no_workers" not in {f.code for f in diagnose_hosted_cluster(cluster, now=NOW, node_pools=[idle, busy]).findings}


def test_a_pool_lowers_the_verdict_of_its_cluster_at_most_to_degraded() -> None:
    pool = recorded.load("pool_config_missing").objects[0]
    assert diagnose_node_pool(pool, now=NOW).verdict is Health.BLOCKED
    found = diagnose_hosted_cluster(recorded.build("cluster_agent"), now=NOW, node_pools=[pool])
    assert found.verdict is Health.DEGRADED
    assert found.findings[0].object == "NodePool clusters/shop-workers"


def test_a_fault_of_the_cluster_leads_before_one_of_its_pools() -> None:
    pool = recorded.load("pool_config_missing").objects[0]
    cluster = recorded.load("etcd_quorum_lost").objects[0]
    codes = [f.code for f in diagnose_hosted_cluster(cluster, now=NOW, node_pools=[pool]).findings]
    assert codes[0] == "etcd_no_quorum"
    assert "pool_config_missing" in codes


def test_a_deleted_cluster_is_deleting_whatever_else_is_wrong() -> None:
    cluster = recorded.load("etcd_quorum_lost").objects[0]
    cluster = {**cluster, "metadata": {**cluster["metadata"], "deletionTimestamp": "2026-03-03T11:50:00Z"}}
    found = diagnose_hosted_cluster(cluster, now=NOW)
    assert found.verdict is Health.DELETING
    assert [f.code for f in found.findings] == ["deleting"]


def test_the_force_annotation_wins_over_the_plain_refusal() -> None:
    found = diagnose(recorded.load("update_force_annotation_stale"))
    assert "upgrade_blocked" not in {f.code for f in found.findings}


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"metadata": None, "spec": None, "status": None},
        {"metadata": {"name": "x", "namespace": "y"}, "status": {"conditions": None, "version": None}},
        {
            "metadata": {"name": "x"},
            "status": {"version": {"history": None, "availableUpdates": None}, "conditions": [{"type": "Available"}]},
        },
        {
            "metadata": {"name": "x"},
            "status": {"conditions": [{"type": "EtcdAvailable", "status": "False", "message": None, "reason": None}]},
        },
    ],
)
def test_half_made_objects_are_diagnosed_without_trouble(obj: dict[str, Any]) -> None:
    assert isinstance(diagnose_hosted_cluster(obj, now=NOW), Diagnosis)
    assert isinstance(diagnose_node_pool(obj, now=NOW), Diagnosis)


# ---- docs/troubleshooting.md


def generator() -> Any:
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    try:
        return importlib.import_module("troubleshooting")
    finally:
        sys.path.remove(str(ROOT / "tests" / "tools"))


def test_the_troubleshooting_guide_is_made_from_the_present_rules() -> None:
    guide = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert guide == generator().render(), "run python tests/tools/troubleshooting.py"


def test_every_code_has_its_section_in_the_guide() -> None:
    guide = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (\S+)$", guide, flags=re.MULTILINE)
    assert headings == [rule.code for rule in RULES]
    assert "{" not in guide


def partial(progressing: str) -> set[str]:
    state = recorded.load("update_starting")
    cluster = copy.deepcopy(state.one_of(OF_CLUSTER))
    assert cluster is not None
    image = cluster["spec"]["release"]["image"]
    cluster["status"]["version"] = {
        "history": [{"state": "Partial", "version": "4.21.5", "image": image, "startedTime": "2026-03-03T11:59:30Z"}]
    }
    cluster["status"]["conditions"].append({"type": "ClusterVersionProgressing", "status": progressing, "observedGeneration": 5})
    return {f.code for f in diagnose_hosted_cluster(cluster, now=state.now, node_pools=(), control_plane=None).findings}


def test_an_update_under_way_is_no_finding_of_its_own() -> None:
    assert "version_partial" not in partial("True")
    assert "version_partial" in partial("False")


def test_a_fault_of_a_node_pool_comes_before_notes_and_after_faults_of_the_cluster() -> None:
    """What a person reads first is what is broken; notes come last, the cluster's own before its node pools'."""

    def match(code: str, severity: Severity) -> Match:
        finding = Finding(code, severity, "HostedCluster clusters/demo", "it is so", "Look.")
        return Match(RULES[0], finding, Health.DEGRADED, True)

    own = [match("own-fault", Severity.ERROR), match("own-warning", Severity.WARNING), match("own-note", Severity.INFO)]
    pools = [match("pool-fault", Severity.FATAL), match("pool-warning", Severity.WARNING), match("pool-note", Severity.INFO)]
    subject = SimpleNamespace(deleting=False)
    found = combined(subject, own, pools)  # type: ignore[arg-type]
    assert [f.code for f in found.findings] == ["own-fault", "pool-fault", "own-warning", "own-note", "pool-warning", "pool-note"]
