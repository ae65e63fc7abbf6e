//! [`Plan`]: what this run is to do with baselines, by the harness's own arguments and two variables.
//!
//! Criterion has parsed the arguments before the first benchmark runs, and has refused what is wrong; here they are only
//! read. Divan refuses the baseline flags, which is what the variables are for.

use std::env;
use std::ffi::OsString;

/// Saves under a name, as `--save-baseline` does.
const SAVE: &str = "ALLOC_KIT_BENCH_SAVE_BASELINE";
/// Compares with a name, as `--baseline` does.
const COMPARE: &str = "ALLOC_KIT_BENCH_BASELINE";
/// What a broken budget does, as alloc-kit has it.
const MODE: &str = "ALLOC_KIT_MODE";

/// The baseline of every run that asks for no other: the run before, as criterion has it.
const PREVIOUS_RUN: &str = "base";

/// What this run does.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that stands by itself")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The baseline to compare with, and to save under.
    pub(crate) baseline: String,
    pub(crate) saves: bool,
    /// A benchmark that the baseline lacks is a failure.
    pub(crate) strict: bool,
    /// Criterion profiles: its routines run for somebody who watches what they do.
    pub(crate) profiles: bool,
    /// Criterion's `--quiet`: no comparisons.
    pub(crate) quiet: bool,
    /// Standard output is for a program to read: `--output-format bencher`.
    pub(crate) for_programs: bool,
    /// A broken budget is told, and the process ends as it would.
    pub(crate) warns: bool,
    /// No budget is judged.
    pub(crate) off: bool,
}

impl Plan {
    /// What the process was asked for.
    pub(crate) fn of_process() -> Result<Self, String> {
        Self::of(env::args_os().skip(1), |name| env::var_os(name))
    }

    pub(crate) fn of(
        arguments: impl Iterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, String> {
        let asked = Asked::of(arguments);
        let value = |name: &str| match variable(name).filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) => match value.into_string() {
                Ok(value) => Ok(Some(value)),
                Err(value) => Err(format!("`{name}={}` is not valid Unicode", value.display())),
            },
        };
        let (mut save, mut strict) = (asked.save, asked.baseline);
        if save.is_none() && strict.is_none() && asked.lenient.is_none() && !asked.discards {
            (save, strict) = (value(SAVE)?, value(COMPARE)?);
            if save.is_some() && strict.is_some() {
                return Err(format!("`{SAVE}` and `{COMPARE}` are both set: a run does one or the other"));
            }
        }
        let (warns, off) = match value(MODE)?.as_deref() {
            None | Some("fail" | "abort") => (false, false),
            Some("warn") => (true, false),
            Some("off") => (false, true),
            Some(other) => {
                return Err(format!("`{MODE}={other}` is no mode; accepted: fail, warn, abort, off"));
            }
        };
        let compares_only = strict.is_some() || asked.lenient.is_some() || asked.discards;
        Ok(Self {
            // `cargo bench` passes it; without, criterion and divan run each benchmark once, as a test.
            saves: asked.bench && !asked.test && !asked.profiles && !compares_only,
            strict: strict.is_some(),
            baseline: save.or(strict).or(asked.lenient).unwrap_or_else(|| PREVIOUS_RUN.to_owned()),
            profiles: asked.profiles,
            quiet: asked.quiet,
            for_programs: asked.for_programs,
            warns,
            off,
        })
    }
}

/// The arguments that matter here.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Default)]
struct Asked {
    save: Option<String>,
    baseline: Option<String>,
    lenient: Option<String>,
    discards: bool,
    bench: bool,
    test: bool,
    profiles: bool,
    quiet: bool,
    for_programs: bool,
}

