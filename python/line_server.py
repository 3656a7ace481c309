"""Requests and answers, one JSON object per line, over this process's own pipes.

A request line may announce binary bytes that follow it (`"bytes": n`). Standard output is kept for answers alone:
whatever a library prints goes to standard error. The process ends when its standard input closes, and when its
parent dies, so nothing is left running behind a crashed orchestrator.
"""

import ctypes
import json
import os
import select
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def die_with_parent():
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        pass  # not Linux: the closed standard input still ends the process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle


def end_with_input(requests):
    """Ends this process when nobody is left to answer, even in the middle of a request that takes long.

    Over ssh the parent lives on when the connection breaks; the closed standard input is all that tells. The thread
    sleeps in the kernel until then.
    """
    hung_up = select.poll()
    hung_up.register(requests, select.POLLRDHUP)  # of a socket, as from sshd; the end of a pipe is always told

    def wait():
        while not any(events & (select.POLLRDHUP | select.POLLHUP | select.POLLERR) for _, events in hung_up.poll()):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def open_pipes():
    """The request stream and the answer stream; prints of libraries are diverted to standard error.

    From here on this process dies with its parent: to be called before anything that takes long.
    """
    die_with_parent()
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


def send(answers, payload):
    answers.write(json.dumps(payload, separators=(",", ":")).encode() + b"\n")


def serve(handlers, pipes=None):
    """Answers requests `{"op": name, ...}` by `handlers[name](request, bytes)` until standard input closes.

    An exception becomes `{"ok": false, "error": message}` with the message verbatim; the process lives on. `pipes`
    are those of open_pipes(), which is called beforehand where a library that is imported late prints.
    """
    requests, answers = pipes or open_pipes()
    if hasattr(select, "POLLRDHUP"):
        end_with_input(requests)
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        body = requests.read(request["bytes"]) if "bytes" in request else b""
        try:
            answer = {"ok": True, **handlers[request["op"]](request, body)}
        except Exception as error:  # the engine's own message is data
            answer = {"ok": False, "error": str(error) or type(error).__name__}
        send(answers, answer)
