//! The two ways in which the CRM calls a site: the campaign's node and the account's webhook.

mod site;
mod wire;

use sandbox::{Branch, Contact, Faults, Node, Options, Sandbox, Webhook, event};
use serde_json::json;
use site::Site;
use std::net::TcpListener;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

fn crm() -> Sandbox {
    Sandbox::start(Options { https: None, ..Options::default() }).unwrap()
}

// 6. The node

#[test]
fn get_appends_and_post_sends_the_same_string() {
    let (crm, site) = (crm(), Site::start("200 OK", r#"{"wp_status":"created"}"#));
    let id = crm.create_contact(Contact::person("ana+x@example.com"));
    let fill = |node: Node| node.parameter("contact_id", "{{id}}").parameter("email", "{{email}}");
    crm.run_node(fill(Node::get(&site.url, id)));
    crm.run_node(fill(Node::get(format!("{}?a=b", site.url), id)));
    crm.run_node(fill(Node::post(format!("{}?a=b", site.url), id)));
    let string = format!("contact_id={id}&email=ana%2Bx%40example.com");
    let taken = site.taken();
    assert_eq!(taken[0].line, format!("GET /?{string}"));
    assert_eq!(taken[1].line, format!("GET /?a=b&{string}"));
    assert_eq!((taken[2].line.as_str(), taken[2].body.as_str()), ("POST /?a=b", string.as_str()));
    assert!(taken[2].headers.to_lowercase().contains("content-type: application/x-www-form-urlencoded"));
}

#[test]
fn double_braces_are_html_escaped_and_triple_ones_are_not() {
    let (crm, site) = (crm(), Site::start("200 OK", "{}"));
    let id =
        crm.create_contact(Contact::person("o'b@example.com").last_name("O'Brien & <Sons>").custom("My Plan", "gold"));
    let node = Node::get(&site.url, id)
        .parameter("a", "{{last_name}}")
        .parameter("b", "{{{last_name}}}")
        .parameter("c", "{{My Plan}}{{nobody}}")
        .parameter("d", "{{ open");
    let url = crm.run_node(node).url;
    let query: Vec<(String, String)> =
        form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
    let values: Vec<&str> = query.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["O&#39;Brien &amp; &lt;Sons&gt;", "O'Brien & <Sons>", "gold", "{{ open"]);
}

#[test]
fn the_success_branch_needs_a_status_below_400_and_for_get_json() {
    let crm = crm();
    let id = crm.create_contact(Contact::person("ana@example.com"));
    let run = |status, body, post: bool| {
        let site = Site::start(status, body);
        crm.run_node(if post { Node::post(&site.url, id) } else { Node::get(&site.url, id) })
    };
    let good = run("200 OK", r#"{"wp_user_id":42}"#, false);
    assert_eq!((good.branch, &good.new_fields["wp_user_id"]), (Branch::Success, &json!(42)));
    assert_eq!(run("202 Accepted", "{}", false).branch, Branch::Success);
    assert_eq!(run("200 OK", "<html>", false).branch, Branch::Failure);
    assert_eq!(run("200 OK", "<html>", true).branch, Branch::Success);
    let bad = run("403 Forbidden", r#"{"message":"The access key is not valid."}"#, false);
    assert_eq!((bad.branch, bad.status), (Branch::Failure, Some(403)));
    assert_eq!(bad.message.as_deref(), Some("The access key is not valid."));
    assert!(bad.new_fields.is_empty());
}

#[test]
fn later_nodes_use_the_answers_keys() {
    let crm = crm();
    let id = crm.create_contact(Contact::person("ana@example.com").first_name("Ana"));
    let first = Site::start("200 OK", r#"{"main":{"humidity":7},"first_name":"overwritten"}"#);
    let second = Site::start("200 OK", "{}");
    let earlier = crm.run_node(Node::get(&first.url, id)).new_fields;
    let node = Node::get(&second.url, id).parameter("h", "{{main.humidity}}").parameter("n", "{{first_name}}");
    crm.run_node_after(node, earlier);
    assert_eq!(second.taken()[0].line, "GET /?h=7&n=overwritten");
}

#[test]
fn a_campaign_runs_nodes_at_once_and_keeps_their_order() {
    let (crm, site) = (crm(), Site::start("200 OK", "{}"));
    let nodes: Vec<Node> = (0..50).map(|n| Node::get(&site.url, 0).parameter("n", &n.to_string())).collect();
    let answers = crm.run_nodes(nodes, 40);
    assert_eq!((answers.len(), site.taken().len()), (50, 50));
    assert!(answers[49].url.ends_with("?n=49"));
}

#[test]
fn a_site_that_is_down_is_a_failure_with_its_cause() {
    let crm = crm();
    let delivery = crm.run_node(Node::get("http://127.0.0.1:1/", 0));
    assert_eq!((delivery.branch, delivery.status), (Branch::Failure, None));
    assert!(delivery.error.unwrap().contains("refused"));
}

// 5. The webhook

#[test]
fn every_change_is_sent_whoever_made_it() {
    let (crm, site) = (crm(), Site::start("200 OK", "{}"));
    crm.set_webhook(Some(Webhook::to(&site.url)));
    let id = crm.create_contact(Contact::person("ana@example.com"));
    crm.set_property(id, "CUSTOM", "Plan", "", "gold");
    crm.add_tag(id, "Lead");
    crm.remove_tag(id, "Lead");
    wire::put(&crm, "contacts/edit-properties", &json!({"id": id, "properties": [{"name": "Plan", "value": "x"}]}));
    wire::put(&crm, "contacts/edit/tags", &json!({"id": id, "tags": ["a"]}));
    crm.create_contact(Contact::company("Example & Sons"));
    let sent = crm.wait_for_deliveries(7, SOON);
    assert_eq!(sent.len(), 7);
    assert_eq!(sent.iter().filter(|one| one.subject == event::CONTACT_UPDATED).count(), 5);
    let created =
        site.taken().into_iter().map(|taken| taken.json()).find(|body| body["eventName"] == "Contact is Created");
    assert_eq!(created.unwrap()["eventData"]["type"], "PERSON");
    assert!(site.taken()[0].line.starts_with("POST /") && site.taken()[0].headers.contains("application/json"));
}

#[test]
fn a_failed_webhook_is_not_sent_again() {
    let (crm, site) = (crm(), Site::start("500 Internal Server Error", ""));
    crm.set_webhook(Some(Webhook::to(&site.url)));
    crm.create_contact(Contact::person("ana@example.com"));
    assert_eq!(crm.wait_for_deliveries(1, SOON)[0].status, Some(500));
    assert_eq!(crm.wait_for_deliveries(2, Duration::from_millis(100)).len(), 1);
    assert_eq!(site.taken().len(), 1);
}

#[test]
fn a_silent_site_is_given_up_and_the_change_does_not_wait() {
    let assumed = Options::default();
    assert_eq!(assumed.webhook_patience, Duration::from_secs(5));
    let patience = Duration::from_millis(200);
    let crm = Sandbox::start(Options { https: None, webhook_patience: patience, ..assumed }).unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    crm.set_webhook(Some(Webhook::to(format!("http://{}/", silent.local_addr().unwrap()))));
    let id = crm.create_contact(Contact::person("ana@example.com"));
    assert!(crm.contact(id).is_some() && crm.deliveries().is_empty());
    let given_up = &crm.wait_for_deliveries(1, SOON)[0];
    assert_eq!(given_up.status, None);
    assert!(given_up.elapsed >= patience);
}

#[test]
fn a_deal_is_sent_if_its_box_is_ticked() {
    let (crm, site) = (crm(), Site::start("200 OK", "{}"));
    crm.set_webhook(Some(Webhook::to(&site.url)));
    crm.create_deal("deal plane", &[1]);
    crm.set_webhook(Some(Webhook { url: site.url.clone(), contact: false, deal: true }));
    let person = crm.create_contact(Contact::person("ana@example.com"));
    let deal = crm.create_deal("deal plane", &[person]);
    assert_eq!(crm.wait_for_deliveries(1, SOON).len(), 1);
    let body = site.taken()[0].json();
    assert_eq!((&body["eventName"], &body["eventData"]["id"]), (&json!("Opportunity is Created"), &json!(deal)));
    assert_eq!(body["eventData"]["contact_ids"], json!([person.to_string()]));
}

#[test]
fn duplicates_and_delays_by_switch() {
    let (crm, site) = (crm(), Site::start("200 OK", "{}"));
    crm.set_webhook(Some(Webhook::to(&site.url)));
    crm.set_faults(Faults { webhook_duplicates: 2, webhook_delay: Duration::from_millis(50), ..Faults::default() });
    crm.create_contact(Contact::person("ana@example.com"));
    assert!(crm.deliveries().is_empty());
    assert_eq!(crm.wait_for_deliveries(3, SOON).len(), 3);
}

#[test]
fn any_event_can_be_sent_by_hand() {
    let (crm, site) = (crm(), Site::start("200 OK", r#"{"wp_status":"ignored"}"#));
    crm.set_webhook(Some(Webhook::to(&site.url)));
    let delivery = crm.send_webhook("Contact is Merged", json!({"id": "5", "type": null}));
    assert_eq!(delivery.json()["wp_status"], "ignored");
    assert_eq!(delivery.header("content-type"), Some("application/json"));
    assert_eq!(site.taken()[0].body, r#"{"eventName":"Contact is Merged","eventData":{"id":"5","type":null}}"#);
    assert!(crm.deliveries().is_empty());
}
