//! One DNS query over UDP.

use std::net::{Ipv4Addr, UdpSocket};
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};

use crate::limits::DNS_ANSWER;

/// Asks for the SOA record of `domain`, and checks that the answer is one that
/// only the zone's own server gives.
///
/// # Errors
///
/// When no answer comes within `timeout`, or it is another one.
pub fn ask_soa(port: u16, domain: &str, timeout: Duration) -> Result<()> {
    let mut name = Name::from_str(domain).context("the domain is no DNS name")?;
    name.set_fqdn(true);
    let mut message = Message::query();
    message.add_query(Query::query(name, RecordType::SOA));
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(timeout))?;
    socket.connect((Ipv4Addr::LOCALHOST, port))?;
    socket.send(&message.to_vec()?)?;

    let mut buffer = [0; DNS_ANSWER];
    let length = socket.recv(&mut buffer)?;
    let answer = Message::from_vec(&buffer[..length]).context("the answer is no DNS message")?;
    let Message {
        metadata, answers, ..
    } = &answer;
    if metadata.id != message.metadata.id || metadata.response_code != ResponseCode::NoError {
        bail!(
            "expected the SOA record of {domain}, the guest answered {}",
            metadata.response_code
        );
    }
    if !metadata.authoritative || !answers.iter().any(|r| r.record_type() == RecordType::SOA) {
        bail!("expected an authoritative answer with the SOA record of {domain}");
    }
    Ok(())
}
