use super::*;
use sandbox::{Error500, Form};

#[test]
fn an_outage_is_what_would_meet_every_contact() {
    let mut world = world();
    let id = world.contact(0);
    let unknown = id + 1;
    for faults in [
        Faults { status: Some(502), ..Faults::default() },
        Faults { error_500: Some(Error500::html()), ..Faults::default() },
        Faults { hang_up: true, ..Faults::default() },
        Faults { half_body: true, ..Faults::default() },
    ] {
        assert!(world.failure(id, faults.clone()).is_outage(), "{faults:?}");
    }
    for (faults, code) in [
        (Faults { status: Some(404), ..Faults::default() }, "crm_unavailable"),
        (Faults { html_200: true, ..Faults::default() }, "crm_unavailable"),
        (Faults { truncated_json: true, ..Faults::default() }, "crm_unavailable"),
        (Faults { wrong_id: true, ..Faults::default() }, "crm_unavailable"),
        (Faults { endless_body: true, ..Faults::default() }, "crm_unavailable"),
        (Faults { unauthorized: Some(Form::Html), ..Faults::default() }, "crm_unauthorized"),
        (Faults { redirect: Some("https://example.com/".into()), ..Faults::default() }, "crm_unauthorized"),
    ] {
        let error = world.failure(id, faults.clone());
        assert_eq!((error.code(), error.is_outage()), (code, false), "{faults:?}");
    }
    let error = world.failure(unknown, Faults::default());
    assert_eq!((error.code(), error.http_status(), error.is_outage()), ("contact_not_found", 404, false));
    // Nobody listens.
    world.account = account("http://127.0.0.1:1".into());
    let error = world.failure(id, Faults::default());
    assert_eq!((error.code(), error.http_status(), error.is_outage()), ("crm_unavailable", 502, true));
}
