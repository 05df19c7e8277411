//! Builds the image once, starts guests, and talks to them.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use deploy::guest::{Accelerator, Exit, Guest, Hardware, Life, Machine, Observer, Ports, Settings};
use deploy::install::{self, QEMU};
use deploy::probe::pinned;
use deploy::site::{Built, Compression, Site};
use deploy::workspace::Workspace;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use site_pack::Pack;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// How long a guest may take to start. Emulated, beside others, on a machine
/// that compiles.
const START: Duration = Duration::from_secs(120);
/// How long one check may take: a hang is a failure, not a wait.
const CHECK: Duration = Duration::from_secs(240);
/// The memory of a guest that is to serve, in MiB.
const MEMORY_MIB: u32 = 64;

/// A life, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lived {
    Process,
    Q35,
    Microvm,
}

/// The site and its image, built once for all tests.
pub(crate) struct Fixture {
    pub(crate) built: Built,
    pub(crate) image: PathBuf,
    pack: Vec<u8>,
}

impl Fixture {
    pub(crate) fn pack(&self) -> Pack<'_> {
        Pack::open(&self.pack).unwrap()
    }
}

pub(crate) fn fixture() -> &'static Fixture {
    static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
        let workspace = Workspace::find().unwrap();
        let site = Site::open(workspace.root()).unwrap();
        let built = site
            .build(&site.options(Compression::Full))
            .unwrap_or_else(|error| panic!("{error:#}"));
        // What is static is never dropped: the next run writes over this one's.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machines");
        fs::create_dir_all(&directory).unwrap();
        let image = built.write_image(&directory).unwrap();
        let pack = built.site.pack().unwrap();
        Fixture { built, image, pack }
    });
    &FIXTURE
}

/// How to start a guest of that life.
pub(crate) fn settings(life: Lived) -> Settings {
    let life = match life {
        Lived::Process => Life::Process,
        Lived::Q35 => Life::Boot(hardware(Machine::Q35)),
        Lived::Microvm => Life::Boot(hardware(Machine::Microvm)),
    };
    Settings {
        guard: PathBuf::from(env!("CARGO_BIN_EXE_fata")),
        ports: Ports::ANY,
        life,
        arguments: Vec::new(),
    }
}

/// A test that cannot boot fails: nobody reads what was skipped.
fn hardware(machine: Machine) -> Hardware {
    assert!(
        install::find(QEMU.name).is_some(),
        "{} is needed: install the package {}",
        QEMU.name,
        QEMU.package
    );
    let (accelerator, _) = Accelerator::choose();
    Hardware::new(machine, accelerator, MEMORY_MIB)
}

/// Shows a guest's console with the output of the test.
struct Shown;

impl Observer for Shown {
    fn line(&mut self, line: &str) {
        eprintln!("| {line}");
    }

    fn exited(&mut self, exit: Exit) {
        eprintln!("| {exit}");
    }
}

pub(crate) fn start(image: &Path, settings: &Settings) -> Guest {
    Guest::start(image, settings, Box::new(Shown)).unwrap()
}

/// A guest that has answered, and how to talk to it.
pub(crate) struct Running {
    pub(crate) guest: Guest,
    fingerprint: [u8; 32],
}

/// Runs a check on the guest of that life that all checks share. One check at
/// a time: they would disturb each other's figures and limits.
pub(crate) fn check<F: Future<Output = ()>>(
    life: Lived,
    check: impl FnOnce(&'static Running) -> F,
) {
    static GUESTS: [(OnceLock<Running>, Mutex<()>); 3] =
        [const { (OnceLock::new(), Mutex::new(())) }; 3];
    let (guest, turn) = &GUESTS[life as usize];
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    run(check(guest.get_or_init(|| Running::start(life))));
}

/// Runs a client, for a limited time.
pub(crate) fn run(client: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let limited = tokio::time::timeout(CHECK, client);
        limited.await.expect("the check should not take so long");
    });
}

impl Running {
    pub(crate) fn start(life: Lived) -> Self {
        let settings = settings(life);
        let fixture = fixture();
        let domain = &fixture.built.site.domain;
        let (guest, ready) =
            Guest::start_ready(&fixture.image, &settings, domain, START, || Box::new(Shown))
                .unwrap_or_else(|error| panic!("{error:#}"));
        Self {
            guest,
            fingerprint: ready.fingerprint,
        }
    }

    pub(crate) fn ports(&self) -> Ports {
        self.guest.ports()
    }

    /// A TLS connection that speaks `protocol` (ALPN).
    pub(crate) async fn tls(&self, protocol: &str) -> TlsStream<TcpStream> {
        let mut config: ClientConfig = pinned(self.fingerprint).unwrap();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let domain = fixture().built.site.domain.clone();
        let socket = TcpStream::connect(local(self.ports().https)).await.unwrap();
        let name = ServerName::try_from(domain).unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect(name, socket).await.unwrap();
        let agreed = stream.get_ref().1.alpn_protocol();
        assert_eq!(agreed, Some(protocol.as_bytes()));
        stream
    }

    pub(crate) async fn http1(&self) -> Client {
        let stream = TokioIo::new(self.tls("http/1.1").await);
        let (sender, connection) = http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Client::Http1(sender)
    }

    pub(crate) async fn http2(&self) -> Client {
        let stream = TokioIo::new(self.tls("h2").await);
        let executor = TokioExecutor::new();
        let (sender, connection) = http2::handshake(executor, stream).await.unwrap();
        tokio::spawn(connection);
        Client::Http2(sender)
    }
}

pub(crate) fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// A connection to the site.
pub(crate) enum Client {
    Http1(http1::SendRequest<Empty<Bytes>>),
    Http2(http2::SendRequest<Empty<Bytes>>),
}

impl Client {
    pub(crate) async fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let domain = &fixture().built.site.domain;
        let request = Request::builder().method(Method::GET);
        let mut request = match self {
            Self::Http1(_) => request.uri(path).header("host", domain),
            Self::Http2(_) => request.uri(format!("https://{domain}{path}")),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::new()).unwrap();
        let response = match self {
            Self::Http1(sender) => sender.send_request(request).await,
            Self::Http2(sender) => sender.send_request(request).await,
        };
        whole(response.unwrap_or_else(|error| panic!("GET {path}: {error}"))).await
    }
}

/// A response with all of its body.
pub(crate) async fn whole(response: Response<Incoming>) -> Response<Bytes> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, body)
}

pub(crate) fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}
