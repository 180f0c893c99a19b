"""Python programs in processes of their own that need not import PyTorch anew each time.

`Warm` is a `subprocess.Popen` for `python -m MODULE ...` and `python -c CODE`. On Linux the program runs in a
fork of one process that has done nothing but import what these programs import, which takes it seconds. All
else is as in a fresh process: input, output, environment, folder, signals, exit status, whose child it is.
Elsewhere it is a fresh process. Tests of what a fresh process does use `subprocess` itself.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from vaelab.engine.backends import local
from vaelab.paths import PROJECT

_IMPORTED = ("vaelab.workers.train", "vaelab.workers.measure", "vaelab.cli.train", "vaelab.cli.sweep")
_SET_CHILD_SUBREAPER = 36
"""Orphans of our children become our children: see prctl(2)."""
_LARGEST = 1 << 20
"""Bytes of the largest message."""

_lock = threading.Lock()
_programs: dict[int, list[str]] = {}
"""What the forks run, by the numbers of their processes: to the system all have one command line."""


def running(module: str) -> set[int]:
    """Numbers of this process's living children that run a module."""
    found = set()
    for child in psutil.Process().children():
        try:
            words = _programs.get(child.pid) or child.cmdline()
            if module in words and child.status() != psutil.STATUS_ZOMBIE:
                found.add(child.pid)
        except psutil.Error:
            continue
    return found


@contextmanager
def warm_children() -> Iterator[None]:
    """Within this, workers and measurers that an engine of this process starts are `Warm`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": Warm}))
        yield


class Warm(subprocess.Popen):
    """A process that is a fork, with `Popen`'s own pipes and waiting; it leads a session of its own."""

    def _execute_child(self, args: Any, *others: Any) -> None:
        # As Python's own: executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags,
        # shell, and the six ends of the pipes: read and write for input, output and errors.
        cwd, env, ends = others[4], others[5], others[9:15]
        standard = [own if end == -1 else end for own, end in enumerate((ends[0], ends[3], ends[5]))]
        job = {
            "words": list(args)[1:],
            "cwd": os.path.abspath(cwd or "."),
            "env": dict(os.environ if env is None else env),
        }
        with _lock:
            source = _source()
            if source is None:
                super()._execute_child(args, *others)
                return
            socket.send_fds(source, [json.dumps(job).encode()], standard)
            said = [source.recv(_LARGEST) for _ in range(2)]
        self._close_pipe_fds(*ends)
        self._child_created = True
        self.pid = int(b"".join(said))
        _programs[self.pid] = job["words"]


@cache
def _source() -> socket.socket | None:
    """The connection to the process that is forked, which ends with it; None where there cannot be one."""
    if not sys.platform.startswith("linux"):
        return None
    if ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        return None
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(theirs.fileno())],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # which is done first
    return ours


def _serve(jobs: socket.socket) -> list[str] | None:
    """Fork for every job. Returns in each fork, with its program; here when there will be no more, with None.

    A job is answered by two messages: the fork's number, when it leads its session, and a blank, when it is a
    child of who asked: the system makes it one when the process between the two ends.
    """
    while True:
        message, standard, *_ = socket.recv_fds(jobs, _LARGEST, 3)
        if not message:
            return None
        if not (between := os.fork()):
            if os.fork():
                os._exit(0)
            os.setsid()
            jobs.send(str(os.getpid()).encode())
            jobs.close()
            return _become(json.loads(message), standard)
        for end in standard:
            os.close(end)
        os.waitpid(between, 0)
        jobs.send(b" ")


def _become(job: dict[str, Any], standard: list[int]) -> list[str]:
    """Take a job's standard files, environment and folder."""
    for own, end in enumerate(standard):
        os.dup2(end, own)
        os.close(end)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    return job["words"]


def _run(words: list[str]) -> None:
    kind, program, *arguments = words
    if kind == "-c":
        sys.argv = ["-c", *arguments]
        exec(program, {"__name__": "__main__"})
    else:
        sys.argv = [program, *arguments]
        sys.modules.pop(program, None)  # it is run, not imported
        runpy.run_module(program, run_name="__main__", alter_sys=True)


def _end(status: int) -> None:
    """End as Python does, but without taking all modules apart, which takes a while."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _import_all() -> None:
    """Import what the programs import, and what PyTorch itself puts off until an optimizer's first step."""
    for name in _IMPORTED:
        import_module(name)
    import torch

    weight = torch.nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)  # not from `backward`, whose threads no fork would have
    torch.optim.Adam([weight]).step()


def main() -> None:
    """Import everything, and be forked; in a fork, run its program."""
    _import_all()
    gc.freeze()  # so that no collection touches, and so copies, what the forks share
    words = _serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        if words is not None:
            _run(words)
    except SystemExit as end:
        if end.code and not isinstance(end.code, int):
            raise
        _end(int(end.code or 0))
    _end(0)


if __name__ == "__main__":
    main()
