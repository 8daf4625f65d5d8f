# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a snapshot does not fit the cluster that it would be restored into. Source: facts 8.2, 8.3, 8.6."""

from __future__ import annotations

from .._kernel.objects import lookup
from .situation import Situation


def no_snapshot(world: Situation) -> str:
    asked = world.options.get("snapshot")
    if world.manifest is not None:
        return ""
    if asked == "latest":
        return f"{world.where} holds no good snapshot of it"
    return f"{world.where} holds no snapshot {asked} of it" + (f": {world.damage}" if world.damage else "")


def damaged(world: Situation) -> str:
    return f"snapshot {world.manifest.id} cannot be trusted: {world.damage}" if world.manifest and world.damage else ""


def sealed(world: Situation) -> str:
    if world.manifest is None or not world.manifest.sealed or world.options.get("identity_file"):
        return ""
    return f"snapshot {world.manifest.id} is sealed for a recipient ({world.manifest.sealed})"


def wrong_cluster(world: Situation) -> str:
    if world.manifest is None:
        return ""
    ours = {"clusterID": world.manifest.cluster_id, "infraID": world.manifest.infra_id}
    wrong = [
        f"{key} {value} in the snapshot, {lookup(world.cluster, ('spec', key))} here"
        for key, value in ours.items()
        if value != str(lookup(world.cluster, ("spec", key)) or "")
    ]
    return f"snapshot {world.manifest.id} is of another cluster: {'; '.join(wrong)}" if wrong else ""


def wrong_key(world: Situation) -> str:
    if world.manifest is None or world.manifest.encryption_key_fingerprint == world.key_fingerprint:
        return ""
    if world.encryption == "kms" and not world.manifest.encryption_key_fingerprint:
        return ""
    have = world.key_fingerprint[:12] or "none"
    want = world.manifest.encryption_key_fingerprint[:12] or "none"
    return (
        f"the Secrets in snapshot {world.manifest.id} are encrypted with another key (fingerprint {want}) than the"
        f" cluster uses ({have})"
    )


def key_in_kms(world: Situation) -> str:
    if world.encryption != "kms" or world.manifest is None:
        return ""
    return (
        "its Secrets are encrypted by a KMS, and whether the key is still that of the snapshot cannot be seen from here"
    )


def other_release(world: Situation) -> str:
    if world.manifest is None or not world.manifest.release:
        return ""
    if world.manifest.release == world.release:
        return ""
    return (
        f"snapshot {world.manifest.id} was taken under release {world.manifest.release}, the cluster runs"
        f" {world.release or 'another'}"
    )


def other_shards(world: Situation) -> str:
    if world.manifest is None:
        return ""
    have = {f.shard for f in world.manifest.files}
    wanted = set(world.options.get("shards") or world.every_shard)
    if wanted - have:
        return (
            f"snapshot {world.manifest.id} has no shard {', '.join(sorted(wanted - have))}; it has"
            f" {', '.join(sorted(have))}"
        )
    gone = sorted(have - set(world.every_shard))
    return (
        f"snapshot {world.manifest.id} has shard {', '.join(gone)}, which the cluster has not"
        if gone and not world.options.get("shards")
        else ""
    )
