//! A small site, a server for it, and clients.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use site_pack::write::{Builder, NewFile};
use site_pack::{Caching, Encoding};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio_rustls::{TlsConnector, rustls};
use unikernel::arguments::Options;
use unikernel::certificate::Certificate;
use unikernel::server::{Addresses, Server};
use unikernel::site::Site;

/// Larger than all buffers between the server and a client that reads nothing.
pub(crate) const BIG: usize = 16 << 20;
pub(crate) const HOME: &str = "<!doctype html><title>Home</title>";
pub(crate) const ZONE: &str = "\
$TTL 300
@    SOA  ns hostmaster 1 7200 3600 1209600 60
@    NS   ns
@    A    192.0.2.1
@    AAAA 2001:db8::1
@    MX   10 mail
@    TXT  \"a site\"
ns   A    192.0.2.2
mail A    192.0.2.3
www  CNAME @
";

/// The site; made once, because hashing it takes a while in a debug build.
static PACK: LazyLock<Vec<u8>> = LazyLock::new(pack);

fn pack() -> Vec<u8> {
    let file = |content_type: &str, body: &[u8]| NewFile {
        content_type: content_type.into(),
        caching: Caching::Revalidate,
        body: body.into(),
        encoded: Vec::new(),
    };
    let html = "text/html; charset=utf-8";
    let mut home = file(html, HOME.as_bytes());
    home.encoded = vec![
        (Encoding::Brotli, b"home in br".to_vec()),
        (Encoding::Gzip, b"home in gzip".to_vec()),
    ];
    let mut style = file("text/css", b"body {}");
    style.caching = Caching::Immutable;
    let mut builder = Builder::new();
    builder
        .file("/", home)
        .and_then(|b| b.file("/docs/", file(html, b"docs")))
        .and_then(|b| b.file("/été", file(html, b"summer")))
        .and_then(|b| b.file("/style.0123.css", style))
        .and_then(|b| b.file("/digits", file("text/plain", b"0123456789")))
        .and_then(|b| b.file("/big", file("application/octet-stream", &vec![7; BIG])))
        .and_then(|b| b.file("/404.html", file(html, b"no such page")))
        .and_then(|b| b.redirect("/old", "/docs/"))
        .and_then(|b| b.part("domain", b"example.org".to_vec()))
        .and_then(|b| b.part("zone/example.org", ZONE.into()))
        .unwrap();
    builder.finish().unwrap()
}

/// A server that runs until it is dropped or stopped.
pub(crate) struct Running {
    pub(crate) at: Addresses,
    pub(crate) fingerprint: String,
    roots: Arc<RootCertStore>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

pub(crate) async fn start() -> Running {
    let (site, zones) = Site::open(&PACK).unwrap();
    let certificate = Certificate::make(site.domain(), SystemTime::now()).unwrap();
    let fingerprint = certificate.fingerprint();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.chain()[0].clone()).unwrap();
    let tls = certificate.into_server_config().unwrap();

    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = Options {
        https: anywhere,
        http: anywhere,
        dns: anywhere,
        public_https_port: 8443,
        ..Options::default()
    };
    let server = Server::bind(&options).await.unwrap();
    let at = server.addresses().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(server.run(site, zones, tls, async {
        let _ = stopped.await;
    }));
    Running {
        at,
        fingerprint,
        roots: roots.into(),
        stop,
        task,
    }
}

impl Running {
    /// Stops the server, as a signal does.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }

    /// A TLS connection to the server under `name`, with the protocols of
    /// `alpn`.
    pub(crate) async fn tls(&self, name: &'static str, alpn: &[&str]) -> TlsStream<TcpStream> {
        self.tls_with(name, alpn, rustls::ALL_VERSIONS).await
    }

    pub(crate) async fn tls12(&self) -> TlsStream<TcpStream> {
        self.tls_with("localhost", &[], &[&version::TLS12]).await
    }

    async fn tls_with(
        &self,
        name: &'static str,
        alpn: &[&str],
        versions: &[&'static SupportedProtocolVersion],
    ) -> TlsStream<TcpStream> {
        let provider = rustls::crypto::ring::default_provider();
        let mut config = ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let tcp = TcpStream::connect(self.at.https).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector
            .connect(name.try_into().unwrap(), tcp)
            .await
            .unwrap()
    }

    /// Asks over a new HTTP/1.1 connection.
    pub(crate) async fn http1(&self, request: Request<Empty<Bytes>>) -> Response<Bytes> {
        let stream = self.tls("localhost", &["http/1.1"]).await;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let response = collect(sender.send_request(request).await.unwrap()).await;
        drop(sender);
        connection.await.unwrap().unwrap();
        response
    }

    /// Asks over a new HTTP/2 connection.
    pub(crate) async fn http2(&self, request: Request<Empty<Bytes>>) -> Response<Bytes> {
        let stream = self.tls("localhost", &["h2"]).await;
        let executor = TokioExecutor::new();
        let (mut sender, connection) = http2::handshake(executor, TokioIo::new(stream))
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        let response = collect(sender.send_request(request).await.unwrap()).await;
        drop(sender);
        connection.await.unwrap().unwrap();
        response
    }

    /// Whether a new client is served as if nothing had happened.
    pub(crate) async fn is_well(&self) -> bool {
        let page = self.http1(get("/docs/")).await;
        page.body() == "docs"
    }
}

pub(crate) fn get(path: &str) -> Request<Empty<Bytes>> {
    get_with(path, &[])
}

pub(crate) fn get_with(path: &str, fields: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let mut request = Request::get(path).header("host", "localhost");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).unwrap()
}

async fn collect(response: Response<hyper::body::Incoming>) -> Response<Bytes> {
    let (head, body) = response.into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}

/// The value of a field of a response, or nothing.
pub(crate) fn field<'a, B>(response: &'a Response<B>, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}
