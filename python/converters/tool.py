"""Runs a converter's own program and hands on what it said when it failed. Runs on Python 3.7."""

import re
import subprocess

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
        raise RuntimeError("%s did not end within %d s" % (name, TIMEOUT_S))
    if done.returncode != 0:
        how = "was ended by signal %d" % -done.returncode if done.returncode < 0 else "exited with %d" % done.returncode
        raise RuntimeError("%s %s: %s" % (name, how, last_words(done.stdout, strip)))
    return done.stdout
