//! Templates become an engine; or all is told that is wrong with them, as far as
//! that can be known without a page.
//!
//! Each template is parsed alone, so that the syntax errors of all are shown; then
//! all together, so that what they refer to is checked. What is at fault is left
//! out (`mask`), and nothing is said that may be so because of that.

use std::collections::BTreeMap;
use std::path::Path;

use tera::{Error, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use super::mask::{EXPRESSION, STATEMENT, without_tag};
use super::{TEMPLATES, Theme, arguments, statements, syntax};
use crate::diagnostic::{Cause, Diagnostic};
use crate::limits::MAX_FAULTS_OF_TEMPLATE;
use crate::source::blanked;
use crate::theme::step;
use crate::theme::template_fault::Kind;

/// What is only known if all templates can be read.
const OF_OTHERS: [&str; 2] = ["Block `", "Unknown component `"];

impl Theme {
    /// Compiles all templates into an engine that has the functions already.
    ///
    /// # Errors
    ///
    /// What is wrong with them; nothing, if some of them cannot be read, and that is
    /// all.
    pub(crate) fn compile(&self, engine: &Tera) -> Result<Tera, Vec<Diagnostic>> {
        let mut engine = engine.clone();
        step::register(&mut engine);
        engine
            .set_fallback_prefixes(self.prefix.clone())
            .expect("the engine has no templates yet");
        if self.unread.is_empty()
            && let Some(whole) = self.with_templates(engine.clone())
        {
            return Ok(whole);
        }
        let mut draft = Draft {
            theme: self,
            engine: &engine,
            texts: BTreeMap::new(),
            is_whole: self.unread.is_empty(),
            faults: Vec::new(),
        };
        draft.parse();
        draft.join();
        if draft.faults.is_empty() && self.unread.is_empty() {
            let at = Path::new(TEMPLATES);
            let fault = Diagnostic::new(at, "the templates cannot be read together");
            draft
                .faults
                .push(fault.expected("templates that the engine takes"));
        }
        Err(draft.faults)
    }

    /// Compiles templates that cannot be used, so that others can be tried: a filter,
    /// test or function that is not there ends what calls it.
    pub(crate) fn compile_despite(&self, engine: &Tera, faults: &[Diagnostic]) -> Option<Tera> {
        if !self.unread.is_empty() {
            return None;
        }
        let mut engine = engine.clone();
        step::register(&mut engine);
        let missing = || Error::message("there is nothing of this name");
        for fault in faults {
            let Some(Cause::Callee { kind, name }) = fault.cause.as_deref() else {
                continue;
            };
            let name = name.clone();
            match kind {
                Kind::Filter => engine
                    .register_filter(name, move |_: &Value, _: Kwargs, _: &State| {
                        TeraResult::<Value>::Err(missing())
                    }),
                Kind::Test => engine.register_test(name, move |_: &Value, _: Kwargs, _: &State| {
                    TeraResult::<bool>::Err(missing())
                }),
                Kind::Function => engine.register_function(name, move |_: Kwargs, _: &State| {
                    TeraResult::<Value>::Err(missing())
                }),
            }
        }
        engine.set_fallback_prefixes(self.prefix.clone()).ok()?;
        self.with_templates(engine)
    }

    /// An engine with all templates, if it takes them.
    fn with_templates(&self, mut engine: Tera) -> Option<Tera> {
        engine.add_raw_templates(self.stepped()).ok()?;
        Some(engine)
    }

    /// Arguments that are misspelt. The engine does not mind, so all else can be found
    /// that is wrong.
    pub(crate) fn misspelt_arguments(&self) -> Vec<Diagnostic> {
        let templates = self.templates.values();
        templates.flat_map(arguments::check).collect()
    }
}

/// Templates, without what is at fault.
struct Draft<'a> {
    theme: &'a Theme,
    engine: &'a Tera,
    texts: BTreeMap<&'a str, String>,
    /// Whether all is known that a template may define for others.
    is_whole: bool,
    faults: Vec<Diagnostic>,
}

