//! What the attributes of one element have to do with each other (HTML, 4): here those
//! of the body, in [`head`] those of elements of the head.

mod head;
mod named;

use super::Fault;
use super::attributes::Attributes;
use super::values::{float, has_widths};

/// What is gathered of an element.
struct Told<'a> {
    element: &'a str,
    all: Attributes<'a>,
    faults: &'a mut Vec<Fault>,
}

/// Tells what cannot be so because of another attribute.
pub(super) fn check(element: &str, all: Attributes<'_>, faults: &mut Vec<Fault>) {
    let mut told = Told {
        element,
        all,
        faults,
    };
    match element {
        "a" => told.link_text(),
        "area" => told.area(),
        "button" => told.button(),
        "iframe" => told.sandbox(),
        "img" => told.picture(),
        "input" => told.input(),
        "link" => told.link(),
        "map" => told.map(),
        "meta" => told.meta(),
        "meter" => told.meter(),
        "progress" => told.progress(),
        "script" => told.script(),
        "source" => told.sizes("srcset", "sizes"),
        "textarea" if all.is("wrap", "hard") => told.needs("wrap", "cols"),
        _ => {}
    }
    if all.0.iter().any(|own| own.name.local.starts_with("item")) {
        told.item();
    }
    told.language();
}

impl Told<'_> {
    fn tell(&mut self, part: &str, message: String, expected: impl Into<String>) {
        self.tell_meant(part, message, expected, None);
    }

    /// The same, with what may have been meant.
    fn tell_meant(
        &mut self,
        part: &str,
        message: String,
        expected: impl Into<String>,
        meant: Option<String>,
    ) {
        let hint = format!("<{}", self.element);
        let fault = Fault::new(message, expected.into(), hint).at_part(part);
        self.faults.push(fault.meant(meant));
    }

    /// An attribute that means nothing without another one.
    fn needs(&mut self, name: &str, other: &str) {
        if self.all.has(name) && !self.all.has(other) {
            let message = format!(
                "`{name}` of <{}> means nothing without `{other}`",
                self.element
            );
            self.tell(name, message, format!("`{other}`, too"));
        }
    }

    /// An attribute that this element has only sometimes.
    fn only(&mut self, name: &str, is_good: bool, when: &str) {
        if self.all.has(name) && !is_good {
            let message = format!("`{name}` means nothing on this <{}>", self.element);
            self.tell(name, message, format!("it only {when}"));
        }
    }

    /// Only what sends a form says how.
    fn button(&mut self) {
        let is_sent = !self.all.is("type", "button") && !self.all.is("type", "reset");
        for name in [
            "formaction",
            "formenctype",
            "formmethod",
            "formnovalidate",
            "formtarget",
        ] {
            self.only(name, is_sent, "with `type=submit`");
        }
    }

    fn sandbox(&mut self) {
        let allowed = self.all.words("sandbox");
        let both = [
            "allow-top-navigation",
            "allow-top-navigation-by-user-activation",
        ];
        if both
            .iter()
            .all(|word| allowed.iter().any(|own| own == word))
        {
            let message = format!("`sandbox` has `{}` and `{}`", both[0], both[1]);
            self.tell("sandbox", message, "one of them");
        }
    }

    fn link_text(&mut self) {
        if self.all.has("itemprop") {
            self.needs("itemprop", "href");
        }
        for name in [
            "target",
            "download",
            "ping",
            "rel",
            "hreflang",
            "type",
            "referrerpolicy",
        ] {
            self.needs(name, "href");
        }
        // The older way to name a place.
        let is_named = self.all.has("name") && !self.all.has("href");
        if is_named && self.all.0.len() == 1 {
            let message = "`name` of <a> is no part of HTML any more".to_owned();
            self.tell("name", message, "`id` in place of it");
        }
    }

    fn area(&mut self) {
        self.needs("href", "alt");
        self.needs("alt", "href");
        for name in ["target", "download", "ping", "rel", "referrerpolicy"] {
            self.needs(name, "href");
        }
        let shape = self
            .all
            .value("shape")
            .unwrap_or("rect")
            .to_ascii_lowercase();
        let Some(coordinates) = self.all.value("coords") else {
            if shape != "default" {
                let message = format!("<area> of the shape `{shape}` has no `coords`");
                self.tell("shape", message, "`coords`, or `shape=default`");
            }
            return;
        };
        let numbers: Option<Vec<i64>> = coordinates
            .split(',')
            .map(|number| number.parse().ok())
            .collect();
        let numbers = numbers.unwrap_or_default();
        let (is_good, expected) = match shape.as_str() {
            "rect" => (
                numbers.len() == 4 && numbers[0] < numbers[2] && numbers[1] < numbers[3],
                "the left, top, right and bottom side, as in `0,0,80,40`",
            ),
            "circle" => (
                numbers.len() == 3 && numbers[2] > 0,
                "the middle and the radius, as in `40,40,20`",
            ),
            "poly" => (
                numbers.len() >= 6 && numbers.len().is_multiple_of(2),
                "three corners or more, as in `0,0,80,0,40,40`",
            ),
            "default" => (false, "no `coords`, as the rest of the picture has none"),
            _ => return,
        };
        if !is_good {
            let message = format!("`coords` of the shape `{shape}` cannot be `{coordinates}`");
            self.tell("coords", message, expected);
        }
    }

    fn picture(&mut self) {
        self.needs("sizes", "srcset");
        self.sizes("srcset", "sizes");
        let sizes = self.all.value("sizes").unwrap_or_default();
        let is_auto = sizes
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("auto"));
        if is_auto && !self.all.is("loading", "lazy") {
            let message = "`sizes` cannot be `auto` on an image that is loaded at once".to_owned();
            self.tell("sizes", message, "`loading=lazy`, too, or lengths");
        }
    }

    /// Where pictures are told apart by their widths, it has to be said how wide they
    /// are shown; and only there.
    fn sizes(&mut self, srcset: &str, sizes: &str) {
        let Some(candidates) = self.all.value(srcset) else {
            return;
        };
        match (has_widths(candidates), self.all.value(sizes)) {
            (Some(true), None) => {
                let message = format!("`{srcset}` has widths, and <{}> no `{sizes}`", self.element);
                self.tell(srcset, message, "`sizes=100vw`, or how wide it is shown");
            }
            (Some(false), Some(_)) => {
                let message = format!("`{sizes}` stands with a `{srcset}` without widths");
                self.tell(
                    srcset,
                    message,
                    "widths such as `a.jpg 480w`, or no `sizes`",
                );
            }
            _ => {}
        }
    }

    fn input(&mut self) {
        let kind = self
            .all
            .value("type")
            .unwrap_or("text")
            .to_ascii_lowercase();
        match kind.as_str() {
            "image" if self.all.value("alt").unwrap_or_default().is_empty() => {
                let message = "<input type=image> has no `alt` that says something".to_owned();
                self.tell("alt", message, "`alt`, with what happens");
            }
            "button" if self.all.value("value").unwrap_or_default().is_empty() => {
                let message = "<input type=button> has no `value` that says something".to_owned();
                self.tell("value", message, "`value`, with what happens");
            }
            "hidden" => {
                let is_state = ["on", "off"]
                    .iter()
                    .any(|word| self.all.is("autocomplete", word));
                self.only("autocomplete", !is_state, "with the name of a field");
            }
            _ => {}
        }
        if self.all.is("name", "isindex") {
            let message = "`name` cannot be `isindex`".to_owned();
            self.tell("name", message, "another name");
        }
    }

    fn map(&mut self) {
        let name = self.all.value("name").unwrap_or_default();
        if self.all.value("id").is_some_and(|id| id != name) {
            let message = "<map> has an `id` that is not its `name`".to_owned();
            self.tell("id", message, format!("`id=\"{name}\"`, or no id"));
        }
    }

    /// The numbers of a gauge, in the order they have.
    fn meter(&mut self) {
        let number = |name: &str| self.all.value(name).and_then(float);
        let (min, max) = (number("min").unwrap_or(0.0), number("max").unwrap_or(1.0));
        let low = number("low").unwrap_or(min);
        let high = number("high").unwrap_or(max);
        let pairs = [
            ("min", min, "max", max),
            ("min", min, "value", number("value").unwrap_or(min)),
            ("value", number("value").unwrap_or(max), "max", max),
            ("min", min, "low", low),
            ("low", low, "high", high),
            ("high", high, "max", max),
            ("min", min, "optimum", number("optimum").unwrap_or(min)),
            ("optimum", number("optimum").unwrap_or(max), "max", max),
        ];
        self.ordered(&pairs);
    }

    fn progress(&mut self) {
        let number = |name: &str| self.all.value(name).and_then(float);
        let max = number("max").unwrap_or(1.0);
        let pairs = [("value", number("value").unwrap_or(0.0), "max", max)];
        self.ordered(&pairs);
    }

    fn ordered(&mut self, pairs: &[(&str, f64, &str, f64)]) {
        let wrong = pairs.iter().find(|(_, less, _, more)| less > more);
        if let Some((name, less, other, more)) = wrong {
            let message = format!("`{name}` is {less}, which is more than `{other}`, {more}");
            let part = if self.all.has(name) { name } else { other };
            self.tell(
                part,
                message,
                format!("`{name}` that is not more than `{other}`"),
            );
        }
    }

    fn item(&mut self) {
        self.needs("itemtype", "itemscope");
        self.needs("itemref", "itemscope");
        self.needs("itemid", "itemscope");
        if self.all.has("itemscope") {
            self.needs("itemid", "itemtype");
        }
        if !self.all.has("itemprop") {
            return;
        }
        let address = match self.element {
            "area" | "link" => "href",
            "audio" | "embed" | "iframe" | "img" | "source" | "track" | "video" => "src",
            "object" => "data",
            "meta" => "content",
            _ => return,
        };
        let is_told = matches!(self.element, "link" | "meta" | "object" | "track");
        if !is_told {
            self.needs("itemprop", address);
        }
    }

    fn language(&mut self) {
        let Some(xml) = self.all.value("xml:lang") else {
            return;
        };
        if !self.all.is("lang", xml) {
            let message = "`xml:lang` stands without a `lang` that says the same".to_owned();
            self.tell("xml:lang", message, "`lang` alone");
        }
    }
}
