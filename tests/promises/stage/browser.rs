//! A real browser, which plays a scenario of a script in `tests/browser`.
//!
//! `npm ci` in `tests/browser` brings what drives the browser; Debian's `chromium` is the browser.

use crate::stage::world::World;
use std::path::Path;
use std::process::Command;

impl World {
    /// Nothing may be logged meanwhile.
    #[track_caller]
    pub fn play(&self, script: &str, scenario: &str) {
        self.play_with(script, scenario, &[]);
    }

    /// The same, and the script gets these variables of the environment.
    #[track_caller]
    pub fn play_with(&self, script: &str, scenario: &str, variables: &[(&str, &str)]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let (user, password) = site::ADMIN;
        let output = Command::new("node")
            .arg(folder.join(script))
            .arg(scenario)
            // The browser's profile is a few hundred small files.
            .env("TMPDIR", self.site.dir())
            .env("SITE_URL", self.site.url())
            .env("SITE_USER", user)
            .env("SITE_PASSWORD", password)
            .env("CRM_URL", self.crm.url())
            .env("CRM_EMAIL", self.crm.email())
            .env("CRM_API_KEY", self.crm.api_key())
            .envs(variables.iter().copied())
            .output()
            .expect("node is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{scenario}: {said}\n{}", self.site.log());
        // But why the CRM is not asked any more.
        let log = self.site.log();
        let unexpected: Vec<_> =
            log.lines().filter(|line| !line.contains("Events wait until Agile CRM answers")).collect();
        assert_eq!(unexpected, [""; 0], "{scenario}: nothing is logged");
    }
}
