# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The account behind the port _platforms/aws/account.py."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ...._kernel.errors import Failure, OptionError
from ..account import AwsStep
from .clients import Clients
from .dns_and_iam import Names
from .failures import told_of_aws
from .leftovers import Leftovers
from .network import Network, Readers
from .objects import KINDS, STATES

_AT_ONCE = 8  # requests; more would only meet AWS's limits


class Account:
    """options: connection and question of the module."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._clients = Clients(options)

    def read(self, question: dict[str, Any]) -> dict[str, Any]:
        """The platform as module aws_platform_info returns it."""
        infra_id = question["infra_id"]
        with told_of_aws(f"AWS platform {infra_id}"):
            found = self._ask(
                {**Network(self._clients, infra_id).readers(), **Names(self._clients, question).readers()}
            )
            found |= found.pop("caller") | found.pop("zones")
            roles = [found.pop(f"role {name}") for name in question["roles"]]
            found["roles"] = [role for role in roles if role]
            if question["leftovers"]:
                leftovers = Leftovers(self._clients, infra_id, [vpc["id"] for vpc in found["vpcs"]])
                found |= self._ask(leftovers.readers())
                found["inside"] = leftovers.inside(found)
        return found

    def steps(self, options: dict[str, Any]) -> list[AwsStep]:
        kind, state = options["kind"], options["state"]
        if state not in STATES[kind]:
            cause = f"objects of kind {kind} cannot be made {state} by this module"
            raise OptionError(
                Failure("invalid_option", cause, object="Option state", next_step=f"Use {' or '.join(STATES[kind])}.")
            )
        with told_of_aws(f"AWS object of kind {kind}"):
            return KINDS[kind](self._clients, options)

    def do(self, step: AwsStep) -> None:
        with told_of_aws(step.object):
            step.call()

    @staticmethod
    def _ask(readers: Readers) -> dict[str, Any]:
        """All answers; the first error, when there is one."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            asked = {key: pool.submit(reader) for key, reader in readers.items()}
            return {key: answer.result() for key, answer in asked.items()}
