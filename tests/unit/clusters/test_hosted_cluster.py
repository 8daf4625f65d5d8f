# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation hosted_cluster, state present, on the in-memory hub."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster import HostedClusterPresent
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import (
    ConflictError,
    Failure,
    HypershiftError,
    OptionError,
    RefusedError,
    WaitError,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, NEWER, cluster_options, live_cluster, live_pool, options

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusters"}}
SUPPORTED = {
    "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "supported-versions", "namespace": "hypershift"},
    "data": {"supported-versions": '{"versions":["4.21","4.20","4.19"]}'},
}  # fmt: skip


def go(hub: MemoryHub, opts: dict[str, Any], check: bool = False) -> dict[str, Any]:
    return run(HostedClusterPresent(hub, opts), hub, check, lambda line: None)


def refused(hub: MemoryHub, opts: dict[str, Any]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        go(hub, opts)
    assert hub.writes == []
    return caught.value


def test_create_writes_namespace_secrets_cluster_and_pools_in_order() -> None:
    hub = MemoryHub(SUPPORTED)
    result = go(hub, cluster_options(etcd_encryption={"generate": True}, node_pools=[{"name": "demo", "replicas": 3}]))
    assert hub.writes == [
        ("create", "Namespace clusters"),
        ("create", "Secret clusters/demo-pull-secret"),
        ("create", "Secret clusters/demo-etcd-encryption-key"),
        ("create", "HostedCluster clusters/demo"),
        ("create", "NodePool clusters/demo"),
    ]
    assert result["changed"] and result["resource"]["spec"]["infraID"] == "demo-abcde"
    secret = hub.objects[("Secret", "clusters", "demo-pull-secret")]
    assert secret["metadata"]["labels"] == {
        "hypershift.openshift.io/safe-to-delete-with-cluster": "true",
        "hypershift.openshift.io/auto-created-for-infra": "demo-abcde",
    }


def test_check_mode_writes_nothing_and_predicts_the_object() -> None:
    hub = MemoryHub(NAMESPACE)
    result = go(hub, cluster_options(), check=True)
    assert hub.writes == [] and result["changed"]
    assert result["resource"]["spec"]["platform"]["type"] == "KubeVirt"
    assert [s["verb"] for s in result["plan"]] == ["create", "create"]
    assert "e30=" not in str(result), "the pull secret's content must not be in the result"


def test_second_run_reads_only() -> None:
    hub = MemoryHub(NAMESPACE, SUPPORTED)
    opts = cluster_options(etcd_encryption={"generate": True}, node_pools=[{"name": "demo", "replicas": 2}])
    go(hub, opts)
    hub.writes.clear()
    assert go(hub, opts)["changed"] is False
    assert hub.writes == []


@pytest.mark.parametrize("killed_after", range(4))
def test_interrupted_create_goes_on_with_the_same_infra_id(killed_after: int) -> None:
    whole, torn = MemoryHub(NAMESPACE, SUPPORTED), MemoryHub(NAMESPACE, SUPPORTED)
    opts = cluster_options(etcd_encryption={"generate": True}, node_pools=[{"name": "demo"}])
    go(whole, opts)
    refs = [ref for _verb, ref in whole.writes]
    torn.fail_next[("create", refs[killed_after])] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        go(torn, opts)
    torn.random_name = lambda length: "zzzzz"[:length]  # type: ignore[method-assign]
    go(torn, opts)
    infra = torn.objects[("HostedCluster", "clusters", "demo")]["spec"]["infraID"]
    labels = {o["metadata"].get("labels", {}).get("hypershift.openshift.io/auto-created-for-infra") for o in torn.objects.values()} - {None}
    assert labels == {infra}
    assert set(torn.objects) == set(whole.objects)


def test_update_sends_only_what_differs_guarded_by_resource_version() -> None:
    cluster = live_cluster()
    hub = MemoryHub(NAMESPACE, cluster)
    result = go(hub, options("hosted_cluster", name="demo", channel="stable-4.20", etcd_storage_size="8192Mi", wait=False))
    assert result["plan"][0]["change"] == {"spec": {"channel": "stable-4.20"}}
    assert hub.writes == [("patch", "HostedCluster clusters/demo")]


def test_conflict_is_planned_again() -> None:
    hub = MemoryHub(NAMESPACE, live_cluster())
    hub.fail_next[("patch", "HostedCluster clusters/demo")] = [ConflictError(Failure("conflict", "changed"), 409)]
    assert go(hub, options("hosted_cluster", name="demo", channel="fast-4.20", wait=False))["changed"]
    assert len(hub.writes) == 2


def test_conflict_without_end_gives_up() -> None:
    hub = MemoryHub(NAMESPACE, live_cluster())
    hub.fail_next[("patch", "HostedCluster clusters/demo")] = [ConflictError(Failure("conflict", "changed"), 409)] * 9
    with pytest.raises(ConflictError):
        go(hub, options("hosted_cluster", name="demo", channel="fast-4.20", wait=False))


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"platform": "none"}, "platform"),
        ({"controller_availability_policy": "SingleReplica"}, "controller_availability_policy"),
        ({"etcd_storage_size": "16Gi"}, "etcd_storage_size"),
        ({"service_networks": ["172.29.0.0/16"]}, "service_networks"),
        ({"infra_id": "other"}, "infra_id"),
        ({"olm_catalog_placement": "guest"}, "olm_catalog_placement"),
        ({"spec": {"etcd": {"managed": {"storage": {"restoreSnapshotURL": ["https://s.test/x"]}}}}}, "restoreSnapshotURL"),
        ({"spec": {"secretEncryption": None}}, "secretEncryption"),
    ],
)
def test_immutable_fields_are_refused_before_any_write(given: dict[str, Any], word: str) -> None:
    cluster = live_cluster(etcd_encryption={"generate": True})
    error = refused(MemoryHub(NAMESPACE, cluster), options("hosted_cluster", name="demo", wait=False, **given))
    assert error.failure.code == "immutable_field" and word in str(error)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"release_image": NEWER.replace("4.20.9", "4.19.1")}, "downgrade"),
        ({"release_image": NEWER.replace("4.20.9", "4.20.1")}, "downgrade"),
        ({"release_image": NEWER.replace("4.20.9", "4.22.1")}, "release_version_unsupported"),
        ({"release_image": NEWER.replace("4.20.9", "4.18.1")}, "release_version_unsupported"),
        ({"feature_set": "TechPreviewNoUpgrade"}, "feature_set_not_allowed"),
    ],
)
def test_unsupported_changes_are_refused(given: dict[str, Any], code: str) -> None:
    error = refused(MemoryHub(NAMESPACE, SUPPORTED, live_cluster()), options("hosted_cluster", name="demo", wait=False, **given))
    assert code in [f.code for f in error.refusals]


