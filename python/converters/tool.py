"""Runs a converter's own program and hands on what it said when it failed. Runs on Python 3.7."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

TIMEOUT_S = 600
KEPT_LINES = 12
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def last_words(output, strip=None):
    """The end of what a program printed, without colours, without the bars that it drew over, and without `strip`."""
    lines = [ESCAPE.sub("", line).split("\r")[-1].rstrip() for line in output.decode(errors="replace").split("\n")]
    if strip is not None:
        lines = [strip.sub("", line) for line in lines]
    return "\n".join([line for line in lines if line.strip("=")][-KEPT_LINES:])


def run_tool(name, command, folder, strip=None):
    """What it printed. Raises RuntimeError with its last words (see last_words) where it fails or dies."""
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise took_too_long(name)
    assert_success(name, done.returncode, done.stdout, strip)
    return done.stdout


def run_forked(name, program, arguments, folder):
    """As run_tool, of a function that is a program's `main`: a copy of this process runs it, which has imported already what
    the program would spend most of a small model's time on."""
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if child == 0:
            os._exit(exit_code_of(program, arguments, folder, printed))
        returncode = wait_for(child)
        printed.seek(0)
        output = printed.read()
    if returncode is None:
        raise took_too_long(name)
    assert_success(name, returncode, output)
    return output


def exit_code_of(program, arguments, folder, printed):
    """In the copy: what the program would have exited with, all that it prints written to the file."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        os.chdir(folder)
        sys.argv = [program.__module__] + arguments
        program()
        code = 0
    except SystemExit as end:
        code = 0 if end.code is None else end.code
        if not isinstance(code, int):
            # As the interpreter does: anything else is said, and means failure.
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def wait_for(child):
    """As subprocess has return codes; None, and the process killed, where it takes too long."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done == child:
            return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.01)


def took_too_long(name):
    return RuntimeError("%s did not end within %d s" % (name, TIMEOUT_S))


def assert_success(name, returncode, output, strip=None):
    if returncode == 0:
        return
    how = "was ended by signal %d" % -returncode if returncode < 0 else "exited with %d" % returncode
    raise RuntimeError("%s %s: %s" % (name, how, last_words(output, strip)))
