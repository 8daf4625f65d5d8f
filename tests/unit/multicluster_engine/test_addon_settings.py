# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the add-on reads, changed by name: flags, variables, credentials."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine import addon_health as addon
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine import addon_settings as settings
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.managed_cluster import (
    HOSTING,
    is_import,
    managed_cluster,
    refusals,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("--a", [("--a", None)]),
        ("--a=1 --b 2  --c", [("--a", "1"), ("--b", "2"), ("--c", None)]),
        ("--a --b=x=y stray --c", [("--a", None), ("--b", "x=y"), ("stray", None), ("--c", None)]),
    ],
)
def test_flags_are_read_in_both_forms(text: str, found: list[tuple[str, str | None]]) -> None:
    assert [(f.name, f.value) for f in settings.parse(text)] == found
    assert " ".join(f.words for f in settings.parse(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("add", "remove", "wanted", "after"),
    [
        ("", "", {"add": {"--m": "All"}}, ("--m=All", "")),
        ("--m All --x", "", {"add": {"--m": "All"}}, ("--m All --x", "")),
        ("--x --m SRE --y 1", "", {"add": {"--m": "All"}}, ("--x --m=All --y 1", "")),
        ("--x", "--m --z", {"add": {"--m": "All"}}, ("--x --m=All", "--z")),
        ("--x --t", "", {"remove": ["--t"]}, ("--x", "--t")),
        ("--x", "--t", {"remove": ["--t"]}, ("--x", "--t")),
        ("--x --t=1", "--u", {"clear": ["--t", "--u"]}, ("--x", "")),
        ("--b", "", {"add": {"--b": "true"}}, ("--b", "")),
        ("", "", {"add": {"--b": True}}, ("--b=true", "")),
    ],
)
def test_only_named_flags_change(add: str, remove: str, wanted: dict[str, Any], after: tuple[str, str]) -> None:
    data = {settings.ADD: add, settings.REMOVE: remove}
    found = settings.flags_after(data, wanted.get("add", {}), wanted.get("remove", []), wanted.get("clear", []))
    assert (found[settings.ADD], found[settings.REMOVE]) == after


_NAMES = st.sampled_from([f"--f{n}" for n in range(6)])
_VALUES = st.sampled_from(["", "1", "All"])


@given(others=st.dictionaries(_NAMES, _VALUES), gone=st.sets(_NAMES), ours=st.dictionaries(_NAMES, _VALUES))
def test_flags_of_others_stay_whatever_is_asked(others: dict[str, str], gone: set[str], ours: dict[str, str]) -> None:
    data = {settings.ADD: " ".join(settings.flag(n, v).words for n, v in others.items()), settings.REMOVE: " ".join(gone - set(others))}
    after = settings.flags_after(data, ours, [], [])
    added = {f.name: f.value or "" for f in settings.parse(after[settings.ADD])}
    assert set(added) == set(others) | set(ours)
    assert all(added[n] == v for n, v in others.items() if n not in ours)
    assert {f.name for f in settings.parse(after[settings.REMOVE])} == gone - set(others) - set(ours)
    assert settings.flags_after(after, ours, [], []) == after


@pytest.mark.parametrize(
    ("have", "wanted", "after"),
    [
        ([], {}, None),
        ([("a", "1")], {"a": 1}, None),
        ([("a", "1"), ("b", "2")], {"a": 3}, [("a", "3"), ("b", "2")]),
        ([("a", "1"), ("b", "2")], {"a": None}, [("b", "2")]),
        ([("b", "2")], {"a": None}, None),
        ([("b", "2")], {"auto": True}, [("b", "2"), ("auto", "true")]),
    ],
)
def test_only_named_variables_change(have: list[tuple[str, str]], wanted: dict[str, Any], after: list[tuple[str, str]] | None) -> None:
    config = {"spec": {"customizedVariables": [{"name": n, "value": v} for n, v in have]}}
    found = settings.variables_after(config, wanted)
    assert found == (None if after is None else [{"name": n, "value": v} for n, v in after])


@pytest.mark.parametrize(
    ("add", "remove", "clear", "says"),
    [
        ({"--metrics-set": "All"}, ["--enable-uwm-telemetry-remote-write"], ["--other"], []),
        ({"metrics-set": "All"}, [], [], ["no name of a flag"]),
        ({}, ["-m"], [], ["no name of a flag"]),
        ({}, [], ["--metrics-set=All"], ["no name of a flag"]),
        ({"--metrics set": "All"}, [], [], ["no name of a flag"]),
        ({"--x": "a b"}, [], [], ["has a space in it"]),
        ({"--x": "a\tb"}, [], [], ["has a space in it"]),
        ({"--x": None, "--y": 5}, [], [], []),
        ({"--x": "1"}, ["--x"], [], ["named in more than one"]),
        ({"--x": "1"}, [], ["--x"], ["named in more than one"]),
        ({}, ["--x"], ["--x"], ["named in more than one"]),
    ],
)
def test_what_is_no_flag_is_refused(add: dict[str, Any], remove: list[str], clear: list[str], says: list[str]) -> None:
    """A flag that the operator does not take keeps it from starting."""
    found = settings.flag_refusals(add, remove, clear)
    assert len(found) == len(says) and all(words in f.cause for words, f in zip(says, found, strict=True)), found


@pytest.mark.parametrize("name", sorted(settings._IGNORED))
def test_flags_that_the_add_on_ignores_are_refused(name: str) -> None:
    assert ["ignores" in f.cause for f in settings.flag_refusals({name: "x"}, [], [])] == [True]


def test_credentials() -> None:
    body = settings.secret_body(
        "external_dns", {"provider": "aws", "domain_filter": "example.com", "txt_owner_id": None, "credentials": "x"}
    )
    assert {k: base64.b64decode(v).decode() for k, v in body["data"].items()} == {
        "provider": "aws",
        "domain-filter": "example.com",
        "credentials": "x",
    }
    assert settings.secret_body("oidc_s3", {"bucket": "b"})["metadata"]["labels"] == {"cluster.open-cluster-management.io/backup": "true"}
    assert settings.credential_refusals("private_link", {"region": "r", "access_key_id": "a"})
    assert not settings.credential_refusals("private_link", {"region": "r", "access_key_id": "a", "secret_access_key": "b"})


def deployment(**status: int) -> dict[str, Any]:
    return {"metadata": {"generation": 2}, "spec": {"replicas": 2}, "status": {"observedGeneration": 2, **status}}


@pytest.mark.parametrize(
    ("operator", "says"),
    [
        (None, "does not exist yet"),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=2), ""),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=1), "has 1 of 2 replicas available"),
        (deployment(replicas=3, updatedReplicas=2, availableReplicas=3), "2 of them new"),
        (deployment(observedGeneration=1, replicas=2, updatedReplicas=2, availableReplicas=2), "replicas available"),
    ],
)
def test_rollout(operator: dict[str, Any] | None, says: str) -> None:
    told = addon.rolled_out(operator, "it")
    assert (says in told) if says else told == ""


