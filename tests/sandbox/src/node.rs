//! Method One: a campaign's JSON IO node (section 6).

use crate::delivery::{Delivery, Sender};
use crate::{merge, webhook};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// Assumed: nobody documents it. Longer than any answer a site may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the node's form offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Post,
}

/// One run of a node for one contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Node {
    pub url: String,
    pub method: Method,
    /// The grid: names, and values with merge fields such as `{{id}}`.
    pub parameters: Vec<(String, String)>,
    #[serde(deserialize_with = "id")]
    pub contact: u64,
}

impl Node {
    pub fn get(url: impl Into<String>, contact: u64) -> Self {
        Self { url: url.into(), method: Method::Get, parameters: Vec::new(), contact }
    }

    pub fn post(url: impl Into<String>, contact: u64) -> Self {
        Self { method: Method::Post, ..Self::get(url, contact) }
    }

    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    fn line(&self, fields: &Map<String, Value>) -> String {
        let mut line = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.parameters {
            line.append_pair(name, &merge::fill(value, fields));
        }
        line.finish()
    }
}

pub(crate) async fn run(
    client: &reqwest::Client,
    node: &Node,
    contact: &Value,
    earlier: &Map<String, Value>,
) -> Delivery {
    let line = node.line(&merge::fields(contact, earlier));
    // The same string either way: behind the URL, or as a form body.
    let mut delivery = match node.method {
        Method::Get => {
            let joint = match (line.is_empty(), node.url.contains('?')) {
                (true, _) => "",
                (false, true) => "&",
                (false, false) => "?",
            };
            let url = format!("{}{joint}{line}", node.url);
            webhook::deliver(client.get(&url).timeout(PATIENCE), Sender::Node, "GET", &url).await
        }
        Method::Post => {
            let request = client
                .post(&node.url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(line.clone())
                .timeout(PATIENCE);
            let mut delivery = webhook::deliver(request, Sender::Node, "POST", &node.url).await;
            delivery.sent = line;
            delivery
        }
    };
    delivery.subject = node.contact.to_string();
    delivery
}

/// Browsers hold large ids as strings.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => text.parse().map_err(serde::de::Error::custom),
        other => other.as_u64().ok_or_else(|| serde::de::Error::custom("a contact id is a whole number")),
    }
}
