//! The pages as visitors have them: the repository's own site, and the starter
//! site that `fata new site` writes, run as processes, asked over HTTPS by
//! Chromium, and measured by the tools that people measure sites with.
//!
//! * [`scores`]: Lighthouse, four times 100.
//! * [`looks`]: axe-core, layout shifts, requests, sizes, the keyboard, large
//!   text, pages without scripts; and pictures of every template, to be looked
//!   at by a person.
//! * [`arrival`]: layout shifts of pages that come slowly.
//! * [`edits`]: pages that are open while `fata serve` shows what is written.
//! * [`markup`]: the Nu HTML checker on every page and style sheet; the feeds.
//! * [`pieces`]: whether it and `fata check` agree on what is wrong.
//!
//! [`templates`] says which pages stand for which templates, [`harness`] starts
//! the sites, [`tools`] fetches the tools and talks to them. `browser.mjs`
//! drives Chromium: what it measures with are libraries for Node.
#![expect(clippy::unwrap_used, reason = "tests")]

mod arrival;
mod edits;
mod harness;
mod looks;
mod markup;
mod pieces;
mod scores;
mod templates;
mod tools;