impl Asked {
    fn of(arguments: impl Iterator<Item = OsString>) -> Self {
        let mut asked = Self::default();
        let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            }
            if let Some(long) = argument.strip_prefix("--") {
                let (name, attached) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                asked.long(name, attached, &mut arguments);
            } else if let Some(letters) = argument.strip_prefix('-') {
                asked.short(letters, &mut arguments);
            }
        }
        asked
    }

    fn long(&mut self, name: &str, attached: Option<&str>, rest: &mut impl Iterator<Item = String>) {
        let mut value = || attached.map(str::to_owned).or_else(|| rest.next());
        match name {
            "save-baseline" => self.save = value(),
            "baseline" => self.baseline = value(),
            "baseline-lenient" => self.lenient = value(),
            "output-format" => self.for_programs = value().as_deref() == Some("bencher"),
            "profile-time" => {
                value();
                self.profiles = true;
            }
            "discard-baseline" => self.discards = true,
            "bench" => self.bench = true,
            "test" => self.test = true,
            "quiet" => self.quiet = true,
            _ => {}
        }
    }

    /// Several letters may stand together; the first that takes a value takes the rest.
    fn short(&mut self, letters: &str, rest: &mut impl Iterator<Item = String>) {
        for (at, letter) in letters.char_indices() {
            if !matches!(letter, 's' | 'b' | 'c') {
                continue;
            }
            let attached = letters[at + 1..].trim_start_matches('=');
            let value = if attached.is_empty() { rest.next() } else { Some(attached.to_owned()) };
            match letter {
                's' => self.save = value,
                'b' => self.baseline = value,
                _ => {}
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(arguments: &str, variables: &[(&str, &str)]) -> Result<Plan, String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Plan::of(arguments.split_whitespace().map(OsString::from), variable)
    }

    /// Name, whether it is saved, whether it must be there.
    fn baseline(arguments: &str) -> (String, bool, bool) {
        let plan = plan(arguments, &[]).unwrap();
        (plan.baseline, plan.saves, plan.strict)
    }

    #[test]
    fn the_run_before_is_the_baseline_unless_another_is_named() {
        assert_eq!(baseline("--bench"), ("base".to_owned(), true, false));
        assert_eq!(baseline("--quick csv --bench"), ("base".to_owned(), true, false));
        for save in
            ["--save-baseline main", "--save-baseline=main", "-s main", "-smain", "-ns main", "-s=main"]
        {
            assert_eq!(baseline(&format!("{save} --bench")), ("main".to_owned(), true, false), "{save}");
        }
        for compare in ["--baseline main", "--baseline=main", "-b main", "-vbmain"] {
            assert_eq!(
                baseline(&format!("{compare} --bench")),
                ("main".to_owned(), false, true),
                "{compare}"
            );
        }
        assert_eq!(baseline("--baseline-lenient main --bench"), ("main".to_owned(), false, false));
        assert_eq!(baseline("--discard-baseline --bench"), ("base".to_owned(), false, false));
    }

    #[test]
    fn tests_and_profiles_save_nothing() {
        assert_eq!(baseline(""), ("base".to_owned(), false, false));
        assert_eq!(baseline("--bench --test"), ("base".to_owned(), false, false));
        assert_eq!(baseline("--bench --profile-time 2"), ("base".to_owned(), false, false));
        assert!(plan("--bench --profile-time=2", &[]).unwrap().profiles);
    }

    #[test]
    fn what_follows_two_dashes_is_a_filter() {
        assert_eq!(baseline("--bench -- --save-baseline"), ("base".to_owned(), true, false));
    }

    #[test]
    fn variables_are_for_harnesses_without_flags() {
        let of = |arguments: &str, variables: &[(&str, &str)]| {
            plan(arguments, variables).map(|plan| (plan.baseline, plan.saves, plan.strict))
        };
        assert_eq!(of("--bench", &[(SAVE, "main")]), Ok(("main".to_owned(), true, false)));
        assert_eq!(of("--bench", &[(COMPARE, "main")]), Ok(("main".to_owned(), false, true)));
        assert_eq!(of("--bench", &[(COMPARE, "")]), Ok(("base".to_owned(), true, false)));
        // A flag is nearer.
        assert_eq!(of("--bench -s x", &[(COMPARE, "main")]), Ok(("x".to_owned(), true, false)));
        let both = of("--bench", &[(SAVE, "a"), (COMPARE, "b")]);
        assert!(both.is_err_and(|error| error.contains("are both set")));
    }

    #[test]
    fn the_mode_is_alloc_kits() {
        let of = |mode: &str| plan("--bench", &[(MODE, mode)]).map(|plan| (plan.warns, plan.off));
        assert_eq!(of("fail"), Ok((false, false)));
        assert_eq!(of("warn"), Ok((true, false)));
        assert_eq!(of("off"), Ok((false, true)));
        assert!(
            of("of").is_err_and(|error| error.contains("`ALLOC_KIT_MODE=of` is no mode; accepted: fail"))
        );
    }

    #[test]
    fn what_programs_read_is_known() {
        assert!(plan("--bench --output-format bencher", &[]).unwrap().for_programs);
        assert!(!plan("--bench --output-format criterion", &[]).unwrap().for_programs);
        assert!(plan("--bench --quiet", &[]).unwrap().quiet);
    }
}
