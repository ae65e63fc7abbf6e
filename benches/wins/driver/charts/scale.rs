//! Where a value lies on an axis.

/// A logarithmic axis for counts, which has room for none: 0 lies beside 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    /// Where 0 is, in pixels.
    pub(crate) zero: f64,
    pub(crate) one: f64,
    /// Where `top` is.
    pub(crate) end: f64,
    /// A power of ten.
    pub(crate) top: f64,
}

impl Log {
    pub(crate) fn at(&self, count: f64) -> f64 {
        if count < 1.0 {
            return self.zero;
        }
        self.one + (self.end - self.one) * count.log10() / self.top.log10()
    }

    /// 0, and the powers of ten.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let powers = std::iter::successors(Some(1.0), |power| Some(power * 10.0));
        [0.0].into_iter().chain(powers.take_while(|power| *power <= self.top)).collect()
    }
}

/// The power of ten that is not below any of these, and not below 10.
pub(crate) fn top(counts: impl Iterator<Item = f64>) -> f64 {
    let most = counts.fold(10.0, f64::max);
    let mut top = 10.0;
    while top < most {
        top *= 10.0;
    }
    top
}

/// For a tick: 10k, 1M.
pub(crate) fn short(count: f64) -> String {
    match count {
        ..1e3 => format!("{count:.0}"),
        ..1e6 => format!("{:.0}k", count / 1e3),
        _ => format!("{:.0}M", count / 1e6),
    }
}
