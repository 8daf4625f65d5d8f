# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from embedded_hub import identities, pki
from embedded_hub.containers import Bind, Container, default_environment, install_programs, register, unregister, view
from embedded_hub.errors import ApiError, HubError
from embedded_hub.paths import HubPaths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> HubPaths:
    found = HubPaths.of("one", tmp_path_factory.mktemp("hubs"))
    found.create()
    pki.create_pki(found.pki, "one")
    return found


class Server:
    """Knows one service account."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def get(self, path: str) -> dict[str, object]:
        if path == "/api/v1/namespaces/clusters/serviceaccounts/robot":
            return {"metadata": {"uid": "u-1"}}
        raise ApiError("GET", path, 404, "NotFound", "not found")

    def request(self, method: str, path: str, body: dict[str, object]) -> dict[str, object]:
        self.asked.append((method, path, body["spec"]))
        return {"status": {"token": "issued"}}


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("seconds", [30, 0, -60])
def test_short_tokens_are_signed_with_the_key_of_the_hub(paths: HubPaths, seconds: int) -> None:
    token = identities.sign_token((paths.pki / "sa.key").read_bytes(), "clusters", "robot", "u-1", seconds, now=1000.5)
    head, body, signature = token.split(".")
    public = serialization.load_pem_public_key((paths.pki / "sa.pub").read_bytes())
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(decoded(signature), f"{head}.x{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    claims = json.loads(decoded(body))
    assert claims["exp"] + identities.LEEWAY == 1000 + seconds
    assert claims["iat"] < claims["exp"]
    assert claims["sub"] == "system:serviceaccount:clusters:robot"


def token_of(path: Path) -> str:
    return str(json.loads(path.read_text())["users"][0]["user"]["token"])


def test_long_tokens_are_asked_for(paths: HubPaths) -> None:
    server = Server()
    path = identities.service_account_kubeconfig(paths, "https://127.0.0.1:1", server, "clusters", "robot", 3600)  # type: ignore[arg-type]
    assert token_of(path) == "issued"
    assert server.asked == [("POST", "/api/v1/namespaces/clusters/serviceaccounts/robot/token", {"expirationSeconds": 3600})]


def test_short_tokens_are_not_asked_for(paths: HubPaths) -> None:
    server = Server()
    path = identities.service_account_kubeconfig(paths, "https://127.0.0.1:1", server, "clusters", "robot", 5)  # type: ignore[arg-type]
    assert token_of(path).count(".") == 2
    assert server.asked == []


def test_an_unknown_account_is_named(paths: HubPaths) -> None:
    with pytest.raises(HubError, match="no service account ghost in namespace clusters"):
        identities.service_account_kubeconfig(paths, "https://127.0.0.1:1", Server(), "clusters", "ghost", 3600)  # type: ignore[arg-type]


def test_users_do_not_share_a_file(paths: HubPaths) -> None:
    files = {
        identities.user_kubeconfig(paths, "https://127.0.0.1:1", user, groups)
        for user, groups in [("jane", ()), ("jane", ("team",)), ("jane/team", ()), ("jane_team", ())]
    }
    assert len(files) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_container_is_recorded_and_forgotten(paths: HubPaths) -> None:
    record = Container(wrap=["env"], env=default_environment(ETCDCTL_API="3"), ports={"2379": "127.0.0.11:2379"})
    path = register(paths, "clusters", "etcd-0", "etcd", record)
    assert path == paths.containers / "clusters" / "etcd-0" / "etcd.json"
    content = json.loads(path.read_text())
    assert content["wrap"] == ["env"]
    assert content["env"] == {"PATH": "/usr/bin:/bin", "HOME": "/", "ETCDCTL_API": "3"}
    assert set(content) == {"wrap", "env", "dir", "log", "address", "ports"}
    unregister(paths, "clusters", "etcd-0")
    assert not path.exists()
    unregister(paths, "clusters", "etcd-0")


def test_views_with_and_without_bubblewrap(tmp_path: Path) -> None:
    binds = [Bind(tmp_path, "/var/lib", writable=True), Bind(tmp_path, "/usr/bin")]
    own = view(Path("/minikubelet"), binds, None)
    assert own[:2] == ["/minikubelet", "view"]
    assert own[-1] == "--"
    wrapped = view(Path("/minikubelet"), binds, "/usr/bin/bwrap")
    assert wrapped[0] == "/usr/bin/bwrap"
    for argv in (own, wrapped):
        text = " ".join(argv)
        assert f"--bind {tmp_path} /var/lib" in text
        assert f"--ro-bind {tmp_path} /usr/bin" in text


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="cannot be shown at /no/such/place"):
        view(Path("/minikubelet"), [Bind(tmp_path, "/no/such/place")], None)


def test_programs_of_an_image(tmp_path: Path) -> None:
    extra = tmp_path / "etcdctl"
    extra.write_text("x")
    install_programs(tmp_path / "bin", {"etcdctl": extra})
    assert {"sh", "tar", "cat", "sha256sum", "etcdctl"} <= {path.name for path in (tmp_path / "bin").iterdir()}
