//! How a site comes to stand: its files, its database, its address, its plugins, its servers.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicUsize};

use serde_json::{Value, json};

use crate::builder::{Builder, Core, Database, ObjectCache};
use crate::error::{Error, Result};
use crate::http::Request;
use crate::layout::{self, Layout};
use crate::php::Php;
use crate::servers::Servers;
use crate::site::Site;
use crate::{template, wordpress};

const PLUGIN: &str = "bridge-for-agile-crm";

impl Site {
    pub(crate) fn start(wanted: &Builder) -> Result<Self> {
        let core = layout::wordpress(wanted.wordpress.as_deref())?;
        // What is measured lies on a disk, as on a server.
        let layout = Layout::create(wanted.core != Core::Own)?;
        let servers = Servers::none_yet(&layout)?;
        wordpress::lay_out(&layout, &core, wanted.database, wanted.core != Core::Own)?;
        template::fill(&layout, &core, wanted.database, wanted.multisite)?;
        // Held until the web server takes it over.
        let (listener, port) = free_port()?;
        let host = format!("127.0.0.1:{port}");

        let mut constants = wanted.constants.clone();
        if let Some(key) = &wanted.access_key {
            constants.push(("AGILE_BRIDGE_ACCESS_KEY".to_owned(), key.as_str().into()));
        }
        wordpress::configure(&layout, wanted.multisite.then_some(&*host), &constants)?;
        let php = Php::set_up(&layout, wanted.extension.as_deref(), &wanted.ini, &wanted.environment)?;
        let site = Self {
            servers,
            layout,
            php,
            wanted: wanted.clone(),
            port,
            pools: AtomicU8::new(1),
            under_way: AtomicUsize::new(0),
        };
        if wanted.database == Database::MariaDb {
            site.servers.start_database(&[])?;
        }
        if wanted.object_cache == ObjectCache::Redis {
            site.servers.start_cache()?;
        }
        site.move_to(&host, wanted.multisite)?;
        site.install_plugins(wanted)?;
        site.servers.start_web(wanted, &site.php, (listener, port))?;
        // Compiles WordPress into the servers' opcache, as on any site that has been up for a while. What it answers does
        // not matter.
        let _ = site.try_send(&Request::new("GET", "/"));
        Ok(site)
    }

    /// The template was installed at another address.
    fn move_to(&self, host: &str, multisite: bool) -> Result<()> {
        let mut statements = vec![format!(
            "UPDATE wp_options SET option_value = 'http://{host}' WHERE option_name IN ('siteurl', 'home')"
        )];
        if multisite {
            statements.push(format!("UPDATE wp_site SET domain = '{host}'"));
            statements.push(format!("UPDATE wp_blogs SET domain = '{host}'"));
            statements.push(format!("UPDATE wp_sitemeta SET meta_value = 'http://{host}/' WHERE meta_key = 'siteurl'"));
        }
        let statements: Vec<_> = statements.iter().map(String::as_str).collect();
        self.try_sql(&statements).map(drop)
    }

    fn install_plugins(&self, wanted: &Builder) -> Result<()> {
        let content = self.root().join("wp-content");
        let source = layout::repository().join("wp-plugin");
        wordpress::copy("--reflink=auto", &source, &content.join("plugins").join(PLUGIN))?;
        let mut active = Vec::new();
        if wanted.plugin_active {
            active.push(format!("{PLUGIN}/{PLUGIN}.php"));
        }
        for (name, code) in &wanted.plugins {
            write_plugin(&content.join("plugins").join(name), code)?;
            active.push(name.clone());
        }
        for (name, code) in &wanted.mu_plugins {
            write_plugin(&content.join("mu-plugins").join(name), code)?;
        }
        if active.is_empty() && wanted.options.is_empty() {
            return Ok(());
        }
        let options: serde_json::Map<_, _> = wanted.options.iter().cloned().collect();
        let given = json!({"plugins": active, "network": wanted.multisite, "options": options});
        let script = include_str!("../php/activate.php").trim_start_matches("<?php");
        match self.try_wp(&format!("$given = {};{script}", wordpress::literal(&given)))? {
            Value::Null => Ok(()),
            problem => Err(Error::new(format!("activating plugins: {problem}\n{}", self.log()))),
        }
    }
}

/// A port that nobody else gets as long as the listener lives.
pub fn free_port() -> Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::doing("finding a free port"))?;
    let port = listener.local_addr().map_err(Error::doing("finding a free port"))?.port();
    Ok((listener, port))
}

fn write_plugin(path: &Path, code: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(Error::doing(folder.display()))?;
    // activate_plugin() takes only files with this header.
    let header = format!("<?php\n/* Plugin Name: {} */\n", path.file_stem().unwrap_or_default().display());
    let code = if code.contains("Plugin Name:") { code.to_owned() } else { code.replacen("<?php", &header, 1) };
    layout::write(path, &code)
}
