# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module upgrade_report: what became of a campaign, from the live objects and the journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._kernel.leaving import leaving
from .._kernel.objects import Object
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .hubs import CampaignHubs
from .report import report_of

Render = Callable[[Object], bytes]
WriteFile = Callable[[str, bytes, bool], bool]  # path, content, check_mode -> changed


class UpgradeReport:
    """Reads; writes nothing but the files that were asked for. files: what fills them, by path."""

    def __init__(
        self,
        clock: Hub,
        hubs: CampaignHubs,
        plan: Object,
        files: Mapping[str, Render],
        write_file: WriteFile,
        check_mode: bool,
    ) -> None:
        self._clock, self._hubs, self._plan = clock, hubs, plan
        self._files, self._write_file, self._check_mode = files, write_file, check_mode

    def plan(self) -> Plan:
        clusters = self._hubs.progress_by_id(self._plan["clusters"], self._clock)
        report = leaving(report_of(self._plan, clusters, self._clock.now()))
        # all of them before the first is written
        contents = {path: render(report) for path, render in self._files.items()}
        written = [self._write_file(path, content, self._check_mode) for path, content in contents.items()]
        extra = {
            "changed": any(written),
            "report": report,
            "verdict": report["verdict"],
            "counts": report["counts"],
            "files": list(contents),
            "notes": [failure.message() for _name, failure in sorted(self._hubs.foreign.items())],
        }
        return Plan(unchanged=True, extra=extra)
