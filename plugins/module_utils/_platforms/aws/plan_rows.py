# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of a plan: one object of a platform, what is to be done with it and why.

A row: {kind, name, action: create | update | keep, why, id, ...}. Rows carry what the task needs that does the write;
what another row has still to make is an empty id, and ``waits_for`` names it.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def by_name(things: list[Row] | None) -> dict[str, Row]:
    return {thing["tags"].get("Name", ""): thing for thing in things or []}


def tags_differ(wanted: dict[str, str], thing: Row) -> list[str]:
    """Reasons; tags of others stay."""
    lacking = sorted(k for k, v in wanted.items() if thing["tags"].get(k) != v)
    return [f"tags {', '.join(lacking)}"] if lacking else []


def row(kind: str, name: str, thing: Row | None, reasons: list[str], **more: Any) -> Row:
    """reasons: what differs when there is one. A value in ``more`` that is empty because another row has to make it
    first is named there."""
    waits = more.pop("waits_for", [])
    action = "create" if thing is None else ("update" if reasons else "keep")
    why = "it is not there" if thing is None else (f"differs: {', '.join(reasons)}" if reasons else "as wanted")
    return {
        "kind": kind,
        "name": name,
        "action": action,
        "why": why,
        "id": (thing or {}).get("id", ""),
        "waits_for": waits,
        **more,
    }


def id_of(things: dict[str, Row], name: str) -> str:
    return str(things[name]["id"]) if name in things else ""


def lacking(**ids: Any) -> list[str]:
    """What has no id yet, so that another row has to make it first."""
    return sorted(what for what, identifier in ids.items() if not identifier)
