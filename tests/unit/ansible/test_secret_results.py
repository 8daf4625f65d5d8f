# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A secret result is hidden in every way in which a task can run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.hypershift.core.plugins.action.hosted_cluster_credentials import ActionModule
from ansible_collections.hypershift.core.plugins.plugin_utils import _in_process

CONTENT = {"changed": False, "kubeconfig": "a key", "password": "a password"}


def action(monkeypatch: pytest.MonkeyPatch, calls: list[str], outcome: dict[str, Any], args: dict[str, Any], **task: Any) -> ActionModule:
    """An action whose operation and module give this outcome; calls: which of the two ran, and whether Ansible's async wraps it."""
    action = object.__new__(ActionModule)
    settings = {"async_val": 0, "poll": 15, "environment": [], "check_mode": False, "diff": False, **task}
    action._task = SimpleNamespace(args={"name": "demo", **args}, **{k: v for k, v in settings.items() if k not in ("become", "transport")})
    action._connection = SimpleNamespace(transport=task.get("transport", "local"), has_native_async=False)
    action._play_context = SimpleNamespace(become=task.get("become", False))
    action._templar = SimpleNamespace(template=lambda value: value)

    def module(*, wrap_async: bool, **_: Any) -> dict[str, Any]:
        calls.append("wrapped" if wrap_async else "module")
        return dict(outcome)

    def operation(*_: Any) -> dict[str, Any]:
        calls.append("operation")
        return dict(outcome)

    action._execute_module = module
    monkeypatch.setattr(ActionBase, "run", lambda *_: {})
    monkeypatch.setattr(_in_process, "run_operation", operation)
    return action


WAYS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "operation"),
    ({"become": True}, "module"),
    ({"environment": [{"A": "b"}]}, "module"),
    ({"transport": "ssh"}, "module"),
    ({"async_val": 60, "poll": 1}, "module"),  # not in the background: async_status would print what it fetches
    ({"async_val": 60, "poll": 1, "become": True, "transport": "ssh"}, "module"),
)


@pytest.mark.parametrize(("task", "ran"), WAYS)
@pytest.mark.parametrize("content", [True, "yes"])
def test_content_is_hidden(task: dict[str, Any], ran: str, content: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    made = action(monkeypatch, calls, CONTENT, {"return_content": content}, **task)
    result = made.run()
    assert calls == [ran] and result["_ansible_no_log"] is True and result["kubeconfig"] == "a key"
    assert made._task.async_val == 0, "or Ansible would ask for the result of a job"


@pytest.mark.parametrize(
    ("args", "outcome"),
    [
        ({"kubeconfig_dest": "/a"}, {"files": ["/a"]}),
        ({"return_content": "no", "kubeconfig_dest": "/a"}, {"files": ["/a"]}),
        ({"return_content": True}, {"failed": True, "msg": "it does not exist"}),
    ],
)
def test_what_holds_no_secret_is_shown(args: dict[str, Any], outcome: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert action(monkeypatch, [], outcome, args).run() == outcome


def test_content_is_not_left_for_another_task(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    result = action(monkeypatch, calls, CONTENT, {"return_content": True}, async_val=60, poll=0).run()
    assert not calls and result["failed"] and "would print it. Leave out async" in result["msg"]


def test_other_tasks_go_on_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    result = action(monkeypatch, calls, {"ansible_job_id": "1"}, {"kubeconfig_dest": "/a"}, async_val=60, poll=0).run()
    assert calls == ["wrapped"] and result == {"ansible_job_id": "1"}