def conditions(**status: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": t, "status": s, "reason": "OperatorNotFound", "message": "m"} for t, s in status.items()]}}


WELL = deployment(replicas=2, updatedReplicas=2, availableReplicas=2)
VERSIONS = {"data": {"supported-versions": '{"versions": ["4.20"]}'}}


@pytest.mark.parametrize(
    ("add_on", "operator", "versions", "served", "says"),
    [
        (None, None, None, False, "ManagedClusterAddOn hypershift-addon does not exist yet"),
        (conditions(), None, None, False, "does not report Available yet"),
        (conditions(Available="Unknown"), None, None, False, "Available is Unknown (m)"),
        (conditions(Available="True", Degraded="True"), None, None, False, "its Deployment hypershift/operator does not exist"),
        (conditions(Available="True", Degraded="False"), WELL, None, True, "has not published"),
        (conditions(Available="True", Degraded="False"), WELL, {"data": {"supported-versions": "no json"}}, True, "has not published"),
        (conditions(Available="True", Degraded="False"), WELL, VERSIONS, False, "is not served yet"),
        (conditions(Available="True", Degraded="False", Progressing="True"), WELL, VERSIONS, True, ""),
    ],
)
def test_state_of_the_add_on(add_on: Any, operator: Any, versions: Any, served: bool, says: str) -> None:
    told = addon.not_ready(add_on, operator, versions, served)
    assert (says in told) if says else told == ""


def test_joining() -> None:
    joined = conditions(HubAcceptedManagedCluster="True", ManagedClusterJoined="True", ManagedClusterConditionAvailable="True")
    assert addon.not_joined(joined, "a") == ""
    assert addon.not_joined(None, "a") == "ManagedCluster a does not exist yet"
    half = conditions(HubAcceptedManagedCluster="True", ManagedClusterImportSucceeded="False")
    assert addon.not_joined(half, "a") == "ManagedCluster a: ManagedClusterJoined is not reported (m)"


def test_imports() -> None:
    made = managed_cluster("shop", "hub", "production", {"tier": "gold"})
    assert is_import(made) and made["metadata"]["annotations"][HOSTING] == "hub"
    assert made["metadata"]["labels"]["cluster.open-cluster-management.io/clusterset"] == "production"
    assert managed_cluster("shop", "hub", None, {})["metadata"]["labels"]["cluster.open-cluster-management.io/clusterset"] == "default"
    up = {"metadata": {}, **conditions(Available="True")}
    assert refusals("shop", "clusters", up, [], None) == [] == refusals("shop", "clusters", up, [], made)
    codes = [f.code for f in refusals("shop", "clusters", {"metadata": {}}, ["other"], {"metadata": {"name": "shop"}})]
    assert codes == ["name_taken", "name_taken", "not_available"]
    assert [f.code for f in refusals("shop", "clusters", None, [], None)] == ["not_found"]


@pytest.mark.parametrize(
    ("names", "known", "says"),
    [
        ({"hcMaxNumber": 80, "autoImportDisabled": True}, settings.VARIABLES, []),
        ({"hcMaxNumbr": 80, "hcmaxnumber": 80}, settings.VARIABLES, ["hcMaxNumbr is not known", "hcmaxnumber is not known"]),
        ({"autoImportDisable": True}, settings.VARIABLES, ["Did you mean autoImportDisabled?"]),
        ({"somethingNew": "x"}, settings.VARIABLES, []),
        ({"hcMaxNumbr": None}, settings.VARIABLES, []),
        ({"hypershift-operater": "x", "hypershift-operator": "y"}, settings.OVERRIDES, ["Did you mean hypershift-operator?"]),
    ],
)
def test_names_that_look_like_a_slip_are_noted(names: dict[str, Any], known: tuple[str, ...], says: list[str]) -> None:
    found = settings.name_notes("Variable", names, known)
    assert len(found) == len(says) and all(words in note for note, words in zip(found, says, strict=True))
