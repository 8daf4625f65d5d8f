# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module agent_info."""

from __future__ import annotations

from ..._kernel.objects import Object
from ..._kernel.operation import Plan
from ..._kernel.ports.hub import Hub
from . import hosts
from .agent import list_of


class AgentInfo:
    """Table and capacity; reads only."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        agents = hosts.selected(list_of(self._hub, self._options), self._options)
        extra = {
            "agents": [hosts.row(a) for a in agents],
            "capacity": hosts.capacity(agents, self._options.get("selectors") or []),
        }
        return Plan(unchanged=True, extra=extra)
