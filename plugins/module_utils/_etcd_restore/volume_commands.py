# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands on a member's volume while etcd is down. Source: platform_facts#8.0, #8.3.

Each may be run again after it was cut off anywhere, and beside an earlier one whose stream broke: directories change
place by one rename.

On a volume: ``data`` is what etcd uses, ``data.restored-<run>`` the finished restored copy, ``data.before-<run>`` what
``data`` was. The last exists from the moment of exchange on, also when there was no data before (then it holds a mark):
so what exists tells the state.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from .._etcd.commands import DATA, single
from .journal import ShardRecord

TOKEN = "etcd-cluster"  # etcd's default, which the StatefulSet leaves alone
SNAPSHOT = "/restore/snapshot.db"
UNTOUCHED, PREPARED, HALF, SWAPPED = "untouched", "prepared", "half", "swapped"
_MARK = "there-was-no-data"


@dataclass(frozen=True)
class Places:
    """Directories of one restore on a volume."""

    run: str

    @property
    def new(self) -> str:
        return f"{DATA}.restored-{self.run}"

    @property
    def old(self) -> str:
        return f"{DATA}.before-{self.run}"


def look(run: str) -> Mapping[str, str]:
    """Parts of a script that tells state, free space and what the tool offers."""
    place = Places(run)
    return {
        "state": (
            f"if test -d {place.old}; then if test -d {place.new}; then echo {HALF}; else echo {SWAPPED}; fi; "
            f"elif test -d {place.new}; then echo {PREPARED}; else echo {UNTOUCHED}; fi"
        ),
        "space": "df -kP /var/lib",
        "room": f"df -kP {SNAPSHOT.rpartition('/')[0]}",
        "bump": 'case "$(utl snapshot restore --help 2>&1)" in *--bump-revision*) echo yes;; *) echo no;; esac',
    }


def tools() -> Mapping[str, str]:
    """Parts of a script that tells whether etcd's tool runs, and the room for the snapshot."""
    return {
        "tool": "utl snapshot restore --help >/dev/null 2>&1 || utl version",
        "room": f"df -kP {SNAPSHOT.rpartition('/')[0]}",
    }


def status() -> list[str]:
    return single(f"utl snapshot status {SNAPSHOT} -w json 2>/dev/null")


def restore(run: str, record: ShardRecord, member: str) -> list[str]:
    """The snapshot as a data directory of this member of a new cluster of all members, apart from the one in use."""
    new = Places(run).new
    words = [
        "--name",
        member,
        "--initial-cluster",
        ",".join(f"{name}={url}" for name, url in record.peers.items()),
        "--initial-cluster-token",
        TOKEN,
        "--initial-advertise-peer-urls",
        record.peers[member],
    ]
    # Higher revisions than ever seen tell every watcher that its view of the past is void.
    words += ["--bump-revision", str(record.bumped), "--mark-compacted"] if record.bumped else []
    return single(
        f"rm -rf {new}.part-*; part={new}.part-$$\nutl snapshot restore {SNAPSHOT} --data-dir $part {shlex.join(words)}"
        f" || {{ code=$?; rm -rf $part; exit $code; }}\nsync; test -d {new} || mv -T $part {new} || exit 1\nrm -rf"
        f" $part; sync; test -s {new}/member/snap/db"
    )


def swap(run: str) -> list[str]:
    """Exchange the data in use for the restored copy."""
    place = Places(run)
    return single(
        f"if test -d {place.new}; then\n  if ! test -d {place.old}; then\n    if test -e {DATA}; then mv -T {DATA}"
        f" {place.old} || exit 1\n    else mkdir -p {place.old}.$$ && : > {place.old}.$$/{_MARK} && mv -T"
        f" {place.old}.$$ {place.old} || exit 1; fi\n  fi\n  if test -e {DATA}; then echo 'a data directory appeared"
        f" while it was exchanged' >&2; exit 3; fi\n  sync; mv -T {place.new} {DATA} || exit 1\nfi\nsync; test -d"
        f" {place.old} && test -d {DATA} && ! test -e {place.new}"
    )


def swap_back(run: str) -> list[str]:
    """The data that was in use before is in use again; what was restored is removed. Does nothing to a volume that was
    not exchanged."""
    place = Places(run)
    return single(
        f"if test -f {place.old}/{_MARK}; then rm -rf {DATA} && rm -rf {place.old} || exit 1\n"
        f"elif test -d {place.old}; then\n"
        f"  if ! test -d {place.new} && test -e {DATA}; then mv -T {DATA} {place.new} || exit 1; fi\n"
        f"  mv -T {place.old} {DATA} || exit 1\n"
        "fi\n"
        f"sync; rm -rf {place.new} {place.new}.part-* {place.old}.[0-9]*; sync; ! test -e {place.old}"
    )


def discard(run: str) -> list[str]:
    """Remove restored copies that were never used."""
    place = Places(run)
    return single(
        f"if test -d {place.old}; then echo 'its data was exchanged already' >&2; exit 3; fi; rm -rf {place.new}"
        f" {place.new}.part-* && sync"
    )


def forget(run: str) -> list[str]:
    """Remove the data of before."""
    old = Places(run).old
    return single(f"rm -rf {old} {old}.[0-9]* && sync")
