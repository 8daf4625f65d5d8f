# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The modules aws_platform_info, aws_platform_plan and aws_object on both execution paths, and the documented examples."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from aws_playing import DEMO, Aws
from moto_account import KEYS

from playing import ROOT, Played

EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
PROVIDER = {
    "kind": "oidc_provider", "url": "https://issuer.example.com/a", "client_ids": ["openshift", "sts.amazonaws.com"], "thumbprints": ["A" * 40],
    "tags": {"kubernetes.io/cluster/a": "owned"},
}  # fmt: skip


@pytest.fixture(params=["in_process", "module"])
def paths(request: pytest.FixtureRequest, aws: Aws) -> Aws:
    return Aws(aws.account, replace(aws.player, in_process=request.param == "in_process"))


def play(aws: Aws, *tasks: dict[str, Any], check: bool = False) -> Played:
    """With the connection as defaults of the group."""
    aws.account.record.calls = []
    keys = {"region": "us-east-2", "endpoint_url": aws.account.url, "access_key": KEYS["aws_access_key_id"]}
    group = {**keys, "secret_key": KEYS["aws_secret_access_key"]}
    block = {"name": "All", "block": list(tasks), "module_defaults": {"group/hypershift.core.aws": group}}
    return aws.player.play(block, check=check)


def task(**options: Any) -> dict[str, Any]:
    return {"name": "One", "hypershift.core.aws_object": options}


def test_documented_examples(paths: Aws) -> None:
    for name in ("aws_platform_info", "aws_platform_plan", "aws_object"):
        (text,) = EXAMPLES.findall((ROOT / "plugins" / "modules" / f"{name}.py").read_text())
        play(paths, *yaml.safe_load(text)).ok()


def test_documented_plays_and_the_playbook(aws: Aws) -> None:
    """In check mode: what they do is shown by test_platform.py. The connection comes from where boto3 finds it."""
    boto = {
        "AWS_ENDPOINT_URL": aws.account.url, "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
    }  # fmt: skip
    player, aws.account.record.calls = replace(aws.player, environment=boto), []
    for block in YAML_BLOCK.findall((ROOT / "roles" / "aws_platform" / "README.md").read_text()):
        (documented,) = yaml.safe_load(block)
        (role,) = documented["roles"]
        task = {"name": "Role", "ansible.builtin.import_role": {"name": role["role"]}}
        player.play(task, check=True, variables=role["vars"]).ok()
    options = {k: v for k, v in DEMO.items() if k != "aws_platform_access_key" and k != "aws_platform_secret_key"}
    played = player.playbook("aws_platform", "--check", **options, aws_platform_show_policy=True).ok()
    assert "demo-nat-us-east-2a" in played.output and "ec2:CreateVpc" in played.output and aws.writes() == []


def test_an_oidc_provider_from_nothing_to_nothing(paths: Aws) -> None:
    iam = paths.account.client("iam")
    planned = play(paths, task(**PROVIDER), check=True).ok().last
    assert planned["changed"] and [step["verb"] for step in planned["plan"]] == ["create"] and paths.writes() == []
    assert play(paths, task(**PROVIDER)).ok().last["changed"] and paths.writes() == ["iam:CreateOpenIDConnectProvider"]
    assert not play(paths, task(**PROVIDER)).ok().last["changed"] and paths.writes() == []
    more = {**PROVIDER, "client_ids": ["openshift", "other"]}
    assert len(play(paths, task(**more)).ok().last["plan"]) == 1 and paths.writes() == ["iam:AddClientIDToOpenIDConnectProvider"]
    gone = task(kind="oidc_provider", url=PROVIDER["url"], state="absent")
    assert play(paths, gone).ok().last["changed"]
    assert not play(paths, gone).ok().last["changed"] and paths.writes() == []
    assert not [p for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] if p["Arn"].endswith("/a")]


def test_what_cannot_be_is_told(aws: Aws) -> None:
    refused = play(aws, task(kind="load_balancer", id="arn:aws:x")).failed()
    assert refused["msg"].endswith("Use absent.") and aws.writes() == []
    missing = play(aws, task(kind="main_route_table", vpc_id="vpc-1")).failed()
    assert "route_table_id" in missing["msg"]


def test_a_missing_right_is_named_with_its_call(paths: Aws) -> None:
    paths.account.record.allowed = 0
    failed = play(paths, task(**PROVIDER)).failed()
    paths.account.record.allowed = None
    assert failed["failure"]["code"] == "missing_permission" and "CreateOpenIDConnectProvider" in failed["msg"]
    assert failed["msg"].count(". ") == 1 and "Traceback" not in failed["msg"]


def test_a_plan_says_what_is_missing_and_writes_nothing(paths: Aws) -> None:
    wanted = {"name": "planned", "base_domain": "example.com", "zones": ["us-east-2a"], "issuer_url": "https://issuer.example.com/planned"}
    planned = {"name": "Plan", "hypershift.core.aws_platform_plan": {**wanted, "allow_no_public_zone": True}}
    result = play(paths, planned).ok().tasks[-1]["result"]
    assert result["changed"] is False and paths.writes() == []
    assert [row["action"] for row in result["rows"]] == ["create"] * len(result["rows"]) and result["ready"][0]["name"] == "planned-vpc"
    refused = play(
        paths, {"name": "Plan", "hypershift.core.aws_platform_plan": {**wanted, "zones": ["us-east-2z"], "base_domain": "x.org"}}
    ).failed()
    assert [r["code"] for r in refused["refusals"]] == ["zone_not_offered", "no_public_zone"], refused["msg"]


def test_no_connection_is_one_sentence(aws: Aws) -> None:
    info = {"infra_id": "demo", "region": "us-east-2", "base_domain": "example.com", "endpoint_url": "http://127.0.0.1:9"}
    failed = play(aws, {"name": "Read", "hypershift.core.aws_platform_info": info}).failed()
    assert failed["failure"]["code"] == "unreachable" and KEYS["aws_secret_access_key"] not in str(failed)
