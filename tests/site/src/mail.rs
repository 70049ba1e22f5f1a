//! The mails that a site has sent: its `sendmail` puts them into a folder.

use std::fs;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::look;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Oldest first.
pub fn read(layout: &Layout) -> Result<Vec<Mail>> {
    let mails = look::ask(&json!({"mails": layout.mails().display().to_string()}))?;
    let text = |mail: &Value, key: &str| mail[key].as_str().unwrap_or_default().to_owned();
    let mails = mails.iter();
    Ok(mails
        .map(|mail| Mail { to: text(mail, "to"), subject: text(mail, "subject"), body: text(mail, "body") })
        .collect())
}

pub fn forget(layout: &Layout) -> Result<()> {
    let folder = layout.mails();
    fs::remove_dir_all(&folder).and_then(|()| fs::create_dir(&folder)).map_err(Error::doing(folder.display()))
}
