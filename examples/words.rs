//! Texts for people: answers on random plans, each in a line, and for a screen in English and Simplified Chinese.
//!
//! `cargo run --example words -- --seed 7`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;

use clap::Parser;
use fastrand::Rng;
use planguard::limits::{DecisionPolicy, Enforcement};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{
    Action, EditionId, Feature, GroupId, GroupType, LimitId, Locale, Observation, Planguard, Remedy,
    SdkAppId, UserId,
};
use planguard::{LoginIntent, ProviderError};

/// Explains random answers in both languages.
#[derive(Parser)]
struct Arguments {
    /// How many answers.
    #[arg(long, default_value_t = 30)]
    count: usize,
    /// The seed they are drawn with.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// An answer of planguard in words.
struct Told {
    line: String,
    english: String,
    chinese: String,
}

macro_rules! told {
    ($answer:expr) => {{
        let answer = $answer;
        let (english, chinese) = (answer.explain(Locale::En), answer.explain(Locale::ZhHans));
        Told { line: answer.to_string(), english, chinese }
    }};
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { count, seed } = Arguments::parse();
    let mut rng = Rng::with_seed(seed);
    for number in 1..=count {
        let Told { line, english, chinese } = draw(&mut rng).await?;
        println!("{number:>2}. {line}\n    {english}\n    {chinese}");
    }
    Ok(())
}

/// An answer to a random question on a random plan.
async fn draw(rng: &mut Rng) -> Result<Told, Box<dyn Error>> {
    let guard = open(rng).await?;
    let (ada, team) = (UserId::new("ada")?, GroupId::new("team")?);
    Ok(match rng.u8(..10) {
        0 | 1 => told!(guard.feature(pick(rng, Feature::ALL))),
        2 => login(rng, &guard, ada).await?,
        choice => {
            let action = near_a_limit(rng, &guard, ada, team).await?;
            let assessment = guard.assess(&action);
            let other = |remedy: &Remedy| *remedy != Remedy::Sync;
            let remedies: Vec<Remedy> = assessment.remedies().into_iter().filter(other).collect();
            match choice {
                3 => told!(guard.check(&action)),
                4..6 => told!(assessment),
                6 if !assessment.checks.is_empty() => told!(&assessment.checks[0]),
                _ if remedies.is_empty() => told!(assessment),
                _ => told!(pick(rng, &remedies)),
            }
        }
    })
}

/// A guard on one of the price lists. Without a billing endpoint its plan is the fallback.
async fn open(rng: &mut Rng) -> Result<Planguard, Box<dyn Error>> {
    let catalog = pick(rng, &planguard::catalog::all());
    let editions: Vec<EditionId> = catalog.editions.iter().map(|edition| edition.id).collect();
    let policy = DecisionPolicy { on_stale: Enforcement::Enforce, ..DecisionPolicy::default() };
    let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
        .store(MemoryStore::new())
        .clock(ManualClock::at("2024-08-20T02:00:00Z".parse()?))
        .decisions(policy)
        .fallback(catalog.id, pick(rng, &editions));
    Ok(guard.open().await?)
}

async fn login(rng: &mut Rng, guard: &Planguard, ada: UserId) -> Result<Told, Box<dyn Error>> {
    if rng.bool() {
        guard.session(ada).logged_out().await;
    }
    let intent = pick(rng, LoginIntent::ALL);
    let outcome = guard.login(ada, intent, || async { Ok::<_, ProviderError>(()) }).await?;
    Ok(told!(outcome))
}

/// An action that comes close to one of its limits, or goes beyond it.
async fn near_a_limit(
    rng: &mut Rng,
    guard: &Planguard,
    ada: UserId,
    team: GroupId,
) -> Result<Action, Box<dyn Error>> {
    let max = |limit| guard.entitlements().limit(limit).and_then(|limit| limit.max.number()).unwrap_or(1000);
    let near = |rng: &mut Rng, limit| max(limit) * rng.u64(70..=100) / 100;
    let kind = pick(rng, &[GroupType::Work, GroupType::Public, GroupType::Meeting]);
    let (friends, groups) = (near(rng, LimitId::FriendsPerUser), near(rng, LimitId::GroupsPerUser));
    let members = near(rng, LimitId::MembersPerGroup);
    guard.observe(&Observation::Friends { user: ada, count: friends }).await;
    guard.observe(&Observation::Groups { user: ada, count: groups }).await;
    guard.observe(&Observation::Group { group: team, members, own_max: None }).await;
    Ok(match rng.u8(..8) {
        0 => Action::AddFriend { user: ada, peer: UserId::new("bob")? },
        1 => Action::JoinGroup { user: ada, group: team, kind },
        2 | 3 => Action::AddMembers { group: team, kind, count: rng.u64(1..100) },
        4 => Action::CreateGroup {
            owner: ada,
            kind: pick(rng, GroupType::ALL),
            initial_members: rng.u64(..300),
        },
        5 => Action::Call { group: rng.bool() },
        6 => Action::Push { messages: 1 },
        _ => Action::Search,
    })
}

fn pick<T: Clone>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())].clone()
}
