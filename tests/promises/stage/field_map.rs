//! The tab Fields, as its form is sent with and without a script.

use crate::stage::world::{World, nonce};
use site::{Request, form};

pub const TAB: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=fields";

impl World {
    /// Sends these rows (property, key, type) with a button, '' to save: the page that answers, where a redirect leads too.
    pub fn send_field_map(&self, cookie: &str, button: &str, who: &str, rows: &[(&str, &str, &str)]) -> String {
        let page = self.settings_tab(cookie, "fields");
        let nonce = nonce(&page, "name='option_page'");
        let mut fields: Vec<(String, &str)> = [
            ("option_page", "agile_bridge"),
            ("agile_bridge_action", "fields"),
            ("_wpnonce", &*nonce),
            ("agile_bridge_press", button),
            ("agile_bridge_who", who),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        for (place, (crm, wp, kind)) in rows.iter().enumerate() {
            for (name, value) in [("crm", crm), ("wp", wp), ("type", kind), ("when_empty", &"keep")] {
                fields.push((format!("agile_bridge_field_map[{place}][{name}]"), value));
            }
        }
        fields.push(("agile_bridge_settings[complete]".to_owned(), "1"));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, *value)).collect();
        let request = Request::new("POST", TAB).header("Cookie", cookie);
        let answer = self.site.send(&request.body("application/x-www-form-urlencoded", form(&fields)));
        match answer.header("Location") {
            Some(place) => {
                let target = place.replacen(&self.site.url(), "", 1);
                self.site.send(&Request::new("GET", &target).header("Cookie", cookie)).body()
            }
            None => answer.body(),
        }
    }
}

/// The part of the page that holds the rows which can be changed, without the one that the script copies.
pub fn rows(page: &str) -> Vec<String> {
    let part = page.split("agile-bridge-rows\">").nth(1).unwrap_or_else(|| panic!("no rows:\n{page}"));
    let part = part.split("</tbody>").next().unwrap_or_default();
    part.split("<tr>").skip(1).map(str::to_owned).collect()
}