@pytest.mark.parametrize(
    "given", [{"image_content_sources": [{"source": "a.test/b", "mirrors": ["c.test/b"]}]}, {"pull_secret": {"name": "other"}}]
)
def test_rollout_needs_a_word(given: dict[str, Any]) -> None:
    cluster = live_cluster()
    other = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "other", "namespace": "clusters"}}
    hub = MemoryHub(
        NAMESPACE, cluster, other, live_pool(cluster, 3), live_pool(cluster, 2, name="idle", replicas=0) | {"status": {"replicas": 0}}
    )
    error = refused(hub, options("hosted_cluster", name="demo", wait=False, **given))
    assert "NodePool clusters/demo replaces 3 node(s)" in str(error) and "idle" not in str(error)
    result = go(hub, options("hosted_cluster", name="demo", wait=False, allow_rollout=True, **given))
    assert result["rollout"][0]["nodes"] == 3


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "stable-4.20"},
        {"node_selector": {"a": "b"}},
        {"labels": {"tier": "canary"}},
        {"configuration": {"apiServer": {"audit": {"profile": "Default"}}}},
    ],
)
def test_what_does_not_roll_is_not_refused(given: dict[str, Any]) -> None:
    cluster = live_cluster()
    result = go(MemoryHub(NAMESPACE, cluster, live_pool(cluster)), options("hosted_cluster", name="demo", wait=False, **given))
    assert result["changed"] and result["rollout"] == []


def test_paused_cluster_is_not_written_to_unless_allowed() -> None:
    cluster = live_cluster()
    cluster["spec"]["pausedUntil"] = "true"
    cluster["metadata"]["annotations"] = {"hypershift.core/paused-by": "storage-team"}
    hub = MemoryHub(NAMESPACE, cluster)
    error = refused(hub, options("hosted_cluster", name="demo", channel="fast-4.20", wait=False))
    assert error.failure.code == "paused" and "storage-team" in str(error)
    assert go(hub, options("hosted_cluster", name="demo", channel="fast-4.20", wait=False, allow_paused=True))["changed"]


def test_all_refusals_at_once() -> None:
    hub = MemoryHub(NAMESPACE, SUPPORTED)
    opts = cluster_options(
        release_image=IMAGE.replace("4.20", "4.30"), base_domain="bad domain", etcd_storage_size="lots", pull_secret={"name": "missing"}
    )
    codes = [f.code for f in refused(hub, opts).refusals]
    assert sorted(codes) == ["invalid_option", "invalid_option", "referenced_object_missing", "release_version_unsupported"]


