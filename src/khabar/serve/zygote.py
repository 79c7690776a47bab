"""Forks workers: a small process that has everything loaded and no thread, so that a new worker costs milliseconds.

It is told what to do on a socket (`F` with a socket for the worker and the folder of its snapshot, `K` to kill one,
`N` to let one stand back behind others), and answers each `F` with the worker's process id. It alone reaps, so an id
never means another process. When the socket closes, for whatever reason, it kills all workers and ends.

    python -m khabar.serve.zygote FD
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress

from khabar.serve import worker

REQUEST = struct.Struct("!cQ512s")
REPLY = struct.Struct("!Q")
_BASE = 512 << 20
_NEW_NETWORK, _DEATH_SIGNAL = 0x40000000, 1


def main(descriptor: int) -> None:
    """Serve the socket of this descriptor until it closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever started us decides when to end
        signal.signal(number, signal.SIG_IGN)
    leave_network()
    control = socket.socket(fileno=descriptor)
    children: set[int] = set()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 1, socket.MSG_WAITALL)
        if len(data) < REQUEST.size:
            break
        kind, number, path = REQUEST.unpack(data)
        _reap(children)
        if kind == b"F":
            channel = socket.socket(fileno=descriptors[0])
            pid = _fork(channel, os.fsdecode(path.rstrip(b"\0")), number, control)
            children.add(pid)
            channel.close()
            control.sendall(REPLY.pack(pid))
        elif kind == b"K" and number in children:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
            children.discard(number)
        elif kind == b"N" and number in children:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, number, 19)
    for pid in children:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _fork(channel: socket.socket, snapshot: str, memory: int, control: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        control.close()
        _die_with_parent()
        # A backstop; the server looks at what is in use far more often than this is reached.
        most = 2 * memory + _BASE
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        worker.serve(channel, snapshot)
        code = 0
    finally:
        os._exit(code)


def _reap(children: set[int]) -> None:
    with suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            children.discard(pid)


def leave_network() -> bool:
    """Give up the network for good, where the system allows it: a second lock behind the refusal of SERVICE."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and unshare(_NEW_NETWORK) == 0


def _die_with_parent() -> None:
    control = getattr(ctypes.CDLL(None), "prctl", None)
    if control is not None:
        control(_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
