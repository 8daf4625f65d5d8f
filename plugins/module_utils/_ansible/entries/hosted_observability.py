# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_observability. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump, yaml_load
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, SELECTION, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_observability import HostedObservability, YamlText

_PARTS = ["sre_metrics", "dashboard_template"]
_OPTIONS: dict[str, Any] = {
    "operator_namespace": {"type": "str", "default": "hypershift"},
    "sre_metrics": {"type": "dict"},
    "dashboard_template": {"type": "raw"},
    "metrics_set": {"type": "str", "choices": ["Telemetry", "SRE", "All", "default"]},
    "verify": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 300},
    "parts": {"type": "list", "elements": "str", "choices": _PARTS, "default": _PARTS},
}


def _load(text: str) -> Any:
    try:
        return yaml_load(text)
    except Exception as error:  # PyYAML's errors have no base that can be named where it is missing
        raise ValueError(type(error).__name__) from None


def _dump(data: Any) -> str:
    return str(yaml_dump(data, default_flow_style=False, sort_keys=False))


def _operation(hub: Hub, params: dict[str, Any], check: bool) -> HostedObservability:
    if not HAS_YAML:
        step = "Install it into the Python that runs the task: pip install PyYAML."
        raise HypershiftError(Failure("missing_library", "the Python library PyYAML cannot be imported", next_step=step))
    return HostedObservability(hub, params, YamlText(_load, _dump), check)


ENTRY = Entry(
    name="hosted_observability",
    spec=full(AUTH, STATE, SELECTION, _OPTIONS),
    operation=_operation,
)
