# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options as Ansible repeats them, on the screen and in the system's log: no secret at any depth of any module."""

from __future__ import annotations

import json
import secrets
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible_collections.hypershift.core.plugins.module_utils._ansible import main as module_main

PACKAGE = "ansible_collections.hypershift.core.plugins.modules"
ENTRIES = sorted(p.stem for p in (Path(__file__).parents[3] / "plugins" / "modules").glob("*.py"))


class Ended(Exception):
    """The module has given its result."""


def kubeconfig(word: str) -> dict[str, Any]:
    user = {
        "token": f"token-{word}", "username": "me", "password": f"password-{word}", "client-key-data": f"key-{word}",
        "exec": {"command": "maker", "args": ["--secret", f"argument-{word}"], "env": [{"name": "A", "value": f"variable-{word}"}]},
        "auth-provider": {"name": "oidc", "config": {"refresh-token": f"refresh-{word}", "other": f"setting-{word}"}},
    }  # fmt: skip
    cluster = {"server": "https://example.com", "proxy-url": f"http://me:proxy-{word}@proxy"}
    return {"apiVersion": "v1", "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": user}]}


def value_for(option: dict[str, Any], word: str) -> Any:
    """The worst that an option takes."""
    kind = option.get("type", "str")
    if kind == "list":
        return [value_for({**option, "type": option.get("elements", "str")}, word)]
    if option.get("choices"):
        return option["choices"][0]
    if kind == "dict" and option.get("options"):
        return {name: value_for(inner, word) for name, inner in option["options"].items()}
    if kind in ("dict", "raw"):
        return kubeconfig(word) | {"nested": [{"kubeconfig": kubeconfig(word)}]}
    if kind == "jsonarg":
        return json.dumps({"auths": {"example.com": {"auth": f"{word}{word}"}}})
    return {"int": 1, "float": 1.0, "bool": True}.get(kind, f"https://me:{word}@example.com")


@pytest.mark.parametrize("name", ENTRIES)
def test_no_option_of_any_module_is_repeated_with_its_secrets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, word = import_module(f"{PACKAGE}.{name}").ENTRY, secrets.token_hex(12)
    params = {key: value_for(option, word) for key, option in entry.spec.items()}
    given = json.loads(json.dumps(params))
    said: list[Any] = []

    def begin(self: Any, argument_spec: dict[str, Any], **_constraints: Any) -> None:
        self.params, self.argument_spec, self.aliases, self.no_log_values, self.check_mode = params, argument_spec, {}, set(), True
        self._log_invocation()

    def end(self: Any, **result: Any) -> None:
        said.append(without_declared(result["invocation"]["module_args"], entry.spec))
        raise Ended

    # Reading and checking options has its tests in Ansible; what is logged and given back is left as it is.
    monkeypatch.setattr(basic.AnsibleModule, "__init__", begin)
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda _self, message, log_args=None: said.append([message, log_args]))
    for name in ("exit_json", "fail_json"):
        monkeypatch.setattr(basic.AnsibleModule, name, end)
    monkeypatch.setattr(module_main, "run_operation", lambda *_: {"changed": False})
    with pytest.raises(Ended):
        module_main.main(entry)
    assert len(said) == 2 and word not in json.dumps(said, default=str)
    assert params == given, "what the operation gets is untouched"


def without_declared(value: Any, spec: dict[str, Any]) -> Any:
    """Options without those whose specs declare them as secret: Ansible itself hides these."""
    if isinstance(value, list):
        return [without_declared(item, spec) for item in value]
    if not isinstance(value, dict):
        return value
    told = {key: spec.get(key) or {} for key in value}
    return {key: without_declared(item, told[key].get("options") or {}) for key, item in value.items() if not told[key].get("no_log")}
