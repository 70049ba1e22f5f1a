//! Lists of contacts, page by page: a bare array whose last item bears the cursor (section 2).

use super::answer::Answer;
use super::{Asked, Call};
use crate::account::Account;
use crate::contact;
use crate::faults::Form;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use std::cmp::Reverse;

const PAGE_SIZE: usize = 20;
/// Above it the recorded calls met a 60 s cap and a 500 page. Here the page comes at once.
const LARGEST_PAGE: usize = 200;
/// Milliseconds.
const DAY: u64 = 86_400_000;

pub(super) fn contacts(account: &Account, asked: &Asked) -> Answer {
    let store = account.store.lock();
    page(store.all().collect(), |name| asked.query(name))
}

/// Takes a form; JSON ends in a 500 (recorded).
pub(super) fn dynamic_filter(account: &Account, asked: &Asked) -> Answer {
    if !asked.content_type().starts_with("application/x-www-form-urlencoded") {
        return Answer::Failed(Form::Html, String::new());
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&asked.body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(held, _)| held == name).map(|(_, value)| value.clone());
    let Some(filter) = field("filterJson").and_then(|text| serde_json::from_str(&text).ok()) else {
        return Answer::Failed(Form::Json, "filterJson is missing or not JSON".into());
    };
    let rules = match read_rules(&filter, asked) {
        Ok(rules) => rules,
        Err(refusal) => return Answer::Failed(Form::Json, refusal),
    };
    let kind = filter["contact_type"].as_str().map(str::to_owned);
    let store = account.store.lock();
    let found = store
        .indexed(asked.faults.search_lag)
        .filter(|(_, contact)| kind.is_none() || contact["type"].as_str() == kind.as_deref())
        .filter(|(_, contact)| rules.iter().all(|rule| rule.holds(contact)))
        .collect();
    page(found, field)
}

/// How many contacts a list is asked for at once.
pub(crate) fn page_size(asked: &Asked) -> Option<usize> {
    let size = match &asked.call {
        Call::ListContacts => asked.query("page_size"),
        Call::DynamicFilter => form_urlencoded::parse(&asked.body)
            .find(|(name, _)| name == "page_size")
            .map(|(_, value)| value.into_owned()),
        _ => return None,
    };
    Some(size.and_then(|size| size.parse().ok()).unwrap_or(PAGE_SIZE))
}

enum Rule {
    HasTag(String),
    /// Field, and a moment in epoch milliseconds.
    After(String, u64),
    Before(String, u64),
    /// Both moments included: nobody documents it.
    Between(String, u64, u64),
}

impl Rule {
    fn holds(&self, contact: &Value) -> bool {
        // The contact counts in seconds, the filter in milliseconds; 0 is 'never updated'.
        let time = |field: &str| contact[field].as_u64().unwrap_or(0) * 1000;
        match self {
            Self::HasTag(tag) => contact::tags(contact).any(|held| held == tag),
            Self::After(field, moment) => time(field) > *moment,
            Self::Before(field, moment) => time(field) != 0 && time(field) < *moment,
            Self::Between(field, from, until) => (*from..=*until).contains(&time(field)) && time(field) != 0,
        }
    }
}

fn read_rules(filter: &Value, asked: &Asked) -> Result<Vec<Rule>, String> {
    let rules = filter["rules"].as_array().ok_or("rules are missing")?;
    rules.iter().map(|rule| read_rule(rule, asked)).collect()
}

fn read_rule(rule: &Value, asked: &Asked) -> Result<Rule, String> {
    let field = rule["LHS"].as_str().unwrap_or_default();
    let value = contact::text(rule.get("RHS"));
    let moment = value.parse();
    match (field, rule["CONDITION"].as_str().unwrap_or_default(), moment) {
        ("tags", "EQUALS", _) => Ok(Rule::HasTag(value)),
        ("updated_time", ..) if asked.faults.refuse_updated_time_filter => Err("updated_time is not searchable".into()),
        ("updated_time" | "created_time", "AFTER", Ok(moment)) => {
            let day_ends = moment - moment % DAY + DAY - 1;
            Ok(Rule::After(field.into(), if asked.faults.after_means_day { day_ends } else { moment }))
        }
        ("updated_time" | "created_time", "BETWEEN", Ok(from)) => match contact::text(rule.get("RHS_NEW")).parse() {
            Ok(until) => Ok(Rule::Between(field.into(), from, until)),
            Err(_) => Err("RHS_NEW is missing".into()),
        },
        ("updated_time" | "created_time", "BEFORE", Ok(moment)) => Ok(Rule::Before(field.into(), moment)),
        (_, condition, _) => Err(format!("the sandbox does not know the rule {field} {condition}")),
    }
}

fn page(mut all: Vec<(u64, &Value)>, field: impl Fn(&str) -> Option<String>) -> Answer {
    let size = field("page_size").and_then(|size| size.parse().ok()).unwrap_or(PAGE_SIZE);
    if size > LARGEST_PAGE {
        return Answer::Failed(Form::Html, String::new());
    }
    let order = Order::read(&field("global_sort_key").unwrap_or_default());
    all.sort_by_key(|item| order.place(item));
    if let Some(cursor) = field("cursor").filter(|cursor| !cursor.is_empty()) {
        let Some(last) = read_cursor(&cursor) else {
            return Answer::Failed(Form::Json, "invalid cursor".into());
        };
        // A place, not a count: what was added or deleted meanwhile shifts nobody.
        all.retain(|item| order.place(item) > last);
    }
    let more = all.len() > size.max(1);
    all.truncate(size.max(1));
    let mut items: Vec<Value> = all.iter().map(|(_, contact)| (*contact).clone()).collect();
    if let (true, Some(last), Some(Value::Object(map))) = (more, all.last(), items.last_mut()) {
        map.insert("cursor".into(), write_cursor(order.place(last)).into());
    }
    Answer::List(items)
}

type Place = (Option<Reverse<u64>>, u64, u64);

struct Order {
    field: String,
    newest_first: bool,
}

impl Order {
    fn read(key: &str) -> Self {
        let field = key.trim_start_matches('-');
        Self {
            field: if field.is_empty() { "created_time".into() } else { field.to_owned() },
            newest_first: key.starts_with('-') || key.is_empty(),
        }
    }

    /// The id is the one it is kept under: an odd shape may show another.
    fn place(&self, (id, contact): &(u64, &Value)) -> Place {
        let time = contact[&self.field].as_u64().unwrap_or(0);
        if self.newest_first { (Some(Reverse(time)), 0, *id) } else { (None, time, *id) }
    }
}

fn write_cursor((newest, oldest, id): Place) -> String {
    let newest = newest.map(|Reverse(time)| time.to_string()).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(format!("{newest}:{oldest}:{id}"))
}

fn read_cursor(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.split(':');
    let newest = parts.next()?;
    let newest = if newest.is_empty() { None } else { Some(Reverse(newest.parse().ok()?)) };
    Some((newest, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
