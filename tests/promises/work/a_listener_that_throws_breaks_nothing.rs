//! Code of the site that fails when it is told of a change: by then all is written, and nothing of it is lost.

use crate::stage::listener::{names, world};
use sandbox::Contact;
use serde_json::json;

/// The user is whole, the answer is JSON, the others are still told, and the next event finds nothing to mend.
#[test]
fn code_that_throws_when_it_is_told_breaks_nothing() {
    let world = world();
    let hooks = [
        "agile_bridge_user_created",
        "wpf_user_imported",
        "agile_bridge_tags_changed",
        "wpf_tags_applied",
        "wpf_api_success",
    ];
    for (number, hook) in hooks.into_iter().enumerate() {
        world.wp_given(&json!(hook), "update_option('test_throws', $given);");
        world.site.forget_log();
        let email = format!("user{number}@example.com");
        let (id, answer) = world.add(Contact::person(&email).first_name("Ana").custom("Plan", "gold").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        assert!(
            world.site.log().contains("thrown by a test"),
            "{hook}: an admin cannot find it:\n{}",
            world.site.log()
        );
        let told = world.take_notes();
        assert!(names(&told).contains(&hook), "{hook}: {:?}", names(&told));

        world.wp_given(&json!(""), "update_option('test_throws', $given);");
        let answer = world.site.webhook("add", &[("contact_id", &id)]);
        world.expect(&answer, 200, "unchanged", "");
        let user = world.user(answer.user_id().expect("a user"));
        assert_eq!((&user["user_email"], &user["plan"]), (&json!(email), &json!("gold")), "{hook}");
        assert_eq!((&user["agilecrm_tags"], &user["roles"]), (&json!(["Lead"]), &json!(["subscriber"])), "{hook}");
        world.take_notes();
    }
}
