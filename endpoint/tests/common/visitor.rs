//! Somebody at the page.

use reqwest::{Response, StatusCode};

use super::{APP, World};

/// A browser with its cookie, as far as a form needs one.
pub struct Visitor<'a> {
    pub world: &'a World,
    pub cookie: String,
}

impl<'a> Visitor<'a> {
    pub async fn signed_in(world: &'a World) -> Self {
        let answer = sign_in(world, &world.admin).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        for needed in ["HttpOnly", "SameSite=Strict", "Path=/admin"] {
            assert!(cookie.contains(needed), "{cookie}");
        }
        Self { world, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.world.url);
        self.world.pages().get(url).header("cookie", &self.cookie).send().await.unwrap()
    }

    pub async fn overview(&self) -> String {
        let answer = self.get(&format!("/admin/apps/{APP}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let url = format!("{}/admin/apps/{APP}{path}", self.world.url);
        let request = self.world.pages().post(url).header("cookie", &self.cookie);
        request.form(fields).send().await.unwrap()
    }

    pub async fn token(&self) -> String {
        hidden(&self.overview().await, "token")
    }
}

pub trait Pages {
    fn pages(&self) -> reqwest::Client;
}

impl Pages for World {
    /// A client that follows no redirect.
    fn pages(&self) -> reqwest::Client {
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
    }
}

pub async fn sign_in(world: &World, credential: &str) -> Response {
    let url = format!("{}/admin/sign-in", world.url);
    world.pages().post(url).form(&[("credential", credential)]).send().await.unwrap()
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split('"').next().unwrap().replace("&quot;", "\"")
}
