//! Names of servers, resolved by whom this machine names, and by nobody else.
//!
//! hickory resolves on our own runtime (`http.rs` says why). Left to itself it asks a public name server where
//! `/etc/resolv.conf` cannot be read, as in FPM's `chroot` and some containers: a stranger would be told the account's
//! name, and a site that must not speak to strangers would wonder. Here nobody is asked then, and the error says so.
//! `/etc/hosts` counts in any case.

use crate::crm::machine::RESOLV_CONF;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::system_conf::parse_resolv_conf;
use once_cell::sync::OnceCell;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

type BoxError = Box<dyn Error + Send + Sync>;

/// A client's resolver, made at the first name: it needs the runtime.
#[derive(Clone)]
pub struct Names {
    file: &'static str,
    resolver: Arc<OnceCell<Resolver>>,
}

struct Resolver {
    resolver: TokioResolver,
    /// Why there is no server to ask.
    nobody: Option<String>,
}

impl Default for Names {
    fn default() -> Self {
        Self::of(RESOLV_CONF)
    }
}

impl Names {
    fn of(file: &'static str) -> Self {
        Self { file, resolver: Arc::default() }
    }

    async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, BoxError> {
        let Resolver { resolver, nobody } =
            self.resolver.get_or_try_init(|| Resolver::reading(Path::new(self.file)))?;
        let found = resolver.lookup_ip(name).await;
        let found =
            found.map_err(|error| nobody.as_ref().map_or(error.into(), |nobody| BoxError::from(nobody.clone())))?;
        Ok(found.iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let addresses: Addrs = Box::new(names.addresses(name.as_str()).await?.into_iter());
            Ok(addresses)
        })
    }
}

impl Resolver {
    fn reading(file: &Path) -> Result<Self, BoxError> {
        let (config, options, nobody) = match servers(file) {
            Ok((config, options)) => (config, options, None),
            Err(why) => {
                let nobody = format!("no name server is known on this machine: {} {why}", file.display());
                (ResolverConfig::from_parts(None, vec![], vec![]), ResolverOpts::default(), Some(nobody))
            }
        };
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options);
        builder.options_mut().ip_strategy = LookupIpStrategy::Ipv6AndIpv4;
        Ok(Self { resolver: builder.build()?, nobody })
    }
}

/// Whom the file names, or what is wrong with it.
fn servers(file: &Path) -> Result<(ResolverConfig, ResolverOpts), String> {
    let text = fs::read(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "is not there (in a chroot it has to be inside)".to_owned(),
        _ => format!("cannot be read ({error})"),
    })?;
    parse_resolv_conf(&text).or_else(|_| {
        // A search list that hickory does not like must not cost the servers.
        let text = String::from_utf8_lossy(&text);
        let kept: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("nameserver")).collect();
        parse_resolv_conf(kept.join("\n")).map_err(|_| "names none".to_owned())
    })
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
