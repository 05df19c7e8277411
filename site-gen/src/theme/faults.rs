//! What the engine says about templates, with the place in the file that its author
//! wrote.

use std::ops::Range;

use tera::{Error, ErrorKind};

use super::{Theme, syntax};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::theme::step::{self, Step};
use crate::theme::template_fault::{explain, quoted};

impl Theme {
    /// What an error of the engine means to the author of the theme.
    pub(crate) fn fault(&self, template: &str, error: &Error) -> Vec<Diagnostic> {
        self.fault_of(template, None, error)
    }

    /// The same where the engine read something else of the template, as long as that.
    pub(super) fn fault_of(
        &self,
        template: &str,
        read: Option<&str>,
        error: &Error,
    ) -> Vec<Diagnostic> {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let fault = match self.templates.get(report.filename()) {
                    Some(source) => {
                        let place = self.place(error).unwrap_or_default();
                        let is_syntax = matches!(error.kind(), ErrorKind::SyntaxError(_));
                        let told = is_syntax.then(|| {
                            let read = read.unwrap_or(&source.text);
                            syntax::explain(source, read, &place, report.message())
                        });
                        if let Some(told) = told.flatten() {
                            return vec![told];
                        }
                        source.at(place, report.message())
                    }
                    None => self.whole(template, report.message()),
                };
                vec![explain(fault, self.names())]
            }
            ErrorKind::MissingParent { current, parent } => vec![self.missing(current, parent)],
            ErrorKind::CircularExtend {
                tpl,
                inheritance_chain: chain,
            }
            | ErrorKind::CircularInclude {
                tpl,
                include_chain: chain,
            } => vec![self.circle(tpl, chain)],
            ErrorKind::Msg(text) if text.starts_with("error: ") => self.reports(text),
            ErrorKind::Msg(text) if self.twice(text).is_some() => {
                self.twice(text).into_iter().collect()
            }
            _ => vec![explain(
                self.whole(template, &error.to_string()),
                self.names(),
            )],
        }
    }

    /// The same of a template that was rendered, and was at a step at last: the engine
    /// does not say, for one, where components call each other without end.
    pub(crate) fn fault_at(
        &self,
        template: &str,
        error: &Error,
        step: Option<Step>,
    ) -> Vec<Diagnostic> {
        let place = |fault: Diagnostic| {
            if fault.place.is_some() || step.is_none() {
                return fault;
            }
            let Diagnostic { file, place, .. } = self.at_step(template, step, "");
            Diagnostic {
                file,
                place,
                ..fault
            }
        };
        let faults = self.fault(template, error).into_iter();
        faults.map(place).collect()
    }

    /// Where in a template an error of the engine is. What it renders has steps; what
    /// it complains of before has none.
    fn place(&self, error: &Error) -> Option<Range<usize>> {
        match error.kind() {
            ErrorKind::SyntaxError(report) => Some(report.span().range.clone()),
            ErrorKind::RenderingError(report) => {
                let source = self.templates.get(report.filename())?;
                Some(step::without_steps(&source.text, &report.span().range))
            }
            _ => None,
        }
    }

    /// A fault where a template repeats itself; or of it as a whole, if it has not
    /// yet done so.
    pub(crate) fn at_step(&self, template: &str, step: Option<Step>, message: &str) -> Diagnostic {
        let found = step.and_then(|step| {
            let source = self.templates.values().nth(step.template)?;
            Some(source.at(step.tag(&source.text)?, message))
        });
        found.unwrap_or_else(|| self.whole(template, message))
    }

    /// A fault of a template as a whole.
    pub(crate) fn whole(&self, template: &str, message: &str) -> Diagnostic {
        let file = self.template(template).map(|source| source.file.clone());
        Diagnostic::new(
            file.unwrap_or_else(|| format!("template {template}").into()),
            message,
        )
    }

    /// A template that extends or includes itself, at last: where it names the
    /// next one in the circle.
    fn circle(&self, template: &str, chain: &[String]) -> Diagnostic {
        let message = format!("this template needs itself: {}", chain.join(", then "));
        let next = chain.iter().find(|name| *name != template);
        let next = next.map_or(template, String::as_str);
        let fault = self.at_name(template, next, message);
        // Who wants to change a part of it says the same name for both.
        let of_theme = self.prefix.as_ref().map(|prefix| format!("{prefix}{next}"));
        let of_theme = of_theme.filter(|name| self.templates.contains_key(name));
        let suggestion = of_theme.map(|name| format!("`{name}` is the theme's own"));
        fault
            .expected("templates that come to an end")
            .suggestion(suggestion)
    }

    fn missing(&self, current: &str, parent: &str) -> Diagnostic {
        let message = format!("there is no template `{parent}` to extend");
        let fault = self.at_name(current, parent, message);
        let of_theme = self.prefix.is_none() && parent.contains("/templates/");
        let expected = match of_theme {
            true => "a theme of that name, which content/site.toml names, too",
            false => self.where_templates_are(),
        };
        fault
            .expected(expected)
            .suggestion(did_you_mean(parent, self.names()))
    }

    /// A component that two templates define: of two in the theme, or two of the
    /// site, none comes first.
    fn twice(&self, text: &str) -> Option<Diagnostic> {
        let (component, names) = text
            .strip_prefix("Component `")?
            .split_once("` is defined in both `")?;
        let (first, second) = names.strip_suffix('`')?.split_once("` and `")?;
        let first = self.whole(first, "").file;
        let first = first.display();
        let message = format!("the component `{component}` is defined already, in {first}");
        let fault = self.at_name(second, component, message);
        Some(fault.expected("one definition of each component"))
    }

    /// What was probably meant by the name of a block or a component.
    fn with_close_name(&self, fault: Diagnostic) -> Diagnostic {
        let kinds = [
            ("Block `", "{% block "),
            ("Unknown component `", "{% component "),
        ];
        let mut kinds = kinds.into_iter();
        let Some((_, tag)) = kinds.find(|(start, _)| fault.message.starts_with(start)) else {
            return fault;
        };
        let name = quoted(&fault.message).unwrap_or_default();
        let texts = self.templates.values().map(|source| source.text.as_str());
        let named = texts.flat_map(|text| text.split(tag).skip(1));
        let named = named.filter_map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        });
        let others = named.filter(|other| *other != name);
        let suggestion = did_you_mean(&name, others);
        let suggestion = suggestion.or_else(|| self.replaced(&fault, &name));
        fault.suggestion(suggestion)
    }

    /// What the site's template lacks that took the place of one that a template of the
    /// theme extends.
    fn replaced(&self, fault: &Diagnostic, block: &str) -> Option<String> {
        let is_of_theme = self.prefix.is_some() && fault.file.starts_with(&self.directory);
        let mut sources = self.templates.values().filter(|_| is_of_theme);
        let source = sources.find(|source| source.file == fault.file)?;
        let (_, extended) = source.text.split_once("extends")?;
        let mut quotes = extended.split(['"', '\'']);
        let own = self.templates.get(quotes.nth(1)?)?;
        let file = own.file.display();
        Some(format!(
            "{file} is in place of the theme's: give it a block `{block}`, too"
        ))
    }

    /// What is expected where a template is not there.
    pub(crate) fn where_templates_are(&self) -> &'static str {
        match self.prefix {
            Some(_) => "a file in templates/, of the site or its theme",
            None => "a file in templates/",
        }
    }

    /// A fault of a template, where it names something.
    fn at_name(&self, template: &str, name: &str, message: String) -> Diagnostic {
        let Some(source) = self.template(template) else {
            return self.whole(template, &message);
        };
        let place = self.named(&source.text, name);
        source.at(place.unwrap_or_default(), message)
    }

    /// Where a text names a template, in either way.
    pub(super) fn named(&self, text: &str, name: &str) -> Option<Range<usize>> {
        let of_theme = self
            .prefix
            .as_deref()
            .and_then(|prefix| name.strip_prefix(prefix));
        let mut names = [Some(name), of_theme].into_iter().flatten();
        names.find_map(|name| {
            let at = text.find(name)?;
            Some(at..at + name.len())
        })
    }

    /// What the engine finds when it looks at all templates together comes as
    /// text: `error: MESSAGE`, then `--> FILE:LINE:COLUMN`, for each of them.
    fn reports(&self, text: &str) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(message) = line.strip_prefix("error: ") else {
                continue;
            };
            let place = lines
                .next()
                .and_then(|line| line.trim_start().strip_prefix("--> "));
            let place = place.and_then(|place| {
                let (place, column) = place.rsplit_once(':')?;
                let (name, line) = place.rsplit_once(':')?;
                Some((
                    self.templates.get(name)?,
                    line.parse().ok()?,
                    column.parse().ok()?,
                ))
            });
            let fault = match place {
                Some((source, line, column)) => {
                    source.at(offset_of(&source.text, line, column), message)
                }
                None => self.whole("", message),
            };
            faults.push(self.with_close_name(explain(fault, self.names())));
        }
        faults
    }
}

