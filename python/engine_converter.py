"""Turns ONNX models into what an engine reads; see line_server.py for the protocol.

    python engine_converter.py ENGINE      (a module of the folder converters/)

Requests: hello | convert {model, inputs, folder}: reads the whole ONNX file at `model` and writes the engine's files
into the empty folder. Work is done in a folder that is thrown away, by a process of its own where the converter may
crash. Runs on Python 3.7.
"""

import importlib
import os
import shutil
import sys
import tempfile
import time

from line_server import open_pipes, serve


class Converter:
    def __init__(self, engine):
        self._converter = importlib.import_module("converters." + engine)

    def hello(self, _request, _body):
        return {"converter": self._converter.NAME, "version": self._converter.version()}

    def convert(self, request, _body):
        scratch = tempfile.mkdtemp(prefix="tempograph-convert-")
        started = time.perf_counter()
        try:
            model = os.path.join(scratch, "model.onnx")
            shutil.copyfile(request["model"], model)
            files = self._converter.convert(model, request["inputs"], scratch)
            for name, path in files.items():
                if not os.path.exists(path):
                    raise RuntimeError("%s ended without writing %s" % (self._converter.NAME, os.path.basename(path)))
                shutil.move(path, os.path.join(request["folder"], name))
        except Exception as error:
            # The same words each time, wherever the work was done.
            raise RuntimeError((str(error) or type(error).__name__).replace(scratch, "."))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return {"convertMs": (time.perf_counter() - started) * 1e3, "files": sorted(files)}


def main():
    pipes = open_pipes()
    converter = Converter(sys.argv[1])
    serve({"hello": converter.hello, "convert": converter.convert}, pipes)


if __name__ == "__main__":
    main()
