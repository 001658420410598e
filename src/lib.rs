//! planguard keeps a chat app inside its plan.
