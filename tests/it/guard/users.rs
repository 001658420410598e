//! Users looked up once, and events about them.

use std::sync::{Arc, Mutex};

use planguard::client::Event;
use planguard::login::LoginIntent;
use planguard::store::MemoryStore;
use planguard::{Action, IdError, Observation, ProviderError, UserId};
use support::{clock, enforcing, user};

#[tokio::test]
async fn a_user_looked_up_goes_wherever_an_id_goes_and_is_the_same_user() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    let (ada, bob) = (guard.user("ada").unwrap(), guard.user("bob").unwrap());
    guard.observe(&Observation::Friends { user: user("ada"), count: 19 }).await;
    let by_handle = guard.check(&Action::AddFriend { user: ada.id(), peer: bob.id() });
    let by_id = guard.check(&Action::AddFriend { user: user("ada"), peer: user("bob") });
    assert_eq!((by_handle, by_handle.tightest.unwrap().used), (by_id, Some(19)));
    let outcome = guard.login(ada, LoginIntent::OpenChat, || async { Ok::<_, ProviderError>(()) }).await;
    assert!(outcome.unwrap().is_logged_in());
    assert_eq!(guard.session(user("ada")).state(), guard.session(ada).state());
    assert_eq!((UserId::from(ada), UserId::from(&bob)), (user("ada"), user("bob")));
    assert!(!format!("{ada:?}").contains("ada"));
    assert!(matches!(guard.user(" "), Err(IdError::Empty { .. })));
    assert_eq!(guard.group("club").unwrap().as_str(), "club");
}

#[tokio::test]
async fn a_user_looked_up_by_another_install_is_looked_up_again() {
    let clock = clock();
    let one = enforcing(Arc::new(MemoryStore::new()), &clock).await;
    let two = enforcing(Arc::new(MemoryStore::new()), &clock).await;
    two.observe(&Observation::Friends { user: user("ada"), count: 20 }).await;
    let (ada, bob) = (one.user("ada").unwrap(), one.user("bob").unwrap());
    let action = Action::AddFriend { user: ada.id(), peer: bob.id() };
    assert!(one.check(&action).may_proceed() && !two.check(&action).may_proceed());
}

#[tokio::test]
async fn an_event_says_whom_it_is_about() {
    let guard = enforcing(Arc::new(MemoryStore::new()), &clock()).await;
    let (ada, bob) = (guard.user("ada").unwrap(), guard.user("bob").unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&heard);
    guard.on_event(move |event| list.lock().unwrap().push((event.is_about(&ada), event.is_about(&bob))));
    let about = |heard: &Mutex<Vec<(bool, bool)>>| std::mem::take(&mut *heard.lock().unwrap());
    about(&heard);
    // 16 of 20 are 80 %.
    guard.observe(&Observation::Friends { user: ada.id(), count: 16 }).await;
    assert_eq!(about(&heard), [(true, false)]);
    let outcome = guard.login(bob, LoginIntent::OpenChat, || async { Ok::<_, ProviderError>(()) }).await;
    assert!(outcome.unwrap().is_logged_in());
    assert!(about(&heard).iter().all(|about| *about == (false, true)));
    guard.on_event(move |event| {
        assert!(!event.is_about(&ada) || !matches!(event, Event::OutboxDropped { .. }));
    });
}
