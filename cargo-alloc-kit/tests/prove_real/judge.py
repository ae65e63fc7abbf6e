"""Holds verdicts against the truth, and both against what a counted run counted."""

from collections import Counter

import truth as truths_of

GOOD = {"proven", "proven-except-panicking"}
NO_CODE = {"not-compiled"}


class Result:
    """What came of one package in one configuration."""

    def __init__(self):
        self.verdicts = Counter()
        self.false_proven, self.false_alarms, self.wrong, self.undecided = [], [], [], []

    @property
    def judged(self):
        return sum(number for verdict, number in self.verdicts.items() if verdict not in NO_CODE)

    @property
    def decided(self):
        """An alarm that is false decides nothing."""
        said = self.verdicts["proven"] + self.verdicts["proven-except-panicking"] + self.verdicts["may-allocate"]
        return said - len(self.false_alarms)

    @property
    def share(self):
        """In percent."""
        return 100 * self.decided / self.judged if self.judged else 0

    def row(self, configuration, package):
        share = f"{self.share:.1f} %" if self.judged else "-"
        names = ("proven", "proven-except-panicking", "may-allocate", "unknown", "no-verdict", "not-compiled")
        cells = [configuration, package, self.judged, *(self.verdicts[name] for name in names), share]
        cells += [len(self.false_proven), len(self.false_alarms), len(self.wrong)]
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


def is_false_proof(truth, kind, verdict):
    """An allocation of a panic is one, too: it is `proven` only if panics are included. (What allocates only while unwinding may have no
    panic at all where nothing unwinds.)"""
    has_panic = kind == truth.kind == "panic"
    return verdict in GOOD and kind in ("allocates", "depends") or verdict == "proven" and has_panic


def said(truth, row, why):
    return f"{truth.file}:{truth.line} `{truth.name}`: {row['verdict']}, {why} ({row['symbol']}){reason(row)}"


def reason(row):
    """The end of the chain, or the first doubt."""
    if row["verdict"] == "may-allocate":
        steps = [step["function"] if isinstance(step, dict) else str(step) for step in row.get("chain", [])]
        sink = row.get("sink") or {}
        return " by " + " > ".join([*steps[-3:], sink.get("symbol", "")])
    doubts = row.get("why") or []
    return ": " + str(doubts[0].get("text", doubts[0]) if isinstance(doubts[0], dict) else doubts[0]) if doubts else ""


def hold_row(result, truth, row, configuration):
    verdict, kind = row["verdict"], truth.kind_in(configuration)
    if is_false_proof(truth, kind, verdict):
        result.false_proven.append(said(truth, row, f"and in truth: {kind}"))
    elif verdict == "may-allocate" and kind in ("never", "panic", "excepted"):
        result.false_alarms.append(said(truth, row, f"and in truth: {kind}"))
    elif "found" in truth.flags and verdict != "may-allocate":
        result.wrong.append(said(truth, row, "and it is to be found"))
    elif verdict not in GOOD | {"may-allocate"} | NO_CODE:
        result.undecided.append(said(truth, row, f"in truth: {kind}"))


def hold_instances(result, truth, rows):
    """Which instance a symbol is of is not known here: so many of each there may be."""
    never, allocates = truth.counts
    good = {row["symbol"]: row for row in rows if row["verdict"] in GOOD}
    bad = {row["symbol"]: row for row in rows if row["verdict"] == "may-allocate"}
    result.undecided += [said(truth, row, "an instance") for row in rows if row["verdict"] not in GOOD | {"may-allocate"}]
    if len(good) > never:
        result.false_proven += [said(truth, row, f"{len(good)} of {never} that are so") for row in good.values()]
    if len(bad) > allocates:
        result.false_alarms += [said(truth, row, f"{len(bad)} of {allocates} that do") for row in bad.values()]


def hold_counts(result, truth, rows, counts, configuration):
    """The second opinion: what ran, ran as the truth and the verdicts have it."""
    if not truth.is_counted():
        return
    proven = bool(rows) and all(row["verdict"] in GOOD for row in rows)
    for name, kind in truth.counted_names():
        kind = "panic" if kind == "allocates" and truth.kind_in(configuration) == "panic" else kind
        count = counts.get(name)
        if count is None:
            result.wrong.append(f"{truth.file}:{truth.line} `{name}` was not run")
        elif count and (kind in ("never", "panic") or proven):
            result.false_proven.append(f"{truth.file}:{truth.line} `{name}` made {count} allocations, in truth: {kind}")
        elif not count and kind == "allocates":
            result.wrong.append(f"{truth.file}:{truth.line} `{name}` made no allocation in any call")


def hold(truths, package, binaries, counts, configuration):
    """`binaries` has the verdicts of each program, by its name."""
    result, by_truth = Result(), {}
    for program, rows in binaries.items():
        of_program = [truth for truth in truths if truth.program(package) == program]
        for row in rows:
            site = row.get("site") or {}
            truth = truths_of.of_site(of_program, site.get("file", ""), site.get("line", 0))
            if truth is None or site.get("form", "").endswith("fn") and not named(site["name"], truth.name):
                result.wrong.append(f"no truth for {site.get('file')}:{site.get('line')} {row['symbol']} in {program}")
                continue
            result.verdicts[row["verdict"]] += 1
            by_truth.setdefault(id(truth), []).append(row)
            if truth.kind != "instances":
                hold_row(result, truth, row, configuration)
    for truth in truths:
        rows = by_truth.get(id(truth), [])
        if not rows and truth.program(package) in binaries:
            result.wrong.append(f"{truth.file}:{truth.line} `{truth.name}` has no verdict")
        if truth.kind == "instances":
            hold_instances(result, truth, rows)
        hold_counts(result, truth, rows, counts, configuration)
    return result


def named(path, name):
    return path.split("::")[-1] == name
