//! The login of a new user has the form that the admin chose: the e-mail (the default), first and last name, or the value of a
//! mapped field. What is taken, illegal or not there makes a derived login (note `login_derived`), which shows no address.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

struct Stand {
    world: World,
    number: usize,
}

impl Stand {
    fn new(map: &[(&str, &str)]) -> Self {
        Self { world: World::with(|site| site.field_map(map)), number: 0 }
    }

    fn set(&self, format: &Value) {
        self.world.set(&json!({"login_format": format}));
    }

    /// The login of somebody new, and whether it was derived.
    fn login(&mut self, change: impl FnOnce(Contact) -> Contact) -> (String, bool) {
        self.number += 1;
        let (_, answer) = self.world.add(change(Contact::person(&format!("p{}@example.com", self.number))));
        self.world.expect(&answer, 200, "created", "");
        let user = self.world.user(answer.user_id().expect("a user"));
        let login = user["user_login"].as_str().expect("a login").to_owned();
        let is_derived = match &answer.notes()[..] {
            [] => false,
            [note] if note == "login_derived" => true,
            notes => panic!("{notes:?}"),
        };
        for name in ["user_nicename", "nickname", "display_name"] {
            assert!(!user[name].to_string().contains("example"), "{user:#}");
        }
        (login, is_derived)
    }

    #[track_caller]
    fn expect_name(&mut self, first: &str, last: &str, expected: &str) {
        let login = self.login(|contact| contact.first_name(first).last_name(last));
        assert_eq!(login, (expected.to_owned(), false), "{first} {last}");
    }

    #[track_caller]
    fn expect_derived(&mut self, stem: &str, change: impl FnOnce(Contact) -> Contact) {
        let (login, is_derived) = self.login(change);
        assert!(is_derived && login.starts_with(stem) && !login.contains('@'), "{login}, {is_derived}");
    }
}

#[test]
fn of_first_and_last_name() {
    let mut stand = Stand::new(&[("Login", "user_login")]);
    stand.set(&json!("first.last"));
    for (first, last, expected) in [
        ("Ana", "Ruiz", "ana.ruiz"),
        ("José María", "Núñez-Gómez", "josemaria.nunez-gomez"),
        ("Bea", "", "bea"),
        ("", "O'Brien", "obrien"),
        ("Carl <carl@example.com>", "Smith", "carl.smith"),
        ("-", "Stone", "stone"),
    ] {
        stand.expect_name(first, last, expected);
    }
    stand.expect_derived("ana.ruiz-", |contact| contact.first_name("Ana").last_name("Ruiz"));
    stand.expect_derived("ana.ruiz-", |contact| contact.first_name("ANA").last_name("Ruíz"));
    stand.expect_derived("admin-", |contact| contact.first_name("Admin"));
    let long = "l".repeat(60);
    stand.expect_derived("a.l", |contact| contact.first_name("A").last_name(&long));
    // Names that leave nothing, or are missing: the part of the address that is theirs.
    stand.expect_derived("p", |contact| contact.first_name("太郎").last_name("山田"));
    stand.expect_derived("p", |contact| contact);
    // A mapped login comes before, if it is free.
    let mapped =
        |login: &'static str| move |contact: Contact| contact.first_name("Di").last_name("Day").custom("Login", login);
    assert_eq!(stand.login(mapped("di-of-the-map")), ("di-of-the-map".to_owned(), false));
    assert_eq!(stand.login(mapped("admin")), ("di.day".to_owned(), false));
}

#[test]
fn of_a_mapped_field() {
    let mut stand = Stand::new(&[
        ("Number", "customer_number"),
        ("Nick", "nickname"),
        ("Secret", "user_pass"),
        ("Topics", "topics"),
    ]);
    stand.world.existing_user("taken", "somebody@example.net", "subscriber");
    let number = |value: &'static str| move |contact: Contact| contact.custom("Number", value);
    stand.set(&json!("field:customer_number"));
    assert_eq!(stand.login(number("C-1001")), ("C-1001".to_owned(), false));
    stand.expect_derived("c-1001-", number("C-1001"));
    stand.expect_derived("taken-", number("taken"));
    stand.expect_derived("somebody", number("somebody@example.net"));
    stand.expect_derived("a1", number("a/1"));
    stand.expect_derived("p", |contact| contact);
    stand.set(&json!("field:nickname"));
    assert_eq!(stand.login(|contact| contact.custom("Nick", "ana-b")), ("ana-b".to_owned(), false));

    // What no screen would save: never the password, nor a field that is not mapped.
    stand.set(&json!("field:user_pass"));
    let (login, is_derived) = stand.login(|contact| contact.custom("Secret", "a-password-of-hers"));
    assert!(is_derived && !login.contains("password"), "{login}");
    for format in [json!("field:nothing"), json!("field:"), json!("field:wp_capabilities")] {
        stand.set(&format);
        stand.expect_derived("p", |contact| contact.first_name("Ana"));
    }
}

#[test]
fn the_email_is_the_default() {
    let mut stand = Stand::new(&[]);
    for format in [Value::Null, json!(""), json!("email"), json!("nonsense"), json!(5)] {
        stand.set(&format);
        let (login, is_derived) = stand.login(|contact| contact.first_name("Ana").last_name("Ruiz"));
        assert_eq!((login, is_derived), (format!("p{}@example.com", stand.number), false), "{format}");
    }
}