impl Draft<'_> {
    /// Parses each template alone.
    fn parse(&mut self) {
        for (name, source) in &self.theme.templates {
            let text = self.parsed(name, source.text.clone());
            self.is_whole &= text.is_some();
            self.texts.insert(name, text.unwrap_or_default());
        }
        for name in &self.theme.unread {
            self.texts.insert(name, String::new());
        }
    }

    /// A template without the expressions that cannot be parsed, and with other statements
    /// in place of those that cannot be; none if it does not come to its end so.
    fn parsed(&mut self, name: &str, text: String) -> Option<String> {
        let mut text = text;
        for _ in 0..MAX_FAULTS_OF_TEMPLATE {
            let parsed = self.engine.clone().add_raw_template(name, &text);
            let Err(error) = parsed else {
                return Some(text);
            };
            let ErrorKind::SyntaxError(report) = error.kind() else {
                return Some(text);
            };
            self.faults
                .extend(self.theme.fault_of(name, Some(&text), &error));
            let place = report.span().range.clone();
            if let Some(open) = syntax::open_tag(&text, &place, report.message()) {
                // What is on the lines below it is read as if it had an end.
                if text[open.clone()].starts_with(STATEMENT.0) {
                    return None;
                }
                let blanks = blanked(&text[open.clone()]);
                text.replace_range(open, &blanks);
                continue;
            }
            if report.message().starts_with("Unexpected end") {
                // There would be the same end without what is above it.
                return None;
            }
            let rest = without_tag(&text, &place, EXPRESSION);
            text = rest.or_else(|| statements::with_stand_in(&text, &place))?;
        }
        None
    }

    /// Looks at all templates together. Most errors of the engine end it.
    fn join(&mut self) {
        for _ in 0..=self.texts.len() {
            let joined = self.engine.clone().add_raw_templates(&self.texts);
            match joined {
                Ok(()) => return,
                Err(error) if self.goes_on_after(&error) => {}
                Err(_) => return,
            }
        }
    }

    /// Tells what is wrong, and leaves it out; tells whether there may be more.
    fn goes_on_after(&mut self, error: &Error) -> bool {
        let found = self.theme.fault("", error);
        let is_whole = self.is_whole;
        let is_sure = |fault: &Diagnostic| {
            is_whole
                || OF_OTHERS
                    .iter()
                    .all(|kind| !fault.message.starts_with(kind))
        };
        self.faults.extend(found.into_iter().filter(is_sure));
        match error.kind() {
            ErrorKind::MissingParent { current, parent } => {
                // Its blocks are not known, and those of others are in it.
                self.is_whole = false;
                self.leave_out(current, parent)
            }
            ErrorKind::CircularExtend {
                tpl,
                inheritance_chain: chain,
            }
            | ErrorKind::CircularInclude {
                tpl,
                include_chain: chain,
            } => {
                self.is_whole = false;
                let next = chain.iter().find(|name| *name != tpl).unwrap_or(tpl);
                self.leave_out(tpl, next)
            }
            _ => false,
        }
    }

    /// Leaves out of a template the tag that names another one.
    fn leave_out(&mut self, template: &str, other: &str) -> bool {
        let Some(text) = self.texts.get_mut(template) else {
            return false;
        };
        let named = self.theme.named(text, other);
        let rest = named.and_then(|place| without_tag(text, &place, STATEMENT));
        let goes_on = rest.is_some();
        *text = rest.unwrap_or_default();
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(templates: &[(&str, &str)]) -> Vec<String> {
        let theme = Theme::of_templates(templates);
        let mut faults = theme.compile(&Tera::default()).unwrap_err();
        faults.sort();
        let shown = faults.iter().map(|fault| {
            let place = fault.place.as_ref().map_or(0, |place| place.column);
            let name = fault.file.file_name().unwrap().to_string_lossy();
            format!("{name}:{place} {}", fault.message)
        });
        shown.collect()
    }

    #[test]
    fn all_faults_of_a_theme_are_told() {
        let found = messages(&[
            ("a.html", "{{ 1 | uper }}{{ ] }}{{ [ }} {% block %}{{ ) }}"),
            (
                "b.html",
                "{% extends \"no.html\" %}{% block x %}{{ 1 | lowr }}{% endblock %}",
            ),
            (
                "c.html",
                "{% extends \"b.html\" %}{% block y %}{% endblock %}",
            ),
            ("d.html", "{% include \"d.html\" %}{{ f() }}"),
            (
                "e.html",
                "{% extends \"none.html\" %}{% block x %}{% if 1 is oddd %}{% endif %}{% endblock %}",
            ),
        ]);
        let begin = |start: &str| found.iter().any(|shown| shown.starts_with(start));
        for start in [
            "a.html:18 `]` cannot stand here",
            "a.html:27 `}}` cannot stand here",
            "a.html:39 ",
            "b.html:13 there is no template `no.html` to extend",
            "b.html:44 Unknown filter `lowr`",
            "d.html:13 this template needs itself",
            "d.html:26 Unknown function `f`",
            "e.html:50 Unknown test `oddd`",
            "e.html:13 there is no template `none.html` to extend",
        ] {
            assert!(begin(start), "{start} in {found:#?}");
        }
        // What `b.html` would have had of its parent is not known, and neither is
        // what is behind the tag in `a.html`.
        assert!(!begin("c.html") && !begin("a.html:4"), "{found:#?}");
    }
}
