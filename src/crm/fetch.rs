//! Contacts fetched side by side: begun one by one, taken as they come in.
//!
//! The drain worker writes one contact's user while the next ones are still under way. Each fetch is a task on the
//! runtime of `http.rs`, which moves only while somebody waits: see there what that means for its time.
//!
//! A fetch is answered for exactly once, under the key it was begun with, be it with an error that was known at the start.

use crate::contact::Contact;
use crate::contact::Named;
use crate::crm::account::Account;
use crate::crm::agile_crm::AgileCrm;
use crate::crm::error::Error;
use crate::crm::http::Http;
use crate::crm::worker::FEW;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::{Id, JoinSet};

/// What became of one fetch.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The caller's name for it: any bytes.
    pub key: Vec<u8>,
    pub result: Result<Contact, Error>,
}

/// The fetches of one account that were begun and not taken yet.
pub struct Fetches {
    pid: u32,
    /// Those that nothing was sent for.
    failed: VecDeque<Fetched>,
    keys: HashMap<Id, Vec<u8>>,
    tasks: JoinSet<Result<Contact, Error>>,
    /// The most that were ever in flight at once.
    most: usize,
    // Last: it drives the tasks, and is kept by them though the worker may have made another meanwhile.
    http: Option<Rc<Http>>,
}

impl Default for Fetches {
    fn default() -> Self {
        let (failed, keys, tasks) = (VecDeque::new(), HashMap::new(), JoinSet::new());
        Self { pid: std::process::id(), failed, keys, tasks, most: 0, http: None }
    }
}

impl Fetches {
    /// Begins to fetch this contact, and returns at once. `http` is made for this account, which is the same every time.
    pub fn begin(
        &mut self,
        key: Vec<u8>,
        named: Named,
        account: &Arc<Account>,
        deadline: Option<Instant>,
        http: &Rc<Http>,
    ) {
        self.leave_parent();
        if self.keys.is_empty() {
            // Nothing is in flight that only the former one could bring to its end.
            self.http = Some(Rc::clone(http));
        }
        let http = self.http.get_or_insert_with(|| Rc::clone(http));
        let crm = AgileCrm::new(http.sender(), Arc::clone(account), deadline);
        let fetch = async move {
            match named {
                Named::Id(id) => crm.contact(id).await,
                Named::Email(address) => crm.contact_by_email(&address).await,
            }
        };
        let id = http.begin(&mut self.tasks, fetch);
        self.keys.insert(id, key);
        self.most = self.most.max(self.keys.len());
    }

    /// A fetch that cannot be begun: [`Self::take`] tells why.
    pub fn fail(&mut self, key: Vec<u8>, error: Error) {
        self.leave_parent();
        self.failed.push_back(Fetched { key, result: Err(error) });
    }

    /// Waits for whichever is complete first, which takes no longer than the first time limit among them; `None` if none is
    /// in flight.
    pub fn take(&mut self) -> Option<Fetched> {
        self.leave_parent();
        if let Some(failed) = self.failed.pop_front() {
            return Some(failed);
        }
        let (id, result) = match self.http.as_ref()?.wait(self.tasks.join_next_with_id())? {
            Ok(done) => done,
            // A panic; nobody aborts a task of ours.
            Err(error) => (error.id(), Err(Error::unusable("the extension failed to read its answer"))),
        };
        Some(Fetched { key: self.keys.remove(&id).unwrap_or_default(), result })
    }

    /// Whether more were in flight at once than a worker keeps connections for.
    pub fn was_a_crowd(&self) -> bool {
        self.most > FEW
    }

    /// How many were begun and not taken yet.
    pub fn pending(&mut self) -> usize {
        self.leave_parent();
        self.failed.len() + self.keys.len()
    }

    /// What a parent process began is the parent's: a forked child has begun nothing.
    fn leave_parent(&mut self) {
        if self.pid != std::process::id() {
            *self = Self::default();
        }
    }
}

impl Drop for Fetches {
    fn drop(&mut self) {
        if self.pid != std::process::id() {
            // To abort them would reach for the parent's event queue.
            std::mem::forget(std::mem::take(&mut self.tasks));
        }
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
