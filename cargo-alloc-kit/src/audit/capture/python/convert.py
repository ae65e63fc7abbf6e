"""Makes a heap profile in DHAT's format, version 2, of what `record.py` recorded.

    convert.py RECORDED PROFILE COMMAND FOLDER [LIMIT..]

FOLDER is where the program ran: relative names of files are of it. Time is counted in events: each allocation and each release
is one. It ends with 3 where nothing was recorded. Python 3.8 and later run this.
"""

import gc
import json
import os
import sys

# Under a tracer CPython binds each method of a built-in type that is called, to tell the tracer of it: an object of this size that no
# program makes without one. It is gone when the method returns.
BOUND_BYTES = type([].append).__basicsize__ + 16
BOUND_EVENTS = 4

LIMITS = {
    "memray": [
        "a `realloc` counts as a block of its whole new size",
        "memray makes the interpreter make an object of about 150 bytes for each call of a Python function, and it counts at the call",
        "what memray itself brings about is left out where it can be told: blocks of %d bytes that are freed within %d events, which "
        "CPython makes of each method of a built-in type that is called under a tracer; a block of the program's own that is so large "
        "and so short-lived is left out with them" % (BOUND_BYTES, BOUND_EVENTS),
        "programs that were started as new processes are not in it; forked ones have files of their own",
    ],
    "tracemalloc": [
        "it shows what was live when the program ended, and nothing of what was freed before; memray shows both",
        "names of functions are not known; the stack's 32 innermost frames are",
    ],
}
# Why nothing can be shown to hold by it.
PARTIAL = "it has only what was live when the program ended"
RUNNER = "record.py"
NO_FRAME = "0x0: [no Python code] (in the interpreter)"



class Nothing(Exception):
    """There are no allocations in it."""


class Frames:
    """The table of frames, each once."""

    def __init__(self, folder):
        self.folder = folder
        self.table = ["[root]"]
        self.index = {}
        # Stacks have most of their frames in common.
        self.known = {}

    def of(self, stack):
        """The indices of a stack, without what runs the program."""
        stack = list(stack)
        while stack and is_runner(stack[-1][1]):
            stack.pop()
        if not stack:
            return [self.add(NO_FRAME)]
        known = self.known
        indices = []
        for frame in stack:
            frame = tuple(frame)
            index = known.get(frame)
            if index is None:
                index = known[frame] = self.add(self.text(*frame))
            indices.append(index)
        return indices

    def text(self, function, path, line):
        if not os.path.isabs(path) and not path.startswith("<"):
            path = os.path.normpath(os.path.join(self.folder, path))
        # As valgrind has it, without a column. In angle brackets is what has no name, as `<lambda>`.
        return "0x0: %s (%s:%d)" % (function or "<unknown>", path, line)

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


def read_memray(path, folder):
    """The points, the frames, when the most was live, and when it ended; what else must be known, and why it is not all."""
    import memray

    types = memray.AllocatorType
    releases = {int(getattr(types, name)) for name in ("FREE", "PYMALLOC_FREE", "MUNMAP") if hasattr(types, name)}
    frames, by_stack, by_frames, live, bound = Frames(folder), {}, {}, {}, {}
    time = total = peak = peak_time = 0
    limits, partial = list(LIMITS["memray"]), None

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
        for record in memray.FileReader(path).get_allocation_records():
            time += 1
            address = record.address
            if record.allocator in releases:
                release(address)
                continue
            size = record.size
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
        partial = "the recording breaks off: %s" % error
        limits.append(partial)
    points = [point for point in by_frames.values() if point.blocks]
    for point, size, begun in live.values():
        point.lifetimes += time - begun
    for record in high_water_mark(path):
        point = by_stack.get(record.stack_id)
        if point is not None:
            point.peak += record.size
            point.peak_blocks += record.n_allocations
    return points, frames.table, peak_time, time, limits, partial


def high_water_mark(path):
    """What was live when the most was; nothing of it where the recording breaks off."""
    import memray

    try:
        return list(memray.FileReader(path).get_high_watermark_allocation_records(merge_threads=True))
    except Exception:  # noqa: BLE001
        return []


def profile_of_memray(path, folder, command):
    import memray

    points, table, peak_time, time, limits, partial = read_memray(path, folder)
    if not points:
        raise Nothing("%s has no allocations" % os.path.basename(path))
    profile = head(command, "memray " + memray.__version__, limits, partial)
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
    profile = head(command, "tracemalloc of Python %d.%d.%d" % sys.version_info[:3], list(LIMITS["tracemalloc"]), PARTIAL)
    profile.update({"bklt": False, "te": 1, "ftbl": frames.table, "pps": points})
    return profile


def head(command, origin, limits, partial):
    return {
        "dhatFileVersion": 2, "mode": "heap", "verb": "Allocated", "bkacc": False,
        "tu": "events", "Mtu": "Mevents", "tuth": 10, "cmd": command, "pid": 0,
        "alloc-kit": {"origin": origin, "languages": ["python"], "limits": limits, "partial": partial},
    }


def main():
    # There are no cycles here, and millions of objects that it would look at.
    gc.disable()
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
