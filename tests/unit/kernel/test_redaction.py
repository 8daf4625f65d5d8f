# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What plans, diffs and results do not show."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.redaction import masked, redacted, scrubbed, secret_words

WORD = "hunter2-of-the-night"


@pytest.mark.parametrize(
    ("kind", "obj"),
    [
        ("Secret", {"data": {"a": WORD}}),
        ("Secret", {"stringData": {"a": WORD}}),
        ("Secret", {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": WORD}}}),
        ("InfraEnv", {"spec": {"ignitionConfigOverride": f'{{"passwd": "{WORD}"}}'}}),
        ("Agent", {"spec": {"ignitionConfigOverrides": WORD}}),
        ("HostedCluster", {"spec": {"configuration": {"proxy": {"httpsProxy": f"http://user:{WORD}@proxy.example.com:3128"}}}}),
        ("HostedCluster", {"spec": {"items": [{"token": WORD}, {"password": WORD}]}}),
    ],
)
def test_secret_values_are_hidden_and_the_rest_stays(kind: str, obj: dict[str, Any]) -> None:
    shown = redacted({**obj, "kept": ["text", 3]}, kind)
    assert WORD not in str(shown) and shown["kept"] == ["text", 3] and WORD in str(obj)


def test_a_changed_value_shows_as_changed() -> None:
    old, new = (redacted({"spec": {"ignitionConfigOverride": text}}) for text in ("one", "two"))
    assert old != new and old["spec"]["ignitionConfigOverride"] == masked("one")


def test_a_key_that_is_taken_away_shows_as_taken_away() -> None:
    assert redacted({"data": {"a": None, "b": "x"}}, "Secret")["data"] == {"a": None, "b": masked("x")}


def test_a_server_does_not_repeat_a_secret() -> None:
    words = secret_words({"data": {"a": base64.b64encode(f"user: {WORD}".encode()).decode(), "b": "not base64!"}}, "Secret")
    assert (
        scrubbed(f"invalid value {WORD}, see https://me:{WORD}@example.com", words)
        == "invalid value <hidden>, see https://<hidden>@example.com"
    )
    assert secret_words({"data": {"a": WORD}}, "ConfigMap") == set()


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("pass password", "got password and pass", "got <hidden> and <hidden>"),
        ("abcd", "value abcd is bad", "value <hidden> is bad"),
        ("abc", "value abc is bad", "value abc is bad"),
    ],
    ids=["longest-first", "four-characters-hide", "three-say-nothing"],
)
def test_nothing_of_a_longer_word_is_left_and_short_ones_hide_nothing_else(value: str, text: str, shown: str) -> None:
    encoded = base64.b64encode(value.encode()).decode()
    assert scrubbed(text, secret_words({"data": {"a": encoded}}, "Secret")) == shown


def test_the_encoded_value_is_hidden_as_well() -> None:
    encoded = base64.b64encode(b"hunter2").decode()
    assert secret_words({"data": {"a": "abc"}}, "Secret") == set(), "or messages would have holes everywhere"
    assert scrubbed(f"cannot parse {encoded}", secret_words({"data": {"a": encoded}}, "Secret")) == "cannot parse <hidden>"


@pytest.mark.parametrize(
    "key",
    ["token", "password", "secretAccessKey", "clientSecretValue", "bindPasswordValue", "ignitionConfigOverride", "ignitionConfigOverrides"],
)
def test_each_key_that_holds_a_secret_hides_it(key: str) -> None:
    shown = redacted({"spec": {"identityProviders": [{key: WORD, f"{key}Ref": {"name": "kept"}}]}}, "OAuth")
    assert WORD not in str(shown) and shown["spec"]["identityProviders"][0][f"{key}Ref"] == {"name": "kept"}