def test_name_taken_elsewhere() -> None:
    other = live_cluster()
    other["metadata"]["namespace"] = "team-b"
    assert refused(MemoryHub(NAMESPACE, other), cluster_options()).failure.code == "name_taken"


def test_agent_namespace_must_exist() -> None:
    opts = cluster_options(platform="agent", agent={"namespace": "hosts"}, service_publishing={"api_server_address": "192.0.2.7"})
    assert "namespace hosts does not exist" in str(refused(MemoryHub(NAMESPACE), opts))


def test_platform_is_needed_to_create() -> None:
    with pytest.raises(OptionError, match="platform is missing"):
        go(MemoryHub(NAMESPACE), options("hosted_cluster", name="demo", release_image=IMAGE, wait=False))


def test_encryption_key_in_use_is_never_replaced() -> None:
    key = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "demo-etcd-encryption-key", "namespace": "clusters"},
        "data": {"key": "QUFB"},
    }
    opts = cluster_options(etcd_encryption={"content": "B" * 43 + "="})
    assert refused(MemoryHub(NAMESPACE, key, live_cluster()), opts).failure.code == "encryption_key_differs"


def test_new_pull_secret_content_is_patched_and_rolls_nothing() -> None:
    cluster = live_cluster()
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "demo-pull-secret", "namespace": "clusters"},
        "data": {".dockerconfigjson": "b2xk"},
    }
    hub = MemoryHub(NAMESPACE, cluster, secret, live_pool(cluster))
    result = go(hub, options("hosted_cluster", name="demo", pull_secret={"content": {"auths": {"new-secret": {}}}}, wait=False))
    assert hub.writes == [("patch", "Secret clusters/demo-pull-secret")] and result["rollout"] == []
    assert "new-secret" not in str(result)


def test_inherit_from_the_management_cluster() -> None:
    pull = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "pull-secret", "namespace": "openshift-config"},
        "data": {".dockerconfigjson": "aHVi"},
    }
    ssh = {
        "apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfig", "metadata": {"name": "99-worker-ssh"},
        "spec": {"config": {"passwd": {"users": [{"name": "core", "sshAuthorizedKeys": ["ssh-ed25519 AAAA hub"]}]}}},
    }  # fmt: skip
    hub = MemoryHub(NAMESPACE, pull, ssh)
    go(hub, cluster_options(pull_secret={"inherit": True}, ssh_key={"inherit": True}))
    assert hub.objects[("Secret", "clusters", "demo-pull-secret")]["data"] == {".dockerconfigjson": "aHVi"}
    assert hub.objects[("HostedCluster", "clusters", "demo")]["spec"]["sshKey"] == {"name": "demo-ssh-key"}


def test_nothing_to_inherit_is_said() -> None:
    assert refused(MemoryHub(NAMESPACE), cluster_options(pull_secret={"inherit": True})).failure.code == "nothing_to_inherit"


def test_wait_ends_with_the_goal_and_without_polling() -> None:
    hub = MemoryHub(NAMESPACE)
    ready = live_cluster()

    def becomes_available(h: MemoryHub) -> None:
        h.put({**deepcopy(h.objects[("HostedCluster", "clusters", "demo")]), "status": ready["status"]})

    hub.script = [(400.0, becomes_available)]
    result = go(hub, cluster_options(wait=True))
    assert result["wait"]["clusters"][0]["outcome"] == "done" and hub.seconds == 400.0
    assert hub.watches == 1


def test_hopeless_wait_ends_at_once_with_the_cause() -> None:
    hub = MemoryHub(NAMESPACE)
    bad = live_cluster()
    bad["status"] = {"conditions": bad["status"]["conditions"]}
    for row in bad["status"]["conditions"]:
        if row["type"] in ("ValidReleaseImage", "Available"):
            row |= {"status": "False", "reason": "InvalidImage", "message": "the latest version supported is 4.20"}

    hub.script = [(5.0, lambda h: h.put({**deepcopy(h.objects[("HostedCluster", "clusters", "demo")]), "status": bad["status"]}))]
    with pytest.raises(WaitError) as caught:
        go(hub, cluster_options(wait=True))
    assert hub.seconds == 5.0 and caught.value.failure.condition == "ValidReleaseImage"
    assert caught.value.extra["changed"] is True and len(caught.value.extra["plan"]) == 2


def test_pools_are_left_alone_when_not_listed() -> None:
    cluster = live_cluster()
    hub = MemoryHub(NAMESPACE, cluster, live_pool(cluster), live_pool(cluster, name="second"))
    go(hub, options("hosted_cluster", name="demo", node_pools=[{"name": "demo", "replicas": 5}], wait=False))
    assert hub.writes == [("patch", "NodePool clusters/demo")]


