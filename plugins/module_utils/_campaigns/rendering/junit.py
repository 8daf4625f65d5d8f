# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a campaign as JUnit XML, for pipelines: a suite per wave, a case per hosted cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from ..._kernel.errors import Failure
from ..._kernel.objects import Object

APART = "not upgraded by the plan"
_FAILURES, _ERRORS, _PASSED = ("failed", "stopped"), ("unknown", "gone"), ("done", "up_to_date")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 has no way to write these


def junit_of(report: Object) -> bytes:
    """failed and stopped are failures, what could not be read is an error, what was refused or has not ended is
    skipped."""
    root = ElementTree.Element("testsuites", {"name": _clean(f"upgrade campaign {report['campaign']}")})
    names = [wave["name"] for wave in report["waves"]]
    for name in [*names, APART]:
        rows = [row for row in report["clusters"] if (row["wave"] if row["wave"] in names else APART) == name]
        if rows:
            root.append(_suite(report["campaign"], name, rows))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    if report["seconds"] is not None:
        root.set("time", str(report["seconds"]))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(campaign: str, name: str, rows: Sequence[Object]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _clean(name), "tests": str(len(rows))})
    suite.set("failures", str(sum(row["state"] in _FAILURES for row in rows)))
    suite.set("errors", str(sum(row["state"] in _ERRORS for row in rows)))
    suite.set("skipped", str(sum(row["state"] not in (*_FAILURES, *_ERRORS, *_PASSED) for row in rows)))
    suite.set("time", str(sum(row["seconds"] or 0 for row in rows)))
    started = min((row["started"] for row in rows if row["started"]), default="")
    if started:
        suite.set("timestamp", _clean(started))
    for row in rows:
        suite.append(_case(campaign, name, row))
    return suite


def _case(campaign: str, suite: str, row: Object) -> ElementTree.Element:
    about = {"classname": _clean(f"{campaign}.{suite}"), "name": _clean(row["id"]), "time": str(row["seconds"] or 0)}
    case = ElementTree.Element("testcase", about)
    if row["state"] in _FAILURES or row["state"] in _ERRORS:
        tag = "failure" if row["state"] in _FAILURES else "error"
        failure = row["failure"] or {"code": row["state"], "cause": f"the upgrade is {row['state']}"}
        child = ElementTree.SubElement(
            case, tag, {"type": _clean(failure.get("code") or ""), "message": _clean(failure.get("cause") or "")}
        )
        child.text = _clean(sentence(failure))
    elif row["state"] not in _PASSED:
        reasons = " ".join(sentence(refusal) for refusal in row["refusals"])
        ElementTree.SubElement(case, "skipped", {"message": _clean(reasons or row["state"])})
    shown = (
        f"{row['from'] or '?'} -> {row['to'] or '?'}, runs {row['version'] or 'an unknown version'}, state"
        f" {row['state']}"
    )
    ElementTree.SubElement(case, "system-out").text = _clean("\n".join([shown, *row["warnings"]]))
    return case


def sentence(failure: Object) -> str:
    """A failure as one sentence, whatever of it is there."""
    return Failure(**{key: str(failure.get(key) or "") for key in ("code", "cause", "object", "next_step")}).message()


def _clean(text: Any) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(text))
