//! The settings screen, as an admin uses it.

use crate::stage::world::{World, nonce};
use site::{Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";

impl World {
    /// What a tab of the screen shows to who has this cookie.
    pub fn settings_tab(&self, cookie: &str, tab: &str) -> String {
        self.site.send(&Request::new("GET", &format!("{SCREEN}&tab={tab}")).header("Cookie", cookie)).body()
    }

    /// Presses the button of the first tab, with nothing typed: what the screen says then.
    pub fn test_connection(&self, cookie: &str) -> String {
        let nonce = nonce(&self.settings_tab(cookie, "connect"), "name='option_page'");
        let fields = [
            ("option_page", "agile_bridge"),
            ("agile_bridge_action", "save_and_test"),
            ("_wpnonce", &*nonce),
            ("agile_bridge_settings[complete]", "1"),
        ];
        let press = Request::new("POST", SCREEN).header("Cookie", cookie);
        self.site.send(&press.body("application/x-www-form-urlencoded", form(&fields))).body()
    }

    /// Saves these fields of the form, named as in `[limit_roles]`: what the screen says then.
    pub fn save_settings(&self, cookie: &str, fields: &[(&str, &str)]) -> String {
        let nonce = nonce(&self.settings_tab(cookie, "users"), "name='option_page'");
        let names: Vec<(String, &str)> =
            fields.iter().map(|(name, value)| (format!("agile_bridge_settings{name}"), *value)).collect();
        let mut all = vec![("option_page", "agile_bridge"), ("action", "update"), ("_wpnonce", &*nonce)];
        all.extend(names.iter().map(|(name, value)| (&**name, *value)));
        all.push(("agile_bridge_settings[complete]", "1"));
        let request = Request::new("POST", "/wp-admin/options.php").header("Cookie", cookie);
        let response = self.site.send(&request.body("application/x-www-form-urlencoded", form(&all)));
        assert_eq!(response.status, 302, "{}", self.site.log());
        let saved = format!("{SCREEN}&settings-updated=true");
        self.site.send(&Request::new("GET", &saved).header("Cookie", cookie)).body()
    }
}
