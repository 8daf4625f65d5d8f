# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a snapshot does not fit the cluster that it would be restored into. Source: platform_facts#8.2, #8.3, #8.6."""

from __future__ import annotations

from .._kernel.objects import lookup
from .situation import Situation


def no_snapshot(situation: Situation) -> str:
    asked = situation.options.get("snapshot")
    if situation.manifest is not None:
        return ""
    if asked == "latest":
        return f"{situation.where} holds no good snapshot of it"
    return f"{situation.where} holds no snapshot {asked} of it" + (f": {situation.damage}" if situation.damage else "")


def damaged(situation: Situation) -> str:
    return (
        f"snapshot {situation.manifest.id} cannot be trusted: {situation.damage}"
        if situation.manifest and situation.damage
        else ""
    )


def sealed(situation: Situation) -> str:
    if situation.manifest is None or not situation.manifest.sealed or situation.options.get("identity_file"):
        return ""
    return f"snapshot {situation.manifest.id} is sealed for a recipient ({situation.manifest.sealed})"


def wrong_cluster(situation: Situation) -> str:
    if situation.manifest is None:
        return ""
    ours = {"clusterID": situation.manifest.cluster_id, "infraID": situation.manifest.infra_id}
    wrong = [
        f"{key} {value} in the snapshot, {lookup(situation.cluster, ('spec', key))} here"
        for key, value in ours.items()
        if value != str(lookup(situation.cluster, ("spec", key)) or "")
    ]
    return f"snapshot {situation.manifest.id} is of another cluster: {'; '.join(wrong)}" if wrong else ""


def wrong_key(situation: Situation) -> str:
    if situation.manifest is None or situation.manifest.encryption_key_fingerprint == situation.key_fingerprint:
        return ""
    if situation.encryption == "kms" and not situation.manifest.encryption_key_fingerprint:
        return ""
    have = situation.key_fingerprint[:12] or "none"
    want = situation.manifest.encryption_key_fingerprint[:12] or "none"
    return (
        f"the Secrets in snapshot {situation.manifest.id} are encrypted with another key (fingerprint {want}) than the"
        f" cluster uses ({have})"
    )


def key_in_kms(situation: Situation) -> str:
    if situation.encryption != "kms" or situation.manifest is None:
        return ""
    return (
        "its Secrets are encrypted by a KMS, and whether the key is still that of the snapshot cannot be seen from here"
    )


def other_release(situation: Situation) -> str:
    if situation.manifest is None or not situation.manifest.release:
        return ""
    if situation.manifest.release == situation.release:
        return ""
    return (
        f"snapshot {situation.manifest.id} was taken under release {situation.manifest.release}, the cluster runs"
        f" {situation.release or 'another'}"
    )


def other_shards(situation: Situation) -> str:
    if situation.manifest is None:
        return ""
    have = {f.shard for f in situation.manifest.files}
    wanted = set(situation.options.get("shards") or situation.every_shard)
    if wanted - have:
        return (
            f"snapshot {situation.manifest.id} has no shard {', '.join(sorted(wanted - have))}; it has"
            f" {', '.join(sorted(have))}"
        )
    gone = sorted(have - set(situation.every_shard))
    return (
        f"snapshot {situation.manifest.id} has shard {', '.join(gone)}, which the cluster has not"
        if gone and not situation.options.get("shards")
        else ""
    )
