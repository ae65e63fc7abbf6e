"""Makes a heap profile in DHAT's format, version 2, of what `record.py` recorded.

    convert.py RECORDED PROFILE COMMAND FOLDER [LIMIT..]

FOLDER is where the program ran: relative names of files are of it. Time is counted in events: each allocation and each release
is one. It ends with 3 where nothing was recorded. Python 3.8 and later run this.
"""

import json
import os
import sys

LIMITS = {
    "memray": [
        "a `realloc` counts as a block of its whole new size",
        "memray makes the interpreter make an object of about 150 bytes for each call of a Python function, and it counts at the call",
        "programs that were started as new processes are not in it; forked ones have files of their own",
    ],
    "tracemalloc": [
        "it shows what was live when the program ended, and nothing of what was freed before; memray shows both",
        "names of functions are not known; the stack's 32 innermost frames are",
    ],
}
RUNNER = "record.py"
NO_FRAME = "0x0: [no Python code] (in the interpreter)"


# Under a tracer CPython binds each method of a built-in type that is called, to tell the tracer of it: an object of this size that no
# program makes without one. It is gone when the method returns.
BOUND_BYTES = type([].append).__basicsize__ + 16
BOUND_EVENTS = 4


class Nothing(Exception):
    """There are no allocations in it."""


class Frames:
    """The table of frames, each once."""

    def __init__(self, folder):
        self.folder = folder
        self.table = ["[root]"]
        self.index = {}

    def of(self, stack):
        """The indices of a stack, without what runs the program."""
        stack = list(stack)
        while stack and is_runner(stack[-1][1]):
            stack.pop()
        if not stack:
            return [self.add(NO_FRAME)]
        return [self.add(self.text(*frame)) for frame in stack]

    def text(self, function, path, line):
        if not os.path.isabs(path) and not path.startswith("<"):
            path = os.path.normpath(os.path.join(self.folder, path))
        # As valgrind has it: no column, and `???` for what is not known.
        return "0x0: %s (%s:%d)" % (function or "???", path, line)

    def add(self, text):
        index = self.index.get(text)
        if index is None:
            index = self.index[text] = len(self.table)
            self.table.append(text)
        return index


def is_runner(path):
    if path.startswith("<frozen runpy"):
        return True
    name = os.path.basename(path)
    return name == "runpy.py" or (name == RUNNER and os.path.dirname(path) == os.path.dirname(os.path.abspath(__file__)))


class Point:
    """What is known of a stack."""

    __slots__ = ("frames", "bytes", "blocks", "lifetimes", "live", "live_blocks", "most", "most_blocks", "peak", "peak_blocks")

    def __init__(self, frames):
        self.frames = frames
        self.bytes = self.blocks = self.lifetimes = self.live = self.live_blocks = 0
        self.most = self.most_blocks = self.peak = self.peak_blocks = 0

    def take(self, size):
        self.bytes += size
        self.blocks += 1
        self.live += size
        self.live_blocks += 1
        if self.live > self.most:
            self.most = self.live
            self.most_blocks = self.live_blocks

    def drop(self, size, age):
        self.live -= size
        self.live_blocks -= 1
        self.lifetimes += age

    def take_back(self, size, most, most_blocks):
        """As if it had not been taken, when the most was this."""
        self.bytes -= size
        self.blocks -= 1
        self.live -= size
        self.live_blocks -= 1
        if self.most > most:
            self.most = max(most, self.most - size)
            self.most_blocks = max(most_blocks, self.most_blocks - 1)

    def fields(self):
        return {
            "tb": self.bytes, "tbk": self.blocks, "tl": self.lifetimes, "mb": self.most, "mbk": self.most_blocks,
            "gb": self.peak, "gbk": self.peak_blocks, "eb": self.live, "ebk": self.live_blocks, "fs": self.frames,
        }


def events(reader, releases):
    """Of each event: whether it is a release, the address, the size, and the record."""
    for record in reader.get_allocation_records():
        yield record.allocator in releases, record.address, record.size, record


