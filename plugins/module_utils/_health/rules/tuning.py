# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: performance profiles of a NodePool."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import OF_POOL
from .rule import NOISE, Rule

_KIND = (OF_POOL,)

TUNING_RULES = (
    Rule(
        code="tuning_degraded",
        title="A performance profile is not applied",
        kinds=_KIND,
        conditions=("performance.operator.openshift.io/Degraded",),
        status="True",
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the performance profile of the pool is not applied: {message}",
        next_step="Look at Deployment cluster-node-tuning-operator in namespace {cpns} and at the profile's values.",
        reason="the node tuning operator's state is copied to the pool (platform_facts#0.6, #4.2)",
        young=NOISE,
    ),
    Rule(
        code="tuning_unavailable",
        title="A performance profile is not available",
        kinds=_KIND,
        conditions=("performance.operator.openshift.io/Available", "performance.operator.openshift.io/Upgradeable"),
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause="the performance profile of the pool is not settled: {message}",
        next_step="Wait for the rollout that the profile starts; then look at Profile objects in the hosted cluster.",
        reason="the node tuning operator's state is copied to the pool (platform_facts#0.6, #4.2)",
    ),
    Rule(
        code="tuning_progressing",
        title="A performance profile is being applied",
        kinds=_KIND,
        conditions=("performance.operator.openshift.io/Progressing",),
        status="True",
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the performance profile of the pool is being applied: {message}",
        next_step="Wait; it rolls the nodes of the pool.",
        reason="a performance profile always starts a rollout (platform_facts#4.2, #4.6)",
    ),
)
