//! Whoever reads mail at an address that a user has no longer gets WordPress' own notice of that and nothing else: no name of the
//! user, which WordPress' notice does not hold, and no address that the user had before that one.

use crate::stage::world::World;
use sandbox::Contact;

/// A site that tells each change of a profile to both addresses, copies among them, and greets by name in the notice.
const TALKATIVE: &str = "<?php
    add_action('profile_update', function ($id, $old) {
        $new = get_userdata($id);
        $text = \"Dear $new->display_name, your profile has changed.\";
        wp_mail($old->user_email, 'Profile', $text);
        wp_mail(['boss@example.org', \"X <$old->user_email>\"], 'Profile', $text);
        wp_mail('boss@example.org', 'Profile', $text, \"X-A: b\\r\\nBcc: $old->user_email\");
        wp_mail('boss@example.org', 'Profile', $text, [\"Reply-To: $old->user_email\"]);
        wp_mail($new->user_email, 'Profile', $text);
    }, 10, 2);
    add_filter('email_change_email', function ($mail, $old, $new) {
        is_file(WP_CONTENT_DIR . '/greets') && $mail['message'] = \"Dear {$new['first_name']}, it is ###NEW_EMAIL### now. ###USERNAME###\";
        return $mail;
    }, 10, 3);";

#[test]
fn it_gets_one_notice_that_names_nobody() {
    let world = World::with(|site| site.mu_plugin_file("talkative.php", TALKATIVE));
    let (id, answer) = world.add(Contact::person("one@example.com").first_name("Olga").last_name("One"));
    world.expect(&answer, 200, "created", "");
    let contact = id.parse().expect("a number");
    for (greets, former, new) in [
        (false, "one@example.com", "two@example.com"),
        (false, "two@example.com", "three@example.com"),
        (true, "three@example.com", "four@example.com"),
    ] {
        if greets {
            std::fs::write(world.site.root().join("wp-content/greets"), "").expect("a file");
        }
        world.site.forget_mails();
        world.crm.set_property(contact, "SYSTEM", "email", "work", new);
        world.crm.set_property(contact, "SYSTEM", "first_name", "", &format!("Nora{new}"));
        world.crm.set_property(contact, "SYSTEM", "last_name", "", "Novak");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
        let mails = world.site.mails();
        let told: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).filter(|to| to.contains(former)).collect();
        assert_eq!(told, [former], "{mails:#?}");
        let notice = mails.iter().find(|mail| mail.to == former).expect("the notice");
        assert!(notice.subject.contains("Email Changed") && notice.body.contains(new), "{notice:#?}");
        for name in ["Olga", "Nora", "Novak"] {
            assert!(!notice.body.contains(name), "{name}: {notice:#?}");
        }
        assert_eq!(notice.body.contains("one@example.com"), former == "one@example.com", "{notice:#?}");
        assert!(notice.body.contains(&format!("Hi {former}")), "{notice:#?}");
        // Who is neither the contact nor the user is told.
        let others: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).filter(|to| *to != former).collect();
        assert_eq!(others, ["boss@example.org"], "{mails:#?}");
    }
}
