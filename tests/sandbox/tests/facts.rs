//! The API's answers, fact by fact: each test is named after a sentence of the document that the sandbox is modelled on.

mod wire;

use sandbox::{Contact, Options, Sandbox};
use serde_json::{Value, json};
use wire::{filter, get, put, request};

fn crm() -> Sandbox {
    Sandbox::start(Options { https: None, ..Options::default() }).unwrap()
}

fn ana(crm: &Sandbox) -> u64 {
    crm.create_contact(
        Contact::person("ana@example.com").first_name("Ana").custom("Plan", "gold").custom("Member", "on").tag("Lead"),
    )
}

// 1. Access

#[test]
fn the_default_representation_is_xml() {
    let crm = crm();
    let path = format!("contacts/{}", ana(&crm));
    for accept in [None, Some("*/*"), Some("text/html")] {
        let answer = request(&crm, "GET", &path).accept(accept).send();
        assert_eq!(answer.status, 200);
        assert!(answer.has("Content-Type: application/xml"), "{answer:?}");
        assert!(answer.body.starts_with("<?xml") && answer.body.contains("<type>PERSON</type>"), "{answer:?}");
    }
    assert!(get(&crm, &path).has("Content-Type: application/json"));
}

#[test]
fn a_list_not_asked_for_as_json_is_a_500_page() {
    let answer = request(&crm(), "GET", "contacts").accept(None).send();
    assert_eq!(answer.status, 500);
    assert!(answer.body.starts_with("<html>"));
}

#[test]
fn answers_are_chunked_without_length_or_etag() {
    let crm = crm();
    let answer = get(&crm, &format!("contacts/{}", ana(&crm)));
    assert!(answer.has("Transfer-Encoding: chunked"), "{answer:?}");
    assert!(answer.has("Server: Google Frontend"));
    assert!(answer.has("Cache-Control: private"));
    assert!(!answer.has("Content-Length") && !answer.has("ETag") && !answer.has("X-RateLimit"));
}

