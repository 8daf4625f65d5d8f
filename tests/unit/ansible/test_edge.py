# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says whose options do not fit."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry, options_refused, run_operation
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NAMESPACE
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import Plan
from ansible_collections.hypershift.core.plugins.modules.hypershift_addon_config import ENTRY

from builders.memory_hub import MemoryHub
from builders.unprintable import ALL, acted_on


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"install_flags": {"add": ["--a"]}}, "a list cannot be converted to a dict"),
        ({"wait_timeout": "soon"}, "cannot be converted to an int"),
        ({"install_flag": {}}, "Unsupported parameters for (hypershift.core.hypershift_addon_config) module: install_flag"),
    ],
)
def test_no_class_of_python_is_named(options: dict[str, object], said: str) -> None:
    errors = ArgumentSpecValidator(ENTRY.spec, **ENTRY.constraints).validate(options).errors
    refused = options_refused("hypershift.core.hypershift_addon_config", errors)
    assert said in refused["msg"] and "<class" not in refused["msg"] and refused["failure"]["code"] == "invalid_option"


WORD = "Kp7-xV2mQz9_rT4w"


class Saying:
    """An operation that gives away, or fails with, what others wrote."""

    def __init__(self, fails: bool) -> None:
        self._fails = fails

    def plan(self) -> Plan:
        text = f"https://robot:{WORD}@quay.io said: password={WORD}"
        if self._fails:
            raise HypershiftError(Failure("x", text, text, next_step=text), archives=[{"cause": text}])
        extra = {"rows": [{"cause": text}], "url": f"https://images/x?token={WORD}"}
        return Plan(extra=extra, act=lambda acts, progress: progress(text))


def entry(**more: Any) -> Entry:
    return Entry("saying", {}, lambda _hub, params, _check: Saying(bool(params.get("fails"))), needs_cluster=False, **more)


def test_nothing_leaves_but_through_the_door() -> None:
    lines: list[str] = []
    shown = run_operation(entry(passes=("url",)), {}, False, lines.append)
    assert shown.pop("url").endswith(WORD), "a URL that the user needs as it is"
    assert WORD not in json.dumps(shown) + "".join(lines) and lines == ["https://robot:<hidden>@quay.io said: password=<hidden>"]
    assert shown["rows"] == [{"cause": lines[0]}]


def test_failures_go_through_the_door_also_when_the_result_would_be_hidden() -> None:
    failed = run_operation(entry(secret_result="content"), {"fails": True, "content": True}, False, print)
    assert failed["failed"] and WORD not in json.dumps(failed) and failed["archives"] and "<hidden>" in failed["msg"]
    kept = run_operation(entry(secret_result="content"), {"content": True}, False, lambda _line: None)
    assert WORD in kept["rows"][0]["cause"], "hidden as a whole, and of use to who registers it"


class Changing:
    """A task that changes something, or finds nothing to do; fails: after its first change."""

    def __init__(self, hub: MemoryHub, params: dict[str, Any]) -> None:
        self._hub, self._params = hub, params

    def plan(self) -> Plan:
        plan = Plan()
        if not self._params.get("idle"):
            plan.changes.create(NAMESPACE, NAMESPACE.manifest("new", None), "it is not there")
        if self._params.get("fails"):
            plan.act = self._fail
        return plan

    def _fail(self, _acts: list[dict[str, Any]], _progress: Any) -> None:
        raise HypershiftError(Failure("x", "it broke"))


def test_nothing_unprintable_leaves_and_nothing_hides_behind_it() -> None:
    lines: list[str] = []
    text = f"{ALL}it said pass\u200bword={WORD}"

    class Telling:
        def plan(self) -> Plan:
            return Plan(extra={"rows": [{text: text}]}, act=lambda acts, progress: progress(text))

    result = run_operation(Entry("telling", {}, lambda *_given: Telling(), needs_cluster=False), {}, False, lines.append)
    said = json.dumps(result, ensure_ascii=False) + "".join(lines)
    assert acted_on(said) == set() and WORD not in said and said.count("password=<hidden>") == 3


@pytest.mark.parametrize(
    ("params", "check", "uid"),
    [
        ({}, False, "u-1"),
        ({}, True, "u-1"),
        ({"idle": True}, False, None),
        ({"fails": True}, False, "u-1"),
        ({"fails": True, "idle": True}, False, None),
    ],
)
def test_a_result_names_the_management_cluster(
    params: dict[str, Any], check: bool, uid: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = MemoryHub(NAMESPACE.manifest("kube-system", None) | {"metadata": {"name": "kube-system", "uid": "u-1"}})
    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.hub.KubeHub.from_options", lambda _options: hub)
    changing = Entry("changing", {}, lambda used, given, _check: Changing(used, given))
    result = run_operation(changing, params, check, lambda _line: None)
    assert bool(result.get("failed")) is bool(params.get("fails"))
    assert result["management_cluster"] == {"server": hub.server, "uid": uid}


@pytest.mark.parametrize("status", [0, 403, 500])
def test_a_task_does_not_depend_on_the_name_of_its_cluster(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = MemoryHub()
    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.hub.KubeHub.from_options", lambda _options: hub)

    def get(*_where: Any) -> None:
        raise ApiError(Failure("x", "no answer"), status)

    monkeypatch.setattr(hub, "get", get)
    result = run_operation(Entry("changing", {}, lambda used, given, _check: Changing(used, given)), {}, False, lambda _line: None)
    assert result["changed"] is True and result["management_cluster"] == {"server": hub.server, "uid": None}


class Ending:
    """An operation that ends with whatever it is given."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def plan(self) -> Plan:
        raise self._error


def ended_with(error: Exception) -> dict[str, Any]:
    return run_operation(Entry("ending", {}, lambda *_given: Ending(error), needs_cluster=False), {}, False, print)


def test_a_defect_of_ours_is_one_sentence_with_its_place_and_no_traceback() -> None:
    found = ended_with(ZeroDivisionError("division by zero"))
    assert found["failed"] and found["failure"]["code"] == "internal" and "Traceback" not in json.dumps(found)
    assert re.search(r"module ending failed .*\(ZeroDivisionError at test_edge\.py:\d+\)", found["msg"])


def test_all_refusals_are_returned_each_with_its_code_and_the_plan_that_would_be() -> None:
    refusals = [Failure("first", "it is so", "HostedCluster a/b"), Failure("second", "it is not", "NodePool a/c")]
    found = ended_with(RefusedError(refusals, plan_would_be=[{"verb": "create"}]))
    assert [r["code"] for r in found["refusals"]] == ["first", "second"] and found["plan"] == [{"verb": "create"}]
    assert "plan_would_be" not in found and found["failed"] and not found["changed"]


def test_an_answer_of_the_server_has_its_status() -> None:
    found = ended_with(ApiError(Failure("missing_permission", "the account may not list"), 403))
    assert found["failure"]["status"] == 403 and found["failure"]["code"] == "missing_permission"
