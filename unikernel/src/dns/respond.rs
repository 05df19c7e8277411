//! From the bytes of a query to the bytes of a response (RFC 1035 section 4).
//!
//! Whatever the bytes are, there is a response that fits them, or none where
//! one would only help somebody to reflect traffic.

use std::net::SocketAddr;

use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{Edns, Metadata, ResponseCode};
use hickory_server::proto::rr::{DNSClass, Record, RecordType};
use hickory_server::proto::serialize::binary::BinEncoder;
use hickory_server::server::{Request, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;

use super::Zones;
use super::lookup::{Answer, Authority};
use crate::limits;

/// Bytes of a message's header (RFC 1035 section 4.1.1).
const HEADER: usize = 12;
/// What a client takes that says nothing about it (section 4.2.1).
const PLAIN_PAYLOAD: u16 = 512;
/// The version of EDNS that we speak (RFC 6891).
const EDNS_VERSION: u8 = 0;

/// The response to a query that `client` sent over `protocol`.
pub fn respond(
    zones: &Zones,
    query: &[u8],
    client: SocketAddr,
    protocol: Protocol,
) -> Option<Vec<u8>> {
    let header = RawHeader::read(query)?;
    if let Some(code) = header.fault() {
        return Some(header.refuse(code));
    }
    let Ok(request) = Request::from_bytes(query.to_vec(), client, protocol) else {
        return Some(header.refuse(ResponseCode::FormErr));
    };
    let reply = Reply::to(&request);
    let encoded = match decide(zones, &request) {
        Ok(answer) => reply.encode(&answer),
        Err(code) => reply.encode(&failure(code)),
    };
    Some(encoded.unwrap_or_else(|| header.refuse(ResponseCode::ServFail)))
}

/// What we have to say to a well-formed query.
fn decide<'a>(zones: &'a Zones, request: &Request) -> Result<Answer<'a>, ResponseCode> {
    if request.version() > EDNS_VERSION {
        return Err(ResponseCode::BADVERS);
    }
    let [question] = request.queries.queries() else {
        return Err(ResponseCode::FormErr);
    };
    if question.query_class() != DNSClass::IN {
        return Err(ResponseCode::Refused);
    }
    match question.query_type() {
        // Nobody copies our zones.
        RecordType::AXFR | RecordType::IXFR => return Err(ResponseCode::Refused),
        RecordType::OPT | RecordType::TSIG => return Err(ResponseCode::FormErr),
        _ => {}
    }
    let zone = zones.find(question.name()).ok_or(ResponseCode::Refused)?;
    Ok(zone.answer(question.name(), question.query_type()))
}

fn failure(code: ResponseCode) -> Answer<'static> {
    Answer {
        code,
        authority: Authority::Delegated,
        answers: Vec::new(),
        authorities: Vec::new(),
        additionals: Vec::new(),
    }
}

/// How to reply to a request.
struct Reply<'a> {
    request: &'a Request,
    edns: Option<Edns>,
    /// The longest message that the client can get.
    size: u16,
}

impl<'a> Reply<'a> {
    fn to(request: &'a Request) -> Self {
        let edns = request.edns.as_ref().map(|asked| {
            let mut edns = Edns::new();
            edns.set_version(EDNS_VERSION);
            edns.set_max_payload(limits::DNS_UDP_PAYLOAD);
            // RFC 3225 section 3: the bit is copied.
            edns.set_dnssec_ok(asked.flags().dnssec_ok);
            edns
        });
        let size = match (request.protocol(), &edns) {
            (Protocol::Udp, Some(_)) => request.max_payload().min(limits::DNS_UDP_PAYLOAD),
            (Protocol::Udp, None) => PLAIN_PAYLOAD,
            _ => u16::MAX,
        };
        Self {
            request,
            edns,
            size,
        }
    }

    /// The message. What does not fit loses its additional records first,
    /// which the client can do without (RFC 2181 section 9); then everything,
    /// and the client asks again over TCP.
    fn encode(&self, answer: &Answer<'_>) -> Option<Vec<u8>> {
        let all = || self.emit(answer, &answer.additionals, Truncated::No);
        let less = || self.emit(answer, &[], Truncated::No);
        let nothing = || self.emit(&empty(answer), &[], Truncated::Yes);
        all().or_else(less).or_else(nothing)
    }

    fn emit(
        &self,
        answer: &Answer<'_>,
        additionals: &[&Record],
        truncated: Truncated,
    ) -> Option<Vec<u8>> {
        let mut metadata = Metadata::response_from_request(&self.request.metadata);
        metadata.response_code = answer.code;
        metadata.authoritative = answer.authority == Authority::Ours;
        metadata.truncation = truncated == Truncated::Yes;
        let message = MessageResponseBuilder::new(&self.request.queries, self.edns.as_ref()).build(
            metadata,
            answer.answers.iter().map(AsRef::as_ref),
            answer.authorities.iter().copied(),
            [],
            additionals.iter().copied(),
        );
        let mut bytes = Vec::with_capacity(PLAIN_PAYLOAD.into());
        let mut encoder = BinEncoder::new(&mut bytes);
        encoder.set_max_size(self.size);
        let info: ResponseInfo = message.destructive_emit(&mut encoder).ok()?;
        (info.truncation == metadata.truncation).then_some(bytes)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Truncated {
    Yes,
    No,
}

fn empty(answer: &Answer<'_>) -> Answer<'static> {
    Answer {
        authority: answer.authority,
        ..failure(answer.code)
    }
}

/// The header of a query, before anything else of it is believed.
struct RawHeader {
    id: [u8; 2],
    flags: u16,
    /// Questions, answers, authorities, additional records.
    counts: [u16; 4],
}

impl RawHeader {
    const RESPONSE: u16 = 1 << 15;
    const OPERATION: u16 = 0b1111 << 11;
    const RECURSION_DESIRED: u16 = 1 << 8;

    /// `None` where no response may be sent: to less than a header, and to
    /// responses, or two servers would talk to each other for ever.
    fn read(query: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER] = query.first_chunk()?;
        let word = |index: usize| u16::from_be_bytes([bytes[index], bytes[index + 1]]);
        let header = Self {
            id: [bytes[0], bytes[1]],
            flags: word(2),
            counts: [word(4), word(6), word(8), word(10)],
        };
        (header.flags & Self::RESPONSE == 0).then_some(header)
    }

    /// Why a message is not worth decoding. The counts are checked here
    /// because the decoder makes room for as many questions as are claimed.
    fn fault(&self) -> Option<ResponseCode> {
        if self.flags & Self::OPERATION != 0 {
            return Some(ResponseCode::NotImp);
        }
        // RFC 9619: a query has one question.
        let [questions, answers, authorities, additionals] = self.counts;
        let is_plain = questions == 1 && answers == 0 && authorities == 0;
        (!is_plain || additionals > limits::DNS_ADDITIONAL).then_some(ResponseCode::FormErr)
    }

    /// A response that is only a header.
    fn refuse(&self, code: ResponseCode) -> Vec<u8> {
        let kept = self.flags & (Self::OPERATION | Self::RECURSION_DESIRED);
        let flags = Self::RESPONSE | kept | u16::from(code.low());
        let mut response = vec![0; HEADER];
        response[..2].copy_from_slice(&self.id);
        response[2..4].copy_from_slice(&flags.to_be_bytes());
        response
    }
}

#[cfg(test)]
mod tests;
