# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading of inventory hosted_clusters: from its option to plain data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._ansible.options.common import full
from ..module_utils._ansible.options.hubs import ALONE, HUBS, sources_of
from ..module_utils._fleet.inventory_hosts import hosts_of
from ..module_utils._fleet.reading import read_fleet
from ..module_utils._kernel.errors import Failure, OptionError
from ..module_utils._kernel.leaving import leaving, leaving_line
from ..module_utils._machine.clock import Surroundings

try:
    from ansible.template import trust_as_template
except ImportError:  # before core 2.19 every text is a template, unless it is marked as unsafe
    trust_as_template = None

Rows = dict[str, dict[str, Any]]  # variables by host name
_OF_THE_CONNECTION = ("name", "kubeconfig", "context", "host", "namespace", "label_selectors")


def configured_hubs(given: Any) -> list[dict[str, Any]]:
    """The entries as the argument spec hands them over; one without options when there are none. Raises OptionError."""
    entries = [{k: _plain(v) for k, v in e.items()} if isinstance(e, dict) else e for e in given or []] or [
        {"name": ALONE}
    ]
    checked = ArgumentSpecValidator(full(HUBS)).validate({"hubs": entries})
    if checked.error_messages:
        texts = "; ".join(str(text).rstrip(". ") for text in checked.error_messages)
        raise OptionError(Failure("invalid_option", texts, next_step="Correct option hubs of the inventory."))
    hubs: list[dict[str, Any]] = checked.validated_parameters["hubs"]
    return hubs


def read_rows(hubs: list[dict[str, Any]]) -> tuple[Rows, list[str]]:
    """Variables by host name of all hubs that answered, and a sentence for each that did not."""
    rows: Rows = {}
    problems, now = [], Surroundings().now()
    for view in read_fleet(sources_of({"hubs": hubs}), with_minors=False):
        if view.problem:
            problems.append(leaving_line(f"Management cluster {view.name} cannot be read: {view.problem.message()}"))
        else:
            rows |= leaving(hosts_of(view, now))
    return rows, problems


def connection_variables(hub: dict[str, Any]) -> dict[str, str]:
    """How a task reaches the hub, as far as it is no secret: the path of a kubeconfig and a context. Never its content,
    never a token."""
    kubeconfig, context = hub.get("kubeconfig"), hub.get("context")
    found = (
        {"hcp_kubeconfig": kubeconfig} if isinstance(kubeconfig, str) and kubeconfig and "\n" not in kubeconfig else {}
    )
    return found | ({"hcp_context": context} if context else {})


def digest_of_hubs(hubs: list[dict[str, Any]]) -> str:
    """Changes when other clusters are asked for; says nothing of credentials."""
    asked = [
        {k: v for k, v in hub.items() if k in _OF_THE_CONNECTION and (k != "kubeconfig" or isinstance(v, str))}
        for hub in hubs
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:12]


def untrusted(value: Any) -> Any:
    """Data of a cluster: shown, compared and passed on, but never resolved as a template."""
    return wrap_var(value)


def trusted(text: str) -> Any:
    """A text of ours that is to be resolved."""
    return trust_as_template(text) if trust_as_template else text


def _plain(value: Any) -> Any:
    """A vaulted value of older cores decrypts as it is turned into text."""
    return value if isinstance(value, (str, bool, int, dict, list)) or value is None else str(value)
