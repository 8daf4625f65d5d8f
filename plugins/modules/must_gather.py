#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: must_gather
short_description: Gather what support needs to know of hosted clusters
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Collects objects, events and logs of hosted clusters and of their management cluster into one archive (tar.gz) per
  hosted cluster, several at the same time.
- Needs no image, no C(oc) and no rights of an administrator. What the account may not read is named in the archive's
  index, and so is what a limit left out.
- The index begins with the health verdict of M(hypershift.core.hosted_cluster_info), its cause and the next step.
- Of Secrets the archive has names and types, never a value. Before a file is added, values of Secrets and what looks
  like one are masked in it and counted.
- Nothing is written to any cluster.
options:
  scope:
    description:
    - V(hosted_clusters) makes an archive of each chosen hosted cluster, with its management cluster.
    - V(management) makes one archive of the management cluster alone. Names, namespace and labels then choose nothing.
    type: str
    default: hosted_clusters
    choices:
    - hosted_clusters
    - management
  name:
    description:
    - Names of hosted clusters; all when left out.
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
  unhealthy:
    description:
    - Only hosted clusters whose verdict is not V(healthy).
    type: bool
    default: false
  dest:
    description:
    - Folder for the archives on the machine that runs the task; made with mode 0700 when it does not exist.
    - Archives are named C(must-gather_<namespace>_<name>_<time>.tar.gz), have mode 0600, and appear when they are
      whole.
    type: path
    required: true
  hosted:
    description:
    - Read the hosted cluster's own API as well (version, operators, nodes, events), through the kubeconfig that it has
      published.
    - When that API cannot be reached the index says why.
    type: bool
    default: false
  secrets:
    description:
    - Read the Secrets in the namespaces of the hosted cluster, of its control plane and of the operator, to list their
      names and types and to know the values that must not be in the archive.
    - Without it only what looks like a secret is masked.
    type: bool
    default: true
  log_tail:
    description:
    - Last lines of each log.
    type: int
    default: 2000
  log_since:
    description:
    - Only what was logged since then, for example V(2h).
    type: str
  log_bytes:
    description:
    - Last bytes of each log.
    type: int
    default: 1048576
  max_size:
    description:
    - Largest archive in bytes. The least important files are left out first.
    type: int
    default: 268435456
  max_time:
    description:
    - Seconds after which nothing more is read for an archive; a request that is under way then is waited for.
    type: int
    default: 600
  parallel:
    description:
    - How many requests run at the same time, about; as many hosted clusters are gathered at once.
    type: int
    default: 8
  max_age:
    description:
    - Make no archive of a hosted cluster whose newest one in O(dest) is not older, for example V(30m).
    type: str
  retention:
    description:
    - How many archives to keep of each hosted cluster; older ones in O(dest) are removed once a new one is there.
    type: int
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster_info
- name: Gathering for support
  description: What is in an archive, and what is not.
  link: https://github.com/hypershift-core/hypershift.core/blob/main/docs/must_gather.md
attributes:
  check_mode:
    support: full
    details: Returns what would be read. Nothing is written and no log is read.
  diff_mode:
    support: none
    details: Writes archives only.
  idempotent:
    support: partial
    details: Every run makes a new archive, unless O(max_age) is set. No cluster is ever changed.
"""

EXAMPLES = r"""
- name: Gather one hosted cluster for a support case
  hypershift.core.must_gather:
    name: demo
    namespace: clusters
    dest: ~/must-gather

- name: Gather all that is not healthy, once an hour at most, and keep three of each
  hypershift.core.must_gather:
    unhealthy: true
    hosted: true
    dest: ~/must-gather
    max_age: 1h
    retention: 3
  register: gathered

- name: Say what is wrong with them
  ansible.builtin.debug:
    msg: "{{ item.namespace }}/{{ item.name }}: {{ item.summary }} ({{ item.path }})"
  loop: "{{ gathered.archives }}"

- name: Gather the management cluster alone, with an account that may not read Secrets
  hypershift.core.must_gather:
    scope: management
    secrets: false
    dest: ~/must-gather
