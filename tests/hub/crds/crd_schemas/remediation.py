# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""NodeHealthCheck: what a pause of remediation looks at; the rest is kept as it is."""

from __future__ import annotations

from .crd import Definition
from .schema import array, mapping, moment, obj, required, text

_REMEDIATION = obj({"started": required(moment()), "timedOut": moment()}, open=True)
_UNHEALTHY = obj({"name": required(text()), "remediations": array(_REMEDIATION)}, open=True)

_UNHEALTHY_CONDITION = obj(
    {
        "duration": required(text(pattern=r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$")),
        "status": required(text(min=1)),
        "type": required(text(min=1)),
    }
)
_DEFAULT = [{"duration": "300s", "status": status, "type": "Ready"} for status in ("False", "Unknown")]

NODE_HEALTH_CHECK = Definition(
    group="remediation.medik8s.io",
    version="v1alpha1",
    kind="NodeHealthCheck",
    plural="nodehealthchecks",
    short_names=["nhc"],
    namespaced=False,
    spec=obj(
        {"pauseRequests": array(text()), "unhealthyConditions": array(_UNHEALTHY_CONDITION, keys=["type", "status"], default=_DEFAULT)},
        open=True,
    ),
    status=obj({"inFlightRemediations": mapping(moment()), "phase": text(), "unhealthyNodes": array(_UNHEALTHY, keys=["name"])}, open=True),
)
