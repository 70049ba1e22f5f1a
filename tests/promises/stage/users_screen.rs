//! WordPress' own screens of users, as who may see our parts of them uses them.

use crate::stage::world::World;
use site::{Request, Response, form};

pub const USERS: &str = "/wp-admin/users.php";

/// A profile offers languages, and would ask wordpress.org for them.
pub const NO_LANGUAGES: &str = "<?php add_filter('pre_site_transient_available_translations', fn() => []);";

impl World {
    pub fn page(&self, cookie: &str, target: &str) -> Response {
        self.site.send(&Request::new("GET", target).header("Cookie", cookie))
    }

    pub fn send_form(&self, cookie: &str, target: &str, fields: &[(&str, &str)]) -> Response {
        let request = Request::new("POST", target).header("Cookie", cookie);
        self.site.send(&request.body("application/x-www-form-urlencoded", form(fields)))
    }

    /// The logins of the rows that the list shows.
    pub fn listed(&self, cookie: &str, target: &str) -> Vec<String> {
        let page = self.page(cookie, target).body();
        let list = page.split("id=\"the-list\"").nth(1).unwrap_or_else(|| panic!("no list:\n{page}"));
        let rows = list.split("</tbody>").next().unwrap_or_default().split("<tr id='user-").skip(1);
        rows.map(|row| between(row, "<strong>", "</strong>")).map(|name| text(&name)).collect()
    }
}

/// The row of a user, as HTML.
#[track_caller]
pub fn row_of(page: &str, user: u64) -> String {
    between(page, &format!("<tr id='user-{user}'>"), "</tr>")
}

/// What stands between the first of these two and the next of those.
#[track_caller]
pub fn between(text: &str, from: &str, to: &str) -> String {
    let after = text.split_once(from).unwrap_or_else(|| panic!("no {from} in:\n{text}")).1;
    after.split(to).next().unwrap_or_default().to_owned()
}

/// HTML without its tags.
pub fn text(html: &str) -> String {
    let parts = html.split('<').enumerate().map(|(number, part)| match number {
        0 => part,
        _ => part.split_once('>').map_or("", |(_, text)| text),
    });
    parts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The nonce of WordPress' list.
pub fn list_nonce(page: &str) -> String {
    between(page, "name=\"_wpnonce\" value=\"", "\"")
}
