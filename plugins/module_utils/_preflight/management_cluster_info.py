# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module management_cluster_info: reads a management cluster and judges it.

One paged LIST per kind. A kind that is not served or not permitted becomes a verdict; nothing is written.
"""

from __future__ import annotations

from typing import Any

from .._fleet.views import HubView
from .._kernel.errors import ApiError, Failure, OptionError
from .._kernel.kinds import CONFIG_MAP, Kind
from .._kernel.objects import Object
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests.supported_versions import supported_minors
from .inspection import READ, Inspection
from .table import preflight

_FORBIDDEN = 403


class ManagementClusterInfo:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        wanted = int(self._options["hosted_clusters"])
        if wanted < 0:
            cause = f"hosted_clusters is {wanted}, and must not be below 0"
            raise OptionError(
                Failure("invalid_option", cause, next_step="Say how many hosted clusters are to be added.")
            )
        return Plan(unchanged=True, extra={"server": self._hub.server, **preflight(self._inspection(wanted))})

    def _inspection(self, wanted: int) -> Inspection:
        objects: dict[Kind, tuple[Object, ...]] = {}
        denied: set[Kind] = set()
        minors: tuple[str, ...] = ()
        for kind, namespace in READ:
            try:
                objects[kind] = tuple(self._hub.list(kind, namespace))
            except ApiError as error:
                self._note(denied, kind, error)
        try:
            minors = tuple(supported_minors(self._hub))
        except ApiError as error:
            self._note(denied, CONFIG_MAP, error)
        view = HubView("", self._hub.server, objects, minors)
        platforms = tuple(self._options.get("platforms") or ())
        return Inspection(view, frozenset(denied), platforms, wanted, str(self._options["availability"]))

    @staticmethod
    def _note(denied: set[Kind], kind: Kind, error: ApiError) -> None:
        """What the account may not read is a verdict; anything else that goes wrong is an error of the whole run."""
        if error.failure.code == "not_installed":
            return
        if error.status != _FORBIDDEN:
            raise error
        denied.add(kind)
