//! Unleash's engine: 14 flags, each with the default strategy, evaluated for a user.

use unleash_types::client_features::{ClientFeature, ClientFeatures, Context, Strategy};
use unleash_yggdrasil::{EngineState, UpdateMessage};

pub(crate) struct Engine {
    engine: EngineState,
    user: Context,
}

impl Engine {
    pub(crate) fn new(flags: &[&str]) -> Self {
        let engine = EngineState::default();
        let features = flags.iter().map(|&name| feature(name)).collect();
        let state = ClientFeatures { version: 2, features, segments: None, query: None, meta: None };
        assert!(engine.take_state(UpdateMessage::FullResponse(state)).is_none(), "the flags were accepted");
        let user = Context { user_id: Some("ada".to_owned()), ..Context::default() };
        Self { engine, user }
    }

    pub(crate) fn is_enabled(&self, flag: &str) -> bool {
        self.engine.is_enabled(flag, &self.user, &None)
    }
}

fn feature(name: &str) -> ClientFeature {
    let strategy = Strategy {
        name: "default".to_owned(),
        sort_order: None,
        segments: None,
        variants: None,
        constraints: None,
        parameters: None,
    };
    let strategies = Some(vec![strategy]);
    ClientFeature { name: name.to_owned(), enabled: true, strategies, ..ClientFeature::default() }
}
