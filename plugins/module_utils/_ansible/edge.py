# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one place where options become an operation, and errors become a result: for module and action alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ansible.module_utils.errors import UnsupportedError

from .._kernel.errors import MAX_SENTENCE, ApiError, Failure, HypershiftError, OptionError, RefusedError
from .._kernel.hub_identity import Identity, identify_briefly
from .._kernel.leaving import leaving_line
from .._kernel.operation import Operation, run
from .._kernel.ports.hub import Hub
from .._kernel.printable import all_printable
from .._kernel.secret_texts import all_without_secrets
from .._kube.hub import KubeHub
from .._machine.clock import Surroundings

Params = dict[str, Any]
_CLASS = re.compile(r"<class '(?:[\w.]*_AnsibleTagged)?([\w.]*)'>")


@dataclass(frozen=True)
class Entry:
    """One module: its name, argument spec, rules across options, and how its operation is made.

    needs_cluster: false for a module without options of a management cluster; its operation gets clock and random
    source alone.

    around: gives the hub to work with, for as long as the operation runs; not used in check mode.

    operation: (hub, params, check_mode) -> Operation. secret_result: the option that makes the result secret, if any.
    passes: return values that are URLs with a token of their own, which the user needs as they are.
    """

    name: str
    spec: dict[str, Any]
    operation: Callable[[Any, Params, bool], Operation]
    constraints: dict[str, Any] = field(default_factory=dict)
    secret_result: str = ""
    needs_cluster: bool = True
    around: Callable[[Hub, Params], AbstractContextManager[Hub]] = lambda hub, _params: nullcontext(hub)
    passes: tuple[str, ...] = ()


def run_operation(entry: Entry, params: Params, check_mode: bool, progress: Callable[[str], None]) -> dict[str, Any]:
    """Result for exit_json, or for fail_json when it holds failed. Nothing but this result leaves: no traceback, no
    secret, nothing unprintable."""
    said = _outcome(entry, params, check_mode, lambda line: progress(leaving_line(line, MAX_SENTENCE)))
    result: dict[str, Any] = all_printable(said)
    if entry.secret_result and params.get(entry.secret_result) and not result.get("failed"):
        return result  # hidden as a whole
    return {key: value if key in entry.passes else all_without_secrets(value) for key, value in result.items()}


def _outcome(entry: Entry, params: Params, check_mode: bool, progress: Callable[[str], None]) -> dict[str, Any]:
    hub: Hub | None = None
    try:
        hub = KubeHub.from_options(params) if entry.needs_cluster else NoCluster()
        with nullcontext(hub) if check_mode else entry.around(hub, params) as used:
            result = run(entry.operation(used, params, check_mode), used, check_mode, progress)
    except HypershiftError as error:
        return _placed(_failed(error), hub)
    except Exception as error:  # a defect of ours: still one sentence, and enough to report it
        return _placed(_failed(HypershiftError(_internal(entry.name, error))), hub)
    warnings = result.pop("notes", [])
    return _placed({**result, "warnings": warnings} if warnings else result, hub)


def _placed(result: dict[str, Any], hub: Hub | None) -> dict[str, Any]:
    """The result with the management cluster it is about. What changes something, or would, is told by identity: a URL
    can be moved."""
    if hub is None or not hub.server or "management_cluster" in result:
        return result
    found = identify_briefly(hub) if result.get("plan") else Identity(hub.server)
    return {**result, "management_cluster": found.as_result()}


def options_refused(name: str, errors: Iterable[Exception]) -> dict[str, Any]:
    """Result of a task whose options do not fit the module's argument spec."""
    texts = [
        f"Unsupported parameters for ({name}) module: {e}" if isinstance(e, UnsupportedError) else _plain(str(e))
        for e in errors
    ]
    failure = Failure(
        "invalid_option", "; ".join(text.rstrip(". ") for text in texts), next_step="Correct the options of the task."
    )
    return _failed(OptionError(failure))


def secret_for_later(option: str) -> dict[str, Any]:
    """Result of a task whose secret result would be fetched by another task, which prints it."""
    cause = f"option {option} cannot be used with poll 0, since the task that fetches the result later would print it"
    return _failed(
        OptionError(
            Failure("invalid_option", cause, next_step="Leave out async, or have the content written to files.")
        )
    )


def _plain(text: str) -> str:
    """Ansible names classes where it means a list, a dictionary or a text."""
    words = {
        "list": "a list",
        "dict": "a dictionary",
        "str": "a text",
        "int": "a number",
        "float": "a number",
        "bool": "true or false",
    }
    return _CLASS.sub(lambda found: words.get(found[1].lower(), found[1]), text)


def _failed(error: HypershiftError) -> dict[str, Any]:
    result: dict[str, Any] = {
        "changed": False,
        **error.extra,
        "failed": True,
        "msg": str(error),
        "failure": error.failure.as_dict(),
    }
    if isinstance(error, RefusedError):
        result["refusals"] = [f.as_dict() for f in error.refusals]
        result["plan"] = result.pop("plan_would_be", [])
    if isinstance(error, ApiError):
        result["failure"]["status"] = error.status
    return result


def _internal(name: str, error: Exception) -> Failure:
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return Failure(
        "internal",
        f"module {name} failed in a way it should not ({type(error).__name__} at {where})",
        next_step="Please report this line with the options used; nothing further was written.",
    )


class NoCluster(Surroundings):
    """The clock and the random source of the Hub port; everything else is a defect of ours."""

    server = ""

    def __getattr__(self, name: str) -> Any:
        def refuse(*_arguments: Any, **_named: Any) -> NoReturn:
            raise HypershiftError(Failure("internal", f"a module without a management cluster asked one for {name}"))

        return refuse
