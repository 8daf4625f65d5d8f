# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Content that a task writes behind references is predicted like a field: an SSH key rolls, a pull secret or trust bundle does not."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster import HostedClusterPresent
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, cluster_options, live_cluster, live_pool, options

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusters"}}
OLD, NEW = "ssh-ed25519 AAAA old", "ssh-ed25519 AAAA new"


def secret(name: str, text: str, key: str = "id_rsa.pub") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "clusters"},
        "data": {key: b64encode(text.encode()).decode()},
    }


def named(name: str, key: str | None) -> dict[str, Any]:
    cluster = live_cluster()
    cluster["metadata"]["name"] = name
    if key:
        cluster["spec"]["sshKey"] = {"name": key}
    return cluster


def pool_of(cluster: str, **given: Any) -> dict[str, Any]:
    pool = live_pool(name=f"{cluster}-workers", **given)
    pool["spec"]["clusterName"] = cluster
    return pool


def go(hub: MemoryHub, **given: Any) -> dict[str, Any]:
    return run(HostedClusterPresent(hub, options("hosted_cluster", name="demo", wait=False, **given)), hub, False, lambda line: None)


def hub_with(key: str | None, *more: dict[str, Any]) -> MemoryHub:
    return MemoryHub(NAMESPACE, named("demo", key), pool_of("demo"), *more)


def why(result: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(row["node_pool"], row["why"]) for row in result["rollout"]]


@pytest.mark.parametrize(
    ("key", "objects", "given"),
    [
        ("demo-ssh-key", [secret("demo-ssh-key", OLD)], {"content": NEW}),
        ("demo-ssh-key", [], {"content": NEW}),
        ("mine", [secret("mine", OLD)], {"name": "mine", "content": NEW}),
        ("mine", [secret("mine", OLD), secret("other", NEW)], {"name": "other"}),
        ("mine", [secret("other", NEW)], {"name": "other"}),
        (None, [], {"content": NEW}),
    ],
)
def test_another_key_rolls_all_pools(key: str | None, objects: list[dict[str, Any]], given: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as raised:
        go(hub_with(key, *objects), ssh_key=given)
    assert raised.value.failure.code == "rollout_not_allowed" and "because of another SSH key" in str(raised.value)
    assert NEW not in str(raised.value)
    hub = hub_with(key, *objects)
    result = go(hub, ssh_key=given, allow_rollout=True)
    assert why(result) == [("demo-workers", ["another SSH key"])] and hub.writes


def test_the_step_that_writes_the_key_says_what_it_does() -> None:
    rolls, quiet = (hub_with("demo-ssh-key", secret("demo-ssh-key", OLD)) for _copy in range(2))
    (step,) = go(rolls, ssh_key={"content": NEW}, allow_rollout=True)["plan"]
    assert step["disruptive"] and "rolls no nodes" not in step["why"]
    quiet.objects.pop(("NodePool", "clusters", "demo-workers"))
    (step,) = go(quiet, ssh_key={"content": NEW})["plan"]
    assert not step["disruptive"]


@pytest.mark.parametrize(
    ("key", "objects", "given"),
    [
        ("demo-ssh-key", [secret("demo-ssh-key", OLD)], {"ssh_key": {"content": OLD}}),
        ("mine", [secret("mine", OLD), secret("other", OLD)], {"ssh_key": {"name": "other"}}),
        ("mine", [secret("demo-pull-secret", "{}", ".dockerconfigjson")], {"pull_secret": {"content": '{"auths": {"a": {}}}'}}),
    ],
)
def test_the_same_key_and_other_contents_roll_nothing(key: str, objects: list[dict[str, Any]], given: dict[str, Any]) -> None:
    assert go(hub_with(key, *objects), **given)["rollout"] == []


def test_a_trust_bundle_of_new_content_rolls_nothing() -> None:
    cluster = named("demo", None)
    cluster["spec"]["additionalTrustBundle"] = {"name": "demo-trust-bundle"}
    bundle = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "demo-trust-bundle", "namespace": "clusters"},
        "data": {"ca-bundle.crt": "old"},
    }
    hub = MemoryHub(NAMESPACE, cluster, pool_of("demo"), bundle)
    result = go(hub, additional_trust_bundle={"content": "new"})
    assert hub.writes == [("patch", "ConfigMap clusters/demo-trust-bundle")] and result["rollout"] == []


def test_clusters_that_share_the_key_roll_too() -> None:
    others = [named("b", "mine"), pool_of("b"), named("c", "else"), pool_of("c")]
    hub = hub_with("mine", secret("mine", OLD), *others)
    result = go(hub, ssh_key={"name": "mine", "content": NEW}, allow_rollout=True)
    assert [name for name, _why in why(result)] == ["demo-workers", "b-workers"]


def test_a_new_cluster_does_not_roll_others_unnoticed() -> None:
    hub = MemoryHub(NAMESPACE, named("b", "mine"), pool_of("b"), secret("mine", OLD))
    given = cluster_options(ssh_key={"name": "mine", "content": NEW}, release_image=IMAGE)
    with pytest.raises(RefusedError, match="NodePool clusters/b-workers replaces"):
        run(HostedClusterPresent(hub, given), hub, False, lambda line: None)


def test_others_that_may_not_be_read_are_told_of() -> None:
    class Closed(MemoryHub):
        def list(self, kind: Any, *args: Any, **given: Any) -> Any:
            if kind.kind == "HostedCluster":
                raise ApiError(Failure("missing_permission", "the account may not list hostedclusters"))
            return super().list(kind, *args, **given)

    hub = Closed(NAMESPACE, named("demo", "mine"), pool_of("demo"), secret("mine", OLD))
    result = go(hub, ssh_key={"name": "mine", "content": NEW}, allow_rollout=True)
    assert "may not list hostedclusters" in result["notes"][0] and "Secret clusters/mine" in result["notes"][0]


def test_a_key_that_may_not_be_read_may_be_another_one() -> None:
    hub = hub_with("mine", secret("mine", OLD), secret("other", OLD))
    answered = hub.get

    def get(kind: Any, namespace: str | None, name: str) -> Any:
        if name == "mine":
            raise ApiError(Failure(code, "the account may not get Secret clusters/mine"))
        return answered(kind, namespace, name)

    hub.get = get  # type: ignore[method-assign]
    code = "missing_permission"
    assert why(go(hub, ssh_key={"name": "other"}, allow_rollout=True)) == [("demo-workers", ["another SSH key"])]
    hub.put(named("demo", "mine"))
    code = "unreachable"
    with pytest.raises(ApiError):
        go(hub, ssh_key={"name": "other"}, allow_rollout=True)


def test_reasons_of_cluster_and_pool_stand_in_one_effect() -> None:
    hub = hub_with("demo-ssh-key", secret("demo-ssh-key", OLD))
    pools = [{"name": "demo-workers", "annotations": {"hypershift.openshift.io/haproxy-image": "quay.io/a/b:1"}}]
    result = go(hub, ssh_key={"content": NEW}, node_pools=pools, allow_rollout=True)
    assert why(result) == [("demo-workers", ["another SSH key", "another HAProxy image"])]
