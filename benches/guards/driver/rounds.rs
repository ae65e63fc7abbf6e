//! The rounds: in each, every guard is timed once, by turns in a shuffled order, and each time alloc-kit's `#[no_alloc]`
//! right before or right after. What else happens on the machine comes and goes within seconds.

use alloc_kit_benches::inputs::Random;

use crate::Result;
use crate::options::Options;
use crate::program::{self, Pair};
use crate::rows::Row;
use crate::support::progress::Progress;
use crate::support::statistics::quartiles;

/// What the rounds found for one guard and one task; quartiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    /// Nanoseconds of entering and leaving.
    pub(crate) guard: [f64; 3],
    /// The same, as a ratio to the baseline's next to it.
    pub(crate) ratio: Option<[f64; 3]>,
    /// The guarded operation as a ratio to the plain one.
    pub(crate) whole: [f64; 3],
}

/// What the rounds found.
#[derive(Debug)]
pub(crate) struct Figures {
    /// For each row the tasks, where the guard can do them.
    pub(crate) rows: Vec<[Option<Figure>; 4]>,
    /// Nanoseconds of each task without a guard: the median of all programs.
    pub(crate) plain: [Option<f64>; 4],
}

/// A row's tasks and those of the baseline next to it.
type Beside = ([Option<Pair>; 4], [Option<Pair>; 4]);

pub(crate) fn run(rows: &[&Row], options: &Options, layouts: u32) -> Result<Figures> {
    let Some((baseline, others)) = rows.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err("there is nothing to compare with".to_owned());
    };
    let milliseconds = options.milliseconds.to_string();
    let time = |row: &Row, layout: u32| program::time(row, layout, &milliseconds);

    let mut measured: Vec<Vec<Beside>> = vec![Vec::new(); others.len()];
    let mut random = Random(0x000a_110c);
    let mut progress = Progress::new(options.rounds);
    for round in 0..options.rounds {
        let layout = round % layouts;
        for row in random.order(others.len()) {
            let first = random.below(2) == 0;
            let before = if first { Some(time(baseline, layout)?) } else { None };
            let own = time(others[row], layout)?;
            let beside = before.map_or_else(|| time(baseline, layout), Ok)?;
            measured[row].push((own, beside));
        }
        progress.round_done();
    }

    let of_baseline: Vec<Beside> =
        measured.iter().flatten().map(|(_, baseline)| (*baseline, *baseline)).collect();
    let all = [of_baseline].into_iter().chain(measured);
    let all: Vec<Vec<Beside>> = all.collect();
    let plain = |task: usize| {
        let plain = all.iter().flatten().filter_map(|(own, _)| Some(own[task]?.plain)).collect();
        some_quartiles(plain).map(|quartiles| quartiles[1])
    };
    Ok(Figures {
        rows: all.iter().map(|rounds| std::array::from_fn(|task| figure(rounds, task))).collect(),
        plain: std::array::from_fn(plain),
    })
}

fn figure(rounds: &[Beside], task: usize) -> Option<Figure> {
    let own: Vec<Pair> = rounds.iter().filter_map(|(own, _)| own[task]).collect();
    let ratios = rounds.iter().filter_map(|(own, beside)| Some(own[task]?.guard() / beside[task]?.guard()));
    Some(Figure {
        guard: some_quartiles(own.iter().map(|pair| pair.guard()).collect())?,
        ratio: some_quartiles(ratios.collect()),
        whole: some_quartiles(own.iter().map(|pair| pair.guarded / pair.plain).collect())?,
    })
}

fn some_quartiles(values: Vec<f64>) -> Option<[f64; 3]> {
    (!values.is_empty()).then(|| quartiles(values))
}
