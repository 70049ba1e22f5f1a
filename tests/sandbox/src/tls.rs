//! A certificate authority of our own, made anew at each start: a client trusts it by `SSL_CERT_FILE`.

use crate::Error;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::Write;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;

pub(crate) struct Authority {
    pub(crate) pem: String,
    /// Removed when the sandbox is dropped.
    pub(crate) file: NamedTempFile,
    pub(crate) acceptor: TlsAcceptor,
}

impl Authority {
    /// Vouches for `localhost`, `127.0.0.1`, `::1` and `{domain}.agilecrm.com`, for whoever bends the name by a hosts file.
    pub(crate) fn new(domain: &str) -> Result<Self, Error> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "Agile CRM sandbox, local test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let names = ["localhost".into(), "127.0.0.1".into(), "::1".into(), format!("{domain}.agilecrm.com")];
        let mut server = CertificateParams::new(names)?;
        server.distinguished_name.push(DnType::CommonName, "localhost");
        server.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;

        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        // The API is spoken as HTTP/1.1, as recorded.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];

        let pem = authority.pem();
        let mut file = tempfile::Builder::new().prefix("sandbox-ca-").suffix(".pem").tempfile()?;
        file.write_all(pem.as_bytes())?;
        file.flush()?;
        Ok(Self { pem, file, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}
