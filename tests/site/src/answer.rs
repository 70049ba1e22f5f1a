//! What our webhook answers, as a campaign reads it.

use serde_json::Value;

use crate::http::Response;

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
    pub response: Response,
}

impl Answer {
    /// Panics if the body is not a JSON object: our webhook always answers with one.
    pub fn of(response: Response) -> Self {
        let json = response.json();
        assert!(json.is_object(), "not a JSON object: {json}");
        Self { status: response.status, json, response }
    }

    pub fn success(&self) -> bool {
        self.json["success"] == true
    }

    /// `created`, `updated`, `unchanged`, `ok`, `ignored`, `queued`, `rejected` or `failed`.
    pub fn wp_status(&self) -> &str {
        self.json["wp_status"].as_str().unwrap_or_default()
    }

    /// Empty if there is none.
    pub fn wp_code(&self) -> &str {
        self.json["wp_code"].as_str().unwrap_or_default()
    }

    pub fn user_id(&self) -> Option<u64> {
        self.json["wp_user_id"].as_u64()
    }

    pub fn contact_id(&self) -> Option<&str> {
        self.json["wp_contact_id"].as_str()
    }

    pub fn notes(&self) -> Vec<String> {
        let notes = self.json["wp_notes"].as_array().into_iter().flatten();
        notes.filter_map(|note| note.as_str().map(str::to_owned)).collect()
    }
}
