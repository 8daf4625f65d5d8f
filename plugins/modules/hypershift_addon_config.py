#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hypershift_addon_config
short_description: Configure the HyperShift operator through its add-on
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Sets what the hypershift add-on reads, which is variables of its AddOnDeploymentConfig, install flags, override
  images, and the Secrets with credentials for OIDC documents, private links and external DNS.
- Everything is changed by name. Variables, flags and images of others are never lost, also when they are written at the
  same moment.
- Waits until the operator has rolled out. The add-on's agent looks every two minutes; what does not need another
  Deployment ends after O(rollout_grace) with a warning.
- Changing the Deployment of the operator itself is no way, since the agent puts it back.
options:
  managed_cluster:
    description:
    - Namespace that the agent reads, named after the managed cluster that hosts. When left out, the local cluster of
      the engine.
    type: str
  variables:
    description:
    - Variables by name, for example C(hcMaxNumber), C(hcThresholdNumber), C(autoImportDisabled),
      C(disableHOManagement). An empty (null) value takes a variable out.
    type: dict
    default: {}
  install_flags:
    description:
    - Flags that the add-on installs the operator with.
    type: dict
    suboptions:
      add:
        description:
        - Flags with their values, for example C(--metrics-set) with C(All); an empty value for a flag without one.
        type: dict
        default: {}
      remove:
        description:
        - Flags that the add-on sets by itself, and which are to be left out.
        type: list
        elements: str
        default: []
      clear:
        description:
        - Flags that are neither added nor removed any more.
        type: list
        elements: str
        default: []
  override_images:
    description:
    - Images by name, C(hypershift-operator), C(cluster-api-provider-agent) or C(cluster-api-provider-kubevirt). An
      empty (null) value takes one out.
    type: dict
    default: {}
  oidc_s3:
    description:
    - Bucket for OIDC documents of AWS clusters.
    type: dict
    suboptions:
      bucket:
        description:
        - Name of the bucket.
        type: str
        required: true
      region:
        description:
        - Its region.
        type: str
        required: true
      credentials:
        description:
        - Content of an AWS credentials file.
        type: str
        required: true
  private_link:
    description:
    - Account that makes endpoint services for private AWS clusters.
    type: dict
    suboptions:
      region:
        description:
        - Region of the management cluster.
        type: str
        required: true
      access_key_id:
        description:
        - Access key of the account.
        type: str
      secret_access_key:
        description:
        - Its secret.
        type: str
      credentials:
        description:
        - Content of a credentials file, instead of the two.
        type: str
  external_dns:
    description:
    - Account that publishes names of service endpoints.
    type: dict
    suboptions:
      provider:
        description:
        - Provider of the zone.
        type: str
        required: true
        choices:
        - aws
        - azure
        - google
      domain_filter:
        description:
        - Domain that names are published in.
        type: str
        required: true
      txt_owner_id:
        description:
        - Owner in the records, when several clusters share a zone.
        type: str
      access_key_id:
        description:
        - Access key of the account.
        type: str
      secret_access_key:
        description:
        - Its secret.
        type: str
      credentials:
        description:
        - Content of a credentials file, instead of the two.
        type: str
  absent_credentials:
    description:
    - Credentials to remove.
    type: list
    elements: str
    default: []
    choices:
    - oidc_s3
    - private_link
    - external_dns
  telemeter_secret:
    description:
    - Name of the Secret in namespace C(openshift-monitoring) without which the operator fails, unless flag
      C(--enable-uwm-telemetry-remote-write) is removed. A warning says so when it is missing; empty turns that off.
    type: str
    default: telemeter-client
  state:
    description:
    - V(present) sets what is given.
    - V(absent) removes the ConfigMaps and Secrets that this module has made. Other options than O(managed_cluster) do
      not count.
    type: str
    default: present
    choices:
    - present
    - absent
  wait:
    description:
    - Wait until it is so.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds, all stages together.
    type: int
    default: 900
  rollout_grace:
    description:
    - Seconds after which an operator that did not change is taken as unaffected.
    type: int
    default: 300
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hypershift_addon
- module: hypershift.core.hosted_cluster_import
attributes:
  check_mode:
    support: full
    details: Returns the whole plan. No write request is sent.
  diff_mode:
    support: full
    details: Secret values are masked.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Room for 120 hosted clusters, all metrics, and no automatic import
  hypershift.core.hypershift_addon_config:
    variables:
      hcMaxNumber: 120
      hcThresholdNumber: 100
      autoImportDisabled: true
    install_flags:
      add:
        --metrics-set: All
      remove:
        - --enable-uwm-telemetry-remote-write

- name: Where OIDC documents of AWS clusters go
  hypershift.core.hypershift_addon_config:
    oidc_s3:
      bucket: example-oidc
      region: eu-central-1
      credentials: "{{ lookup('ansible.builtin.file', '/etc/hypershift/oidc.ini') }}"
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
  - verb: patch
    object: ConfigMap local-cluster/hypershift-operator-install-flags
    why: these flags alone; the add-on installs the operator anew with them
    disruptive: true
    change:
      data:
        installFlagsToAdd: --metrics-set=All
variables:
  description:
  - All variables of the add-on at the end.
  type: dict
  returned: when present
  sample:
    hcMaxNumber: '120'
install_flags:
  description:
  - All flags at the end, C(add) with their values, and C(remove).
  type: dict
  returned: when present
  sample:
    add:
      --metrics-set: All
    remove:
    - --enable-uwm-telemetry-remote-write
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
      - Stable identifier, for example V(invalid_option), V(not_found), V(timeout).
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

from ..module_utils._ansible.edge import Entry
from ..module_utils._ansible.main import main
from ..module_utils._ansible.options.common import AUTH, STATE, full
from ..module_utils._multicluster_engine.hypershift_addon_config import HypershiftAddonConfig

_KEYS: dict[str, Any] = {
    "access_key_id": {"type": "str"},
    "secret_access_key": {"type": "str", "no_log": True},
    "credentials": {"type": "str", "no_log": True},
}
_OPTIONS: dict[str, Any] = {
    "managed_cluster": {"type": "str"},
    "variables": {"type": "dict", "default": {}},
    "install_flags": {
        "type": "dict",
        "options": {
            "add": {"type": "dict", "default": {}},
            "remove": {"type": "list", "elements": "str", "default": []},
            "clear": {"type": "list", "elements": "str", "default": []},
        },
    },
    "override_images": {"type": "dict", "default": {}},
    "oidc_s3": {
        "type": "dict",
        "options": {
            "bucket": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
            "credentials": {"type": "str", "required": True, "no_log": True},
        },
    },
    "private_link": {"type": "dict", "options": {"region": {"type": "str", "required": True}, **_KEYS}},
    "external_dns": {
        "type": "dict",
        "options": {
            "provider": {"type": "str", "required": True, "choices": ["aws", "azure", "google"]},
            "domain_filter": {"type": "str", "required": True},
            "txt_owner_id": {"type": "str"},
            **_KEYS,
        },
    },
    "absent_credentials": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["oidc_s3", "private_link", "external_dns"],
    },
    "telemeter_secret": {"type": "str", "default": "telemeter-client", "no_log": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
    "rollout_grace": {"type": "int", "default": 300},
}

ENTRY = Entry(
    name="hypershift_addon_config",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: HypershiftAddonConfig(hub, params),
)


if __name__ == "__main__":
    main(ENTRY)
