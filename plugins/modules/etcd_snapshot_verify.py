#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_snapshot_verify
short_description: Restore drill of an etcd snapshot
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Restores a snapshot set into a scratch etcd and compares what that etcd holds with the manifest (hash, revision,
  number of keys).
- Measures how long it takes, writes a report, and records the result in the catalogue.
- The hosted cluster is not touched. The scratch etcd runs in a pod of its own with the hosted cluster's etcd image, or
  on this machine from programs that you name.
options:
  name:
    description:
    - Name of the HostedCluster.
    type: str
    required: true
  namespace:
    description:
    - Namespace of the HostedCluster.
    type: str
    default: clusters
  snapshot:
    description:
    - Id of the set, or V(latest) for the newest good one.
    type: str
    default: latest
  identity_file:
    description:
    - File with the private key (age) that opens a sealed set.
    type: path
  etcd_directory:
    description:
    - Folder with C(etcd), C(etcdctl) and, from 3.6, C(etcdutl), of the same minor version as the snapshot. The scratch
      etcd runs on this machine then.
    type: path
  image:
    description:
    - Image for the scratch pod; that of the hosted cluster's etcd when left out.
    type: str
  scratch_namespace:
    description:
    - Namespace for the scratch pod; that of the HostedCluster when left out.
    type: str
  work_directory:
    description:
    - Folder for files on their way; the store's directory, else the system's folder for temporary files, when left out.
    type: path
  report:
    description:
    - File to write the report to, as JSON.
    type: path
  record:
    description:
    - Record the result in the manifest of the set, where M(hypershift.core.etcd_snapshot_info) shows it and retention
      honours it.
    type: bool
    default: true
  wait_timeout:
    description:
    - Longest wait in seconds for the scratch pod to run.
    type: int
    default: 600
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.snapshot_store
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.etcd_snapshot
- module: hypershift.core.etcd_snapshot_info
attributes:
  check_mode:
    support: full
    details: Says what would be restored where.
  diff_mode:
    support: none
    details: Nothing of what it does is a field of an object.
  idempotent:
    support: full
    details: Every run is a drill; it changes the record of the set alone.
"""

EXAMPLES = r"""
- name: Prove that the newest snapshot can be restored
  hypershift.core.etcd_snapshot_verify:
    name: demo
    directory: /srv/etcd-snapshots
    report: /srv/etcd-snapshots/demo-drill.json
"""

RETURN = r"""
report:
  description:
  - 'The drill: C(passed), C(snapshot), C(taken_at), C(verified_at), C(fetch_seconds), C(rto_seconds) from the start
    until everything was compared, and per shard the C(checks), C(restore_seconds), C(start_seconds), C(size) in bytes
    and C(version) of the scratch etcd.'
  type: dict
  returned: when the drill has run
snapshot:
  description:
  - The set, as a row of M(hypershift.core.etcd_snapshot_info).
  type: dict
  returned: success
store:
  description:
  - Where it lies.
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
from ..module_utils._ansible.options.snapshot_store import ONE_STORE, SNAPSHOT_STORE
from ..module_utils._etcd_snapshots.etcd_snapshot_verify import VerifySnapshot
from ..module_utils._etcd_snapshots.stores.snapshot_tools import snapshot_tools
from ..module_utils._kernel.ports.hub import Hub

_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str", "default": "latest"},
    "identity_file": {"type": "path"},
    "etcd_directory": {"type": "path"},
    "image": {"type": "str"},
    "scratch_namespace": {"type": "str"},
    "work_directory": {"type": "path"},
    "report": {"type": "path"},
    "record": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> VerifySnapshot:
    return VerifySnapshot(hub, params, snapshot_tools(params))


ENTRY = Entry(
    name="etcd_snapshot_verify",
    spec=full(AUTH, IDENTITY, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={
        **ONE_STORE,
        "mutually_exclusive": [
            ["directory", "s3"],
            ["etcd_directory", "image"],
            ["etcd_directory", "scratch_namespace"],
        ],
    },
)


if __name__ == "__main__":
    main(ENTRY)
