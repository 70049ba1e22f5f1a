//! What the plugin costs a visitor of the home page, in instructions: a share of one percent that no clock would see.
//!
//! PHP's CGI program answers the same visit four times in one process, with an opcache as a web server's PHP has, under
//! callgrind, which writes its counts down each time a request begins. The first visit compiles WordPress; the second and
//! third are what every visitor costs (the fourth has the end of the process in it). They differ by a thousandth of a percent.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use site::Site;

use crate::Outcome;
use crate::report::{Report, Target};
use crate::stand::Stand;

const VISITS: usize = 4;

/// The parts that callgrind numbers: 1 is PHP's start, 2 the visit that compiles.
const STEADY: [usize; 2] = [3, 4];

/// Two steady visits that differ by more were not steady.
const TOLERANCE: f64 = 0.001;

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    // Both at once: callgrind counts the same whatever else the machine does.
    let sites = [&stand.plain, &stand.ours];
    let mut visits = Vec::new();
    for site in sites {
        visits.push(start(site).map_err(|error| format!("starting valgrind: {error}"))?);
    }
    let mut counts = [0.0; 2];
    for ((count, visit), site) in counts.iter_mut().zip(visits).zip(sites) {
        *count = finish(visit, site)?;
    }
    let [without, with] = counts;
    report.measure(
        "home_instructions",
        "home page with the plugin / without, in instructions",
        with / without,
        "",
        Target::AtMost(1.01),
    );
    let shown = format!("{:.2} million of {:.0} million", (with - without) / 1e6, without / 1e6);
    report.fact(
        "home_instructions",
        "instructions that the plugin and the extension add to a home page",
        shown,
        json!({"without": without, "with": with}),
    );
    Ok(())
}

fn start(site: &Site) -> std::io::Result<Child> {
    let before = site.dir().join("visit.php");
    fs::write(&before, include_str!("../php/visit.php"))?;
    let php = site.php_cgi();
    let mut command = Command::new("valgrind");
    command.env_clear().envs(php.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // What a web server tells; what would make php-cgi look for one, visit.php adds.
    command
        .env("HTTP_HOST", format!("127.0.0.1:{}", site.port()))
        .env("REQUEST_URI", "/")
        .env("QUERY_STRING", "")
        .env("SCRIPT_NAME", "/index.php")
        .env("DOCUMENT_ROOT", site.root())
        .env("SERVER_PROTOCOL", "HTTP/1.1")
        .env("REMOTE_ADDR", "127.0.0.1");
    command.args(["--tool=callgrind", "--dump-before=php_request_startup"]);
    command.arg(format!("--callgrind-out-file={}", counts(site).display()));
    command.arg(php.get_program()).arg("-T").arg(VISITS.to_string());
    // A visit under callgrind takes longer than the two seconds after which files are looked at again; a busy site's does not.
    command.args(["-d", "opcache.revalidate_freq=3600"]);
    command.arg("-d").arg(format!("auto_prepend_file={}", before.display())).arg(site.root().join("index.php"));
    let pages = fs::File::create(site.dir().join("visits.html"))?;
    let complaints = fs::File::create(site.dir().join("valgrind.log"))?;
    command.stdin(Stdio::null()).stdout(pages).stderr(complaints).spawn()
}

/// The instructions of one steady visit.
fn finish(mut visit: Child, site: &Site) -> Outcome<f64> {
    let status = visit.wait().map_err(|error| error.to_string())?;
    let read = |name: &str| fs::read_to_string(site.dir().join(name)).unwrap_or_default();
    let seen = read("visits.html").matches("<title>A WordPress</title>").count();
    if !status.success() || seen != VISITS {
        return Err(format!("php-cgi under valgrind: {status}, {seen} of {VISITS} visits\n{}", read("valgrind.log")));
    }
    let [one, other] = STEADY.map(|part| total(&counts(site).with_extension(part.to_string())));
    if one == 0.0 || (one - other).abs() > TOLERANCE * one {
        return Err(format!("the visits were not steady: {one} and {other} instructions"));
    }
    Ok(f64::midpoint(one, other))
}

fn counts(site: &Site) -> std::path::PathBuf {
    site.dir().join("visits")
}

fn total(dump: &Path) -> f64 {
    let text = fs::read_to_string(dump).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok()).unwrap_or_default()
}
