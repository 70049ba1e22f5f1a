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

/// What a wrong value there does: another language in the dashboard, logins over plain HTTP, no toolbar, hidden boxes.
#[test]
fn no_target_is_how_an_account_works() {
    for bad in [
        "locale",
        "admin_color",
        "use_ssl",
        "rich_editing",
        "syntax_highlighting",
        "comment_shortcuts",
        "show_admin_bar_front",
        "show_admin_bar_admin",
        "show_welcome_panel",
        "dismissed_wp_pointers",
        "enable_custom_fields",
        "nav_menu_recently_edited",
        "metaboxhidden_dashboard",
        "closedpostboxes_post",
        "meta-box-order_dashboard",
        "screen_layout_post",
        "manageedit-postcolumnshidden",
        "edit_post_per_page",
        "users_per_page",
        "wp_dashboard_quick_press_last_post_id",
        "wp_2_persisted_preferences",
        "wp_media_library_mode",
        "community-events-location",
        "wporg_favorites",
    ] {
        assert!(check_target(bad).is_err(), "{bad:?}");
    }
    for good in ["my_locale", "locale_of_birth", "hide_admin_color", "columns", "manager", "jabber", "plan_per_pages"] {
        assert_eq!(check_target(good), Ok(()), "{good}");
    }
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
