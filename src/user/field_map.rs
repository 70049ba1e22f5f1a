//! The field map: which property of a contact goes to which field of a user, and the allow-list of targets.
//!
//! Checked when saved and when used. Targets are allowed by exact ASCII shape: the database's collation equates
//! `WP_CAPABILITIES` and `wp_cápabilities` with the real key, so a deny-list alone has made administrators.

/// The fields of a WordPress account that a contact may set.
pub const ACCOUNT_FIELDS: [&str; 9] = [
    "user_email",
    "user_login",
    "user_pass",
    "first_name",
    "last_name",
    "nickname",
    "display_name",
    "description",
    "user_url",
];

/// Mapped unless the map says otherwise.
const DEFAULTS: [(&str, &str); 3] = [("email", "user_email"), ("first_name", "first_name"), ("last_name", "last_name")];

/// The longest user meta key.
const MAX_META_KEY: usize = 64;

/// Keys of the right shape that are WordPress' or ours to write, for what a wrong value there could do.
const RESERVED: [&str; 26] = [
    "session_tokens",
    "default_password_nag",
    "role",
    "id",
    "user_nicename",
    "user_registered",
    "user_activation_key",
    "user_status",
    "spam",
    "deleted",
    "primary_blog",
    "source_domain",
    // How WordPress works for this user: its language, logins over plain HTTP, the editor, the toolbar.
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
    "community-events-location",
    "wporg_favorites",
];

/// The same with the name of a screen after it: what is hidden, closed and where on the dashboard.
const RESERVED_BEGINNINGS: [&str; 4] = ["metaboxhidden_", "closedpostboxes_", "meta-box-order_", "screen_layout_"];

/// With the prefix of any site before it, for user meta is shared by all of a network; or the name of a screen.
const RESERVED_ENDS: [&str; 9] = [
    "capabilities",
    "user_level",
    "agilecrm_contact_id",
    "agilecrm_tags",
    "columnshidden",
    "_per_page",
    "_persisted_preferences",
    "_media_library_mode",
    "_dashboard_quick_press_last_post_id",
];

/// How a CRM value becomes a WordPress value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Text,
    Date,
    Checkbox,
    Number,
    Multiselect,
    Raw,
}

/// One rule, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub crm: String,
    pub wp: String,
    pub kind: Type,
    /// An empty CRM value empties the user meta, instead of changing nothing.
    pub clear: bool,
}

/// One rule as it is stored, unchecked. Missing parts are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    pub crm: String,
    pub wp: String,
    pub kind: String,
    pub when_empty: String,
}

/// Why a rule is left out. The rest of the map works without it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the stored list, from 0.
    pub index: usize,
    pub wp: String,
    pub reason: &'static str,
}

impl Type {
    const ALL: [Self; 6] = [Self::Text, Self::Date, Self::Checkbox, Self::Number, Self::Multiselect, Self::Raw];

    /// Its name in the stored map. (A match, so that the compiler asks for the name of a new one.)
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::Checkbox => "checkbox",
            Self::Number => "number",
            Self::Multiselect => "multiselect",
            Self::Raw => "raw",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Text);
        }
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

pub fn is_account_field(key: &str) -> bool {
    ACCOUNT_FIELDS.contains(&key)
}

/// Whether a contact, or a filter of the site, may write this key; the error says why not.
pub fn check_target(key: &str) -> Result<(), &'static str> {
    if is_account_field(key) {
        return Ok(());
    }
    if key.is_empty() {
        return Err("the WordPress field is missing");
    }
    let mut bytes = key.bytes();
    let well_formed = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
        && key.len() <= MAX_META_KEY;
    if !well_formed {
        return Err("a user meta key starts with a letter and has lowercase letters, digits, _ and -, 64 at most");
    }
    if RESERVED.contains(&key)
        || RESERVED_BEGINNINGS.iter().any(|beginning| key.starts_with(beginning))
        || RESERVED_ENDS.iter().any(|end| key.ends_with(end))
        || key.contains("user-settings")
    {
        return Err("this key is WordPress' own and is never written from a contact");
    }
    Ok(())
}

/// Splits a stored map into the rules that work and those that are left out, with reasons for the admin.
pub fn check(stored: &[Stored]) -> (Vec<Entry>, Vec<Refused>) {
    let (mut entries, mut refused): (Vec<Entry>, Vec<Refused>) = (Vec::new(), Vec::new());
    for (index, rule) in stored.iter().enumerate() {
        let taken = entries.iter().any(|entry| entry.wp == rule.wp);
        let entry = match checked(rule) {
            Ok(_) if taken => Err("this key is mapped above already"),
            verdict => verdict,
        };
        match entry {
            Ok(entry) => entries.push(entry),
            Err(reason) => refused.push(Refused { index, wp: rule.wp.clone(), reason }),
        }
    }
    (entries, refused)
}

/// The rules that are at work: those of the stored map that pass, and the defaults for what they leave unmapped.
pub fn effective(stored: &[Stored]) -> Vec<Entry> {
    let (mut entries, _) = check(stored);
    for (crm, wp) in DEFAULTS {
        if !entries.iter().any(|entry| entry.wp == wp) {
            entries.push(Entry { crm: crm.to_owned(), wp: wp.to_owned(), kind: Type::Text, clear: false });
        }
    }
    entries
}

fn checked(rule: &Stored) -> Result<Entry, &'static str> {
    if rule.crm.is_empty() || rule.crm.chars().any(char::is_control) {
        return Err("the name of the CRM property is missing");
    }
    check_target(&rule.wp)?;
    let kind = Type::parse(&rule.kind).ok_or("the type must be text, date, checkbox, number, multiselect or raw")?;
    let clear = match rule.when_empty.as_str() {
        "" | "keep" => false,
        "clear" => true,
        _ => return Err("what to do with an empty value must be keep or clear"),
    };
    if is_account_field(&rule.wp) && kind == Type::Multiselect {
        return Err("an account field holds one text; it cannot hold a list");
    }
    if is_account_field(&rule.wp) && clear {
        return Err("an account field is never cleared; choose keep");
    }
    Ok(Entry { crm: rule.crm.clone(), wp: rule.wp.clone(), kind, clear })
}

#[cfg(test)]
#[path = "field_map_tests.rs"]
mod tests;
