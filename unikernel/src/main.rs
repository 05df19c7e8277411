//! The executable: reads the arguments, opens the site, and serves it.

use std::error::Error;
use std::future::poll_fn;
use std::io::{self, Write};
use std::process::ExitCode;
use std::task::Poll;
use std::time::SystemTime;

use linux as _;
use machine::Life;
use tokio::signal::unix::{Signal, SignalKind, signal};
use unikernel::arguments::{self, Command, Options};
use unikernel::certificate::Certificate;
use unikernel::server::Server;
use unikernel::site::{self, Site};

/// One for the program and for the kernel under it: see `machine`.
#[global_allocator]
static HEAP: machine::Heap = machine::Heap::new();

/// The status for arguments that make no sense, as usual for Unix programs.
const BAD_ARGUMENTS: u8 = 2;
/// The status of a Rust program that panics.
const PANICKED: i32 = 101;

fn main() -> ExitCode {
    end_on_panic();
    match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => print(arguments::HELP),
        Ok(Command::Version) => print(&format!("{}\n", arguments::VERSION)),
        Ok(Command::Serve(options)) => match serve(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(error.as_ref(), ExitCode::FAILURE),
        },
        Err(error) => fail(&error, ExitCode::from(BAD_ARGUMENTS)),
    }
}

/// A panic anywhere is the end of the program. A task's panic would otherwise
/// be caught by the runtime, and the server would go on without that task.
fn end_on_panic() {
    std::panic::set_hook(Box::new(|info| match machine::life() {
        Life::Boot => machine::power::panicked(format_args!("{info}")),
        Life::Run => {
            eprintln!("fata: {info}");
            std::process::exit(PANICKED);
        }
    }));
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(error: &dyn Error, status: ExitCode) -> ExitCode {
    eprintln!("fata: {error}");
    status
}

fn serve(options: &Options) -> Result<(), Box<dyn Error>> {
    let (site, zones) = Site::open(site::load(options.pack.as_deref())?)?;
    let certificate = match &options.certificate {
        Some(files) => Certificate::read(files)?,
        None => Certificate::make(site.domain(), SystemTime::now())?,
    };
    let fingerprint = certificate.fingerprint();
    let tls = certificate.into_server_config()?;

    // One thread: the machine has one CPU, and no thread ever has to wait for
    // another.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let signals = [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ];
        let server = Server::bind(options).await?;
        let at = server.addresses()?;
        let mut console = io::stdout().lock();
        writeln!(console, "certificate sha256 {fingerprint}")?;
        writeln!(
            console,
            "listening https={} http={} dns={}",
            at.https, at.http, at.dns
        )?;
        drop(console);
        server.run(site, zones, tls, any(signals)).await;
        Ok(())
    })
}

/// Returns when one of the signals has come.
async fn any(mut signals: [Signal; 2]) {
    poll_fn(|context| {
        let has_come = |signal: &mut Signal| signal.poll_recv(context).is_ready();
        match signals.iter_mut().any(has_come) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}