def test_being_deleted_is_refused() -> None:
    cluster = live_cluster()
    cluster["metadata"]["deletionTimestamp"] = "2026-11-24T02:30:00Z"
    assert refused(MemoryHub(NAMESPACE, cluster), cluster_options()).failure.code == "deleting"


def test_missing_permission_keeps_its_message() -> None:
    hub = MemoryHub(NAMESPACE)
    hub.forbidden.add(("create", HOSTED_CLUSTER.kind))
    with pytest.raises(HypershiftError, match="may not create hostedclusters"):
        go(hub, cluster_options())
    assert NODE_POOL.kind not in str(hub.writes)


def _held(kind: str, name: str, key: str, content: bytes) -> dict[str, Any]:
    value = content.decode() if kind == "ConfigMap" else base64.b64encode(content).decode()
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "clusters", "labels": {}}, "data": {key: value}}


# (option, kind, name, key, content)
FILES = [
    ("pull_secret", "Secret", "demo-pull-secret", ".dockerconfigjson", '{"auths": {}}'),
    ("ssh_key", "Secret", "demo-ssh-key", "id_rsa.pub", "ssh-ed25519 AAAA me"),
    ("additional_trust_bundle", "ConfigMap", "demo-trust-bundle", "ca-bundle.crt", "-----BEGIN CERTIFICATE-----"),
]


@pytest.mark.parametrize(("option", "kind", "name", "key", "content"), FILES)
@pytest.mark.parametrize(("held_end", "given_end", "writes"), [("\n", "", 0), ("", "\n", 0), ("\r\n", "\n", 0), ("", "", 0), ("x", "", 1)])
def test_a_file_that_differs_by_its_last_newline_is_the_same(
    option: str, kind: str, name: str, key: str, content: str, held_end: str, given_end: str, writes: int
) -> None:
    live = live_cluster(**{option: {"content": content}})
    hub = MemoryHub(NAMESPACE, SUPPORTED, live, _held(kind, name, key, (content + held_end).encode()))
    result = go(hub, options("hosted_cluster", name="demo", wait=False, **{option: {"content": content + given_end}}))
    assert result["changed"] is bool(writes) and hub.writes == [("patch", f"{kind} clusters/{name}")] * writes


def test_an_encryption_key_is_exact() -> None:
    key = b"k" * 31 + b"\n"
    given = {"etcd_encryption": {"content": base64.b64encode(key).decode()}}
    hub = MemoryHub(NAMESPACE, SUPPORTED, live_cluster(), _held("Secret", "demo-etcd-encryption-key", "key", key[:-1]))
    assert "differs from the key in use" in str(refused(hub, cluster_options(**given)))


@pytest.mark.parametrize(
    ("stands", "given", "refusal"),
    [
        ("TechPreviewNoUpgrade", {"feature_set": ""}, "feature set TechPreviewNoUpgrade cannot be left again; asked is none"),
        ("TechPreviewNoUpgrade", {"spec": {"configuration": None}}, "cannot be left again; asked is none"),
        ("CustomNoUpgrade", {"configuration": {"featureGate": None}}, "cannot be left again; asked is none"),
        ("DevPreviewNoUpgrade", {"feature_set": "OKD"}, "cannot be left again; asked is OKD"),
        ("TechPreviewNoUpgrade", {"feature_set": "TechPreviewNoUpgrade", "channel": "x"}, ""),
        ("TechPreviewNoUpgrade", {"channel": "x"}, ""),
        ("", {"feature_set": "OKD"}, ""),
    ],
)
def test_a_feature_set_without_upgrades_stays(stands: str, given: dict[str, Any], refusal: str) -> None:
    live = live_cluster()
    live["spec"]["configuration"] = {"featureGate": {"featureSet": stands}}
    opts = options("hosted_cluster", name="demo", wait=False, allow_no_upgrade_feature_set=True, **given)
    hub = MemoryHub(NAMESPACE, SUPPORTED, live)
    if refusal:
        assert refusal in str(refused(hub, opts))
    else:
        assert go(hub, opts)["changed"]


def test_an_empty_name_of_the_api_server_removes_one_and_is_no_change_where_none_is() -> None:
    opts = options("hosted_cluster", name="demo", wait=False, kube_api_server_dns_name="")
    hub = MemoryHub(NAMESPACE, SUPPORTED, live_cluster(kube_api_server_dns_name="api.example.test"))
    assert go(hub, opts)["plan"][0]["change"] == {"spec": {"kubeAPIServerDNSName": None}}
    assert go(hub, opts)["changed"] is False
