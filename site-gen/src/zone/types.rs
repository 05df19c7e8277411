//! The types of records that a zone may have, and what their data looks like.

use std::ops::RangeInclusive;

use hickory_proto::rr::RecordType;

/// What the data of a type looks like.
pub(super) struct Shape {
    /// How many fields it has.
    pub(super) fields: RangeInclusive<usize>,
    /// Which of them are names, that may be relative to the origin.
    pub(super) names: &'static [usize],
    /// Whether its other fields are strings of at most 255 bytes.
    pub(super) strings: bool,
    /// What a diagnostic says.
    pub(super) expected: &'static str,
}

const MANY: usize = usize::MAX;

/// The shape of a type's data; none if the name server does not know it.
///
/// RFC 1035 §3.3 and §5.1, and for the later ones: AAAA RFC 3596, SRV RFC 2782,
/// CAA RFC 8659, TLSA RFC 6698, SSHFP RFC 4255, SVCB and HTTPS RFC 9460,
/// NAPTR RFC 3403, OPENPGPKEY RFC 7929.
pub(super) fn shape(record_type: RecordType) -> Option<Shape> {
    let shape = |fields, names, expected| {
        Some(Shape {
            fields,
            names,
            strings: false,
            expected,
        })
    };
    let strings = |fields, expected| {
        Some(Shape {
            fields,
            names: &[],
            strings: true,
            expected,
        })
    };
    match record_type {
        RecordType::A => shape(1..=1, &[], "an IPv4 address, such as 192.0.2.1"),
        RecordType::AAAA => shape(1..=1, &[], "an IPv6 address, such as 2001:db8::1"),
        RecordType::NS | RecordType::CNAME | RecordType::PTR | RecordType::ANAME => {
            shape(1..=1, &[0], "a name, such as `www` or `www.example.org.`")
        }
        RecordType::MX => shape(2..=2, &[1], "a preference and a name, such as `10 mail`"),
        RecordType::SOA => shape(
            7..=7,
            &[0, 1],
            "a name server, a mailbox, and five numbers: serial, refresh, retry, expire, minimum",
        ),
        RecordType::SRV => shape(
            4..=4,
            &[3],
            "priority, weight, port and a name, such as `0 5 443 www`",
        ),
        RecordType::TXT => strings(
            1..=MANY,
            "strings of at most 255 bytes, such as \"v=spf1 -all\"",
        ),
        RecordType::HINFO => strings(2..=2, "two strings, CPU and system"),
        RecordType::CAA => shape(
            3..=3,
            &[],
            "flags, a tag and a string, such as `0 issue \"ca.example\"`",
        ),
        RecordType::TLSA | RecordType::SMIMEA => shape(
            4..=MANY,
            &[],
            "usage, selector, matching type and a hash in hexadecimal",
        ),
        RecordType::SSHFP => shape(
            3..=MANY,
            &[],
            "algorithm, hash type and a hash in hexadecimal",
        ),
        RecordType::SVCB | RecordType::HTTPS => shape(
            2..=MANY,
            &[1],
            "a priority, a name and parameters, such as `1 . alpn=h2`",
        ),
        RecordType::NAPTR => shape(
            6..=6,
            &[5],
            "order, preference, flags, service, expression and a name",
        ),
        RecordType::OPENPGPKEY => shape(1..=MANY, &[], "a key in base64"),
        _ => None,
    }
}

/// The names of the types that can be used, for suggestions.
pub(super) const NAMES: [&str; 16] = [
    "A", "AAAA", "ANAME", "CAA", "CNAME", "HINFO", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA",
    "SRV", "SSHFP", "TLSA", "TXT",
];
