//! What a PHP thread keeps from one request to the next: its client, and with it the connection to the CRM.
//!
//! A connection is worth keeping for the next webhook. Those of a drain are not: eight stay open where eight contacts were
//! under way at once, in each worker that ever drained, and nobody looks at them again. So who had many under way leaves
//! no client behind; the next call makes one.

use crate::crm::error::Error;
use crate::crm::http::{Http, Options};
use std::cell::RefCell;
use std::rc::Rc;

/// So many at once are no crowd.
pub const FEW: usize = 2;

#[derive(Default)]
pub struct Worker {
    http: RefCell<Option<Rc<Http>>>,
}

impl Worker {
    /// The client for these options; made anew where the kept one no longer serves: in a forked child, when the proxy, the
    /// name servers or the root certificates change, and after a failure to connect.
    pub fn http(&self, options: &Options) -> Result<Rc<Http>, Error> {
        let mut kept = self.http.borrow_mut();
        if let Some(http) = kept.as_ref().filter(|http| http.serves(options)) {
            return Ok(Rc::clone(http));
        }
        let http = Rc::new(Http::new(options.clone()).map_err(|why| Error::outage(why, None))?);
        *kept = Some(Rc::clone(&http));
        Ok(http)
    }

    /// Keeps no client. Its connections are closed when the last who uses it is done.
    pub fn keep_none(&self) {
        // Dropped after the borrow has ended.
        drop(self.http.take());
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
