use super::*;

fn rule(crm: &str, wp: &str) -> Stored {
    Stored { crm: crm.to_owned(), wp: wp.to_owned(), ..Stored::default() }
}

#[test]
fn targets_are_allowed_by_exact_shape() {
    for good in ["plan", "billing_phone", "a-b", "user_email", "user_pass", "display_name", "x9"] {
        assert_eq!(check_target(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "9x",
        "_plan",
        "Plan",
        "PLAN",
        "pl an",
        "plan\n",
        "pl\u{e1}n",
        "wp_capabilities",
        "wp_2_capabilities",
        "wp_2_agilecrm_tags",
        "wp_2_agilecrm_contact_id",
        "WP_CAPABILITIES",
        "wp_c\u{e1}pabilities",
        "wp_capa\\bilities",
        "capabilities",
        "wp_user_level",
        "user_level",
        "session_tokens",
        "wp_user-settings",
        "wp_user-settings-time",
        "_application_passwords",
        "default_password_nag",
        "ID",
        "id",
        "user_nicename",
        "user_registered",
        "user_activation_key",
        "user_status",
        "agilecrm_contact_id",
        "agilecrm_tags",
        "role",
    ] {
        assert!(check_target(bad).is_err(), "{bad:?}");
    }
    assert!(check_target(&"a".repeat(64)).is_ok() && check_target(&"a".repeat(65)).is_err());
}

#[test]
fn a_refused_rule_is_left_out_and_the_rest_works() {
    let rules = [
        rule("Plan", "plan"),
        rule("Rights", "wp_capabilities"),
        rule("", "x"),
        rule("Plan B", "plan"),
        Stored { kind: "json".to_owned(), ..rule("A", "a") },
        Stored { when_empty: "clear".to_owned(), ..rule("Bio", "description") },
        Stored { when_empty: "clear".to_owned(), kind: "date".to_owned(), ..rule("Birthday", "birthday") },
    ];
    let (entries, refused) = check(&rules);
    assert_eq!(entries.iter().map(|e| e.wp.as_str()).collect::<Vec<_>>(), ["plan", "birthday"]);
    assert_eq!(refused.iter().map(|r| r.index).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

#[test]
fn defaults_stand_unless_mapped_otherwise() {
    let targets = |rules: &[Stored]| effective(rules).into_iter().map(|e| (e.crm, e.wp)).collect::<Vec<_>>();
    let pair = |crm: &str, wp: &str| (crm.to_owned(), wp.to_owned());
    let names = [pair("first_name", "first_name"), pair("last_name", "last_name")];
    assert_eq!(targets(&[]), [&[pair("email", "user_email")], names.as_slice()].concat());
    assert_eq!(
        targets(&[rule("email+work", "user_email")]),
        [&[pair("email+work", "user_email")], names.as_slice()].concat()
    );
}
