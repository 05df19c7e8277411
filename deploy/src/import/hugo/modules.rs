//! `[module]` of Hugo's configuration: which modules and mounts cannot be
//! followed ([`mounts`](super::mounts) follows the others).

use std::path::{Path, PathBuf};

use site_gen::review::Table;

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::data::{get, get_boolean, get_text, line_of, tables};
use super::mounts::parts;

/// Tells, by line, which modules and mounts did not come across.
pub(super) fn tell(
    module: &Table,
    (file, text): (&Path, &str),
    themes: &[PathBuf],
    origin: &Origin,
    report: &mut Report,
) {
    let mut note = |at: usize, what: &str, advice: &str| {
        report.note(Topic::Configuration, file, line_of(text, at), what, advice);
    };
    for (key, node) in module {
        let at = key.span.start;
        match key.name.to_lowercase().as_str() {
            "mounts" => {
                for mount in tables(&node.value) {
                    let at = mount.first().map_or(at, |(key, _)| key.span.start);
                    tell_mount(mount, origin, |what, advice| note(at, what, advice));
                }
            }
            "imports" => {
                for import in tables(&node.value) {
                    let at = import.first().map_or(at, |(key, _)| key.span.start);
                    tell_import(import, themes, origin, |what, advice| {
                        note(at, what, advice);
                    });
                }
            }
            // Which Hugo is asked for, and how Go fetches modules.
            "hugoversion" | "proxy" | "noproxy" | "private" | "auth" | "workspace"
            | "vendorclosest" | "noworkspace" => {}
            "replacements" => {
                let advice = "left out; a module of another directory can be put into themes/";
                note(at, "`module.replacements` has no meaning here", advice);
            }
            name => {
                let what = format!("`module.{name}` has no meaning here");
                note(at, &what, "left out");
            }
        }
    }
}

fn tell_mount(mount: &Table, origin: &Origin, mut note: impl FnMut(&str, &str)) {
    let name = |key| get_text(mount, key).unwrap_or_default();
    match parts(mount) {
        Err((what, advice)) => {
            let subject = match what.starts_with("is no place") {
                true => name("target"),
                false => name("source"),
            };
            note(&format!("`{subject}` {what}"), advice);
        }
        // The usual directory may be missing.
        Ok((component, source, _))
            if !origin.has(&source) && source != Path::new(component.name()) =>
        {
            let what = format!("`{}` is mounted, and is not there", source.display());
            note(
                &what,
                "nothing of it came across; fetch it, and import again",
            );
        }
        Ok(_) => {}
    }
}

fn tell_import(
    import: &Table,
    themes: &[PathBuf],
    origin: &Origin,
    mut note: impl FnMut(&str, &str),
) {
    let path = get_text(import, "path").unwrap_or_default();
    if get_boolean(import, "disable") == Some(true) {
        return;
    }
    if !themes
        .iter()
        .any(|directory| origin.has(directory.join(&path)))
    {
        let what = format!("the module `{path}` is not in the site");
        let advice = "nothing of it came across; `hugo mod vendor` brings it into the old site, for another import";
        note(&what, advice);
    }
    for key in ["noMounts", "ignoreImports", "version"] {
        if get_text(import, key).is_some_and(|value| value != "false") {
            let what = format!("`{key}` of the module `{path}` has no meaning here");
            note(&what, "left out; the module is read as it lies there");
        }
    }
    for mount in get(import, "mounts").map(tables).unwrap_or_default() {
        let source = get_text(mount, "source").unwrap_or_default();
        let target = get_text(mount, "target").unwrap_or_default();
        let what = format!("`{source}` of the module `{path}` is mounted onto `{target}`");
        note(
            &what,
            "it did not come across; put what is needed of it into content/ and themes/",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::mounts::tests::{site, table};
    use super::*;

    #[test]
    fn what_cannot_be_followed_is_told_by_line() {
        let (_place, origin) = site(&["themes/own/theme.toml", "docs/a.md"]);
        let text = "hugoVersion = { min = '0.1' }\nreplacements = 'a -> b'\n\
             [[imports]]\npath = 'own'\n\
             [[imports]]\npath = 'example.org/far'\n[[imports.mounts]]\nsource = 'x'\ntarget = 'static'\n\
             [[mounts]]\nsource = 'docs'\ntarget = 'content'\n\
             [[mounts]]\nsource = '../up'\ntarget = 'content'\n\
             [[mounts]]\nsource = 'gone'\ntarget = 'assets'\n\
             [[mounts]]\nsource = 'docs'\ntarget = 'elsewhere'\n\
             [[mounts]]\nsource = 'static'\ntarget = 'static/x'\n";
        let mut report = Report::default();
        let place = (Path::new("hugo.toml"), text);
        tell(
            &table(text),
            place,
            &["themes".into()],
            &origin,
            &mut report,
        );
        let told = report.text(super::super::super::report::Places::All);
        for (what, line) in [
            ("`module.replacements` has no meaning here", 2),
            ("the module `example.org/far` is not in the site", 6),
            (
                "`x` of the module `example.org/far` is mounted onto `static`",
                6,
            ),
            ("`../up` is mounted from outside of the site", 14),
            ("`gone` is mounted, and is not there", 17),
            ("`elsewhere` is no place of a site", 20),
        ] {
            let at = told
                .find(what)
                .unwrap_or_else(|| panic!("{what} is not in\n{told}"));
            let next = told[at..].split("     ").nth(1).expect("a place");
            assert!(
                next.starts_with(&format!("hugo.toml:{line}\n")),
                "{what}: {next}"
            );
        }
        assert_eq!(told.matches("hugo.toml:").count(), 6, "{told}");
    }
}
