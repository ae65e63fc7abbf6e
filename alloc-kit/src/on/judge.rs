//! What becomes of a region's figures: carried on, held against its limits, handed to the regions around.

#![allow(unsafe_code, reason = "the thread's context")]

use std::process;
use std::thread;

use super::apart;
use super::breach;
use super::context::{self, Context, Process, Region, Role};
use super::handle::Shared;
use super::line::{self, Totals};
use super::message::{self, Broken};
use super::mode::{self, Mode};
use super::noted;
use super::region::{self, Before, Carried, Serial};
use super::site::{self, Limits, Site};
use super::stats;
use super::threads;
use super::trace::Trace;
use super::usage::Usage;
use super::verdict;

/// A broken budget that panics, or a region that could not be judged.
pub(super) struct Failure {
    message: String,
    site: Option<&'static Site>,
}

impl Failure {
    /// Panics with it: at the budget's place, or else at its caller's.
    #[cold]
    #[track_caller]
    pub(super) fn raise(self) -> ! {
        match self.site {
            Some(site) => (site.raise)(self.message),
            None => site::raise(self.message),
        }
    }
}

/// A region that was left.
pub(super) struct Ended {
    pub(super) region: Region,
    pub(super) usage: Usage,
    /// What the thread itself counted, the polls before included; of a lean region, allocations and bytes.
    pub(super) own: Totals,
    /// The peak of the thread since it entered, above what was live where the figures begin; that may be more.
    pub(super) peak: i64,
    pub(super) depth: usize,
}

/// What the last poll of a future adds to a region: what came before, and how all of it is judged, since that poll by
/// itself may have been recursion.
pub(super) struct Last {
    pub(super) carried: Carried,
    pub(super) role: Role,
    pub(super) limits: Limits,
}

impl Ended {
    #[cold]
    pub(super) fn add_other_threads(&mut self) {
        let hidden = line::change().hidden_totals();
        let _suspended = line::suspend();
        match self.region.process {
            // From here on it is what they used, to carry on.
            Process::Since(start, generation) => match threads::totals() {
                Some(now) if threads::generation() == generation => {
                    let now = now + hidden;
                    self.usage = Usage::of(now - start, self.usage.peak_bytes);
                    self.region.process = Process::Since(now - start, generation);
                }
                _ => self.region.process = Process::Unknown,
            },
            Process::Unknown => {}
            Process::Apart if self.region.role == Role::Attached => {}
            Process::Apart => {
                if let Some(shared) = &self.region.shared {
                    let (attached, peak) = shared.sum();
                    self.usage = Usage::of(self.own + attached, self.usage.peak_bytes.max(peak));
                }
            }
        }
    }

    /// Keeps what the next poll of a future goes on from.
    pub(super) fn carry(mut self, context: &mut Context, carried: &mut Carried) {
        carried.used = self.own;
        carried.peak = carried.peak.max(self.usage.peak_bytes);
        self.region.publish(self.own.allocations);
        let Region { over, shared, process, .. } = self.region;
        let has_rare = over || shared.is_some() || process != Process::Apart || carried.rare.is_some();
        if has_rare || !context.traces.is_empty() {
            let _suspended = line::suspend();
            let rare = carried.rare.get_or_insert_default();
            rare.over = over;
            rare.before = Before { shared, process: Some(process).filter(|of| *of != Process::Apart) };
            rare.traces.extend(context.traces.of(self.depth).copied());
            context.traces.forget(self.depth);
        }
    }

    /// Judges what was carried and the last stretch, if that has to be; the message of a broken budget that panics.
    pub(super) fn judge(mut self, context: &mut Context, last: Option<Last>) -> Option<String> {
        let carried = last.map(|Last { carried, role, limits }| {
            (self.region.role, self.region.limits) = (role, limits);
            carried
        });
        if let Some(carried) = &carried {
            self.usage.peak_bytes = self.usage.peak_bytes.max(carried.peak);
            self.region.threads = carried.threads;
        }
        let Region { role, over, shared, process, .. } = &self.region;
        let has_rare = carried.as_ref().is_some_and(|carried| carried.rare.is_some());
        let is_plain = !over && shared.is_none() && !has_rare && *process != Process::Unknown;
        if is_plain && (*role != Role::Judged || self.holds()) {
            if !context.traces.is_empty() {
                let _withheld = apart::withhold();
                context.traces.forget(self.depth);
            }
            return None;
        }
        self.judge_in_full(context, carried)
    }

