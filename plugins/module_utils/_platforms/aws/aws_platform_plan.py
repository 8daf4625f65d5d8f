# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module aws_platform_plan: what is to be made, changed or removed for a platform, and what speaks
against it."""

from __future__ import annotations

from typing import Any, Protocol

from ..._kernel.errors import RefusedError
from ..._kernel.operation import Plan
from ..._kernel.text import aligned
from . import installer_rights
from .account import AwsAccount
from .input_refusals import input_refusals
from .layout import Platform
from .plan import PlatformPlan
from .refusals import account_refusals, removal_refusals
from .removal import removal_rows, role_names
from .result import summary

Row = dict[str, Any]
PAUSE_SECONDS = 10  # between two looks; AWS takes seconds to minutes until a list shows what was made
_BRIEF = ("action", "kind", "name", "id", "why")


class Clock(Protocol):
    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class AwsPlatformPlan:
    """Asks the account, judges and plans; writes nothing.

    options: those of the module. state: present or absent. look: false for the options alone, without a request.
    judge: false for a later look of a run whose first one was judged. expect: kinds that were just made or removed;
    it looks again until lists show that. settle: also until NAT gateways pass traffic.
    """

    def __init__(self, account: AwsAccount, options: dict[str, Any], clock: Clock) -> None:
        self._account, self._options, self._clock = account, options, clock
        self._platform = Platform.of(options)
        self._removing = options["state"] == "absent"

    def plan(self) -> Plan:
        refused = input_refusals(self._platform, self._removing)
        if refused:
            raise RefusedError(refused)
        policy = installer_rights.policy(self._platform)
        if not self._options["look"]:
            return Plan(unchanged=True, extra={"policy": policy})
        found, rows = self._look()
        pending = [row for row in rows if row["action"] != "keep"]
        return Plan(
            unchanged=True,
            extra={
                "rows": rows,
                "pending": pending,
                "ready": [row for row in pending if not row["waits_for"]],
                "lines": aligned([(row["action"], row["kind"], row["name"], row["why"]) for row in pending]),
                "platform": self._told(found, rows, policy),
                "policy": policy,
            },
        )

    def _look(self) -> tuple[dict[str, Any], list[Row]]:
        question, end = self._question(), self._clock.monotonic() + self._options["wait_timeout"]
        while True:
            found = self._account.read(question)
            refused = self._refusals(found) if self._options["judge"] else []
            if refused:
                raise RefusedError(refused)
            rows = self._rows(found)
            if self._settled(found, rows) or self._clock.monotonic() + PAUSE_SECONDS > end:
                return found, rows  # what is still missing stays in the plan: whoever looks says so
            self._clock.sleep(PAUSE_SECONDS)

    def _refusals(self, found: dict[str, Any]) -> list[Any]:
        return (removal_refusals if self._removing else account_refusals)(self._platform, found)

    def _rows(self, found: dict[str, Any]) -> list[Row]:
        return removal_rows(self._platform, found) if self._removing else PlatformPlan(self._platform, found).rows()

    def _settled(self, found: dict[str, Any], rows: list[Row]) -> bool:
        expected = self._options["expect"]
        if any(row["kind"] in expected and row["action"] in ("create", "delete") for row in rows):
            return False
        gateways = found["nat_gateways"] if self._options["settle"] else []
        return all(gateway["state"] == "available" for gateway in gateways)

    def _question(self) -> dict[str, Any]:
        """What the account is asked: the options of module aws_platform_info."""
        platform, removing = self._platform, self._removing
        return {
            "infra_id": platform.infra_id,
            "base_domain": platform.base_domain,
            "private_domains": [platform.private_domain, platform.local_domain],
            "public_record": platform.apps_record if removing else "",
            "issuer_url": platform.issuer_url,
            "oidc_bucket": platform.oidc_bucket,
            "bucket_detail": platform.oidc_bucket_remove if removing else platform.oidc_bucket_create,
            "roles": role_names(platform),
            "instance_profile": platform.worker_profile,
            "leftovers": removing,
        }

    def _told(self, found: dict[str, Any], rows: list[Row], policy: dict[str, Any]) -> dict[str, Any]:
        """What modules hosted_cluster and nodepool take, with the plan in brief and the rights that it needs."""
        platform = self._platform
        known = {"name": platform.name, "infra_id": platform.infra_id, "region": platform.region}
        return {
            **(known if self._removing else summary(platform, found)),
            "plan": [{key: row[key] for key in _BRIEF} for row in rows],
            "policy": policy,
        }
