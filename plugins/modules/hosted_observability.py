#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_observability
short_description: Choose which metrics of hosted control planes are kept, and give them dashboards
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Keeps the SRE metrics set (ConfigMap C(sre-metric-set)), the template of dashboards (ConfigMap
  C(monitoring-dashboard-template)), and metrics sets of single hosted clusters.
- Relabel configurations and template are checked before they are written, as Prometheus and the operator would take
  them.
- The operator's own metrics set and whether it makes dashboards are flags of its installation, see option
  C(install_flags) of M(hypershift.core.hypershift_addon_config). Role C(hosted_observability) sets both.
options:
  state:
    description:
    - V(present) writes what is given, V(absent) removes the ConfigMaps that this module has made.
    type: str
    default: present
    choices:
    - present
    - absent
  parts:
    description:
    - What O(state=absent) removes.
    type: list
    elements: str
    default:
    - sre_metrics
    - dashboard_template
    choices:
    - sre_metrics
    - dashboard_template
  operator_namespace:
    description:
    - Namespace of the HyperShift operator.
    type: str
    default: hypershift
  sre_metrics:
    description:
    - Relabel configurations by component, for hosted clusters that are set to SRE. The set as a whole; a component that
      is not named has none.
    - Components are C(etcd), C(kubeAPIServer), C(kubeControllerManager), C(openshiftAPIServer),
      C(openshiftControllerManager), C(openshiftRouteControllerManager), C(cvo), C(olm), C(catalogOperator),
      C(registryOperator), C(nodeTuningOperator), C(controlPlaneOperator), C(hostedClusterConfigOperator).
    - Fields are those of the Prometheus operator, C(action), C(sourceLabels), C(regex), C(targetLabel), C(replacement),
      C(separator), C(modulus).
    type: dict
  dashboard_template:
    description:
    - Dashboard as JSON text or as data.
    - C(__NAME__), C(__NAMESPACE__), C(__CONTROL_PLANE_NAMESPACE__) and C(__CLUSTER_ID__) are replaced for each hosted
      cluster.
    type: raw
  metrics_set:
    description:
    - Metrics set of the hosted clusters chosen by O(name), O(namespace) and O(label_selectors), in place of the
      operator's. V(default) takes it out.
    - Refused when the operator is too old for it.
    type: str
    choices:
    - Telemetry
    - SRE
    - All
    - default
  verify:
    description:
    - Wait until each chosen hosted cluster has its dashboard, and its content is JSON.
    - Refused when there can be none, since the template is missing or the operator runs without
      C(--monitoring-dashboards).
    type: bool
    default: false
  wait_timeout:
    description:
    - Longest wait of O(verify) in seconds.
    type: int
    default: 300
  name:
    description:
    - Names of hosted clusters, for O(metrics_set) and O(verify); all when left out.
    type: list
    elements: str
  namespace:
    description:
    - Namespace of hosted clusters; all namespaces when left out.
    type: str
  label_selectors:
    description:
    - Label selectors that must all match, for example V(tier=canary).
    type: list
    default: []
    elements: str
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
- PyYAML
seealso:
- module: hypershift.core.hypershift_addon_config
- module: hypershift.core.hosted_cluster_info
attributes:
  check_mode:
    support: full
    details: Returns the whole plan. No write request is sent, and dashboards are looked for without waiting.
  diff_mode:
    support: full
    details: The form of YAML and JSON is no difference.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Keep fewer metrics of etcd and of the API servers
  hypershift.core.hosted_observability:
    sre_metrics:
      etcd:
        - action: drop
          sourceLabels:
            - __name__
          regex: etcd_(debugging|disk|server).*
      kubeAPIServer:
        - action: drop
          sourceLabels:
            - __name__
            - le
          regex: apiserver_request_duration_seconds_bucket;(0.15|0.25|0.3)

- name: Give every hosted cluster a dashboard
  hypershift.core.hosted_observability:
    dashboard_template:
      title: "__NAMESPACE__/__NAME__"
      rows:
        - panels:
            - title: Memory of the control plane
              targets:
                - expr: sum(container_memory_rss{namespace="__CONTROL_PLANE_NAMESPACE__"})

- name: Keep all metrics of one hosted cluster
  hypershift.core.hosted_observability:
    metrics_set: All
    name: demo
    namespace: clusters

- name: Prove that the dashboards are there
  hypershift.core.hosted_observability:
    verify: true
    wait_timeout: 120

- name: Take away what this module has made
  hypershift.core.hosted_observability:
    state: absent
"""

RETURN = r"""
plan:
  description:
  - The writes in order, planned in check mode and done otherwise; each with C(verb), C(object), C(why), C(disruptive)
    and for patches C(change).
  type: list
  returned: always
  elements: dict
  sample:
  - verb: create
    object: ConfigMap hypershift/sre-metric-set
    why: the SRE metrics set
    disruptive: false
sre_metrics:
  description:
  - Relabel configurations of each component.
  type: dict
  returned: with O(sre_metrics)
  sample:
    etcd: 1
    kubeAPIServer: 1
metrics_sets:
  description:
  - Chosen hosted clusters with their own metrics set, empty where the operator's holds.
  type: list
  elements: dict
  returned: with O(metrics_set)
  sample:
  - namespace: clusters
    name: demo
    metrics_set: All
dashboards:
  description:
  - Chosen hosted clusters with the ConfigMap of their dashboard in C(openshift-config-managed), and what is wrong with
    it.
  type: list
  elements: dict
  returned: with O(verify)
  sample:
  - namespace: clusters
    name: demo
    config_map: hc-clusters-demo
    ok: true
    problem: ''
refusals:
  description:
  - All refusals of a plan that was not carried out, each like RV(failure).
  type: list
  returned: when refused
  elements: dict
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(invalid_relabel_config), V(no_template), V(timeout).
      type: str
      returned: failure
    object:
      description:
      - Kind, namespace and name of the object it is about.
      type: str
      returned: failure
    condition:
      description:
      - Condition type that proves it.
      type: str
      returned: failure
    cause:
      description:
      - One sentence.
      type: str
      returned: failure
    next_step:
      description:
      - What to do now.
      type: str
      returned: failure
    docs:
      description:
      - Page and section of the documentation that explain the code, for example C(docs/failure_codes.md#not_found).
      type: str
      returned: failure
management_cluster:
  description:
  - The management cluster that was asked, as C(server) (URL) and C(uid) (of namespace C(kube-system); null where the
    account may not read it, and where nothing was to be changed).
  returned: when it was reached
  type: dict
  sample:
    server: https://api.hub.example.com:6443
    uid: 0d7f3c1e-5a3b-4c55-9a57-1f0e1f6f5b1e
"""

from typing import Any

from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump, yaml_load

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, SELECTION, STATE, full
from ..module_utils._kernel.errors import Failure, HypershiftError
from ..module_utils._kernel.ports.hub import Hub
from ..module_utils._observability.hosted_observability import HostedObservability, YamlText

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
        raise HypershiftError(
            Failure("missing_library", "the Python library PyYAML cannot be imported", next_step=step)
        )
    return HostedObservability(hub, params, YamlText(_load, _dump), check)


ENTRY = Entry(name="hosted_observability", spec=full(AUTH, STATE, SELECTION, _OPTIONS), operation=_operation)


if __name__ == "__main__":
    main(ENTRY)
