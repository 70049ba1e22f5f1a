//! The sandbox as a process: `cargo run -p sandbox -- --http 127.0.0.1:8090`.

use sandbox::{Contact, Options, Sandbox, Webhook};
use serde_json::json;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "A local Agile CRM: modelled on documents, not certified.

  --http ADDRESS      where to listen, default 127.0.0.1:8090; port 0: a free one
  --https ADDRESS     default: none
  --domain NAME       the account's subdomain, default demo
  --email ADDRESS     the account's user, default owner@example.com
  --api-key KEY       default sandbox-api-key
  --webhook URL       the account's webhook, boxes Contact and Deal ticked
  --ca-file PATH      write the certificate authority here
  --empty             start without the three sample contacts
";

struct Arguments {
    options: Options,
    webhook: Option<String>,
    ca_file: Option<PathBuf>,
    empty: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(arguments) = arguments()? else {
        print!("{HELP}");
        return Ok(());
    };
    let crm = Sandbox::start(arguments.options)?;
    if !arguments.empty {
        fill(&crm);
    }
    crm.set_webhook(arguments.webhook.map(|url| Webhook { url, contact: true, deal: true }));
    if let Some(path) = &arguments.ca_file {
        std::fs::write(path, crm.ca_pem())?;
    }
    wait_for_the_end(|| introduce(&crm))?;
    Ok(())
}

fn arguments() -> Result<Option<Arguments>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let http = SocketAddr::from(([127, 0, 0, 1], 8090));
    let options = Options { http: Some(http), https: None, ..Options::default() };
    let mut arguments = Arguments { options, webhook: None, ca_file: None, empty: false };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("http") => arguments.options.http = Some(parser.value()?.parse()?),
            Long("https") => arguments.options.https = Some(parser.value()?.parse()?),
            Long("domain") => arguments.options.domain = parser.value()?.string()?,
            Long("email") => arguments.options.email = parser.value()?.string()?,
            Long("api-key") => arguments.options.api_key = parser.value()?.string()?,
            Long("webhook") => arguments.webhook = Some(parser.value()?.string()?),
            Long("ca-file") => arguments.ca_file = Some(parser.value()?.into()),
            Long("empty") => arguments.empty = true,
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}

/// Something to look at, odd corners included: a blank behind a name, a second address, a company.
fn fill(crm: &Sandbox) {
    crm.define_custom_field("Plan", "LIST", "silver;gold");
    crm.define_custom_field("Birthday", "DATE", "");
    crm.define_custom_field("Member", "CHECKBOX", "");
    crm.define_custom_field("WP Password", "TEXT", "");
    crm.create_contact(
        Contact::person("ana@example.com")
            .first_name("Ana")
            .last_name("Ruiz ")
            .email("personal", "ana.r@example.org")
            .phone("mobile", "+34 600 000 000")
            .address("", &json!({"city": "Sevilla", "country": "ES", "countryname": "Spain"}))
            .custom("Plan", "gold")
            .custom("Birthday", "1479580200")
            .custom("Member", "on")
            .tag("Lead"),
    );
    crm.create_contact(
        Contact::person("sean@example.com").first_name("Seán").last_name("O'Brien").tag("Customer").tag("VIP"),
    );
    crm.create_contact(Contact::company("Example & Sons"));
}

fn introduce(crm: &Sandbox) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Agile CRM sandbox: a local stand-in, not the real service")?;
    for url in [crm.url(), crm.https_url()].iter().filter(|url| !url.is_empty()) {
        writeln!(out, "  page  {url}/\n  api   {url}/dev/api/")?;
    }
    writeln!(out, "  user  {}  api key  {}", crm.email(), crm.api_key())?;
    if !crm.https_url().is_empty() {
        writeln!(out, "  certificate authority  {}", crm.ca_pem_path().display())?;
    }
    // Who reads this through a pipe waits for it.
    out.flush()
}

/// Ctrl-C or SIGTERM. Whoever reads the introduction may end the process at once: the handler stands before it.
fn wait_for_the_end(introduce: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        introduce()?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    })
}