    /// Whether the region has held its limits, which is kept for the report, and there is nothing else to say of it.
    fn holds(&self) -> bool {
        let Region { site, limits, threads, .. } = &self.region;
        if verdict::is_broken(limits, &self.usage) {
            return false;
        }
        if !stats::are_kept() {
            return true;
        }
        // PERF: atomics alone, and the thread goes on counting: a suspension costs more than all the rest, in a debug build.
        let Some(site) = site.filter(|_| !thread::panicking()) else { return false };
        site.stats.judged(limits, &self.usage, threads::started() - threads);
        true
    }

    #[cold]
    #[inline(never)]
    fn judge_in_full(self, context: &mut Context, carried: Option<Carried>) -> Option<String> {
        let _suspended = line::suspend();
        // Dropped while counting is suspended.
        let (this, rare) = (self, carried.and_then(|carried| carried.rare));
        let mut traces = rare.map(|rare| rare.traces).unwrap_or_default();
        traces.extend(context.traces.of(this.depth).copied());
        if let Some((shared, outer)) = this.region.shared.as_ref().zip(context.innermost()) {
            shared.hand_on(outer);
        }
        let verdict = this.verdict(traces);
        context.traces.forget(this.depth);
        verdict
    }

    fn verdict(&self, traces: Vec<Trace>) -> Option<String> {
        let Region { role, over, path, limits, shared, process, .. } = &self.region;
        let site = self.region.site?;
        if *over {
            site.stats.was_over();
        }
        let still_attached = shared.as_ref().is_some_and(Shared::close);
        if *role != Role::Judged {
            return None;
        }
        let broken = verdict::is_broken(limits, &self.usage);
        if thread::panicking() {
            if broken {
                message::say_not_judged(site, path);
            }
            site.stats.not_judged("left by a panic");
            return None;
        }
        let unknown = *process == Process::Unknown;
        if unknown || (still_attached && !broken) {
            let why = if unknown { UNKNOWN } else { STILL_ATTACHED };
            mode::say(&format!("alloc-kit: the budget of `{}` is not verified: {why}", site.name));
            site.stats.not_judged(why);
            return None;
        }
        let attached = shared.as_ref().map_or(0, |shared| shared.attached());
        let started = threads::started() - self.region.threads;
        if stats::are_kept() {
            site.stats.judged(limits, &self.usage, if attached > 0 { 0 } else { started });
        }
        if !broken {
            return None;
        }
        site.stats.broke(path);
        noted::note(site);
        let mut traces = traces;
        if let Some(shared) = shared {
            traces.extend(shared.traces());
        }
        let broken = Broken {
            site,
            path,
            limits,
            usage: &self.usage,
            own: &self.own,
            traces: &traces,
            attached,
            started,
        };
        let message = breach::tell(&broken);
        match mode::mode() {
            Mode::Warn => mode::say(&message),
            Mode::Abort => {
                mode::say(&message);
                process::abort();
            }
            _ => return Some(message),
        }
        None
    }
}

const STILL_ATTACHED: &str = "a thread or a task that has a `Handle` of it had not ended";
const UNKNOWN: &str = "not every thread of the process could be asked";

/// Leaves a region and judges it, with what a future has carried.
#[cold]
#[inline(never)]
pub(super) fn end(serial: Serial, last: Option<Last>) -> Option<Failure> {
    let context = context::context();
    // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
    let context = unsafe { context.as_mut() }?;
    match region::leave(context, serial) {
        Some(ended) => {
            let site = ended.region.site;
            ended.judge(context, last).map(|message| Failure { message, site })
        }
        None if thread::panicking() => None,
        None => Some(Failure { message: OUT_OF_ORDER.to_owned(), site: None }),
    }
}

const OUT_OF_ORDER: &str = "alloc-kit: a budget was not verified: its region did not end where it began
  = note: something waited inside of it, in a macro that hides its `.await`, and other work got into the region
  = help: wait outside of it, or write the `.await` where alloc-kit sees it";
