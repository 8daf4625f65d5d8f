# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The operations on an account of AWS, with an account in memory; and the sentences that its errors become."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.account import AwsStep
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.aws_object import AwsObject
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.aws_platform_info import AwsPlatformInfo
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.boto.failures import aws_error, told_of_aws
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from builders.memory_hub import MemoryHub


class MemoryAccount:
    """Steps that are left; doing one takes it away. refuse: the step that fails."""

    def __init__(self, *objects: str, refuse: str = "") -> None:
        self.left, self.refuse, self.done = list(objects), refuse, list[str]()

    def read(self, question: dict[str, Any]) -> dict[str, Any]:
        return {"asked": question["infra_id"]}

    def steps(self, _options: dict[str, Any]) -> list[AwsStep]:
        return [AwsStep(name, "create", lambda name=name: self.done.append(name)) for name in self.left]

    def do(self, step: AwsStep) -> None:
        if step.object == self.refuse:
            raise HypershiftError(Failure("missing_permission", "no", object=step.object))
        step.call()
        self.left.remove(step.object)


def play(account: MemoryAccount, check: bool = False) -> dict[str, Any]:
    return run(AwsObject(account, {}), MemoryHub(), check, lambda _line: None)


def test_check_mode_plans_and_does_nothing() -> None:
    account = MemoryAccount("a", "b")
    result = play(account, check=True)
    assert result["changed"] and [s["object"] for s in result["plan"]] == ["a", "b"] and account.done == []


def test_steps_are_done_once() -> None:
    account = MemoryAccount("a", "b")
    assert play(account)["changed"] and account.done == ["a", "b"]
    again = play(account)
    assert not again["changed"] and again["plan"] == []


def test_what_was_done_before_a_refusal_is_told() -> None:
    account = MemoryAccount("a", "b", refuse="b")
    with pytest.raises(HypershiftError) as caught:
        play(account)
    assert [step["object"] for step in caught.value.extra["plan"]] == ["a"] and account.left == ["b"]


def test_reading_is_no_change() -> None:
    result = run(AwsPlatformInfo(MemoryAccount(), {"infra_id": "demo"}), MemoryHub(), False, lambda _line: None)
    assert result == {"changed": False, "platform": {"asked": "demo"}}


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "hush-hush"}}, "CreateVpc")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (client_error("UnauthorizedOperation"), "missing_permission"),
        (client_error("AccessDenied"), "missing_permission"),
        (client_error("ExpiredToken"), "unauthorized"),
        (client_error("RequestLimitExceeded"), "api_unavailable"),
        (client_error("InvalidClientTokenId"), "unauthorized"),
        (client_error("VpcLimitExceeded"), "aws_error"),
        (NoCredentialsError(), "no_credentials"),
        (EndpointConnectionError(endpoint_url="https://user:hush-hush@x"), "unreachable"),
    ],
)
def test_errors_become_one_sentence_without_their_text(error: Exception, code: str) -> None:
    told = aws_error(error, "AWS platform demo")
    assert told is not None and told.failure.code == code
    assert "hush" not in str(told) and str(told).startswith("AWS platform demo") and str(told).endswith(".")
    if isinstance(error, ClientError):
        assert "call CreateVpc" in str(told)


def test_no_connection_says_where_to() -> None:
    told = aws_error(EndpointConnectionError(endpoint_url="https://user:hush-hush@x.example.com:8443/path"), "AWS platform demo")
    assert told is not None and told.failure.cause == "no connection to x.example.com:8443"


def test_errors_of_others_are_left_alone() -> None:
    assert aws_error(KeyError("x"), "thing") is None
    with pytest.raises(KeyError), told_of_aws("thing"):
        raise KeyError("x")
