# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Role aws_platform played in an account of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto_account import KEYS, REGION, MotoAccount

from playing import Played, Player

ROLE = {"name": "Platform", "ansible.builtin.import_role": {"name": "hypershift.core.aws_platform"}}
DEMO = {
    "aws_platform_name": "demo",
    "aws_platform_region": REGION,
    "aws_platform_base_domain": "example.com",
    "aws_platform_zones": ["us-east-2a"],
    "aws_platform_oidc_bucket": "oidc-demo",
    "aws_platform_oidc_bucket_create": True,
    "aws_platform_access_key": KEYS["aws_access_key_id"],
    "aws_platform_secret_key": KEYS["aws_secret_access_key"],
    "aws_platform_wait_timeout": 60,
}


@dataclass
class Aws:
    account: MotoAccount
    player: Player

    def run(self, *arguments: str, check: bool = False, **options: Any) -> Played:
        """The role with the options of the demo platform and these; the calls of earlier runs are forgotten."""
        self.account.record.calls = []
        variables = {**DEMO, "aws_platform_endpoint_url": self.account.url, **{f"aws_platform_{k}": v for k, v in options.items()}}
        return self.player.play(ROLE, check=check, arguments=arguments, variables=variables)

    def writes(self) -> list[str]:
        return self.account.record.writes()


def result(played: Played) -> dict[str, Any]:
    """Fact aws_platform_result."""
    facts = [task["result"].get("ansible_facts") or {} for task in played.ok().tasks]
    found: dict[str, Any] = next(f["aws_platform_result"] for f in reversed(facts) if "aws_platform_result" in f)
    return found


def plan(played: Played) -> dict[tuple[str, str], str]:
    """(kind, name) -> action."""
    return {(row["kind"], row["name"]): row["action"] for row in result(played)["plan"]}
