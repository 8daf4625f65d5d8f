#!/usr/bin/python
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_restore
short_description: Restore a hosted cluster's etcd from a proved snapshot, in place
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- 'For permanent loss of quorum, for members that hold different data, and for going back in time. The hosted API is
  down meanwhile.'
- 'Two steps. V(planned) reads only: it proves the snapshot, says what would be lost, and returns a digest. V(applied)
  needs that digest and refuses when anything that matters has changed since.'
- Every member is restored from the same snapshot before any of them starts; afterwards all must have one cluster id,
  equal hashes and as many living keys as the snapshot, before anything may write again. A member that reports healthy
  proves nothing.
- The data in use is put aside, not removed, until the hosted cluster is available again.
- Until data is exchanged, a failure undoes everything. After that, the failure says where it stands; the same task with
  the same digest goes on, and O(state=rolled_back) puts the previous data back. A run that was killed at any point goes
  on when it is started again.
- 'Before anything is stopped the tools are proved: exec, image, etcd''s tool and room. While a member that runs could
  not be asked there is no plan, see O(assume_lost). Going back needs no exec.'
- The HostedCluster carries the mark of its last restore in annotation C(etcd.hypershift.core/restore); a journal is
  believed by it alone.
- A journal (ConfigMap) and a Lease, both named C(<name>-etcd-restore) in the namespace of the HostedCluster, hold what
  was done and keep two runs apart.
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
    - V(planned) looks and changes nothing. V(applied) restores. V(rolled_back) ends a restore that stands, and puts
      back the data of before.
    type: str
    choices: [planned, applied, rolled_back]
    default: planned
  digest:
    description:
    - Digest of the plan to carry out, as V(planned) returned it. Required for V(applied) and V(rolled_back).
    - It holds for the management cluster that was planned on alone, by the uid of namespace C(kube-system). Where the
      account may not read that, by the address of the API server, which a warning says.
    type: str
  snapshot:
    description:
    - Id of the snapshot; V(latest) is the newest good one of the cluster.
    type: str
    default: latest
  identity_file:
    description:
    - File with the age identity that opens a sealed snapshot.
    type: path
  shards:
    description:
    - StatefulSets to restore, by name; all when left out. Restoring a part puts the parts at different times.
    type: list
    elements: str
  bump_revision:
    description:
    - Raise revisions far above all that were given out, where the tool in the image can (etcdutl of etcd 3.6, late
      releases of 3.5), so that watchers notice that the past has changed.
    type: bool
    default: true
  allow_retention_patch:
    description:
    - Allow to set C(whenScaled) of a StatefulSet from C(Delete) to C(Retain) for the restore, and back afterwards.
      Without it such a cluster is refused, because scaling down would delete the data.
    type: bool
    default: false
  accept:
    description:
    - Risks to take. Each is a refusal otherwise, and a warning with it.
    type: list
    elements: str
    choices: [kms_not_compared, no_release_match, upgrading, rolling]
    default: []
  keep_old_data:
    description:
    - Leave the data of before on the volumes, as C(/var/lib/data.before-<first 12 digits of the digest>). It takes up
      the volume's space.
    type: bool
    default: false
  helper_image:
    description:
    - Image of the pods that work on the volumes; that of the StatefulSet when left out. It needs a shell, coreutils and
      etcd's tools.
    type: str
  work_directory:
    description:
    - Folder of this machine for the snapshot on its way; the store's directory, else the system's folder for temporary
      files, when left out.
    type: path
  timeout:
    description:
    - Seconds that each step may wait for what it has asked for.
    type: int
    default: 900
  assume_lost:
    description:
    - Members that are lost for good although they could not be asked, by name. While a member that runs could not be
      asked there is neither plan nor digest, since it may hold newer data.
    - Refused for a member that answers, and where something that can be seen speaks against it, as a ready pod, a
      volume in use by a container that runs, the StatefulSet's count or condition EtcdAvailable.
    type: list
    elements: str
    default: []
  lease_seconds:
    description:
    - Seconds after which another machine may take over from a run that does not renew its Lease any more. A run on the
      same machine takes over at once.
    type: int
    default: 60
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
- module: hypershift.core.etcd_info
- module: hypershift.core.etcd_member_recover
attributes:
  check_mode:
    support: full
    details: With V(applied) and V(rolled_back) everything is checked, the digest too, and the steps are returned. No
      write request is sent.
  diff_mode:
    support: none
    details: Nothing that it leaves behind is a field of an object.
  idempotent:
    support: full
    details: A restore that is done is not done again with the same digest; no write request is sent.
