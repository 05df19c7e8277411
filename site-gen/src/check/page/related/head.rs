//! The attributes of <link>, <meta> and <script> (HTML, 4.2.4, 4.2.5, 4.12.1).

use super::Told;
use crate::check::page::values::{DESTINATIONS, is_script};

impl Told<'_> {
    pub(super) fn link(&mut self) {
        let rel = self.all.words("rel");
        let is = |kind: &str| rel.iter().any(|own| own == kind);
        if self.all.has("rel") && self.all.has("itemprop") {
            let message = "<link> has `rel` and `itemprop`".to_owned();
            self.tell("itemprop", message, "one of them");
        }
        let title = self.all.value("title").unwrap_or_default();
        if is("alternate") && is("stylesheet") && title.is_empty() {
            let message = "a style sheet to choose has no `title`".to_owned();
            self.tell("rel", message, "`title`, with its name");
        }
        if is("preload") {
            self.needs("rel", "as");
            let loaded = ["fetch", "font", "image", "json", "script", "style", "track"];
            self.loaded_as("preload", &loaded);
        } else if is("modulepreload") {
            let loaded = [
                "audioworklet",
                "json",
                "paintworklet",
                "script",
                "serviceworker",
                "sharedworker",
                "style",
                "worker",
            ];
            self.loaded_as("modulepreload", &loaded);
        }
        let is_icon = is("icon") || is("apple-touch-icon") || is("apple-touch-icon-precomposed");
        let is_style = is("stylesheet");
        let is_loaded = is("preload") || is("modulepreload");
        self.only("as", is_loaded, "with `rel=preload` or `rel=modulepreload`");
        self.only(
            "sizes",
            is_icon,
            "with `rel=icon` or `rel=apple-touch-icon`",
        );
        self.only("color", is("mask-icon"), "with `rel=mask-icon`");
        self.only("disabled", is_style, "with `rel=stylesheet`");
        self.only("blocking", is_style, "with `rel=stylesheet`");
        let is_sealed = is_style || is_loaded;
        self.only(
            "integrity",
            is_sealed,
            "with `rel=stylesheet`, `preload` or `modulepreload`",
        );
        let is_image = is("preload") && self.all.is("as", "image");
        self.only("imagesrcset", is_image, "with `rel=preload` and `as=image`");
        self.needs("imagesizes", "imagesrcset");
        self.sizes("imagesrcset", "imagesizes");
    }

    fn loaded_as(&mut self, rel: &str, loaded: &[&str]) {
        let Some(own) = self.all.value("as") else {
            return;
        };
        let is = |word: &&str| word.eq_ignore_ascii_case(own);
        if DESTINATIONS.iter().any(is) && !loaded.iter().any(is) {
            let message = format!("`as` cannot be `{own}` with `rel={rel}`");
            self.tell("as", message, format!("`{}`", loaded.join("`, `")));
        }
    }

    pub(super) fn meta(&mut self) {
        let kinds = ["charset", "http-equiv", "itemprop", "name"];
        let own: Vec<&str> = kinds
            .into_iter()
            .filter(|kind| self.all.has(kind))
            .collect();
        if own.len() > 1 {
            let message = format!("<meta> has `{}` and `{}`", own[0], own[1]);
            self.tell(own[1], message, "one of them");
        }
        let is_color = self.all.is("name", "theme-color");
        self.only("media", is_color, "with `name=theme-color`");
        self.named_meta();
        let Some(kind) = self.all.value("http-equiv") else {
            return;
        };
        let content = self.all.value("content").unwrap_or_default();
        let (is_good, expected) = match kind.to_ascii_lowercase().as_str() {
            "content-type" => (
                content
                    .to_ascii_lowercase()
                    .split(';')
                    .map(str::trim_ascii)
                    .eq(["text/html", "charset=utf-8"]),
                "`text/html; charset=utf-8`",
            ),
            "refresh" => (
                is_refresh(content),
                "seconds, and where to: `5; url=/there`",
            ),
            "x-ua-compatible" => (content.eq_ignore_ascii_case("IE=edge"), "`IE=edge`"),
            "content-security-policy" | "default-style" => (true, ""),
            "content-language" => {
                let message = "the language of a page is no <meta> any more".to_owned();
                self.tell("http-equiv", message, "`lang` of <html>");
                return;
            }
            _ => {
                let message = format!("`http-equiv` cannot be `{kind}`");
                let expected = "`content-type`, `content-security-policy`, `default-style` or \
                                `refresh`";
                self.tell("http-equiv", message, expected);
                return;
            }
        };
        if !is_good {
            let message = format!("`content` cannot be `{content}` with `http-equiv={kind}`");
            self.tell("content", message, expected);
        }
    }

    pub(super) fn script(&mut self) {
        let kind = self
            .all
            .value("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_file = self.all.has("src");
        self.needs("charset", "src");
        if is_script(&kind) {
            for name in ["async", "blocking", "defer", "fetchpriority", "integrity"] {
                self.needs(name, "src");
            }
        } else if kind == "module" {
            self.only("defer", false, "on scripts that are no modules");
            self.only("nomodule", false, "on scripts that are no modules");
            for name in ["blocking", "fetchpriority", "integrity"] {
                self.only(name, is_file, "with `src`");
            }
        } else {
            for name in [
                "async",
                "blocking",
                "crossorigin",
                "defer",
                "fetchpriority",
                "integrity",
                "nomodule",
                "referrerpolicy",
                "src",
            ] {
                self.only(name, false, "on scripts that are run");
            }
        }
        if self.all.is("language", "javascript") && !kind.is_empty() && kind != "text/javascript" {
            let message = format!("`language` says JavaScript, and `type` says `{kind}`");
            self.tell("language", message, "no `language`");
        }
    }
}

/// Seconds, and an address.
fn is_refresh(content: &str) -> bool {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &content[digits..];
    if digits == 0 || rest.is_empty() {
        return digits > 0;
    }
    let Some(rest) = rest.strip_prefix(';') else {
        return false;
    };
    let address = rest.trim_ascii_start();
    let start = address.get(..4).unwrap_or_default();
    address.len() < rest.len() && start.eq_ignore_ascii_case("url=") && address.len() > 4
}
