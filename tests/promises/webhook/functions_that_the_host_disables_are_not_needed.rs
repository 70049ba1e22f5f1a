//! Hosts disable functions of PHP, and to call one of them is a fatal error: webhooks are answered and processed without them.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

/// What WordPress itself does without, unless it debugs.
const DISABLED: &str = "ignore_user_abort,header_register_callback,set_time_limit,ini_set,ini_alter,fastcgi_finish_request,flush,\
    debug_backtrace,error_log,usleep,sleep,ob_list_handlers,php_uname,gethostname,getenv,php_ini_loaded_file,\
    php_ini_scanned_files,stream_isatty";

#[test]
fn functions_that_the_host_disables_are_not_needed() {
    let broken = "<?php add_action('init', fn() => isset($_SERVER['HTTP_X_BREAK']) && no_such_function());";
    let world = World::with(|site| {
        site.constant("WP_DEBUG", false).disable_functions(DISABLED).mu_plugin_file("broken.php", broken)
    });
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    let wrong = world.site.get("/?wpf_action=add&access_key=wrong-wrong-wrong&contact_id=1");
    assert_eq!((wrong.status, &wrong.json()["wp_code"]), (403, &json!("invalid_access_key")));
    let broken = site::Request::new("GET", &world.site.webhook_target("test", &[])).header("X-Break", "1");
    world.expect(&world.site.answer(&broken), 500, "failed", "site_error");

    // The caller cannot be let go before the end, so nobody drains for them.
    let late = world.contact(Contact::person("late@example.com"));
    world.expect(&world.site.webhook("add", &[("contact_id", &late), ("async", "1")]), 202, "queued", "");
    world.expect_event(&world.event_of(&late), "waiting", "", "");

    let script = world.site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
    let drained =
        world.site.php().args(["-d", &format!("disable_functions={DISABLED}")]).arg(script).output().expect("php runs");
    assert_eq!(
        String::from_utf8_lossy(&drained.stdout),
        "1 event was processed\n",
        "{drained:?}\n{}",
        world.site.log()
    );
    world.expect_event(&world.event_of(&late), "done", "created", "");
}
