"""Holds `cargo alloc-kit prove` against functions of which the truth is known: run.py [--companion PROGRAM] [--target-dir FOLDER]
[--undecided] [CONFIGURATION..]

Has the command build the two packages of `fixtures/prove` in each configuration (a profile in their Cargo.toml; all seven if none is
named) and judge their programs, as its users have it; counts what the functions allocate in programs of the same build; and prints a
table, then each disagreement. `--undecided` lists what could not be known, too. Exit status 1: something was called proven and is not,
or was proven and made an allocation, or nothing could be held against the truth; or there are more false alarms than are known, or too
few functions are decided.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import judge
import truth

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
FIXTURES = os.path.join(os.path.dirname(HERE), "fixtures", "prove")
CONFIGURATIONS = ["o0", "o1", "o3", "os", "thin", "fat", "abort"]
# What is judged, and what prints its counts.
PACKAGES = {
    "corpus": (["prove-corpus"], ["corpus-counted"]),
    "adversarial": (["prove-adversarial", "bump", "wrapped"], ["adversarial-counted", "bump", "wrapped"]),
}
# In every program, and small: asked for where only the build is wanted.
SMALL = "*__rust_dealloc"
# It takes a second or less; an engine that does not end is a defect, and the other binaries are judged all the same.
LONGEST_SECONDS = 300
# Of one package in one configuration.
MOST_FALSE_ALARMS = 3
# In percent. What hides its allocations may be unknown: there it is enough that nothing is proven.
LEAST_DECIDED = {"corpus": 85}
HEAD = """\
| configuration | package | judged | proven | except panicking | may allocate | unknown | no verdict | no code | decided | FALSE proven | false alarms | wrong |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configurations", nargs="*", metavar="CONFIGURATION", help=", ".join(CONFIGURATIONS))
    parser.add_argument("--companion", metavar="PROGRAM", help="else it is built, by the profile release")
    parser.add_argument("--target-dir", metavar="FOLDER", default=os.path.join(ROOT, "target", "prove_real"))
    parser.add_argument("--undecided", action="store_true", help="list what could not be known, too")
    given = parser.parse_args()
    unknown = set(given.configurations) - set(CONFIGURATIONS)
    if unknown:
        parser.error(f"no configuration: {', '.join(sorted(unknown))}; there are {', '.join(CONFIGURATIONS)}")
    return given


def companion(given):
    if given.companion:
        return os.path.abspath(given.companion)
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", "cargo-alloc-kit"], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(target, "release", "cargo-alloc-kit")


def prove(program, package, configuration, target_dir, names, more, timeout=None):
    """What it says of each of the programs, by their names; and what is wrong if it says nothing. Any exit code that comes with a result
    will do: it is about the verdicts."""
    command = [program, "alloc-kit", "prove", "--message-format", "json", "--quiet", "--locked", "--profile", configuration]
    command += ["--target-dir", os.path.abspath(target_dir), *more]
    for name in names:
        command += ["--bin", name]
    environment = dict(os.environ, CARGO_INCREMENTAL="0")
    folder = os.path.join(FIXTURES, package)
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return {}, f"{', '.join(names)}: no result in {timeout} s"
    try:
        return {binary["name"]: binary for binary in json.loads(done.stdout)["binaries"]}, None
    except (ValueError, LookupError):
        return {}, f"{', '.join(names)}: no result, exit status {done.returncode}"


def build(program, package, configuration, target_dir):
    """The path of each program."""
    judged, counting = PACKAGES[package]
    names = sorted({*judged, *counting})
    found, wrong = prove(program, package, configuration, target_dir, names, ["--function", SMALL])
    if wrong:
        raise SystemExit(f"{configuration}: {wrong}")
    return {name: binary["path"] for name, binary in found.items()}


def counted(program):
    """Lines `counted`, name and number, among whatever else it prints; and what is wrong if it does not come to its end."""
    done = subprocess.run([program], capture_output=True, text=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    wrong = [f"{program}: exit status {done.returncode}: {done.stderr.strip()[-300:]}"] if done.returncode else []
    return {line[1]: int(line[2]) for line in lines if line[0] == "counted"}, wrong


def held(package, configuration, program, target_dir):
    judged, counting = PACKAGES[package]
    paths = build(program, package, configuration, target_dir)
    counts, binaries, wrong = {}, {}, []
    for name in counting:
        of_program, without = counted(paths[name])
        counts.update(of_program)
        wrong += without
    for name in judged:
        begun = time.monotonic()
        found, without = prove(program, package, configuration, target_dir, [name], [], LONGEST_SECONDS)
        print(f"{configuration} {name}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
        binaries.update((name, binary["verdicts"]) for name, binary in found.items())
        wrong += [without] if without else []
    truths = truth.of_package(os.path.join(FIXTURES, package))
    result = judge.hold(truths, package, binaries, counts, configuration)
    result.wrong += wrong
    return result


def short_of(configuration, package, result):
    """What is no wrong verdict, and yet worse than it has been."""
    least = LEAST_DECIDED.get(package, 0)
    if result.share < least:
        yield f"{configuration} {package}: {result.share:.1f} % are decided, and {least} % have to be"
    if len(result.false_alarms) > MOST_FALSE_ALARMS:
        yield f"{configuration} {package}: {len(result.false_alarms)} false alarms, and {MOST_FALSE_ALARMS} are known"


def main():
    given = arguments()
    program = companion(given)
    results = []
    print(HEAD, flush=True)
    for configuration in given.configurations or CONFIGURATIONS:
        for package in PACKAGES:
            result = held(package, configuration, program, given.target_dir)
            results.append((configuration, package, result))
            print(result.row(configuration, package), flush=True)
    for configuration, package, result in results:
        lists = [("FALSE PROVEN", result.false_proven), ("wrong", result.wrong), ("false alarm", result.false_alarms)]
        if given.undecided:
            lists.append(("undecided", result.undecided))
        for what, found in lists:
            for line in found:
                print(f"{what}: {configuration} {package} {line}")
    short = [line for result in results for line in short_of(*result)]
    for line in short:
        print(f"worse: {line}")
    sys.exit(bool(short) or any(result.false_proven or result.wrong for _, _, result in results))


if __name__ == "__main__":
    main()
