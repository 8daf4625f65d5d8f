# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the API server says of a plan is known before the first write, and what it did not say is not made up."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, ConflictError, Failure, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, NAMESPACE, NODE_POOL, SECRET
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import Plan, run

from builders.memory_hub import MemoryHub

UNKNOWN = (
    'the API server refused it: HostedCluster in version "v1beta1" cannot be handled as a HostedCluster: strict decoding error: '
    'unknown field "{}"'
)


class Writes:
    """Creates these objects, and patches a node pool when there is one."""

    def __init__(self, hub: MemoryHub, *objects: tuple[Any, str]) -> None:
        self.hub, self.objects = hub, objects

    def plan(self) -> Plan:
        changes = ChangeSet()
        for kind, namespace in self.objects:
            changes.create(kind, kind.manifest("demo", namespace, spec={"a": 1}), "it is not there")
        live = self.hub.objects.get(("NodePool", "clusters", "live"))
        if live:
            changes.patch(NODE_POOL, live, {"spec": {"replicas": 3}}, "it differs")
        return Plan(changes, rehearsed=True)


def play(hub: MemoryHub, *objects: tuple[Any, str], check: bool = True) -> dict[str, Any]:
    return run(Writes(hub, *objects), hub, check, lambda _line: None)


def says(status: int, text: str, kind: type[ApiError] = ApiError, code: str = "rejected") -> ApiError:
    return kind(Failure(code, text), status, "")


def test_check_mode_asks_once_for_each_object_with_a_schema_and_stores_nothing() -> None:
    hub = MemoryHub(NODE_POOL.manifest("live", "clusters", spec={"replicas": 2}))
    result = play(hub, (SECRET, "clusters"), (HOSTED_CLUSTER, "clusters"))
    assert result["changed"] and hub.writes == [] and "notes" not in result
    assert hub.rehearsed == [("create", "HostedCluster clusters/demo"), ("patch", "NodePool clusters/live")]


def test_one_write_alone_is_judged_as_it_is_made() -> None:
    hub = MemoryHub()
    play(hub, (HOSTED_CLUSTER, "clusters"), check=False)
    assert hub.rehearsed == [] and len(hub.writes) == 1
    play(MemoryHub(), check=False)


@pytest.mark.parametrize("check", [True, False])
def test_what_the_server_refuses_is_refused_before_the_first_write(check: bool) -> None:
    hub = MemoryHub()
    hub.refuses = {"HostedCluster": says(422, "spec.a: Invalid value: 1"), "NodePool": says(422, "spec.b: Required value")}
    with pytest.raises(RefusedError) as caught:
        play(hub, (SECRET, "clusters"), (HOSTED_CLUSTER, "clusters"), (NODE_POOL, "clusters"), check=check)
    assert [(r.object, r.cause) for r in caught.value.refusals] == [
        ("HostedCluster clusters/demo", "spec.a: Invalid value: 1"),
        ("NodePool clusters/demo", "spec.b: Required value"),
    ]
    assert hub.writes == []