#[test]
fn json_that_is_neither_escaped_nor_declared_is_garbled() {
    let crm = crm();
    let id = ana(&crm);
    let body =
        |value: &str| format!(r#"{{"id":{id},"properties":[{{"type":"CUSTOM","name":"Plan","value":"{value}"}}]}}"#);
    let send = |kind, value| request(&crm, "PUT", "contacts/edit-properties").body(kind, body(value)).send();
    send("application/json", r"S\u00e9an");
    assert_eq!(crm.property(id, "Plan").unwrap(), "Séan");
    assert!(crm.complaints().is_empty());
    send("application/json; charset=UTF-8", "Séan");
    assert_eq!(crm.property(id, "Plan").unwrap(), "Séan");
    assert_eq!(crm.complaints().len(), 1);
    send("application/json", "Séan");
    assert_eq!(crm.property(id, "Plan").unwrap(), "SÃ©an");
}

// 2. Calls

#[test]
fn an_unknown_id_is_204_and_empty() {
    let crm = crm();
    for path in ["contacts/5667649732214785", "contacts/search/email/nobody%40example.com"] {
        let answer = get(&crm, path);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
        assert!(!answer.has("Content-Type"));
    }
}

#[test]
fn an_email_is_searched_as_one_encoded_segment() {
    let crm = crm();
    let id = crm.create_contact(Contact::person("ana+news@example.com  ").email("personal", "o'ana@example.org"));
    for path in
        ["ana%2Bnews%40example.com", "ana%2Bnews@example.com", "o%27ana%40example.org", "ANA%2BNEWS%40EXAMPLE.COM"]
    {
        assert_eq!(get(&crm, &format!("contacts/search/email/{path}")).json()["id"], id, "{path}");
    }
    assert_eq!(get(&crm, "contacts/search/email/ana+news%40example.com").status, 204);
}

#[test]
fn edit_properties_changes_only_what_it_names() {
    let crm = crm();
    let id = crm.create_contact(
        Contact::person("ana@example.com").email("personal", "ana@example.org").custom("Plan", "gold").tag("Lead"),
    );
    let edit = json!({"id": id, "properties": [
        {"type": "SYSTEM", "name": "email", "subtype": "personal", "value": "new@example.org"},
        {"type": "CUSTOM", "name": "WP Password", "value": "secret"}]});
    let answer = put(&crm, "contacts/edit-properties", &edit);
    assert_eq!(answer.status, 200);
    let expected = json!([
        {"type": "SYSTEM", "name": "email", "subtype": "work", "value": "ana@example.com"},
        {"type": "SYSTEM", "name": "email", "subtype": "personal", "value": "new@example.org"},
        {"type": "CUSTOM", "name": "Plan", "value": "gold"},
        {"type": "CUSTOM", "name": "WP Password", "value": "secret"}]);
    assert_eq!(answer.json()["properties"], expected);
    assert_eq!(answer.json()["tags"], json!(["Lead"]));
    assert_eq!(crm.contact(id).unwrap(), answer.json());
    assert!(crm.complaints().is_empty());
}

#[test]
fn an_id_may_be_sent_as_a_string() {
    let crm = crm();
    let edit = json!({"id": ana(&crm).to_string(), "properties": [{"name": "Plan", "value": 7}]});
    let properties = put(&crm, "contacts/edit-properties", &edit).json()["properties"].clone();
    // A value is a string in every recorded answer; a missing type still means that field.
    assert!(properties.as_array().unwrap().contains(&json!({"type": "CUSTOM", "name": "Plan", "value": "7"})));
}

#[test]
fn a_400_is_bare_text_whatever_its_type_says() {
    let crm = crm();
    ana(&crm);
    let duplicate = json!({"properties": [{"type": "SYSTEM", "name": "email", "value": "Ana@example.com"}]});
    let cases = [
        ("PUT", "contacts/edit-properties", json!({"properties": []}), "Please check id value should not be null."),
        (
            "PUT",
            "contacts/edit-properties",
            json!({"id": 1, "properties": []}),
            "Contact is not availabe for given id.",
        ),
        ("PUT", "contacts/edit/tags", json!({"id": 1, "tags": ["a"]}), "Contact is not availabe for given id."),
        ("POST", "contacts", duplicate, "Sorry, duplicate contact found with the same email address."),
    ];
    for (method, path, body, text) in cases {
        let answer = request(&crm, method, path).json(&body).send();
        assert_eq!((answer.status, answer.body.as_str()), (400, text));
        assert!(answer.has("Content-Type: application/json"));
    }
}

#[test]
fn an_empty_custom_value_is_stored_and_complained_of() {
    let crm = crm();
    let id = ana(&crm);
    put(&crm, "contacts/edit-properties", &json!({"id": id, "properties": [{"name": "Plan", "value": null}]}));
    assert_eq!(crm.property(id, "Plan").as_deref(), Some(""));
    assert_eq!(crm.complaints(), ["an empty value for Plan: it has damaged contacts"]);
}

#[test]
fn creating_is_200_with_the_whole_contact() {
    let crm = crm();
    let sent = json!({"type": "PERSON", "tags": ["Lead"], "properties": [
        {"type": "SYSTEM", "name": "first_name", "value": "Ana"},
        {"type": "SYSTEM", "name": "email", "subtype": null, "value": "ana@example.com"}]});
    let answer = request(&crm, "POST", "contacts").json(&sent).send();
    assert_eq!(answer.status, 200);
    let id = answer.json()["id"].as_u64().unwrap();
    assert_eq!(id.to_string().len(), 16);
    assert_eq!(get(&crm, &format!("contacts/{id}")).json(), answer.json());
    assert_eq!(answer.json()["properties"][1], json!({"type": "SYSTEM", "name": "email", "value": "ana@example.com"}));
}

#[test]
fn put_contacts_loses_what_is_not_sent() {
    let crm = crm();
    let id = ana(&crm);
    let sent = json!({"id": id, "properties": [{"type": "SYSTEM", "name": "first_name", "value": "Ann"}]});
    let answer = put(&crm, "contacts", &sent);
    assert_eq!(answer.json()["properties"], json!([{"type": "SYSTEM", "name": "first_name", "value": "Ann"}]));
    assert_eq!(answer.json()["tags"], json!([]));
    assert_eq!(crm.complaints().len(), 1);
}

#[test]
fn tags_are_added_and_removed() {
    let crm = crm();
    let id = ana(&crm);
    let answer = put(&crm, "contacts/edit/tags", &json!({"id": id, "tags": ["Lead", "Gold one"]}));
    assert_eq!((answer.status, &answer.json()["tags"]), (200, &json!(["Lead", "Gold one"])));
    let answer = put(&crm, "contacts/delete/tags", &json!({"id": id, "tags": ["Lead"]}));
    assert_eq!((answer.status, &answer.json()["tags"]), (200, &json!(["Gold one"])));
    assert_eq!(answer.json()["tagsWithTime"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deleted_contact_is_204_twice() {
    let crm = crm();
    let path = format!("contacts/{}", ana(&crm));
    assert_eq!(request(&crm, "DELETE", &path).send().status, 204);
    assert_eq!(get(&crm, &path).status, 204);
}

#[test]
fn the_connection_test_names_the_user() {
    let user = get(&crm(), "users/current-user").json();
    assert_eq!((&user["email"], &user["domain"]), (&json!("owner@example.com"), &json!("demo")));
}

#[test]
fn tags_are_listed_with_their_time() {
    let crm = crm();
    ana(&crm);
    let tags = get(&crm, "tags").json();
    assert_eq!(tags[0]["tag"], "Lead");
    assert!(tags[0]["createdTime"].as_u64().unwrap() > 1_000_000_000_000);
}

#[test]
fn custom_fields_are_listed_by_scope() {
    let crm = crm();
    crm.define_custom_field("Plan", "LIST", "silver;gold");
    let fields = get(&crm, "custom-fields/scope/position?scope=CONTACT").json();
    assert_eq!(fields[0]["field_label"], "Plan");
    assert_eq!((&fields[0]["field_type"], &fields[0]["field_data"]), (&json!("LIST"), &json!("silver;gold")));
    assert_eq!(get(&crm, "custom-fields/scope/position?scope=DEAL").json(), json!([]));
}

// 2. Paging and filters

fn ids(answer: &Value) -> Vec<u64> {
    answer.as_array().unwrap().iter().map(|contact| contact["id"].as_u64().unwrap()).collect()
}

#[test]
fn the_last_item_bears_the_cursor_if_more_remain() {
    let crm = crm();
    let mut expected: Vec<u64> =
        (0..5).map(|n| crm.create_contact(Contact::person(&format!("p{n}@example.com")))).collect();
    let (mut found, mut path) = (Vec::new(), "contacts?page_size=2&global_sort_key=created_time".to_owned());
    let mut pages = 0;
    loop {
        let page = get(&crm, &path).json();
        pages += 1;
        found.extend(ids(&page));
        let cursors: Vec<_> =
            page.as_array().unwrap().iter().filter_map(|contact| contact["cursor"].as_str()).collect();
        match cursors.as_slice() {
            [] => break,
            [cursor] => path = format!("contacts?page_size=2&global_sort_key=created_time&cursor={cursor}"),
            more => panic!("{more:?}"),
        }
        assert!(page.as_array().unwrap().last().unwrap()["cursor"].is_string());
        if pages == 1 {
            // Nobody is missed or met twice when contacts come and go meanwhile.
            crm.delete_contact(expected.remove(0));
            found.remove(0);
        }
    }
    assert_eq!((found, pages), (expected, 3));
}

#[test]
fn a_page_size_above_200_is_a_500_page() {
    let crm = crm();
    assert_eq!(get(&crm, "contacts?page_size=200").status, 200);
    let answer = get(&crm, "contacts?page_size=201");
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("Please try again in 30 seconds"));
}

#[test]
fn the_filter_takes_a_form_only() {
    let crm = crm();
    let id = ana(&crm);
    crm.create_contact(Contact::company("Example & Sons").tag("Lead"));
    crm.create_contact(Contact::person("other@example.com"));
    let rules = r#"{"rules":[{"LHS":"tags","CONDITION":"EQUALS","RHS":"Lead"}],"or_rules":[],"contact_type":"PERSON"}"#;
    let answer = filter(&crm, &[("page_size", "20"), ("global_sort_key", "-created_time"), ("filterJson", rules)]);
    assert_eq!(ids(&answer.json()), [id]);
    let as_json = json!({"page_size": 20, "filterJson": rules});
    assert_eq!(request(&crm, "POST", "filters/filter/dynamic-filter").json(&as_json).send().status, 500);
}

#[test]
fn the_filter_knows_updated_time_in_milliseconds() {
    let crm = crm();
    let (old, never) = (ana(&crm), crm.create_contact(Contact::person("never@example.com")));
    crm.add_tag(old, "Changed");
    let changed = crm.contact(old).unwrap()["updated_time"].as_u64().unwrap() * 1000;
    let rules = |moment: u64| {
        json!({"rules": [{"LHS": "updated_time", "CONDITION": "AFTER", "RHS": moment}], "contact_type": "PERSON"})
            .to_string()
    };
    assert_eq!(ids(&filter(&crm, &[("filterJson", &rules(changed - 1))]).json()), [old]);
    assert_eq!(ids(&filter(&crm, &[("filterJson", &rules(changed))]).json()), [0; 0]);
    // 0 is 'never updated': such a contact is after no moment.
    assert!(crm.contact(never).unwrap()["updated_time"] == 0);
}

#[test]
fn between_includes_both_moments_and_wants_both() {
    let crm = crm();
    let (old, never) = (ana(&crm), crm.create_contact(Contact::person("never@example.com")));
    crm.add_tag(old, "Changed");
    let changed = crm.contact(old).unwrap()["updated_time"].as_u64().unwrap() * 1000;
    let between = |from: u64, until: u64| {
        let rule = json!({"LHS": "updated_time", "CONDITION": "BETWEEN", "RHS": from, "RHS_NEW": until});
        ids(&filter(&crm, &[("filterJson", &json!({"rules": [rule]}).to_string())]).json())
    };
    for (from, until, found) in [(0, changed - 1, false), (0, changed, true), (changed, changed + 1, true)] {
        assert_eq!(between(from, until), if found { vec![old] } else { vec![] }, "{from} {until}");
    }
    // In seconds it finds nobody.
    assert_eq!(between(0, changed / 1000), [0; 0]);
    assert!(crm.contact(never).unwrap()["updated_time"] == 0);
    let half = r#"{"rules":[{"LHS":"updated_time","CONDITION":"BETWEEN","RHS":0}]}"#;
    assert_eq!(filter(&crm, &[("filterJson", half)]).status, 500);
}

#[test]
fn after_may_mean_after_that_day() {
    let crm = crm();
    let id = ana(&crm);
    crm.add_tag(id, "Changed");
    let changed = crm.contact(id).unwrap()["updated_time"].as_u64().unwrap() * 1000;
    let after = |moment: u64| {
        let rule = json!({"LHS": "updated_time", "CONDITION": "AFTER", "RHS": moment});
        ids(&filter(&crm, &[("filterJson", &json!({"rules": [rule]}).to_string())]).json()).len()
    };
    assert_eq!(after(changed - 1), 1, "after that moment");
    crm.set_faults(sandbox::Faults { after_means_day: true, ..sandbox::Faults::default() });
    assert_eq!((after(changed - 1), after(changed - 86_400_000)), (0, 1), "after that day");
}

// 3. The contact

#[test]
fn times_are_seconds_and_updated_time_begins_at_0() {
    let crm = crm();
    let id = ana(&crm);
    let contact = crm.contact(id).unwrap();
    let seconds = 1_000_000_000..100_000_000_000;
    assert!(seconds.contains(&contact["created_time"].as_u64().unwrap()));
    assert_eq!(contact["updated_time"], 0);
    assert!(contact["tagsWithTime"][0]["createdTime"].as_u64().unwrap() > 1_000_000_000_000);
    crm.set_property(id, "SYSTEM", "first_name", "", "Ann");
    assert!(seconds.contains(&crm.contact(id).unwrap()["updated_time"].as_u64().unwrap()));
}

#[test]
fn nulls_are_left_out_of_answers_and_present_in_webhooks() {
    let crm = crm();
    let id = ana(&crm);
    assert!(!get(&crm, &format!("contacts/{id}")).body.contains("null"));
    let event = crm.event_data(id);
    assert_eq!(event["properties"][1]["subtype"], Value::Null);
    assert!(event["properties"][1].as_object().unwrap().contains_key("subtype"));
    assert!(event.as_object().unwrap().contains_key("contact_company_id"));
}

#[test]
fn a_field_without_a_value_is_absent() {
    let crm = crm();
    let id = crm.create_contact(Contact::person("ana@example.com").custom("Plan", ""));
    assert_eq!(crm.property(id, "Plan"), None);
    crm.set_property(id, "CUSTOM", "Plan", "", "gold");
    crm.set_property(id, "CUSTOM", "Plan", "", "");
    assert_eq!(crm.property(id, "Plan"), None);
}

#[test]
fn an_odd_shape_is_answered_as_it_is() {
    let crm = crm();
    let odd =
        json!({"id": "9223372036854775807", "type": "PERSON", "tags": null, "properties": [{"name": "n", "value": 7}]});
    crm.replace_contact(9_223_372_036_854_775_807, odd.clone());
    assert_eq!(get(&crm, "contacts/9223372036854775807").json(), odd);
}

// 4. Errors

#[test]
fn a_401_has_two_forms() {
    let crm = crm();
    let page = request(&crm, "GET", "users/current-user").credentials(None).send();
    assert_eq!(page.status, 401);
    assert!(page.has("WWW-Authenticate: Basic") && page.body.starts_with("<html>"));
    for wrong in ["owner@example.com:wrong", "other@example.com:sandbox-api-key", ":"] {
        let json = request(&crm, "GET", "users/current-user").credentials(Some(wrong)).send();
        assert_eq!(json.status, 401);
        assert_eq!(json.json(), json!({"status": "401", "exception message": "authentication issue"}));
    }
}

#[test]
fn a_refused_write_changes_nothing() {
    let crm = crm();
    let id = ana(&crm);
    let before = crm.contact(id);
    let edit = json!({"id": id, "properties": [{"name": "Plan", "value": "x"}]});
    request(&crm, "PUT", "contacts/edit-properties").credentials(None).json(&edit).send();
    assert_eq!(crm.contact(id), before);
}
