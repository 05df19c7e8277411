//! Reads the entries of a zone file into records (RFC 1035 §5.1): owners,
//! times to live, classes and types that may be left out, names that may be
//! relative; the data of each type is hickory's to parse.

use std::ops::Range;

use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_proto::serialize::txt;

use super::entry::{self, Entry, Field};
use super::types::{self, Shape};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::{MAX_TTL_SECONDS, MAX_ZONE_STRING_BYTES};
use crate::source::Source;

/// A record, and where it came from.
pub(super) struct Line {
    pub(super) record: Record,
    /// Its data as text, normalized.
    pub(super) data: String,
    pub(super) span: Range<usize>,
}

/// Reads entries one after the other, remembering what they leave out.
pub(super) struct Reader<'a> {
    source: &'a Source,
    /// The zone's own name.
    zone: &'a Name,
    /// What relative names are relative to now.
    origin: Name,
    /// The owner of the last record.
    owner: Option<Name>,
    /// `$TTL`: it comes before the last one said (RFC 2308 §4).
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
}

/// What stands between a record's owner and its data, and the data.
struct Typed<'f> {
    ttl: Option<u32>,
    record_type: RecordType,
    type_field: &'f Field,
    data: &'f [Field],
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source, zone: &'a Name) -> Self {
        let origin = zone.clone();
        Self {
            source,
            zone,
            origin,
            owner: None,
            default_ttl: None,
            last_ttl: None,
        }
    }

    /// Reads one entry: a record, or a directive that changes the next ones.
    pub(super) fn read(&mut self, entry: &Entry) -> Result<Option<Line>, Diagnostic> {
        let first = &entry.fields[0];
        if !entry.continues && !first.quoted && first.text.starts_with('$') {
            self.directive(first, &entry.fields[1..])?;
            return Ok(None);
        }
        let mut fields = entry.fields.as_slice();
        if !entry.continues {
            self.owner = Some(self.name(first)?);
            fields = &fields[1..];
        }
        let Some(owner) = self.owner.clone() else {
            return Err(self
                .at(first, "the first record has no owner")
                .expected("a name, or `@`, at the line's start"));
        };
        let Typed {
            ttl,
            record_type,
            type_field,
            data,
        } = self.ttl_and_type(first, fields)?;
        self.last_ttl = ttl.or(self.last_ttl);
        let Some(ttl) = ttl.or(self.default_ttl).or(self.last_ttl) else {
            return Err(self
                .at(first, "this record has no time to live")
                .expected("a line such as `$TTL 1h` above it"));
        };
        let span = first.span.start..entry.fields[entry.fields.len() - 1].span.end;
        if !self.zone.zone_of(&owner) {
            let fault = self.at(
                first,
                format!("`{owner}` is outside the zone {}", self.zone),
            );
            return Err(fault.expected("a name in this zone"));
        }
        let (text, data) = self.data(record_type, type_field, data)?;
        let record = Record::from_rdata(owner, ttl, data);
        Ok(Some(Line {
            record,
            data: text,
            span,
        }))
    }

    fn directive(&mut self, directive: &Field, arguments: &[Field]) -> Result<(), Diagnostic> {
        let name = directive.text.to_ascii_uppercase();
        let argument = match (name.as_str(), arguments) {
            ("$ORIGIN" | "$TTL", [argument]) => argument,
            ("$ORIGIN" | "$TTL", _) => {
                return Err(self
                    .at(
                        directive,
                        format!("`{name}` has {} arguments", arguments.len()),
                    )
                    .expected("one"));
            }
            ("$INCLUDE", _) => {
                let fault = self.at(
                    directive,
                    "a zone is one file here, `$INCLUDE` is not followed",
                );
                return Err(fault.expected("the records themselves"));
            }
            _ => {
                let fault = self.at(directive, format!("unknown directive `{}`", directive.text));
                return Err(fault
                    .expected("`$ORIGIN` or `$TTL`")
                    .suggestion(did_you_mean(&name, ["$ORIGIN", "$TTL"])));
            }
        };
        if name == "$ORIGIN" {
            self.origin = self.name(argument)?;
        } else {
            self.default_ttl = Some(self.parse_ttl(argument)?);
        }
        Ok(())
    }

    /// Takes time to live and class, in either order, and the type (RFC 1035
    /// §5.1).
    fn ttl_and_type<'f>(
        &self,
        first: &Field,
        fields: &'f [Field],
    ) -> Result<Typed<'f>, Diagnostic> {
        let mut ttl = None;
        let mut rest = fields;
        while let Some((field, after)) = rest.split_first() {
            let word = field.text.to_ascii_uppercase();
            match word.as_str() {
                "IN" => {}
                "CH" | "CS" | "HS" => {
                    return Err(self
                        .at(field, format!("records of class {word} are not served"))
                        .expected("class IN"));
                }
                number if number.starts_with(|c: char| c.is_ascii_digit()) && ttl.is_none() => {
                    ttl = Some(self.parse_ttl(field)?);
                }
                _ => {
                    let known: Option<RecordType> = word.parse().ok();
                    if let Some(record_type) =
                        known.filter(|record_type| types::shape(*record_type).is_some())
                    {
                        return Ok(Typed {
                            ttl,
                            record_type,
                            type_field: field,
                            data: after,
                        });
                    }
                    let fault = self.at(
                        field,
                        format!("`{}` is not a type of records that is served", field.text),
                    );
                    return Err(fault
                        .expected(format!(
                            "time to live, class, or a type: {}",
                            types::NAMES.join(", ")
                        ))
                        .suggestion(did_you_mean(&word, types::NAMES)));
                }
            }
            rest = after;
        }
        Err(self
            .at(first, "this record has no type")
            .expected("a type such as A or TXT, and its data"))
    }

    /// Reads a record's data: as normalized text, and as the server sees it.
    fn data(
        &self,
        record_type: RecordType,
        at: &Field,
        fields: &[Field],
    ) -> Result<(String, RData), Diagnostic> {
        let shape = types::shape(record_type).expect("checked where the type was read");
        let end = fields.last().map_or(at.span.end, |last| last.span.end);
        let span = fields
            .first()
            .map_or(at.span.clone(), |first| first.span.start..end);
        if !shape.fields.contains(&fields.len()) {
            let count = fields.len();
            let plural = if count == 1 { "" } else { "s" };
            let message =
                format!("a record of type {record_type} with {count} field{plural} of data");
            return Err(self.source.at(span, message).expected(shape.expected));
        }
        let mut words = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            words.push(if shape.names.contains(&index) {
                self.name(field)?.to_ascii()
            } else {
                self.word(field, &shape)?
            });
        }
        let text = words.join(" ");
        match RData::try_from_str(record_type, &text) {
            Ok(data) => Ok((text, data)),
            Err(error) => {
                let message =
                    format!("this is not the data of a record of type {record_type}: {error}");
                Err(self.source.at(span, message).expected(shape.expected))
            }
        }
    }

    /// A field that is not a name, quoted where that is needed.
    fn word(&self, field: &Field, shape: &Shape) -> Result<String, Diagnostic> {
        let Some(plain) = entry::unescape(&field.text) else {
            let fault = self.at(
                field,
                "this escape stands for a byte that is not a printable character",
            );
            return Err(fault.expected("printable characters"));
        };
        if shape.strings && plain.len() > MAX_ZONE_STRING_BYTES {
            let message = format!("this string has {} bytes", plain.len());
            return Err(self.at(field, message).expected(format!(
                "strings of at most {MAX_ZONE_STRING_BYTES} bytes, one after the other"
            )));
        }
        let bare = |c: char| {
            c.is_ascii_graphic() && !matches!(c, '"' | '\\' | ';' | '(' | ')' | '@' | '$')
        };
        if !field.quoted && plain.chars().all(bare) {
            return Ok(plain);
        }
        Ok(format!(
            "\"{}\"",
            plain.replace('\\', "\\\\").replace('"', "\\\"")
        ))
    }

    fn name(&self, field: &Field) -> Result<Name, Diagnostic> {
        if field.quoted {
            return Err(self
                .at(field, "a name stands without quotes")
                .expected("a name"));
        }
        if field.text == "@" {
            return Ok(self.origin.clone());
        }
        absolute(&field.text, &self.origin).map_err(|error| {
            let fault = self.at(field, format!("`{}` is not a name: {error}", field.text));
            fault.expected("labels of at most 63 characters with dots between them")
        })
    }

    fn parse_ttl(&self, field: &Field) -> Result<u32, Diagnostic> {
        match txt::parse_ttl(&field.text) {
            Ok(seconds) if seconds <= MAX_TTL_SECONDS => Ok(seconds),
            _ => {
                let fault = self.at(field, format!("`{}` is not a time to live", field.text));
                Err(fault.expected(format!(
                    "seconds up to {MAX_TTL_SECONDS}, or times such as 1h, 2d or 1w12h"
                )))
            }
        }
    }

    fn at(&self, field: &Field, message: impl Into<String>) -> Diagnostic {
        self.source.at(field.span.clone(), message)
    }
}

/// A name, relative to an origin unless it ends with a dot.
pub(super) fn absolute(text: &str, origin: &Name) -> Result<Name, hickory_proto::ProtoError> {
    let mut name = Name::parse(text, Some(origin))?;
    name.set_fqdn(true);
    Ok(name)
}