CRD = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "hostedclusters.hypershift.openshift.io"},
    "spec": {"versions": [{"name": "v1beta1", "schema": {"openAPIV3Schema": {"properties": {"spec": {"properties": {
        "autoscaling": {"properties": {"maxNodesTotal": {}}}, "olmCatalogPlacement": {}, "platform": {"properties": {"type": {}}},
        "services": {"items": {"properties": {"servicePublishingStrategy": {}}}}, "networking": {"properties": {"machineNetwork": {}}},
    }}}}}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("spec.autoscaling.maxNodeTotal", "did you mean maxNodesTotal?"),
        ("spec.olmCatalogPlacment", "did you mean olmCatalogPlacement?"),
        ("spec.platfrom", "did you mean platform?"),
        ("spec.services[0].servicePublishingStrategi", "did you mean servicePublishingStrategy?"),
        ("spec.machineNetwork", "it is known as spec.networking.machineNetwork"),
        ("spec.nothingLikeIt", "does not know the field spec.nothingLikeIt"),
    ],
)
def test_a_field_that_the_server_does_not_know_is_named_with_the_likely_one(field: str, told: str) -> None:
    hub = MemoryHub(CRD)
    hub.refuses = {"HostedCluster": says(400, UNKNOWN.format(field))}
    with pytest.raises(RefusedError) as caught:
        play(hub, (HOSTED_CLUSTER, "clusters"))
    assert caught.value.failure.code == "unknown_field" and field in caught.value.failure.cause and told in caught.value.failure.cause


@pytest.mark.parametrize("check", [True, False])
def test_the_likely_name_is_left_out_when_the_schema_may_not_be_read(check: bool) -> None:
    hub, name = MemoryHub(CRD), "HostedCluster clusters/demo"
    hub.forbidden = {("get", "CustomResourceDefinition")}
    hub.refuses = {"HostedCluster": says(400, UNKNOWN.format("spec.platfrom"))}
    hub.fail_next = {("create", name): [says(400, UNKNOWN.format("spec.platfrom"))]}
    with pytest.raises((RefusedError, ApiError), match=r"does not know the field spec.platfrom\.") as caught:
        play(hub, (HOSTED_CLUSTER, "clusters"), check=check)
    assert caught.value.failure.code == "unknown_field"


def test_a_right_that_is_missing_is_a_note_for_who_looks_and_a_refusal_for_who_writes() -> None:
    hub = MemoryHub()
    hub.forbidden = {("create", "HostedCluster")}
    (note,) = play(hub, (HOSTED_CLUSTER, "clusters"))["notes"]
    assert note.startswith("HostedCluster clusters/demo: the API server could not be asked") and "may not create" in note
    with pytest.raises(ApiError) as caught:
        play(hub, (SECRET, "clusters"), (HOSTED_CLUSTER, "clusters"), check=False)
    assert (caught.value.failure.code, caught.value.status) == ("missing_permission", 403) and hub.writes == []


def test_in_a_namespace_of_the_same_plan_another_one_stands_in() -> None:
    hub = MemoryHub()
    play(hub, (NAMESPACE, ""), (HOSTED_CLUSTER, "demo"), check=False)
    assert hub.rehearsed == [("create", "HostedCluster default/demo")] and hub.writes[-1] == ("create", "HostedCluster demo/demo")
    hub = MemoryHub()
    hub.forbidden = {("create", "HostedCluster")}
    with pytest.raises(ApiError):
        play(hub, (NAMESPACE, ""), (HOSTED_CLUSTER, "demo"), check=False)
    assert hub.writes[0] == ("create", "Namespace demo"), "the right in another namespace says nothing of this one"
    assert len(play(hub, (NAMESPACE, ""), (HOSTED_CLUSTER, "other"), check=True)["notes"]) == 1


@pytest.mark.parametrize("check", [True, False])
def test_what_admission_says_is_a_refusal_for_who_only_looks_too(check: bool) -> None:
    hub = MemoryHub()
    denied = 'the account may not create hostedclusters in namespace clusters: admission webhook "p.example.com" denied the request: no'
    hub.refuses = {"HostedCluster": says(403, denied, code="missing_permission")}
    with pytest.raises((RefusedError, ApiError), match="denied the request"):
        play(hub, (SECRET, "clusters"), (HOSTED_CLUSTER, "clusters"), check=check)


@pytest.mark.parametrize(
    ("error", "notes"),
    [
        (says(409, "it exists already", ConflictError, "conflict"), 0),
        (says(400, 'admission webhook "x" does not support dry run'), 1),
        (says(404, "it was not found"), 1),
    ],
    ids=["taken", "no dry run", "not found"],
)
def test_what_cannot_be_asked_is_no_refusal(error: ApiError, notes: int) -> None:
    hub = MemoryHub()
    hub.refuses = {"HostedCluster": error}
    assert len(play(hub, (HOSTED_CLUSTER, "clusters")).get("notes", [])) == notes


def test_an_api_that_does_not_answer_ends_it_before_the_first_write() -> None:
    hub = MemoryHub()
    hub.refuses = {"HostedCluster": says(500, "it broke", code="api_unavailable")}
    with pytest.raises(ApiError, match="it broke"):
        play(hub, (SECRET, "clusters"), (HOSTED_CLUSTER, "clusters"), check=False)
    assert hub.writes == []
