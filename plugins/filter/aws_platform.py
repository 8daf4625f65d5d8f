# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What role aws_platform knows about platforms on AWS, as filters."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._kernel.errors import HypershiftError
from ..module_utils._kernel.text import aligned
from ..module_utils._platforms.aws import installer_rights, refusals
from ..module_utils._platforms.aws.layout import Platform
from ..module_utils._platforms.aws.option_refusals import input_problems
from ..module_utils._platforms.aws.plan import PlatformPlan
from ..module_utils._platforms.aws.removal import removal_rows, role_names
from ..module_utils._platforms.aws.result import summary


def _platform(inputs: Any) -> Platform:
    if not isinstance(inputs, dict) or not all(inputs.get(key) for key in ("name", "region", "base_domain")):
        raise AnsibleFilterError(
            "The inputs of an AWS platform are a dictionary with at least name, region and base_domain."
        )
    return Platform.of(inputs)


def problems(inputs: Any, found: Any = None, state: str = "present") -> list[str]:
    platform = _platform(inputs)
    if found is None:
        return input_problems(platform, removing=state == "absent")
    if state == "absent":
        return refusals.removal_problems(platform, found)
    return refusals.account_problems(platform, found)


def question(inputs: Any, state: str = "present") -> dict[str, Any]:
    platform = _platform(inputs)
    return {
        "infra_id": platform.infra_id,
        "base_domain": platform.base_domain,
        "private_domains": [platform.private_domain, platform.local_domain],
        "public_record": platform.apps_record if state == "absent" else "",
        "issuer_url": platform.issuer_url,
        "oidc_bucket": platform.oidc_bucket,
        "bucket_detail": platform.oidc_bucket_create if state == "present" else platform.oidc_bucket_remove,
        "roles": role_names(platform),
        "instance_profile": platform.worker_profile,
        "leftovers": state == "absent",
    }


def plan(inputs: Any, found: Any, state: str = "present") -> list[dict[str, Any]]:
    platform = _platform(inputs)
    try:
        return removal_rows(platform, found) if state == "absent" else PlatformPlan(platform, found).rows()
    except HypershiftError as error:
        raise AnsibleFilterError(str(error)) from None


def result(inputs: Any, found: Any, rows: Any, state: str = "present") -> dict[str, Any]:
    platform = _platform(inputs)
    known = {"name": platform.name, "infra_id": platform.infra_id, "region": platform.region}
    brief = [{key: row[key] for key in ("action", "kind", "name", "id", "why")} for row in rows]
    return {
        **(summary(platform, found) if state == "present" else known),
        "plan": brief,
        "policy": installer_rights.policy(platform),
    }


def policy(inputs: Any) -> dict[str, Any]:
    return installer_rights.policy(_platform(inputs))


def lines(rows: Any) -> list[str]:
    return aligned([(row["action"], row["kind"], row["name"], row["why"]) for row in rows])


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "aws_platform_problems": problems,
            "aws_platform_question": question,
            "aws_platform_plan": plan,
            "aws_platform_result": result,
            "aws_platform_policy": policy,
            "aws_platform_lines": lines,
        }
