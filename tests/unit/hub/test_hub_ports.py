# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import random
import socket

import pytest

from embedded_hub import ports
from embedded_hub.errors import PartExited


def test_every_name_gets_a_port_of_its_own() -> None:
    picked = ports.pick_ports(["a", "b", "c"], free=lambda _port: True)
    assert list(picked) == ["a", "b", "c"]
    assert len(set(picked.values())) == 3
    assert all(ports.LOWEST <= port < ports.HIGHEST for port in picked.values())


def test_taken_ports_are_passed_over() -> None:
    only = {20007, 31999}
    picked = ports.pick_ports(["a", "b"], free=lambda port: port in only, chooser=random.Random(1))
    assert set(picked.values()) == only


def test_no_port_left_is_said() -> None:
    with pytest.raises(OSError, match="No TCP port"):
        ports.pick_ports(["a"], free=lambda _port: False)


def test_a_listening_port_is_not_free() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen(1)
        port = holder.getsockname()[1]
        assert not ports.is_free(port)


def test_ports_that_somebody_else_took_meanwhile_are_replaced_by_others() -> None:
    tried: list[int] = []

    def start(chosen: dict[str, int]) -> int:
        tried.append(chosen["one"])
        if len(tried) < 3:
            raise PartExited("it ended before it was ready", lost_port=True)
        return chosen["one"]

    said: list[str] = []
    assert ports.on_free_ports(["one"], start, said.append) == tried[-1]
    assert len(tried) == 3 and len(said) == 2


@pytest.mark.parametrize(("lost_port", "starts"), [(True, 5), (False, 1)])
def test_what_no_port_can_help_is_told(lost_port: bool, starts: int) -> None:
    tried: list[dict[str, int]] = []

    def start(chosen: dict[str, int]) -> None:
        tried.append(chosen)
        raise PartExited("it has ended", lost_port)

    with pytest.raises(PartExited, match="it has ended"):
        ports.on_free_ports(["one"], start, lambda _line: None)
    assert len(tried) == starts
