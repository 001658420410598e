//! One run: damaged files first, then worlds, one after another, until the time is over.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;

use crate::breach::Breach;
use crate::clock::Since;
use crate::figures::Figures;
use crate::flips;
use crate::kind::Kind;
use crate::setting::Setting;
use crate::strangers;
use crate::world::World;

/// How many damaged files a run tries.
const INPUTS: u32 = 1_000;

/// A run that has found so many broken worlds has found enough.
const ENOUGH: u32 = 3;

/// How often it is said how far a run is.
const NEWS: Duration = Duration::from_secs(5);

#[derive(Args)]
pub(crate) struct Options {
    /// For how many minutes.
    #[arg(long, default_value_t = 1)]
    minutes: u64,
    /// What everything that is drawn is drawn from.
    #[arg(long)]
    seed: Option<u64>,
    /// Each kind of world once or a few times, with short locks and fewer files.
    #[arg(long)]
    short: bool,
    /// Only the world of this number, again and again.
    #[arg(long, value_name = "NUMBER")]
    world: Option<u64>,
    /// The folder of the frozen stores.
    #[arg(long)]
    fixtures: PathBuf,
    /// It runs where file systems can be mounted that nobody else sees.
    #[arg(long, hide = true)]
    mounts: bool,
}

/// Runs it; whether nothing was found that ought not to be.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    if !options.mounts && can_mount() {
        // In a namespace of its own, so that small and read-only disks are gone with it.
        let mut again = Command::new("unshare");
        again.arg("-rm").arg(std::env::current_exe()?);
        return Err(again.args(std::env::args_os().skip(1)).arg("--mounts").exec().into());
    }
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    let disks = if options.mounts { "small disks are mounted" } else { "nothing can be mounted" };
    println!("seed {seed}; {disks}");
    let setting = Setting {
        runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
        fixtures: options.fixtures.clone(),
        short: options.short,
        mounts: options.mounts,
    };
    let began = Since::now();
    let mut figures = Figures::default();
    if options.world.is_none() {
        let inputs = if options.short { INPUTS / 5 } else { INPUTS };
        let (strangers, mut breaches) = strangers::run(&setting.runtime)?;
        figures.strangers = strangers;
        breaches.append(&mut flips::run(&setting, seed, inputs, &mut figures.inputs)?);
        for breach in &breaches {
            println!("BREACH {breach}");
        }
        figures.breaches(&breaches);
        println!("{inputs} damaged files tried, {} s", began.passed().as_secs());
    }
    worlds(options, &setting, seed, began, &mut figures)?;
    figures.print();
    Ok(figures.is_clean())
}

fn worlds(
    options: &Options,
    setting: &Setting,
    seed: u64,
    began: Since,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let (mut broken, mut said) = (0, Since::now());
    let all = Kind::ROUND.len() as u64;
    for turn in 0.. {
        let over = began.passed() >= Duration::from_secs(options.minutes * 60);
        // A short run leaves no kind out.
        if over && (!options.short || turn >= all || options.world.is_some()) {
            break;
        }
        let number = options.world.unwrap_or(turn);
        let kind = Kind::ROUND[usize::try_from(number % all)?];
        let mut world = World::new(setting, kind, fastrand::Rng::with_seed(seed ^ number << 20).u64(..))?;
        let breaches = world.run(figures)?;
        if !breaches.is_empty() {
            tell(options, seed, number, kind, &breaches, &mut world);
            figures.breaches(&breaches);
            broken += 1;
            if broken == ENOUGH {
                break;
            }
        }
        if said.passed() >= NEWS {
            said = Since::now();
            println!("{:>5} s: {}", began.passed().as_secs(), figures.line());
        }
    }
    Ok(())
}

/// What is needed to look at it and to repeat it.
fn tell(options: &Options, seed: u64, number: u64, kind: Kind, breaches: &[Breach], world: &mut World<'_>) {
    println!("BREACH in world {number}, {}:", kind.word());
    for breach in breaches.iter().take(10) {
        println!("  {breach}");
    }
    let journal = std::fs::read_to_string(world.journal()).unwrap_or_default();
    let lines: Vec<_> = journal.lines().collect();
    println!("  the last of {} lines of its journal:", lines.len());
    for line in lines.iter().skip(lines.len().saturating_sub(12)) {
        println!("    {line}");
    }
    if let Some(kept) = world.keep() {
        println!("  journal and store are kept in {}", kept.display());
    }
    let short = if options.short { " --short" } else { "" };
    println!(
        "  again, until it is seen: cargo xtask torture --minutes 2 --seed {seed} --world {number}{short}"
    );
}

/// Whether this user may have file systems of their own: mounts one where nobody sees it.
fn can_mount() -> bool {
    let Ok(folder) = tempfile::tempdir() else { return false };
    let mut tried = Command::new("unshare");
    tried.args(["-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(folder.path());
    tried.stdout(Stdio::null()).stderr(Stdio::null());
    tried.status().is_ok_and(|status| status.success())
}
