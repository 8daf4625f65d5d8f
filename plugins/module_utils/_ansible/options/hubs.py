# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Option ``hubs``: several management clusters for one task."""

from __future__ import annotations

import re
from typing import Any

from ..._fleet.reading import HubSource
from ..._kernel.errors import Failure, OptionError
from ..._kube.hub import KubeHub
from .common import AUTH

_ONE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str"},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
    **{
        key: value
        for key, value in AUTH.items()
        if key in ("kubeconfig", "context", "host", "api_key", "ca_cert", "validate_certs")
    },
}
HUBS: dict[str, Any] = {"hubs": {"type": "list", "elements": "dict", "default": [], "options": _ONE}}
ALONE = "hub"  # name of the one hub that the options of the task itself lead to
_NAME = re.compile(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")


def sources_of(params: dict[str, Any]) -> list[HubSource]:
    """One source per entry of ``hubs``; without any, the hub of the task's own connection options. Raises
    OptionError."""
    entries = params.get("hubs") or [{"name": ALONE, **{key: value for key, value in params.items() if key in AUTH}}]
    names = [str(entry["name"]) for entry in entries]
    wrong = next((n for n in names if not _NAME.match(n)), None)
    if wrong is not None:
        raise _refused(
            f"option hubs has the name {wrong!r}",
            "Use lower-case letters, digits and dashes: it becomes part of host names.",
        )
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise _refused(f"option hubs has the name {twice} twice", "Give each management cluster a name of its own.")
    return [_source(entry) for entry in entries]


def _source(entry: dict[str, Any]) -> HubSource:
    return HubSource(
        str(entry["name"]),
        lambda: KubeHub.from_options(entry),
        entry.get("namespace") or None,
        ",".join(entry.get("label_selectors") or []),
    )


def _refused(cause: str, next_step: str) -> OptionError:
    return OptionError(Failure("invalid_option", cause, next_step=next_step))
