//! The settings screen, as an admin uses it.

use crate::stage::world::{World, nonce};
use site::{Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";

impl World {
    /// What the screen shows to who has this cookie.
    pub fn settings_screen(&self, cookie: &str) -> String {
        self.site.send(&Request::new("GET", SCREEN).header("Cookie", cookie)).body()
    }

    /// Saves these fields of the form, named as in `[limit_roles]`: what the screen says then.
    pub fn save_settings(&self, cookie: &str, fields: &[(&str, &str)]) -> String {
        let nonce = nonce(&self.settings_screen(cookie), "name='option_page'");
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