"""

RETURN = r"""
archives:
  description:
  - Each archive, in the order of namespaces and names.
  type: list
  elements: dict
  returned: success
  contains:
    namespace:
      description:
      - Namespace of the hosted cluster, empty for the management cluster.
      type: str
      returned: always
    name:
      description:
      - Name of the hosted cluster, empty for the management cluster.
      type: str
      returned: always
    path:
      description:
      - The archive.
      type: str
      returned: always
      sample: /root/must-gather/must-gather_clusters_demo_20261126T031500Z.tar.gz
    kept:
      description:
      - It was there already and is young enough (O(max_age)); the counts are 0 then.
      type: bool
      returned: always
    verdict:
      description:
      - Health verdict, with C(summary), C(cause) and C(next_step) as M(hypershift.core.hosted_cluster_info) returns
        them.
      type: str
      returned: always
      sample: unavailable
    summary:
      description:
      - The verdict in one line.
      type: str
      returned: always
      sample: 'unavailable: etcd has no quorum'
    bytes:
      description:
      - Size of the archive.
      type: int
      returned: always
    seconds:
      description:
      - How long it took.
      type: float
      returned: always
    files:
      description:
      - Files in it, index and summary not counted.
      type: int
      returned: always
    objects:
      description:
      - API objects in it.
      type: int
      returned: always
    logs:
      description:
      - Logs in it.
      type: int
      returned: always
    failures:
      description:
      - 'What could not be read, equal causes put together: the first of them, how many there are, HTTP status, code,
        reason and next step.'
      type: list
      elements: dict
      returned: always
      sample:
      - what: secrets (clusters-demo)
        count: 1
        status: 403
        code: missing_permission
        reason: the account may not list secrets in namespace clusters-demo
        next_step: Grant verb list on secrets in namespace clusters-demo (docs/rbac.md), then run again.
    left_out:
      description:
      - What O(max_size) and O(max_time) left out, put together in the same way.
      type: list
      elements: dict
      returned: always
      sample:
      - what: management/namespaces/clusters-demo/pods/etcd-0/etcd.log
        count: 3
        why: the archive would be larger than max_size
    masked:
      description:
      - Places in it that held a secret and are masked.
      type: int
      returned: always
    hosted:
      description:
      - Whether the hosted cluster's own API was asked and reached, and why not.
      type: dict
      returned: always
      sample:
        asked: true
        reached: false
        reason: it has published no kubeconfig yet
table:
  description:
  - The archives as lines of a table, for people.
  type: list
  elements: str
  returned: success
where:
  description:
  - The folder of the archives.
  type: str
  returned: success
plan:
  description:
  - In check mode the archives that would be made, each with what would be read (C(reads)) and where (C(namespaces));
    otherwise what was done.
  type: list
  returned: always
  elements: dict
  sample:
  - verb: gather
    object: HostedCluster clusters/demo
    why: into /root/must-gather/must-gather_clusters_demo_20261126T031500Z.tar.gz
    disruptive: false
    reads:
    - pods
    - pods/log
    namespaces:
    - clusters
    - clusters-demo
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
      - Stable identifier, for example V(not_found), V(missing_permission), V(no_space).
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
from ..module_utils._ansible.options.common import AUTH, SELECTION, full
from ..module_utils._kube.hub import KubeHub
from ..module_utils._machine.archives import ArchiveFolder
from ..module_utils._must_gather.must_gather import MustGather

_OPTIONS: dict[str, Any] = {
    "scope": {"type": "str", "default": "hosted_clusters", "choices": ["hosted_clusters", "management"]},
    "unhealthy": {"type": "bool", "default": False},
    "dest": {"type": "path", "required": True},
    "hosted": {"type": "bool", "default": False},
    "secrets": {"type": "bool", "default": True, "no_log": False},
    "log_tail": {"type": "int", "default": 2000},
    "log_since": {"type": "str"},
    "log_bytes": {"type": "int", "default": 1048576},
    "max_size": {"type": "int", "default": 268435456},
    "max_time": {"type": "int", "default": 600},
    "parallel": {"type": "int", "default": 8},
    "max_age": {"type": "str"},
    "retention": {"type": "int"},
}

ENTRY = Entry(
    name="must_gather",
    spec=full(AUTH, SELECTION, _OPTIONS),
    operation=lambda hub, params, _check: MustGather(
        hub, params, ArchiveFolder(params["dest"]), KubeHub.from_kubeconfig
    ),
)


if __name__ == "__main__":
    main(ENTRY)
