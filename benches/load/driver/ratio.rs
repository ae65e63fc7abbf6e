//! What budgets cost a service: throughput and latency under wrk, by turns, and instructions under callgrind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::generator::{self, Timed};
use crate::load_options::Options;
use crate::service::{Service, Way};
use crate::support::cells::{self, thousands};
use crate::support::progress::Progress;
use crate::support::statistics::quartiles;
use crate::support::{callgrind, machine};
use crate::{Result, client};

const WAYS: [Way; 4] = [Way::Without, Way::Off, Way::Counting, Way::Enforced];
/// Turns of all routes, of which the second are those that are counted: the difference has no start and no end in it.
const TURNS: [u32; 2] = [50, 350];
const REQUESTS_A_TURN: f64 = 20.0;

/// Measures and prints.
pub(crate) fn print(options: &Options) -> Result<()> {
    let programs = WAYS.iter().map(|way| way.build()).collect::<Result<Vec<PathBuf>>>()?;
    let answers = programs.iter().map(|program| answers(program)).collect::<Result<Vec<String>>>()?;
    if let Some(other) = answers.iter().find(|other| **other != answers[0]) {
        return Err(format!("the answers differ:\n{}\n{other}", answers[0]));
    }
    let instructions = if callgrind::is_installed() {
        Some(programs.iter().map(|program| instructions(program)).collect::<Result<Vec<f64>>>()?)
    } else {
        eprintln!("not counted: there is no valgrind");
        None
    };

    let mut rounds: Vec<[Timed; WAYS.len()]> = Vec::new();
    let mut progress = Progress::new(options.rounds);
    for round in 0..options.rounds as usize {
        let mut of_round = [None; WAYS.len()];
        for turn in 0..WAYS.len() {
            // Each is the first, the second and so on of a round equally often.
            let way = (turn + round) % WAYS.len();
            let service = start(&programs[way])?;
            generator::time(&service.address, 1)?;
            of_round[way] = Some(generator::time(&service.address, options.seconds)?);
            let (_, tally) = service.end()?;
            if tally.wrong_verdicts > 0 || !tally.right.is_empty() {
                return Err(format!("a verdict where nothing was planted: {:?}", tally.wrong));
            }
        }
        if let [Some(without), Some(off), Some(counting), Some(enforced)] = of_round {
            rounds.push([without, off, counting, enforced]);
        }
        progress.round_done();
    }
    table(&rounds, instructions.as_deref(), options);
    Ok(())
}

fn table(rounds: &[[Timed; WAYS.len()]], instructions: Option<&[f64]>, options: &Options) {
    let head = ["", "requests a second", "ratio", "p50 (ms)", "p99 (ms)", "instructions a request", "ratio"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for (index, way) in WAYS.iter().enumerate() {
        let of =
            |figure: &dyn Fn(&[Timed; WAYS.len()]) -> f64| quartiles(rounds.iter().map(figure).collect());
        let throughput = of(&|round| round[index].requests_per_second);
        let ratio = of(&|round| round[index].requests_per_second / round[0].requests_per_second);
        let (p50, p99) = (of(&|round| round[index].p50), of(&|round| round[index].p99));
        let milliseconds = |number: f64| format!("{number:.2}");
        let (counted, counted_ratio) = instructions
            .map_or_else(Default::default, |all| (thousands(all[index]), cells::ratio(all[index] / all[0])));
        cells.push(vec![
            way.title().to_owned(),
            thousands(throughput[1]),
            if index == 0 { String::from("1") } else { cells::spread(ratio, cells::ratio) },
            cells::spread(p50, milliseconds),
            cells::spread(p99, milliseconds),
            counted,
            counted_ratio,
        ]);
    }
    println!();
    cells::print(&cells, 1, options.markdown);
    println!();
    println!(
        "medians and quartiles of {} rounds of {} s each, {} connections; the load average is {} now",
        rounds.len(),
        options.seconds,
        generator::CONNECTIONS,
        machine::load()
    );
}

fn start(program: &Path) -> Result<Service> {
    Service::start(&mut Command::new(program), &[])
}

/// What is answered to each request of a turn.
fn answers(program: &Path) -> Result<String> {
    let service = start(program)?;
    let answers = client::ask(&service.address, 2)?;
    service.end()?;
    Ok(answers)
}

/// The instructions of a request, of those that are not the kernel's.
fn instructions(program: &Path) -> Result<f64> {
    let mut counted = [0.0; 2];
    for (counted, turns) in counted.iter_mut().zip(TURNS) {
        let file = std::env::temp_dir().join(format!("alloc-kit-load-callgrind-{}", process::id()));
        let mut command = Command::new("valgrind");
        command
            .arg("--tool=callgrind")
            .arg("-q")
            .arg(format!("--callgrind-out-file={}", file.display()))
            .arg(program);
        let service = Service::start(&mut command, &[])?;
        client::ask(&service.address, turns)?;
        service.end()?;
        let text =
            fs::read_to_string(&file).map_err(|error| format!("callgrind has written nothing: {error}"))?;
        let _ = fs::remove_file(&file);
        let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok());
        #[expect(clippy::cast_precision_loss, reason = "some billions")]
        let total = total.ok_or("callgrind has counted nothing")? as f64;
        *counted = total;
    }
    let [few, many] = counted;
    Ok((many - few) / (f64::from(TURNS[1] - TURNS[0]) * REQUESTS_A_TURN))
}
