# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that name the plan of a campaign."""

from __future__ import annotations

from typing import Any

from ..._campaigns.hubs import CampaignHubs
from ..._campaigns.plan import checked_plan, read_plan
from ..._kernel.errors import Failure, OptionError
from ..._machine.files import open_regular
from .hubs import sources_of

PLAN: dict[str, Any] = {"plan": {"type": "dict"}, "plan_file": {"type": "path"}, "digest": {"type": "str"}}
ONE_PLAN: dict[str, Any] = {"mutually_exclusive": [("plan", "plan_file")], "required_one_of": [("plan", "plan_file")]}


def approved_plan(params: dict[str, Any]) -> dict[str, Any]:
    """The plan, for what acts on it or lets others act: whole, and its digest given. Raises OptionError."""
    return _plan(params, params.get("digest") or "")


def plan_to_look_at(params: dict[str, Any]) -> dict[str, Any]:
    """The plan, whole; its digest is compared when one is given. Raises OptionError."""
    return _plan(params, params.get("digest"))


def _plan(params: dict[str, Any], approved: str | None) -> dict[str, Any]:
    if params.get("plan") is not None:
        return checked_plan(params["plan"], approved)
    try:
        with open_regular(params["plan_file"]) as file:
            return read_plan(file.read().decode(), approved)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is not UTF-8"
        cause = f"the plan file {params['plan_file']} cannot be read: {reason}"
        raise OptionError(Failure("invalid_plan", cause, next_step="Give the file that upgrade_plan wrote.")) from None


def campaign_hubs(params: dict[str, Any], plan: dict[str, Any], acting: bool = True) -> CampaignHubs:
    return CampaignHubs(sources_of(params), plan, acting)
