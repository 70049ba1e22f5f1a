//! What kind of WordPress is wanted.

use std::path::PathBuf;

use serde_json::Value;

use crate::error::Result;
use crate::site::Site;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A MariaDB server of the site's own, or what `DATABASE_SERVER` names in its place.
    MariaDb,
    /// WordPress' official SQLite integration plugin.
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// nginx and PHP-FPM with this many workers.
    Nginx { workers: u8 },
    /// PHP's own, with four workers.
    BuiltIn,
}

/// Whose WordPress' own files are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Core {
    /// The site has all of them.
    Own,
    /// Most are those of all sites.
    Shared,
    /// The same, and PHP-FPM takes them as earlier sites have compiled them.
    Compiled,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ObjectCache {
    /// WordPress' own, gone with the request.
    OfTheRequest,
    /// In a Redis server of the site's own.
    Redis,
}

/// The key of a site's webhooks unless the test wants another.
pub const ACCESS_KEY: &str = "an-access-key-for-tests-of-43-characters-xx";

/// Begun by [`Site::builder`]; every setting has a default: `MariaDb`, nginx with four workers, a single site,
/// extension loaded, plugin active, no CRM.
#[derive(Clone)]
pub struct Builder {
    pub(crate) database: Database,
    pub(crate) server: Server,
    pub(crate) wordpress: Option<String>,
    pub(crate) multisite: bool,
    pub(crate) extension: Option<PathBuf>,
    pub(crate) plugin_active: bool,
    pub(crate) access_key: Option<String>,
    pub(crate) constants: Vec<(String, Value)>,
    pub(crate) options: Vec<(String, Value)>,
    pub(crate) plugins: Vec<(String, String)>,
    pub(crate) mu_plugins: Vec<(String, String)>,
    pub(crate) ini: Vec<(String, String)>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) disabled_functions: String,
    pub(crate) name_server: Option<String>,
    pub(crate) core: Core,
    pub(crate) object_cache: ObjectCache,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            database: Database::MariaDb,
            server: Server::Nginx { workers: 4 },
            wordpress: None,
            multisite: false,
            extension: Some(crate::layout::extension()),
            plugin_active: true,
            access_key: Some(ACCESS_KEY.to_owned()),
            constants: Vec::new(),
            options: Vec::new(),
            plugins: Vec::new(),
            mu_plugins: Vec::new(),
            ini: Vec::new(),
            environment: Vec::new(),
            disabled_functions: String::new(),
            name_server: None,
            core: Core::Compiled,
            object_cache: ObjectCache::OfTheRequest,
        }
    }

    #[must_use]
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.server = server;
        self
    }

    /// `6.8` (the default; or what `WORDPRESS_DIR` names) or `latest`.
    #[must_use]
    pub fn wordpress(mut self, name: &str) -> Self {
        self.wordpress = Some(name.to_owned());
        self
    }

    /// A network with its sites in sub-folders; our plugin and those of [`Builder::plugin_file`] are active on all.
    #[must_use]
    pub fn multisite(mut self, multisite: bool) -> Self {
        self.multisite = multisite;
        self
    }

    /// False: PHP without the extension.
    #[must_use]
    pub fn extension(mut self, loaded: bool) -> Self {
        self.extension = loaded.then(crate::layout::extension);
        self
    }

    /// An extension built elsewhere, for instance with another interface number.
    #[must_use]
    pub fn extension_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.extension = Some(file.into());
        self
    }

    /// False: the plugin is there but not activated.
    #[must_use]
    pub fn plugin_active(mut self, active: bool) -> Self {
        self.plugin_active = active;
        self
    }

    /// The four connection constants' CRM half: the sandbox at `url`, and its credentials.
    #[must_use]
    pub fn crm(self, url: &str, email: &str, api_key: &str) -> Self {
        self.constants(&[
            ("AGILE_BRIDGE_API_URL", url),
            ("AGILE_BRIDGE_DOMAIN", "demo"),
            ("AGILE_BRIDGE_EMAIL", email),
            ("AGILE_BRIDGE_API_KEY", api_key),
        ])
    }

    /// Another `AGILE_BRIDGE_ACCESS_KEY` than [`ACCESS_KEY`]; `None`: no such constant, the stored keys count.
    #[must_use]
    pub fn access_key(mut self, key: Option<&str>) -> Self {
        self.access_key = key.map(str::to_owned);
        self
    }

    /// Constants of `wp-config.php`; they win over the ones a site has anyway.
    #[must_use]
    pub fn constants(mut self, constants: &[(&str, &str)]) -> Self {
        self.constants.extend(constants.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
        self
    }

    /// A constant that is not a string.
    #[must_use]
    pub fn constant(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.constants.push((name.to_owned(), value.into()));
        self
    }

    /// An option, set before the plugin is activated.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.options.push((name.to_owned(), value.into()));
        self
    }

    /// The option `agile_bridge_field_map` from pairs of a CRM property and a WordPress key, as text.
    #[must_use]
    pub fn field_map(self, pairs: &[(&str, &str)]) -> Self {
        let entry =
            |(crm, wp): &(&str, &str)| serde_json::json!({"crm": crm, "wp": wp, "type": "text", "when_empty": "keep"});
        self.option("agile_bridge_field_map", pairs.iter().map(entry).collect::<Vec<_>>())
    }

    /// Another plugin, active beside ours. WordPress loads plugins in the order of their names: one before
    /// `bridge-for-agile-crm` loads before ours. The header is put there if `code` has none.
    #[must_use]
    pub fn plugin_file(mut self, name: &str, code: &str) -> Self {
        self.plugins.push((name.to_owned(), code.to_owned()));
        self
    }

    /// A must-use plugin; these load before all others.
    #[must_use]
    pub fn mu_plugin_file(mut self, name: &str, code: &str) -> Self {
        self.mu_plugins.push((name.to_owned(), code.to_owned()));
        self
    }

    /// Lines of `php.ini`.
    #[must_use]
    pub fn php_ini(mut self, lines: &[(&str, &str)]) -> Self {
        self.ini.extend(owned(lines));
        self
    }

    /// Configured as on a server that people visit, for measuring: tests want every notice logged and every change of a file
    /// seen at once, and share WordPress' files, whose links cost PHP 5 % of a page. Debian's ini and MariaDB's durability are
    /// a production server's already.
    #[must_use]
    pub fn production(mut self) -> Self {
        self.core = Core::Own;
        self.constant("WP_DEBUG", false)
            .constant("WP_DEBUG_LOG", false)
            .php_ini(&[("error_reporting", "E_ALL & ~E_DEPRECATED & ~E_STRICT"), ("opcache.revalidate_freq", "2")])
    }

    /// PHP-FPM compiles all by itself after each start, as it does on a server; otherwise it takes the shared core as earlier sites
    /// have compiled it.
    #[must_use]
    pub fn compiles_anew(mut self) -> Self {
        self.core = Core::Shared;
        self
    }

    /// WordPress' object cache in a Redis server of the site's own.
    #[must_use]
    pub fn shared_cache(mut self) -> Self {
        self.object_cache = ObjectCache::Redis;
        self.ini.extend(crate::redis::ini());
        self
    }

    /// Environment variables of the web server's PHP (FPM's `env[...]`) and of [`Site::wp`].
    #[must_use]
    pub fn env(mut self, variables: &[(&str, &str)]) -> Self {
        self.environment.extend(owned(variables));
        self
    }

    /// Functions that PHP-FPM has not, as hosts do it. (The command line's PHP has them: what it keeps compiled counts on them.)
    #[must_use]
    pub fn disable_functions(mut self, names: &str) -> Self {
        names.clone_into(&mut self.disabled_functions);
        self
    }

    /// The address of the only name server that PHP-FPM knows, in a mount namespace of its own: needs root on Linux, and
    /// nothing else on the machine sees it.
    #[must_use]
    pub fn name_server(mut self, address: &str) -> Self {
        self.name_server = Some(address.to_owned());
        self
    }

    /// Stands it up; all is ready when this returns.
    pub fn start(self) -> Result<Site> {
        Site::start(&self)
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
