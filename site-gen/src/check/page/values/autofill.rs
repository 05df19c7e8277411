//! What a browser can fill a field with (HTML, 4.10.19.7).

use super::{Bad, Kind};
use crate::diagnostic::closest;

/// Names of fields that a browser can fill (HTML, 4.10.19.7).
const FIELDS: [&str; 41] = [
    "additional-name",
    "address-level1",
    "address-level2",
    "address-level3",
    "address-level4",
    "address-line1",
    "address-line2",
    "address-line3",
    "bday",
    "bday-day",
    "bday-month",
    "bday-year",
    "cc-additional-name",
    "cc-csc",
    "cc-exp",
    "cc-exp-month",
    "cc-exp-year",
    "cc-family-name",
    "cc-given-name",
    "cc-name",
    "cc-number",
    "cc-type",
    "country",
    "country-name",
    "current-password",
    "family-name",
    "given-name",
    "honorific-prefix",
    "honorific-suffix",
    "language",
    "name",
    "new-password",
    "nickname",
    "one-time-code",
    "organization",
    "organization-title",
    "postal-code",
    "sex",
    "street-address",
    "transaction-amount",
    "transaction-currency",
];
const FIELDS_TOO: [&str; 3] = ["photo", "url", "username"];
/// Those that may be of a home or of work.
const CONTACTS: [&str; 10] = [
    "email",
    "impp",
    "tel",
    "tel-area-code",
    "tel-country-code",
    "tel-extension",
    "tel-local",
    "tel-local-prefix",
    "tel-local-suffix",
    "tel-national",
];

/// The types of fields that can be filled with something, besides those for any text.
pub(in crate::check::page) fn is_filled(kind: &str, autofill: &str) -> bool {
    let lower = autofill.to_ascii_lowercase();
    let mut words = lower.split_ascii_whitespace().rev();
    let field = words.find(|word| *word != "webauthn").unwrap_or_default();
    let own = match field {
        "on" | "off" | "" => return true,
        "street-address" => return kind == "hidden",
        "current-password" | "new-password" | "one-time-code" => "password",
        "username" | "email" => "email",
        "url" | "photo" | "impp" => "url",
        "bday" => "date",
        "cc-exp" => "month",
        "bday-day" | "bday-month" | "bday-year" | "cc-exp-month" | "cc-exp-year"
        | "transaction-amount" => "number",
        field if field.starts_with("tel") => "tel",
        _ => "text",
    };
    matches!(kind, "hidden" | "search" | "text") || kind == own
}

pub(super) const AUTOFILL: Kind = Kind {
    expected: "`on`, `off`, or the name of a field as in `shipping postal-code`",
    judge: |value| {
        let lower = value.to_ascii_lowercase();
        if lower == "on" || lower == "off" {
            return Ok(());
        }
        let mut words: Vec<&str> = lower.split_ascii_whitespace().collect();
        if words.len() > 1 && words.last() == Some(&"webauthn") {
            words.pop();
        }
        let Some(field) = words.pop() else {
            return Err(Bad::default());
        };
        let is_contact = CONTACTS.contains(&field);
        if !is_contact && !FIELDS.contains(&field) && !FIELDS_TOO.contains(&field) {
            let all = FIELDS.into_iter().chain(FIELDS_TOO).chain(CONTACTS);
            return Err(Bad {
                why: format!("`{field}` is no field").into(),
                meant: closest(field, all).map(str::to_owned),
            });
        }
        if words
            .first()
            .is_some_and(|word| word.starts_with("section-"))
        {
            words.remove(0);
        }
        if words
            .first()
            .is_some_and(|word| ["billing", "shipping"].contains(word))
        {
            words.remove(0);
        }
        let ways = ["fax", "home", "mobile", "pager", "work"];
        if is_contact && words.first().is_some_and(|word| ways.contains(word)) {
            words.remove(0);
        }
        match words.first() {
            None => Ok(()),
            Some(word) => Err(Bad::because(format!(
                "`{word}` means nothing before `{field}`"
            ))),
        }
    },
};
