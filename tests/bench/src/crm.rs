//! The CRM's own time: the call that the extension makes, made from here, over a connection that is kept.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sandbox::Sandbox;
use site::Response;

use crate::Outcome;

pub struct Crm {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    headers: String,
}

impl Crm {
    pub fn connect(crm: &Sandbox) -> Outcome<Self> {
        Self::try_connect(crm).map_err(|error| format!("connecting to the CRM: {error}"))
    }

    fn try_connect(crm: &Sandbox) -> Result<Self, Box<dyn std::error::Error>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(crm.ca_pem().as_bytes())?)?;
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let url = crm.https_url();
        let port: u16 = url.rsplit(':').next().unwrap_or_default().parse()?;
        let tls = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
        let tcp = TcpStream::connect(("127.0.0.1", port))?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(Duration::from_secs(30)))?;
        let credentials = BASE64_STANDARD.encode(format!("{}:{}", crm.email(), crm.api_key()));
        let headers =
            format!("Host: localhost:{port}\r\nAccept: application/json\r\nAuthorization: Basic {credentials}\r\n\r\n");
        Ok(Self { stream: BufReader::new(StreamOwned::new(tls, tcp)), headers })
    }

    /// Fetches a contact: how long that took.
    pub fn fetch(&mut self, contact: &str) -> Outcome<Duration> {
        let start = Instant::now();
        let request = format!("GET /dev/api/contacts/{contact} HTTP/1.1\r\n{}", self.headers);
        let stream = self.stream.get_mut();
        let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.flush());
        let response = sent.and_then(|()| Response::read(&mut self.stream));
        let response = response.map_err(|error| format!("asking the CRM: {error}"))?;
        let took = start.elapsed();
        if response.status == 200 { Ok(took) } else { Err(format!("the CRM answered {}", response.status)) }
    }
}
