//! Connections: accepted, counted, and closed while idle if a fault says so.
//!
//! hyper is driven directly, not through `axum::serve`: only so can a connection be counted, cut or closed.

use crate::account::Account;
use crate::gate::HangUp;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, account: Arc<Account>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                account.ledger.connected();
                let greeting = greet(stream, tls.clone(), router.clone(), Arc::clone(&account));
                let account = Arc::clone(&account);
                tokio::spawn(async move {
                    greeting.await;
                    account.ledger.disconnected();
                });
            }
            // Out of file descriptors, as a rule: some will come free.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn greet(stream: TcpStream, tls: Option<TlsAcceptor>, router: Router, account: Arc<Account>) {
    // Without it, small answers wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, router, account).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                converse(stream, router, account).await;
            }
        }
    }
}

async fn converse<S>(stream: S, router: Router, account: Arc<Account>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let state = watch::Sender::new(State::Fresh);
    let idle = wait_until_idle_for_too_long(state.subscribe(), Arc::clone(&account));
    let service = service_fn(move |request: Request<Incoming>| {
        let api = request.uri().path().starts_with("/dev/api");
        if !api && *state.borrow() == State::Fresh {
            account.ledger.not_a_client();
        }
        let under_way = UnderWay::begin(&state, api.then(|| Arc::clone(&account)));
        let router = router.clone();
        async move {
            let Ok(response) = router.oneshot(request.map(Body::new)).await;
            if response.extensions().get::<HangUp>().is_some() {
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            Ok(attach(response, under_way))
        }
    });
    // Recorded answers have headers like `Cache-Control`, not `cache-control`.
    let connection = http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = idle => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Busy,
    Idle,
}

/// Returns when the connection was idle, after an answer, for as long as the fault `close_idle` allows.
async fn wait_until_idle_for_too_long(mut state: watch::Receiver<State>, account: Arc<Account>) {
    let mut faults = account.faults.watch();
    loop {
        let limit = faults.borrow_and_update().close_idle;
        let idle = *state.borrow_and_update() == State::Idle;
        let too_long = async {
            match limit {
                Some(limit) if idle => tokio::time::sleep(limit).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = too_long => return,
            changed = state.changed() => if changed.is_err() { std::future::pending().await },
            _ = faults.changed() => {}
        }
    }
}

/// A request under way; it ends when the last byte of the answer's body was handed over, or when the client left.
struct UnderWay {
    state: watch::Sender<State>,
    /// The page's requests are not counted.
    account: Option<Arc<Account>>,
}

impl UnderWay {
    fn begin(state: &watch::Sender<State>, account: Option<Arc<Account>>) -> Self {
        state.send_replace(State::Busy);
        if let Some(account) = &account {
            account.ledger.began();
        }
        Self { state: state.clone(), account }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(account) = &self.account {
            account.ledger.ended();
        }
        self.state.send_replace(State::Idle);
    }
}

fn attach(response: Response, under_way: UnderWay) -> Response<Accompanied> {
    response.map(|body| Accompanied { body, _under_way: under_way })
}

/// A body that keeps its request under way until it is sent.
struct Accompanied {
    body: Body,
    _under_way: UnderWay,
}

impl hyper::body::Body for Accompanied {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