def read_memray(path, folder):
    """The points, the frames, when the most was live, and when it ended; what else must be known."""
    import memray

    types = memray.AllocatorType
    releases = {int(getattr(types, name)) for name in ("FREE", "PYMALLOC_FREE", "MUNMAP") if hasattr(types, name)}
    frames, by_stack, by_frames, live, bound = Frames(folder), {}, {}, {}, {}
    time = total = peak = peak_time = 0
    limits = list(LIMITS["memray"])

    def release(address):
        nonlocal total
        found = live.pop(address, None)
        if found is not None:
            point, size, begun = found
            before = bound.pop(address, None)
            if before is not None and time - begun <= BOUND_EVENTS:
                point.take_back(size, *before)
            else:
                point.drop(size, time - begun)
            total -= size

    try:
        for is_release, address, size, record in events(memray.FileReader(path), releases):
            time += 1
            if is_release:
                release(address)
                continue
            # What was there was freed unseen.
            release(address)
            stack = record.stack_id
            point = by_stack.get(stack)
            if point is None:
                indices = frames.of(record.stack_trace())
                point = by_frames.setdefault(tuple(indices), None) or Point(indices)
                by_stack[stack] = by_frames[tuple(indices)] = point
            if size == BOUND_BYTES:
                bound[address] = (point.most, point.most_blocks)
            point.take(size)
            live[address] = (point, size, time)
            total += size
            if total > peak:
                peak, peak_time = total, time
    except Exception as error:  # noqa: BLE001: of a process that was killed, the end is missing
        if not by_stack:
            raise
        limits.append("the recording breaks off: %s" % error)
    points = [point for point in by_frames.values() if point.blocks]
    for point, size, begun in live.values():
        point.lifetimes += time - begun
    at_peak(path, releases, peak_time, by_stack)
    return points, frames.table, peak_time, time, limits


def at_peak(path, releases, peak_time, by_stack):
    """Fills in what was live of each point when the most was: goes through the events once more, up to there."""
    import memray

    if peak_time == 0:
        return
    live, time = {}, 0
    for is_release, address, size, record in events(memray.FileReader(path), releases):
        time += 1
        if is_release:
            live.pop(address, None)
        else:
            live[address] = (record.stack_id, size)
        if time == peak_time:
            break
    for stack, size in live.values():
        by_stack[stack].peak += size
        by_stack[stack].peak_blocks += 1


def profile_of_memray(path, folder, command):
    import memray

    points, table, peak_time, time, limits = read_memray(path, folder)
    if not points:
        raise Nothing("%s has no allocations" % os.path.basename(path))
    profile = head(command, "memray " + memray.__version__, limits)
    profile.update({"bklt": True, "tg": peak_time, "te": time, "ftbl": table})
    profile["pps"] = [point.fields() for point in points]
    return profile


def profile_of_tracemalloc(path, folder, command):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        recorded = json.load(file)
    frames = Frames(folder)
    points = [{"tb": size, "tbk": count, "fs": frames.of(stack)} for size, count, stack in recorded]
    if not points:
        raise Nothing("%s has no allocations" % os.path.basename(path))
    profile = head(command, "tracemalloc of Python %d.%d.%d" % sys.version_info[:3], list(LIMITS["tracemalloc"]))
    profile.update({"bklt": False, "te": 1, "ftbl": frames.table, "pps": points})
    return profile


def head(command, origin, limits):
    return {
        "dhatFileVersion": 2, "mode": "heap", "verb": "Allocated", "bkacc": False,
        "tu": "events", "Mtu": "Mevents", "tuth": 10, "cmd": command, "pid": 0,
        "alloc-kit": {"origin": origin, "languages": ["python"], "limits": limits},
    }


def main():
    recorded, written, command, folder = sys.argv[1:5]
    make = profile_of_tracemalloc if recorded.endswith(".json") else profile_of_memray
    try:
        profile = make(recorded, folder, command)
    except Nothing as nothing:
        print(nothing, file=sys.stderr)
        sys.exit(3)
    profile["alloc-kit"]["limits"] += sys.argv[5:]
    with open(written + ".part", "w", encoding="utf-8", errors="replace") as file:
        json.dump(profile, file, separators=(",", ":"))
    os.replace(written + ".part", written)


if __name__ == "__main__":
    main()
