//! Shortcodes that become calls of one of the new theme.

use std::collections::BTreeSet;

use super::super::super::report::Report;
use super::super::arguments::{self, argument_name, new_name, written};
use super::super::call::Call;
use super::super::rewritten::Rewritten;
use super::html::{Place, without_calls};
use super::{TEMPLATES, Writer, html};

impl Writer<'_, '_, '_> {
    /// A call of the new theme's shortcode; why it is one, if its template is yet
    /// to be written.
    pub(super) fn as_call(
        &mut self,
        call: &Call,
        why: &str,
        new: &mut Rewritten,
        report: &mut Report,
    ) {
        let is_own = self.own.own.contains(&call.name);
        let known = TEMPLATES.contains(&call.name.as_str()) && !is_own;
        let name = new_name(&call.name);
        let line = self.own.document.line(call.span.start);
        let arguments = if known {
            let (given, left) = arguments::known(call, |link| self.picture(link));
            for name in left {
                let what = format!("`{name}` of the shortcode `{}`", call.name);
                self.own.note(call.span.start, &what, "left out", report);
            }
            given
        } else {
            let advice = format!(
                "it only shows that it is called: write themes/{}/templates/shortcodes/{name}.html",
                self.own.theme
            );
            if !self.own.translated.contains_key(&call.name) {
                let what = format!("the shortcode `{}` has no meaning yet: {why}", call.name);
                self.own.note(call.span.start, &what, &advice, report);
            }
            let named = call.arguments.iter().enumerate().map(|(place, argument)| {
                let name = argument.name.as_deref().map(argument_name);
                (name.unwrap_or_else(|| format!("arg{place}")), argument)
            });
            let own: Vec<(String, String)> = named
                .map(|(name, argument)| (name, written(argument)))
                .collect();
            own
        };
        let used = self.own.used.entry(name.clone()).or_default();
        call.name.clone_into(&mut used.name);
        used.has_body |= call.body.is_some();
        used.arguments
            .extend(arguments.iter().map(|(name, _)| name.clone()));
        let mut seen = BTreeSet::new();
        let arguments: Vec<String> = arguments
            .into_iter()
            .filter(|(name, _)| seen.insert(name.clone()))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let arguments = arguments.join(", ");
        let Some((body, inside)) = &call.body else {
            let template = self.own.translated.get(&call.name);
            if new.text.ends_with("}}\n")
                && template.is_some_and(|template| html::is_block(template))
                && self.is_alone(&call.span)
            {
                new.put("\n", line);
            }
            return new.put(&format!("{{{{ {name}({arguments}) }}}}"), line);
        };
        if ["{% end %}\n", "}}\n"]
            .iter()
            .any(|end| new.text.ends_with(end))
        {
            // Two in a row are two blocks, not one paragraph.
            new.put("\n", line);
        }
        new.put(&format!("{{% {name}({arguments}) %}}"), line);
        if inside.is_empty() && self.is_html(call) {
            // Empty lines and indentation would make markdown of it.
            let html = html::block(&self.text[body.clone()], Place::Block);
            new.bring(&format!("\n{}\n", without_calls(&html)), line);
        } else {
            self.inside(body.clone(), inside, new, report);
        }
        new.put("{% end %}", self.own.document.line(body.end));
    }

    /// The address of a picture, as its shortcode finds it.
    fn picture(&mut self, link: &str) -> String {
        if let Some(resource) = self.own.library.resource(link, self.own.document) {
            return self.own.config.address(&resource.url);
        }
        let found = self
            .links
            .resolve(link)
            .filter(|found| !found.starts_with("@/"));
        found.unwrap_or_else(|| link.to_owned())
    }
}
