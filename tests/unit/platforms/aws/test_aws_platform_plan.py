# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module aws_platform_plan: asked once, judged before anything is written, and looked at again until AWS lists what was made."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.aws_platform_plan import AwsPlatformPlan

from builders.memory_hub import MemoryHub
from platforms.aws.builders import INPUTS, LEFT, empty, made, platform


class Looks:
    """An account that shows one state after the other, the last one for good."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states, self.asked = list(states), list[dict[str, Any]]()

    def read(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def play(account: Looks, hub: MemoryHub | None = None, **options: Any) -> dict[str, Any]:
    defaults = {"state": "present", "look": True, "judge": True, "expect": [], "settle": False, "wait_timeout": 900}
    operation = AwsPlatformPlan(account, {**INPUTS, **defaults, **options}, hub or MemoryHub())  # type: ignore[arg-type]
    return run(operation, hub or MemoryHub(), False, lambda _line: None)


def test_an_empty_account_is_asked_once_and_everything_is_planned() -> None:
    account = Looks(empty())
    result = play(account)
    assert not result["changed"] and len(account.asked) == 1
    assert {row["action"] for row in result["rows"]} == {"create"} and result["pending"] == result["rows"]
    assert {row["kind"] for row in result["ready"]} >= {"vpc", "role", "address"}
    assert "subnet" not in {row["kind"] for row in result["ready"]}, "it waits for the VPC"
    assert len(result["lines"]) == len(result["rows"]) and result["platform"]["plan"][0]["kind"] == "vpc"
    assert account.asked[0]["leftovers"] is False and account.asked[0]["bucket_detail"] is True


def test_what_is_as_wanted_is_not_pending() -> None:
    result = play(Looks(made(platform())))
    assert result["rows"] and result["pending"] == result["lines"] == [] and result["platform"]["vpc_id"]


def test_options_alone_need_no_request() -> None:
    account = Looks(empty())
    result = play(account, look=False)
    assert account.asked == [] and result["policy"]["Statement"] and "rows" not in result


@pytest.mark.parametrize("look", [True, False])
def test_every_wrong_option_is_said_before_any_request(look: bool) -> None:
    account = Looks(empty())
    with pytest.raises(RefusedError) as caught:
        play(account, look=look, zones=["us-east-1a"], base_domain="example")
    assert [r.object for r in caught.value.refusals] == ["Option base_domain", "Option zones"] and account.asked == []


def test_what_the_account_speaks_against_is_refused_but_not_in_a_later_look_of_the_run() -> None:
    found = {**empty(), "public_zones": []}
    with pytest.raises(RefusedError) as caught:
        play(Looks(found))
    assert caught.value.failure.code == "no_public_zone"
    assert play(Looks(found), judge=False)["pending"]


def test_it_looks_again_until_aws_lists_what_was_made() -> None:
    hub, account = MemoryHub(), Looks(empty(), empty(), made(platform()))
    assert play(account, hub, expect=["vpc"])["pending"] == []
    assert len(account.asked) == 3 and hub.seconds == 20


def test_after_the_time_the_plan_says_what_is_missing() -> None:
    hub = MemoryHub()
    result = play(Looks(empty()), hub, expect=["vpc"], wait_timeout=30)
    assert hub.seconds == 30 and "vpc" in {row["kind"] for row in result["pending"]}


def test_it_waits_for_gateways_that_do_not_pass_traffic_yet() -> None:
    early, late = made(platform()), made(platform())
    early["nat_gateways"] = [{**gateway, "state": "pending"} for gateway in early["nat_gateways"]]
    late["nat_gateways"] = [{**gateway, "state": "available"} for gateway in late["nat_gateways"]]
    hub = MemoryHub()
    play(Looks(early, late), hub, settle=True)
    assert hub.seconds == 10
    assert play(Looks(early), hub)["pending"] == [] and hub.seconds == 10


def test_removal_names_what_is_there_and_keeps_what_is_others() -> None:
    account = Looks({**made(platform()), **LEFT})
    result = play(account, state="absent", zones=[])
    assert {row["action"] for row in result["rows"]} == {"delete"} and account.asked[0]["leftovers"] is True
    assert set(result["platform"]) == {"name", "infra_id", "region", "plan", "policy"}
    with pytest.raises(RefusedError) as caught:
        play(Looks({**made(platform()), **LEFT, "other_machines": [{"id": "i-1", "tags": {}}]}), state="absent")
    assert caught.value.failure.code == "in_use"
