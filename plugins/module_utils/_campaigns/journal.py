# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a campaign leaves in the management cluster: its journal, and a Lease per hosted cluster.

The journal is the evidence, never the truth: what is done is read from the live objects (_campaigns/plan.py). One
ConfigMap per namespace and campaign, a key per hosted cluster, so that two slices of a campaign never write the same
key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from .._kernel.kinds import CONFIG_MAP, LEASE
from .._kernel.leases import lease_spec
from .._kernel.objects import Object

LABEL = "hypershift.core/campaign"
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
SECONDS = "%Y-%m-%dT%H:%M:%SZ"
MAX_EVENTS = 50


def journal_name(campaign: str) -> str:
    return f"upgrade-{campaign}"


def records(config_maps: Iterable[Object]) -> dict[tuple[str, str], Object]:
    """Records by (namespace, name of the hosted cluster); what cannot be read is no record."""
    found: dict[tuple[str, str], Object] = {}
    for config_map in config_maps:
        for name, text in (config_map.get("data") or {}).items():
            try:
                record = json.loads(text)
            except (TypeError, ValueError):
                continue
            if isinstance(record, dict):
                found[(config_map["metadata"]["namespace"], name)] = record
    return found


def amended(before: Object | None, news: Object, now: datetime) -> Object:
    """The record with the news: ``started`` stays that of the first run, ``ended`` follows the state, events are added.

    ``ended`` in the news counts for a state that is new: a run may note what ended before it began.
    """
    record = {**(before or {}), **{k: v for k, v in news.items() if k not in ("events", "ended")}}
    record.setdefault("started", now.strftime(SECONDS))
    if record.get("state") == RUNNING:
        record.pop("ended", None)
        record.pop("failure", None)
    elif (before or {}).get("state") != record.get("state") or not record.get("ended"):
        record["ended"] = news.get("ended") or now.strftime(SECONDS)
    if record.get("state") == DONE:
        record.pop("failure", None)
    record["events"] = [*((before or {}).get("events") or []), *(news.get("events") or [])][-MAX_EVENTS:]
    return record


def data_of(changed: dict[str, Object]) -> dict[str, str]:
    """``data`` of the ConfigMap for records by cluster name."""
    return {name: json.dumps(record, sort_keys=True, separators=(",", ":")) for name, record in sorted(changed.items())}


def journal_manifest(campaign: str, namespace: str, changed: dict[str, Object]) -> Object:
    body = CONFIG_MAP.manifest(journal_name(campaign), namespace, data=data_of(changed))
    body["metadata"]["labels"] = {LABEL: campaign}
    return body


def lease_name(cluster: str) -> str:
    return f"upgrade-{cluster}"


def lease_manifest(cluster: str, namespace: str, campaign: str, seconds: int, now: datetime) -> Object:
    body = LEASE.manifest(lease_name(cluster), namespace, spec=lease_spec(campaign, seconds, now))
    body["metadata"]["labels"] = {LABEL: campaign}
    return body