"""

EXAMPLES = r"""
- name: See what restoring the newest snapshot would mean
  hypershift.core.etcd_restore:
    name: demo
    directory: /srv/etcd-snapshots
  register: plan

- name: Show what would be lost
  ansible.builtin.debug:
    msg: "{{ plan.restore.lost }}"

- name: Restore it, and go on with it if an earlier run was interrupted
  hypershift.core.etcd_restore:
    name: demo
    directory: /srv/etcd-snapshots
    snapshot: "{{ plan.restore.snapshot }}"
    state: applied
    digest: "{{ plan.digest }}"

- name: Put the previous data back
  hypershift.core.etcd_restore:
    name: demo
    directory: /srv/etcd-snapshots
    state: rolled_back
    digest: "{{ plan.digest }}"
"""

RETURN = r"""
digest:
  description:
  - What V(applied) needs. It is the same as long as nothing that matters changes.
  type: str
  returned: success
  sample: 02c91608c594631b2cd388414b59edf9bec7b15bde906b2b1dc086dd78b98602-c7d0ed93eff5621d418e15aa12ae
restore:
  description:
  - The restore as planned or as it stands.
  type: dict
  returned: success, and when a restore that was begun fails
  contains:
    snapshot:
      description:
      - Id of the snapshot.
      type: str
      returned: always
    state:
      description:
      - V(planned), V(running), V(done), V(undone) or V(rolled_back).
      type: str
      returned: always
    lost:
      description:
      - 'What is newer than the snapshot: C(revisions) in all and C(by_shard) (null when no member says how far it is),
        C(seconds) and C(since).'
      type: dict
      returned: always
      sample:
        revisions: 51
        by_shard:
          etcd: 51
        seconds: 540
        since: '2026-11-24T17:11:14Z'
    steps:
      description:
      - Each step with C(name), C(state), C(started), C(seconds) and C(note).
      type: list
      elements: dict
      returned: always
    api_downtime_seconds:
      description:
      - Seconds from the first writer stopped to the hosted API server available again; null while that is not so.
      type: float
      returned: always
    members:
      description:
      - Names of the members.
      type: list
      elements: str
      returned: always
    started:
      description:
      - When it was begun.
      type: str
      returned: always
    finished:
      description:
      - When it ended.
      type: str
      returned: always
    kept:
      description:
      - Where data of before was left, with O(keep_old_data).
      type: list
      elements: str
      returned: always
plan:
  description:
  - What was done, or would be done; each with C(verb), C(object), C(why) and C(disruptive).
  type: list
  elements: dict
  returned: success
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
from ..module_utils._etcd_restore.etcd_restore import EtcdRestore
from ..module_utils._etcd_restore.refusals import RISKS
from ..module_utils._etcd_snapshots.stores.snapshot_tools import snapshot_tools
from ..module_utils._kernel.ports.hub import Hub
from ..module_utils._machine.processes import LocalProcesses

_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str", "default": "latest"},
    "identity_file": {"type": "path"},
    "state": {"type": "str", "default": "planned", "choices": ["planned", "applied", "rolled_back"]},
    "digest": {"type": "str"},
    "shards": {"type": "list", "elements": "str"},
    "bump_revision": {"type": "bool", "default": True},
    "allow_retention_patch": {"type": "bool", "default": False},
    "accept": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": list(RISKS),
    },
    "assume_lost": {"type": "list", "elements": "str", "default": []},
    "keep_old_data": {"type": "bool", "default": False},
    "helper_image": {"type": "str"},
    "work_directory": {"type": "path"},
    "timeout": {"type": "int", "default": 900},
    "lease_seconds": {"type": "int", "default": 60},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> EtcdRestore:
    return EtcdRestore(hub, params, snapshot_tools(params), LocalProcesses())


ENTRY = Entry(
    name="etcd_restore",
    spec=full(AUTH, IDENTITY, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={**ONE_STORE, "required_if": [["state", "applied", ["digest"]], ["state", "rolled_back", ["digest"]]]},
)


if __name__ == "__main__":
    main(ENTRY)
