#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_snapshot
short_description: Take, keep and remove proved snapshots of a hosted cluster's etcd
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- Takes a snapshot of every shard from its healthiest member (not the leader when another is as good) and brings the set
  into a directory or a bucket.
- 'Nothing counts before it is proved: size and SHA-256 at both ends, the tool accepts the file, revision and number of
  living keys are known. A set is there as a whole, with its manifest, or not at all.'
- A broken, stalled or early ended stream goes on from where it was. The temporary file in the container is removed
  whatever happens; free space is checked first, because a full volume stops etcd.
- With O(max_age) a good snapshot that is young enough is left as it is, so that a task may run as often as you like.
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
  state:
    description:
    - V(present) takes a snapshot and applies O(retention). V(absent) removes the set O(snapshot).
    type: str
    choices: [present, absent]
    default: present
  snapshot:
    description:
    - Id of the set to remove.
    type: str
  shards:
    description:
    - StatefulSets to take, by name; all when left out.
    type: list
    elements: str
  member:
    description:
    - Member to take the snapshot from. Needed when members hold different data, since which of them holds the truth is
      yours to say.
    type: str
  compare_data:
    description:
    - Compare hashes of the members' data first. Reads the whole database on every member.
    type: bool
    default: true
  max_age:
    description:
    - Do nothing when the newest good snapshot is not older, for example V(24h).
    type: str
  recipients:
    description:
    - Public keys (age) to seal the files for; they can be opened with the private key alone, also by the age command.
    type: list
    elements: str
    default: []
  retention:
    description:
    - Sets to keep; others are removed after a snapshot was taken or found young enough. The newest good and the newest
      verified set of the cluster always stay, and what is locked stays until its lock ends.
    type: dict
    suboptions:
      keep_last:
        description:
        - Newest sets.
        type: int
      hourly:
        description:
        - Newest set of each of so many hours.
        type: int
      daily:
        description:
        - Newest set of each of so many days.
        type: int
      weekly:
        description:
        - Newest set of each of so many ISO weeks.
        type: int
      monthly:
        description:
        - Newest set of each of so many months.
        type: int
      keep_within:
        description:
        - Sets younger than so many hours.
        type: float
  upload_urls:
    description:
    - Presigned URLs for PUT, by shard, instead of a store; each member sends its snapshot itself with C(curl), and no
      byte passes this machine.
    - The snapshot is proved in the container, not in the bucket. The manifest is returned; keep it beside the file.
      Catalogue, retention and sealing do not apply.
    type: dict
  work_directory:
    description:
    - Folder for files on their way; the store's directory, else the system's folder for temporary files, when left out.
    type: path
  temp_directory:
    description:
    - Folder in etcd's container for the temporary snapshot.
    type: str
    default: /var/lib
  stall_timeout:
    description:
    - Seconds without a byte after which a stream counts as dead and is opened again.
    type: int
    default: 30
extends_documentation_fragment:
- kubernetes.core.k8s_auth_options
- hypershift.core.attributes
- hypershift.core.attributes.group
- hypershift.core.snapshot_store
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.etcd_snapshot_info
- module: hypershift.core.etcd_snapshot_verify
- module: hypershift.core.etcd_restore
attributes:
  check_mode:
    support: full
    details: Says whom it would take the snapshot from, and whether space and tools suffice.
  diff_mode:
    support: none
    details: Nothing of what it does is a field of an object.
  idempotent:
    support: full
    details: With O(max_age); without it every run takes a snapshot.
"""

EXAMPLES = r"""
- name: Take a snapshot unless there is one of today, and keep a week
  hypershift.core.etcd_snapshot:
    name: demo
    directory: /srv/etcd-snapshots
    max_age: 20h
    retention:
      daily: 7

- name: Into a bucket, locked for a month and sealed
  hypershift.core.etcd_snapshot:
    name: demo
    s3:
      bucket: etcd-snapshots
      region: eu-central-1
      object_lock:
        mode: COMPLIANCE
        retain_days: 30
    recipients:
      - age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p

- name: Let the member send it itself
  hypershift.core.etcd_snapshot:
    name: demo
    upload_urls:
      etcd: "{{ presigned.url }}"
  register: sent

- name: Remove one
  hypershift.core.etcd_snapshot:
    name: demo
    directory: /srv/etcd-snapshots
    snapshot: 20261124T164512Z-ab12
    state: absent
"""

RETURN = r"""
snapshot:
  description:
  - The set that was taken, found young enough or removed, as a row of M(hypershift.core.etcd_snapshot_info).
  type: dict
  returned: when there is one
store:
  description:
  - Where it lies.
  type: str
  returned: without O(upload_urls)
manifest:
  description:
  - What is known of the set, as it stands in a store's C(manifest.json).
  type: dict
  returned: with O(upload_urls)
plan:
  description:
  - What was done, or would be done in check mode.
  type: list
  elements: dict
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
from ..module_utils._ansible.options.common import AUTH, IDENTITY, STATE, full
from ..module_utils._ansible.options.snapshot_store import SNAPSHOT_STORE
from ..module_utils._etcd_snapshots.etcd_snapshot import TakeSnapshot
from ..module_utils._etcd_snapshots.etcd_snapshot_absent import RemoveSnapshot
from ..module_utils._etcd_snapshots.etcd_snapshot_upload import UploadSnapshot
from ..module_utils._etcd_snapshots.stores.snapshot_tools import snapshot_tools
from ..module_utils._kernel.operation import Operation
from ..module_utils._kernel.ports.hub import Hub

_PERIODS = ("keep_last", "hourly", "daily", "weekly", "monthly")
_PLACES = ["directory", "s3", "upload_urls"]
_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str"},
    "shards": {"type": "list", "elements": "str"},
    "member": {"type": "str"},
    "compare_data": {"type": "bool", "default": True},
    "max_age": {"type": "str"},
    "recipients": {"type": "list", "elements": "str", "default": []},
    "retention": {
        "type": "dict",
        "options": {**{p: {"type": "int"} for p in _PERIODS}, "keep_within": {"type": "float"}},
    },
    "upload_urls": {"type": "dict", "no_log": True},
    "work_directory": {"type": "path"},
    "temp_directory": {"type": "str", "default": "/var/lib"},
    "stall_timeout": {"type": "int", "default": 30},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> Operation:
    if params["upload_urls"]:
        return UploadSnapshot(hub, params)
    tools = snapshot_tools(params)
    if params["state"] == "absent":
        return RemoveSnapshot(hub, params, tools.store)
    return TakeSnapshot(hub, params, tools)


ENTRY = Entry(
    name="etcd_snapshot",
    spec=full(AUTH, IDENTITY, STATE, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={
        "required_if": [["state", "absent", ["snapshot"]]],
        "required_one_of": [_PLACES],
        "mutually_exclusive": [_PLACES, *([option, "upload_urls"] for option in ("max_age", "retention", "snapshot"))],
    },
)


if __name__ == "__main__":
    main(ENTRY)
