"""The command line: called in this process, and at a terminal of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from typer.testing import CliRunner

from imgsim.cli import app

ROOT = Path(__file__).parents[2]
QUICK = ROOT / "scenarios" / "quickstart.yaml"


def call(*words, cwd, code=None) -> subprocess.CompletedProcess:
    """Return what a process of these words would, without the second that starting one takes."""
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(app, [str(word) for word in words])
    if not isinstance(done.exception, (SystemExit, type(None))):
        raise done.exception
    if code is not None:
        assert done.exit_code == code, done.stderr
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def at_a_terminal(*words, cwd) -> bytes:
    """Run a process that ends with 0, and return what it shows on stderr at 80 columns."""
    main, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "imgsim", *map(str, words)],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=secondary,
    ) as running:
        os.close(secondary)
        shown = b""
        with contextlib.suppress(OSError):  # as the end of a terminal is told
            while part := os.read(main, 65536):
                shown += part
    os.close(main)
    assert running.returncode == 0
    return shown
