//! The parameters of a webhook's URL.

/// A webhook as its URL describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The app.
    pub app: u64,
    /// The command, such as `State.StateChange`.
    pub command: String,
    /// The signature.
    pub sign: Option<String>,
    /// The time of the request, as it is signed.
    pub request_time: Option<String>,
}

impl std::fmt::Debug for Delivery {
    /// Without the signature, which signs whatever is sent within a minute.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("app", &self.app).finish_non_exhaustive()
    }
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDelivery {
    /// A parameter is missing, or empty.
    #[error("{0}: missing; the URL that the provider calls ends in /tencent/callback, and it adds the rest")]
    Missing(&'static str),
    /// A parameter is there twice.
    #[error("{0}: there twice; remove it from the URL in the provider's console")]
    Twice(&'static str),
    /// The app is no number.
    #[error("SdkAppid: not an app's number")]
    NotAnApp,
    /// The content is said to be something else than JSON.
    #[error("contenttype: only json is taken")]
    NotJson,
}

const APP: &str = "SdkAppid";
const COMMAND: &str = "CallbackCommand";

impl Delivery {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`BadDelivery`].
    pub fn read(parameters: &[(String, String)]) -> Result<Self, BadDelivery> {
        let one = |name: &'static str| {
            let mut found = parameters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(BadDelivery::Twice(name)),
                (found, None) => Ok(found.filter(|value| !value.is_empty())),
            }
        };
        let app = one(APP)?.ok_or(BadDelivery::Missing(APP))?;
        let app = app.parse().ok().filter(|app| *app > 0).ok_or(BadDelivery::NotAnApp)?;
        let command = one(COMMAND)?.ok_or(BadDelivery::Missing(COMMAND))?.to_owned();
        if one("contenttype")?.is_some_and(|kind| !kind.eq_ignore_ascii_case("json")) {
            return Err(BadDelivery::NotJson);
        }
        let (sign, request_time) = (one("Sign")?.map(str::to_owned), one("RequestTime")?.map(str::to_owned));
        Ok(Self { app, command, sign, request_time })
    }
}
