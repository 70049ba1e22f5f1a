//! A site with `CUSTOM_USER_TABLE` keeps its users in another installation's tables. That one may work with another account, whose ids
//! mean other people: links, tags and the mark of whom a webhook made are kept apart, as those of a network's further sites are.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

#[test]
fn by_the_prefix_of_their_tables() {
    let tables = [("CUSTOM_USER_TABLE", "wp_users"), ("CUSTOM_USER_META_TABLE", "wp_usermeta")];
    let world = World::with(|site| site.constants(&tables));
    // The other installation has made this user, of a contact whose id means somebody else here.
    let user = world.existing_user("una", "una@example.com", "subscriber");
    let (id, other) = (
        world.contact(Contact::person("other@example.com").tag("Lead")),
        world.contact(Contact::person("x@example.com")),
    );
    world.wp_given(
        &json!([user, id]),
        "foreach (['agilecrm_contact_id' => $given[1], 'agilecrm_tags' => ['Theirs'], '_agile_bridge_created' => '1'] as $key => $value) {
            update_user_meta($given[0], $key, $value);
         } return 1;",
    );
    let read = |key: &str| world.site.wp(&format!("return get_user_meta({user}, '{key}', true);"));
    let theirs = |key: &str| {
        let select = format!("SELECT meta_value FROM wp_usermeta WHERE user_id = {user} AND meta_key = '{key}'");
        world.site.sql(&select)[0]["meta_value"].clone()
    };
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(read("agilecrm_tags"), json!(["Theirs"]), "there is nothing else to read yet");

    let (own, answer) = world.add(Contact::person("una@example.com").tag("Own"));
    world.expect(&answer, 200, "updated", "");
    assert_eq!((answer.user_id(), answer.notes()), (Some(user), vec![]), "their link is nobody to ask here");
    assert_eq!((theirs("agilecrm_contact_id"), theirs("wp_agilecrm_contact_id")), (json!(id), json!(own)));
    assert_eq!(
        (read("agilecrm_contact_id"), read("agilecrm_tags")),
        (json!(own), json!(["Own"])),
        "code here reads its own"
    );

    // The other's mark proves nothing here; whom a webhook of this site makes it owns.
    world.crm.set_property(own.parse().expect("a number"), "SYSTEM", "email", "work", "una@evil.example");
    let answer = world.site.webhook("update", &[("contact_id", &own)]);
    assert_eq!(answer.notes(), ["email_kept"], "{}", answer.json);
    let answer = world.site.webhook("add", &[("contact_id", &other)]);
    world.expect(&answer, 200, "created", "");
    let made = answer.user_id().expect("a user");
    let keys = world.site.sql(&format!(
        "SELECT meta_key FROM wp_usermeta WHERE user_id = {made} AND meta_key LIKE '%agile%' ORDER BY 1"
    ));
    assert_eq!(json!(keys), json!([{"meta_key": "_wp_agile_bridge_created"}, {"meta_key": "wp_agilecrm_contact_id"}]));
}
