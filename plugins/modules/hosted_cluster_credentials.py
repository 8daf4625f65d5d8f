#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: hosted_cluster_credentials
short_description: Fetch kubeconfig and kubeadmin password of a hosted cluster
version_added: 0.1.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Reads the Secrets that the hosted cluster publishes, by the names in its status.
- Files are written atomically with mode 0600. Returned content is always hidden from logs.
- A kubeconfig that would run a command or read a file wherever it is used (exec plugin, auth provider, references to
  files) is refused, since whoever may write that Secret would act with your rights. The operator's own have nothing of
  it.
options:
  name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster and its NodePools.
    type: str
    default: clusters
  kubeconfig_dest:
    description:
    - File for the kubeconfig.
    type: path
  password_dest:
    description:
    - File for the password of kubeadmin.
    type: path
  return_content:
    description:
    - Return the content too. The whole result is then hidden from output; register it.
    - With C(async) the task waits instead of running in the background, and C(poll=0) is refused, since what fetches
      the result would print it.
    type: bool
    default: false
  custom_dns:
    description:
    - Take the kubeconfig for O(hypershift.core.hosted_cluster#module:kube_api_server_dns_name).
    type: bool
    default: false
  verify:
    description:
    - Also ask the hosted cluster whether it accepts the kubeconfig, after the files are written. Needs a way to its API
      server from here.
    type: bool
    default: false
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster
attributes:
  check_mode:
    support: full
    details: Returns the whole plan, the predicted object and the rollout impact. No write request is sent.
  diff_mode:
    support: none
    details: Secret content is never shown.
  idempotent:
    support: full
    details: A second run sends no write request.
"""

EXAMPLES = r"""
- name: Bring the kubeconfig to a file that only its owner can read
  hypershift.core.hosted_cluster_credentials:
    name: demo
    kubeconfig_dest: "{{ lookup('env', 'TMPDIR') | default('/tmp', true) }}/demo.kubeconfig"

- name: Keep the password in a variable
  hypershift.core.hosted_cluster_credentials:
    name: demo
    return_content: true
  register: demo_credentials
"""

RETURN = r"""
kubeconfig:
  description:
  - The kubeconfig.
  type: str
  returned: when O(return_content=true)
password:
  description:
  - The password, when there is one.
  type: str
  returned: when O(return_content=true)
files:
  description:
  - Files that hold the content.
  type: list
  returned: success
  elements: str
verified:
  description:
  - Whether the hosted cluster has accepted the kubeconfig.
  type: bool
  returned: when O(verify=true), not in check mode
api_server:
  description:
  - URL of the API server.
  type: str
  returned: success
failure:
  description:
  - What went wrong, for rulebooks to branch on.
  type: dict
  returned: failure
  contains:
    code:
      description:
      - Stable identifier, for example V(rollout_not_allowed), V(missing_permission), V(timeout).
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
from ..module_utils._ansible.options.common import AUTH, IDENTITY, full
from ..module_utils._clusters.hosted_cluster_credentials import Credentials
from ..module_utils._kube import foreign_kubeconfig
from ..module_utils._kube.hub import KubeHub
from ..module_utils._machine.files import write_private_file

_OPTIONS: dict[str, Any] = {
    "kubeconfig_dest": {"type": "path"},
    "password_dest": {"type": "path", "no_log": False},
    "return_content": {"type": "bool", "default": False},
    "custom_dns": {"type": "bool", "default": False},
    "verify": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="hosted_cluster_credentials",
    spec=full(AUTH, IDENTITY, _OPTIONS),
    operation=lambda hub, params, check: Credentials(
        hub, params, write_private_file, foreign_kubeconfig.parsed, KubeHub.from_kubeconfig, check
    ),
    constraints={"required_one_of": [["kubeconfig_dest", "password_dest", "return_content"]]},
    secret_result="return_content",
)


if __name__ == "__main__":
    main(ENTRY)