/// The word or quoted name at a line and a column, both counted from 1.
fn offset_of(text: &str, line: usize, column: usize) -> Range<usize> {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = &text[line_start..];
    let start = rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(rest.len(), |(at, _)| at);
    let mark = rest[start..]
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''));
    let quoted = mark.and_then(|mark| Some(rest[start + 1..].find(mark)? + 2));
    let word = quoted
        .or_else(|| rest[start..].find(|c: char| !c.is_alphanumeric() && c != '_'))
        .unwrap_or(rest.len() - start);
    line_start + start..line_start + start + word
}

#[cfg(test)]
mod tests {
    use tera::Tera;

    use super::*;

    fn fault(templates: &[(&str, &str)]) -> Diagnostic {
        let theme = Theme::of_templates(templates);
        theme.compile(&Tera::default()).unwrap_err().remove(0)
    }

    #[test]
    fn names_are_marked_and_close_ones_suggested() {
        for (a, marked, meant) in [
            ("{% include \"bb.html\" %}", 9, "b.html"),
            (
                "{% extends \"b.html\" %}{% block mian %}{% endblock %}",
                4,
                "main",
            ),
            ("{{ <buton/> }}", 1, "button"),
        ] {
            let b = "{% block main %}{% endblock %}{% component button() %}{% endcomponent %}";
            let fault = fault(&[("a.html", a), ("b.html", b)]);
            assert!(
                fault.suggestion.as_ref().is_some_and(|s| s.contains(meant)),
                "{fault}"
            );
            assert_eq!(fault.place.map(|place| place.length), Some(marked.max(1)));
        }
    }

    #[test]
    fn components_of_one_name_are_told_where_the_second_is() {
        let component = "\n{% component card() %}{% endcomponent %}";
        let fault = fault(&[("a.html", component), ("b.html", component)]);
        let first = "the component `card` is defined already, in themes/t/templates/a.html";
        assert_eq!(fault.message, first);
        let place = fault.place.expect("a place");
        assert_eq!((place.line, place.column, place.length), (2, 14, 4));
        assert!(fault.file.ends_with("b.html"));
    }

    #[test]
    fn a_circle_is_placed() {
        for (a, b) in [
            ("\n{% extends \"b.html\" %}", "{% extends \"a.html\" %}"),
            ("\n{% include \"b.html\" %}", "{% include \"a.html\" %}"),
            ("\n{% extends \"a.html\" %}", ""),
        ] {
            let fault = fault(&[("a.html", a), ("b.html", b)]);
            assert!(fault.message.starts_with("this template needs itself"));
            assert!(fault.file.starts_with("themes/t/templates"), "{fault}");
            assert!(fault.place.is_some_and(|place| place.column == 13));
        }
    }
}
