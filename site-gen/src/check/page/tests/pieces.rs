//! What the checker of the W3C says of HTML, for the tests of ours and for those that ask
//! it again.

/// Pieces of HTML, one in a line, and what the checker of the W3C says of each, which the
/// tests in a browser ask again: `-` before what is wrong, with what we say of it; `+`
/// before what is good. `*` is told by us alone, and `~` by it alone.
pub(crate) const PIECES: [&str; 3] = [
    include_str!("structure.txt"),
    include_str!("values.txt"),
    include_str!("roles.txt"),
];

/// A piece of HTML as a page: all of one, or a head, or what is in the body.
pub(crate) fn page(piece: &str) -> String {
    let piece = piece.replace("\\n", "\n");
    match piece.get(..2) {
        Some("<!") => piece,
        _ if piece.starts_with("<head>") => {
            format!(
                "<!doctype html>\n<html lang=\"en\">{piece}\n<body>\n<p>x</p>\n</body></html>\n"
            )
        }
        _ => format!(
            "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n{piece}\n\
             </body></html>\n"
        ),
    }
}
