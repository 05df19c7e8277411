//! Links to other sites of which the beginning is wrong or missing, so that they are
//! read as files of this one.

/// Ends of the names of hosts that no file has.
const HOSTS: [&str; 6] = [".com", ".edu", ".gov", ".io", ".net", ".org"];

/// The address that was meant.
pub(super) fn meant(written: &str) -> Option<String> {
    let is_sign = |c: char| c.is_ascii_punctuation();
    let plain = written.trim_start_matches(is_sign);
    if plain.starts_with("https://") || plain.starts_with("http://") {
        let signs = |c: char| is_sign(c) && c != '/';
        return Some(plain.trim_end_matches(signs).to_owned());
    }
    for scheme in ["https", "http", "mailto"] {
        let rest = written.strip_prefix(scheme);
        let rest = rest.and_then(|rest| rest.strip_prefix([';', ',', '.', '/']));
        if let Some(rest) = rest.map(|rest| rest.trim_start_matches('/'))
            && rest.contains(['.', '@'])
        {
            let slashes = if scheme == "mailto" { "" } else { "//" };
            return Some(format!("{scheme}:{slashes}{rest}"));
        }
    }
    let host = written.split('/').next()?;
    let is_host = host.starts_with("www.") || HOSTS.iter().any(|end| host.ends_with(end));
    if !is_host || host.starts_with('.') {
        return None;
    }
    let scheme = match host.contains('@') && host == written {
        true => "mailto:",
        false => "https://",
    };
    Some(format!("{scheme}{written}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_files() {
        for (written, address) in [
            ("mailto;a@b.org", "mailto:a@b.org"),
            ("https//b.org/c", "https://b.org/c"),
            ("http;//b.org", "http://b.org"),
            ("www.b.example/c", "https://www.b.example/c"),
            ("b.org/c.html", "https://b.org/c.html"),
            ("a@b.com", "mailto:a@b.com"),
            ("`https://b.org/`", "https://b.org/"),
            ("[http://b.org/c", "http://b.org/c"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(address), "{written}");
        }
        for file in [
            "https",
            "http/x",
            "a.md",
            "b/c.org",
            ".org",
            "mailto.md",
            "../b.org",
            "",
        ] {
            assert_eq!(meant(file), None, "{file}");
        }
    }
}
