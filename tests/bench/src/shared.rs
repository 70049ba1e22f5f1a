//! A new user where a plugin listens to each user meta and the object cache is shared, as on most sites of members and shops: beside
//! plain WordPress with the same listener and the same cache.

use site::{Builder, Site};

use crate::Outcome;
use crate::report::{Report, Target};
use crate::single::{Expected, Kind, await_quiet};
use crate::stand::{Stand, builder, get, knowing};

const ROUNDS: usize = 100;

/// So that every worker has compiled everything, and has its connection to the CRM.
const WARM_UP: usize = 20;

/// It looks at the key, as such listeners do, and mostly has nothing to do.
const LISTENER: &str = r"<?php
    add_action('added_user_meta', function ($id, $user_id, $key) {
        if ('membership_level' === $key) { wp_cache_delete($user_id, 'members'); }
    }, 10, 3);";

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let start = |site: Builder| {
        let site = site.shared_cache().mu_plugin_file("listener.php", LISTENER).start();
        site.map_err(|error| error.to_string())
    };
    let plain = start(builder().extension(false).plugin_active(false))?;
    let ours = start(knowing(&stand.crm, builder())?)?;
    rounds(stand, &plain, &ours, WARM_UP, 1)?;
    let kinds = rounds(stand, &plain, &ours, stand.many(ROUNDS), 100_001)?;
    report.timings.extend(kinds.into_iter().map(Kind::timing));
    let add = report.median("add_shared") / report.median("plain_create_shared");
    let what = "the same two where a plugin listens to user meta and the object cache is in Redis";
    report.measure("add_shared_ratio", what, add, "", Target::AtMost(0.35));
    Ok(())
}

fn rounds<'a>(stand: &'a Stand, plain: &'a Site, ours: &'a Site, count: usize, first: usize) -> Outcome<[Kind<'a>; 2]> {
    let what = "plain WordPress creating the user, listener and Redis";
    let create = Kind::new("plain_create_shared", what, plain, Expected::Done, move |round| {
        get(&format!("/?bench=create&n={}", first + round))
    });
    let what = "`add` of a new user, listener and Redis";
    let add = Kind::new("add_shared", what, ours, Expected::Answer(200, "created"), |_| {
        get(&stand.webhook("add", &stand.contact()))
    });
    let mut kinds = [create, add];
    await_quiet(plain);
    await_quiet(ours);
    for round in 0..count {
        for place in 0..kinds.len() {
            kinds[(place + round) % 2].once(round)?;
        }
    }
    Ok(kinds)
}
