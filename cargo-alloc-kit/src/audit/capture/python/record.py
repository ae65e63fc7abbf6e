"""Runs a Python program as the interpreter would, and records what it allocates.

    record.py memray|tracemalloc FOLDER (-m MODULE | -c CODE | SCRIPT) [ARGUMENT..]

The recording ends after the program's threads and what it registered with `atexit`, so that its exit code, its exceptions and its
signals stay its own. Python 3.8 and later run this.
"""

import atexit
import json
import os
import runpy
import signal
import sys
import types

FRAMES = 32


def record_memray(folder):
    """Begins; the function that ends it. Forked children write files of their own."""
    import memray

    destination = memray.FileDestination(os.path.join(folder, "memray.bin"), overwrite=True)
    tracker = memray.Tracker(destination=destination, trace_python_allocators=True, follow_fork=True)
    tracker.__enter__()
    return lambda: tracker.__exit__(None, None, None)


def record_tracemalloc(folder):
    """Begins; the function that ends it. What it knows is written at once: only this process has it."""
    import tracemalloc

    def end():
        statistics = tracemalloc.take_snapshot().statistics("traceback")
        tracemalloc.stop()
        points = []
        for one in statistics:
            # From the innermost to the outermost.
            frames = [["", frame.filename, frame.lineno] for frame in reversed(one.traceback)]
            points.append([one.size, one.count, frames])
        path = os.path.join(folder, "tracemalloc-%d.json" % os.getpid())
        with open(path + ".part", "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(points, file)
        os.replace(path + ".part", path)

    tracemalloc.start(FRAMES)
    return end


def end_on_signals(end):
    """A signal that would end the process without a word ends the recording first."""

    def handler(number, _frame):
        end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, handler)


def once(function):
    """It, the first time in this process."""
    done = []

    def call():
        if not done:
            done.append(True)
            function()

    return call


def main_module():
    """A new `__main__`, which stays."""
    module = types.ModuleType("__main__")
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    return module.__dict__


def run_script(script):
    """As `python SCRIPT` does."""
    if os.path.isdir(script) or not is_source(script):
        runpy.run_path(script, run_name="__main__")
        return
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec", dont_inherit=True)
    names = main_module()
    names["__file__"] = os.path.abspath(script) if sys.version_info >= (3, 9) else script
    names["__cached__"] = None
    exec(code, names)


def is_source(script):
    """Whether it is neither a zip file nor bytecode."""
    with open(script, "rb") as file:
        return b"\0" not in file.read(64)


def first_path(folder):
    """Puts a folder where this script's is, if the interpreter put that there at all."""
    if not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder


def main():
    tool, folder, program = sys.argv[1:4]
    arguments = sys.argv[4:]
    here = os.getcwd()
    if program in ("-m", "-c"):
        name, arguments = arguments[0], arguments[1:]
        first_path(here if program == "-m" else "")
    else:
        first_path(os.path.dirname(os.path.realpath(program)))
    sys.argv = [program] + arguments
    begin = record_memray if tool == "memray" else record_tracemalloc
    if program not in ("-m", "-c") and not os.path.exists(program):
        sys.exit("%s: can't open file %r: no such file" % (sys.executable, program))
    end = once(begin(folder))
    atexit.register(end)
    end_on_signals(end)
    if program == "-m":
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    elif program == "-c":
        exec(compile(name, "<string>", "exec", dont_inherit=True), main_module())
    else:
        run_script(program)


if __name__ == "__main__":
    main()
