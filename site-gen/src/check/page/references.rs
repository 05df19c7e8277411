//! The addresses that a tag refers to, or a style.

use html5ever::{Attribute, LocalName, local_name};

use crate::check::sheets::{addresses, without_comments};

/// Takes note of them, as they are written.
pub(super) fn refer(name: &LocalName, attributes: &[Attribute], references: &mut Vec<String>) {
    // Hints for connections name servers, not pages.
    let hint = attributes.iter().any(|attribute| {
        attribute.name.local == local_name!("rel")
            && matches!(attribute.value.as_ref(), "preconnect" | "dns-prefetch")
    });
    if hint {
        return;
    }
    for Attribute { name: own, value } in attributes {
        match own.local.as_ref() {
            "srcset" | "imagesrcset" => references.extend(
                value
                    .split(',')
                    .filter_map(|part| part.split_whitespace().next())
                    .map(str::to_owned),
            ),
            "style" => of_style(value, references),
            "href" | "src" | "poster" | "data" => references.push(value.trim().to_owned()),
            "content" if *name == local_name!("meta") && value.starts_with("http") => {
                references.push(value.to_string());
            }
            _ => {}
        }
    }
}

/// The addresses in a style, of an element or of the page.
pub(super) fn of_style(style: &str, references: &mut Vec<String>) {
    let style = without_comments(style);
    references.extend(addresses(&style).map(|(_, address)| address.to_owned()));
}
