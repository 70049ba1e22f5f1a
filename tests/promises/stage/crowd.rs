//! Many linked users at once: made by the database in no time, where webhooks would take a second for twenty.

use crate::stage::look::mend;
use crate::stage::world::World;
use sandbox::Contact;

/// The first id of the first crowd's users.
const FIRST: usize = 100_000;

/// Contacts in the CRM, and their users, all named `Old`: the contacts' ids.
pub fn crowd(world: &World, size: usize) -> Vec<u64> {
    let people = |number: usize| Contact::person(&format!("crowd{number}@example.com")).first_name("Old").tag("Lead");
    let contacts: Vec<_> = (0..size).map(|number| world.crm.create_contact(people(number))).collect();
    world.site.sql(&format!(
        "INSERT INTO wp_users (ID, user_login, user_email, user_nicename, display_name, user_registered) SELECT {FIRST} + seq,
         CONCAT('crowd', seq), CONCAT('crowd', seq, '@example.com'), CONCAT('crowd', seq), 'Old', NOW() FROM seq_0_to_{}",
        size - 1
    ));
    for (key, value) in [
        ("first_name", "Old"),
        ("nickname", "Old"),
        ("wp_capabilities", "a:1:{s:10:\"subscriber\";b:1;}"),
        ("agilecrm_tags", "a:1:{i:0;s:4:\"Lead\";}"),
    ] {
        world.site.sql(&format!(
            "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT {FIRST} + seq, '{key}', '{value}' FROM seq_0_to_{}",
            size - 1
        ));
    }
    for (chunk, contacts) in contacts.chunks(1000).enumerate() {
        let first = FIRST + 1000 * chunk;
        let row = |(place, id): (usize, &u64)| format!("({}, 'agilecrm_contact_id', '{id}')", first + place);
        let rows: Vec<_> = contacts.iter().enumerate().map(row).collect();
        world.site.sql(&format!("INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES {}", rows.join(", ")));
    }
    mend(world);
    contacts
}
