# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Configuration of the add-on: only what is named changes, what others made stays, and what follows is waited for."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, SECRET
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.hypershift_addon import HypershiftAddon
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.hypershift_addon_config import HypershiftAddonConfig
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.multicluster_engine import MulticlusterEngine

from builders.memory_hub import MemoryHub
from builders.objects import options
from builders.simulated_management import SimulatedManagement

HOME = "local-cluster"
Obj = dict[str, Any]


@pytest.fixture
def hub() -> SimulatedManagement:
    made = SimulatedManagement()
    run(MulticlusterEngine(made, options("multicluster_engine", channel="stable-2.10"), False), made, False, lambda _line: None)
    run(HypershiftAddon(made, options("hypershift_addon"), False), made, False, lambda _line: None)
    made.writes.clear()
    return made


def go(hub: MemoryHub, check: bool = False, **given: Any) -> Obj:
    return run(HypershiftAddonConfig(hub, options("hypershift_addon_config", **given)), hub, check, lambda _line: None)


def written(hub: MemoryHub) -> list[tuple[str, str]]:
    return [(verb, ref.partition(" ")[0]) for verb, ref in hub.writes]


def test_a_variable_alone_changes_no_deployment_and_is_not_waited_for(hub: SimulatedManagement) -> None:
    started = hub.seconds
    result = go(hub, variables={"hcMaxNumber": 99})
    assert result["changed"] and hub.seconds == started
    assert not any("did not change within" in n for n in result.get("notes", []))


def test_a_flag_is_waited_for_until_the_operator_runs_with_it(hub: SimulatedManagement) -> None:
    started = hub.seconds
    go(hub, install_flags={"add": {"--metrics-set": "All"}})
    assert hub.seconds > started
    operator = hub.objects["Deployment", "hypershift", "operator"]
    assert "--metrics-set=All" in operator["spec"]["template"]["spec"]["containers"][0]["args"]
    started = hub.seconds
    assert not go(hub, install_flags={"add": {"--metrics-set": "All"}})["changed"] and hub.seconds == started


def test_without_waiting_it_returns_at_once(hub: SimulatedManagement) -> None:
    started = hub.seconds
    assert go(hub, install_flags={"add": {"--x": "1"}}, wait=False)["changed"] and hub.seconds == started


CREDENTIALS = {"region": "r", "access_key_id": "AKIAEXAMPLE", "secret_access_key": "hunter2"}


def test_credentials_are_written_compared_and_taken_away(hub: SimulatedManagement) -> None:
    result = go(hub, private_link=CREDENTIALS, wait=False)
    assert written(hub) == [("create", "Secret")] and "hunter2" not in str(result)
    [key] = [k for k in hub.objects if k[0] == "Secret" and "private-link" in k[2]]
    assert base64.b64encode(b"r").decode() in hub.objects[key]["data"].values()
    hub.writes.clear()
    assert not go(hub, private_link=CREDENTIALS, wait=False)["changed"] and hub.writes == []
    assert go(hub, private_link={**CREDENTIALS, "region": "other"}, wait=False)["changed"]
    hub.writes.clear()
    check = go(hub, True, absent_credentials=["private_link"], wait=False)
    assert hub.writes == [] and [s["verb"] for s in check["plan"]] == ["delete"] and check["plan"][0]["disruptive"]
    go(hub, absent_credentials=["private_link"], wait=False)
    assert written(hub) == [("delete", "Secret")] and key not in hub.objects
    assert not go(hub, absent_credentials=["private_link"], wait=False)["changed"]


def test_credentials_given_and_taken_away_at_once_are_refused(hub: SimulatedManagement) -> None:
    with pytest.raises(RefusedError, match="both given and named in absent_credentials"):
        go(hub, private_link=CREDENTIALS, absent_credentials=["private_link"])
    assert hub.writes == []


def test_images_alone_change(hub: SimulatedManagement) -> None:
    first, second = "hypershift-operator", "cluster-api-provider-aws"
    go(hub, override_images={first: "registry.example.com/a", second: None}, wait=False)
    [key] = [k for k in hub.objects if k[0] == "ConfigMap" and first in (hub.objects[k].get("data") or {})]
    assert hub.objects[key]["data"] == {first: "registry.example.com/a"}
    hub.edit(CONFIG_MAP, key[1], key[2], {"data": {"theirs": "registry.example.com/t"}})
    go(hub, override_images={first: None, second: "registry.example.com/b"}, wait=False)
    assert hub.objects[key]["data"] == {second: "registry.example.com/b", "theirs": "registry.example.com/t"}


def test_taking_away_what_was_never_set_makes_nothing(hub: SimulatedManagement) -> None:
    result = go(hub, override_images={"hypershift-operator": None}, install_flags={"clear": ["--x"]}, wait=False)
    assert not result["changed"] and hub.writes == []


def test_absent_removes_what_this_module_made_and_nothing_else(hub: SimulatedManagement) -> None:
    go(
        hub,
        private_link=CREDENTIALS,
        override_images={"hypershift-operator": "registry.example.com/a"},
        install_flags={"add": {"--x": "1"}},
        wait=False,
    )
    made = [(k[0], k[1], k[2]) for k in hub.objects if ("create", f"{k[0]} {k[1]}/{k[2]}") in hub.writes]
    assert len(made) == 3
    hub.put(SECRET.manifest("hypershift-operator-oidc-provider-s3-credentials", made[0][1], data={"bucket": "dGhlaXJz"}))
    hub.writes.clear()
    assert [s["disruptive"] for s in go(hub, True, state="absent")["plan"]] == [True] * 3 and hub.writes == []
    go(hub, state="absent")
    assert not [k for k in made if k in hub.objects]
    assert ("Secret", made[0][1], "hypershift-operator-oidc-provider-s3-credentials") in hub.objects, "others made it"
    assert not go(hub, state="absent")["changed"]


def test_without_an_engine_it_is_refused() -> None:
    with pytest.raises(RefusedError):
        go(MemoryHub(), variables={"hcMaxNumber": 1})


def test_a_managed_cluster_that_is_not_there_is_refused(hub: SimulatedManagement) -> None:
    with pytest.raises(RefusedError, match="no managed cluster of that name") as caught:
        go(hub, managed_cluster="nowhere", variables={"hcMaxNumber": 1})
    assert caught.value.failure.object == "Namespace nowhere" and hub.writes == []
