//! Three Galera nodes on loopback and three pools, each with a node of its own: a site on several machines, on one.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::http::{Request, Response};
use crate::mariadb;
use crate::pool::Pool;
use crate::process::{Process, await_until};
use crate::site::Site;
use crate::start::free_port;
use crate::wordpress::{self, DATABASE};

pub const NODES: usize = 3;

/// A node that joins gets all data from another one first, perhaps while everybody else works.
const PATIENCE: Duration = Duration::from_secs(180);

/// Made by [`Site::cluster`]. Nodes are counted from 0; the first is the one that [`Site::sql`] and [`Site::wp`] ask, so leave it alive.
pub struct Cluster<'a> {
    site: &'a Site,
    nodes: [Mutex<Option<Node>>; NODES],
    /// Of all nodes but the first, which has the site's own.
    pools: Vec<Pool<'a>>,
}

struct Node {
    process: Process,
    /// Where the others find it.
    port: u16,
}

impl<'a> Cluster<'a> {
    pub(crate) fn start(site: &'a Site, workers: u8) -> Result<Self> {
        site.stop_database();
        let mut cluster = Self { site, nodes: [const { Mutex::new(None) }; NODES], pools: Vec::new() };
        wordpress::let_pools_choose_database(&site.layout)?;
        for number in 0..NODES {
            cluster.start_node(number)?;
        }
        for number in 1..NODES {
            let mut wanted = site.wanted.clone();
            wanted.environment.push((DATABASE.to_owned(), format!("localhost:{}", cluster.socket(number).display())));
            cluster.pools.push(site.pool(workers, &wanted));
        }
        Ok(cluster)
    }

    /// Sends it to the pool of a node.
    pub fn try_send(&self, node: usize, request: &Request) -> io::Result<Response> {
        match node.checked_sub(1) {
            None => self.site.try_send(request),
            Some(pool) => self.pools[pool].try_send(request),
        }
    }

    /// Asks one node.
    pub fn try_sql(&self, node: usize, statement: &str) -> Result<Vec<Value>> {
        self.site.try_sql_at(&self.socket(node), &[statement])
    }

    /// As a power cut would. Its pool lives on.
    pub fn kill(&self, node: usize) {
        if let Some(node) = self.take(node) {
            node.process.kill();
        }
    }

    /// It has all that the others have when this returns.
    pub fn bring_back(&self, node: usize) {
        self.start_node(node).unwrap_or_else(|error| panic!("{error}"));
    }

    fn start_node(&self, number: usize) -> Result<()> {
        let folder = self.data(number);
        fs::create_dir_all(&folder).map_err(Error::doing(folder.display()))?;
        if mariadb::as_root() {
            // What another node sends is received by rsync, which as root becomes nobody. (The server may read and write it all the same.)
            let chown = Command::new("chown").args(["-R", "nobody"]).arg(&folder).status();
            chown.map_err(Error::doing("starting chown"))?;
        }
        let others: Vec<_> = (0..NODES).filter_map(|other| self.port(other)).collect();
        let members: Vec<_> = others.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        // For the group, for what a node has missed, and for all that a new one needs. New ones at every start: nobody has kept the old.
        let held = [free_port()?, free_port()?, free_port()?];
        let [group, missed, all] = held.each_ref().map(|(_, port)| *port);
        let logs = self.site.layout.logs();
        let run = self.site.layout.run();
        let options = [
            format!("--datadir={}", folder.display()),
            format!("--socket={}", self.socket(number).display()),
            format!("--pid-file={}", run.join(format!("node-{number}.pid")).display()),
            format!("--log-error={}", logs.join(format!("node-{number}.log")).display()),
            "--binlog-format=ROW".to_owned(),
            "--innodb-autoinc-lock-mode=2".to_owned(),
            "--wsrep-on=ON".to_owned(),
            "--wsrep-provider=/usr/lib/galera/libgalera_smm.so".to_owned(),
            format!("--wsrep-node-name=node-{number}"),
            format!("--wsrep-node-address=127.0.0.1:{group}"),
            format!("--wsrep-cluster-address=gcomm://{}", members.join(",")),
            "--wsrep-sst-method=rsync".to_owned(),
            format!("--wsrep-sst-receive-address=127.0.0.1:{all}"),
            format!(
                "--wsrep-provider-options=base_port={group};gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{missed}"
            ),
        ];
        let first = others.is_empty().then_some("--wsrep-new-cluster");
        let options: Vec<_> = options.iter().map(String::as_str).chain(first).collect();
        drop(held);
        let process = self.site.servers.start_node(&options)?;
        *self.slot(number) = Some(Node { process, port: group });
        if await_until(PATIENCE, || self.is_synced(number)) {
            Ok(())
        } else {
            Err(Error::new(format!(
                "node {number} did not join the cluster:\n{}",
                fs::read_to_string(logs.join(format!("node-{number}.log"))).unwrap_or_default()
            )))
        }
    }

    fn is_synced(&self, node: usize) -> bool {
        self.socket(node).exists()
            && self
                .try_sql(node, "SHOW STATUS LIKE 'wsrep_local_state_comment'")
                .is_ok_and(|rows| rows.first().is_some_and(|row| row["Value"] == "Synced"))
    }

    fn data(&self, node: usize) -> PathBuf {
        match node {
            0 => mariadb::data(&self.site.layout),
            _ => self.site.layout.folder.join(format!("node-{node}")),
        }
    }

    fn socket(&self, node: usize) -> PathBuf {
        match node {
            0 => mariadb::socket(&self.site.layout),
            _ => self.site.layout.run().join(format!("node-{node}.sock")),
        }
    }

    fn port(&self, node: usize) -> Option<u16> {
        self.slot(node).as_ref().map(|node| node.port)
    }

    fn take(&self, node: usize) -> Option<Node> {
        self.slot(node).take()
    }

    fn slot(&self, node: usize) -> std::sync::MutexGuard<'_, Option<Node>> {
        self.nodes[node].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        for node in 0..NODES {
            self.kill(node);
        }
    }
}
