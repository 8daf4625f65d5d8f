# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sealing: only the right identity opens it, whole or not at all, with bounded memory."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores import sealing
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.sealing import seal, unseal
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._machine.files import sha256_of

from builders.effort import growth

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, str]:
    return new_identity(tmp_path / "identity.txt")


def new_identity(path: Path) -> tuple[Path, str]:
    made = pyrage.x25519.Identity.generate()
    path.write_text(f"# public key: {made.to_public()}\n\n{made}\n")
    path.chmod(0o600)
    return path, str(made.to_public())


@pytest.fixture
def sealed(tmp_path: Path, identity: tuple[Path, str]) -> Path:
    (tmp_path / "etcd.db").write_bytes(CONTENT)
    seal(tmp_path / "etcd.db", tmp_path / "etcd.db.age", [identity[1]])
    return tmp_path / "etcd.db.age"


def failure_of(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(HypershiftError) as caught:
        call()
    return caught.value.failure.code, str(caught.value)


def test_what_was_sealed_opens_with_each_recipients_identity(tmp_path: Path, identity: tuple[Path, str]) -> None:
    other = new_identity(tmp_path / "other.txt")
    (tmp_path / "etcd.db").write_bytes(CONTENT)
    seal(tmp_path / "etcd.db", tmp_path / "x.age", [identity[1], other[1]])
    assert CONTENT[:64] not in (tmp_path / "x.age").read_bytes() and (tmp_path / "etcd.db").exists()
    for path, _public in (identity, other):
        unseal(tmp_path / "x.age", tmp_path / "x.db", path)
        assert (tmp_path / "x.db").read_bytes() == CONTENT
    for name in ("x.age", "x.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_another_identity_does_not_open_it(tmp_path: Path, sealed: Path) -> None:
    stranger = new_identity(tmp_path / "stranger.txt")[0]
    (tmp_path / "x.db").write_bytes(b"before")
    code, text = failure_of(lambda: unseal(sealed, tmp_path / "x.db", stranger))
    assert code == "cannot_unseal" and "another identity" in text and "AGE-SECRET" not in text
    assert (tmp_path / "x.db").read_bytes() == b"before" and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("length", [0, 1, 100, 200, 65_000, 140_000, len(CONTENT)])
def test_a_cut_file_does_not_open(tmp_path: Path, identity: tuple[Path, str], sealed: Path, length: int) -> None:
    os.truncate(sealed, length)
    assert failure_of(lambda: unseal(sealed, tmp_path / "x.db", identity[0]))[0] == "cannot_unseal"
    assert not (tmp_path / "x.db").exists() and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("at", [5, 60, 150, 250, 70_000, -1])
def test_a_changed_byte_anywhere_does_not_open(tmp_path: Path, identity: tuple[Path, str], sealed: Path, at: int) -> None:
    data = bytearray(sealed.read_bytes())
    data[at] ^= 1
    sealed.write_bytes(data)
    assert failure_of(lambda: unseal(sealed, tmp_path / "x.db", identity[0]))[0] == "cannot_unseal"
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    ("recipients", "words"),
    [
        ([], "at least one"),
        (["age1nonsense"], "'age1nonsense' is no age recipient"),
        (["AGE-SECRET-KEY-1ABC"], "a secret key is no age recipient"),
    ],
)
def test_recipients_are_checked_first(tmp_path: Path, recipients: list[str], words: str) -> None:
    code, text = failure_of(lambda: seal(tmp_path / "none", tmp_path / "x.age", recipients))
    assert code == "invalid_option" and words in text and "1ABC" not in text


@pytest.mark.parametrize(
    ("content", "mode", "code", "words"),
    [
        ("", 0o600, "bad_identity", "holds no age secret key"),
        ("# nothing\n", 0o600, "bad_identity", "holds no age secret key"),
        ("AGE-SECRET-KEY-1WRONG\n", 0o600, "bad_identity", "a line is no age secret key"),
        ("AGE-SECRET-KEY-1WRONG\n", 0o644, "bad_identity", "mode 0644 lets others read it"),
    ],
)
def test_identity_files_are_checked(tmp_path: Path, sealed: Path, content: str, mode: int, code: str, words: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(content)
    path.chmod(mode)
    found, text = failure_of(lambda: unseal(sealed, tmp_path / "x.db", path))
    assert found == code and words in text and "WRONG" not in text


def test_missing_files_are_named(tmp_path: Path, identity: tuple[Path, str], sealed: Path) -> None:
    assert failure_of(lambda: unseal(sealed, tmp_path / "x", tmp_path / "no.txt")) == (
        "not_found",
        f"Identity file {tmp_path}/no.txt: it does not exist. Check the path.",
    )
    assert "no.db" in failure_of(lambda: seal(tmp_path / "no.db", tmp_path / "x", [identity[1]]))[1]
    assert "none/x" in failure_of(lambda: seal(sealed, tmp_path / "none" / "x", [identity[1]]))[1]


@pytest.mark.parametrize("way", ["seal", "unseal"])
def test_a_full_disk_is_told_as_that(
    tmp_path: Path, identity: tuple[Path, str], sealed: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def full(self: Any, data: bytes) -> int:
        self.error = OSError(28, "No space left on device")
        raise self.error

    monkeypatch.setattr(sealing._Noting, "write", full)
    call = (lambda: seal(sealed, tmp_path / "y", [identity[1]])) if way == "seal" else (lambda: unseal(sealed, tmp_path / "y", identity[0]))
    code, text = failure_of(call)
    assert code == "no_space" and f"File {tmp_path}/y" in text and not (tmp_path / "y").exists() and not list(tmp_path.glob(".*"))


def test_without_the_library_one_sentence_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    code, text = failure_of(lambda: seal(tmp_path / "a", tmp_path / "b", ["age1x"]))
    assert code == "missing_library" and "pyrage" in text


def test_memory_does_not_grow_with_the_file(tmp_path: Path, identity: tuple[Path, str]) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(128 * 1024 * 1024)

    def there_and_back() -> None:
        seal(big, tmp_path / "big.age", [identity[1]])
        unseal(tmp_path / "big.age", tmp_path / "again", identity[0])

    assert growth(there_and_back) < 20 * 1024
    assert sha256_of(tmp_path / "again") == sha256_of(big)
