//! The image as an ordinary process.

use std::path::Path;
use std::process::Command;

use super::{Ports, Settings, guard};

/// The command that runs `image` on `ports`.
pub(super) fn command(settings: &Settings, image: &Path, ports: Ports) -> Command {
    let mut command = guard::command(&settings.guard, image);
    for (option, port) in [
        ("--https", ports.https),
        ("--http", ports.http),
        ("--dns", ports.dns),
    ] {
        command.arg(option).arg(format!("127.0.0.1:{port}"));
    }
    let https = ports.https.to_string();
    command.args(["--public-https-port", &https]);
    command.args(&settings.arguments);
    command
}
