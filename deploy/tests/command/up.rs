//! `fata up`: one line for scripts, a clean end, and nothing left behind.

use std::net::TcpListener;

use deploy::limits::PROBE_TIMEOUT;
use deploy::probe::dns;
use rustix::process::Signal;

use crate::harness::{DOMAIN, TestSite, runs, wait_until};

#[test]
fn it_says_when_it_is_ready_and_ends_on_a_signal() {
    for signal in [Signal::INT, Signal::TERM] {
        let site = TestSite::new();
        let mut up = site.up(&["--process"]);
        let (https, http, dns) = (up.port("https"), up.port("http"), up.port("dns"));
        let expected =
            format!("ready https=127.0.0.1:{https} http=127.0.0.1:{http} dns=127.0.0.1:{dns}\n");
        assert_eq!(up.ready, expected);
        up.wait_for_words("The first words.");
        dns::ask_soa(dns, DOMAIN, PROBE_TIMEOUT).unwrap();
        let children = up.children();
        assert_eq!(children.len(), 1);

        up.signal(signal);
        let (status, rest) = up.wait();
        assert!(status.success(), "{status}\n{}", up.log());
        assert_eq!(rest, "");
        assert!(!runs(children[0]));
    }
}

#[test]
fn a_new_site_is_on_the_air_at_once() {
    let site = TestSite::starter();
    let mut up = site.up(&["--process"]);
    up.wait_for_words("This is the home page.");
    dns::ask_soa(up.port("dns"), DOMAIN, PROBE_TIMEOUT).unwrap();
    up.signal(Signal::INT);
    assert!(up.wait().0.success(), "{}", up.log());
}

#[test]
fn a_guest_dies_with_a_fata_that_is_killed() {
    let site = TestSite::new();
    let mut up = site.up(&["--process"]);
    let children = up.children();
    assert_eq!(children.len(), 1, "{}", up.log());
    up.signal(Signal::KILL);
    up.wait();
    assert!(wait_until(|| !runs(children[0])));
}

#[test]
fn edits_are_followed_and_broken_ones_change_nothing() {
    let site = TestSite::new();
    let mut up = site.up(&["--process", "--watch"]);
    up.wait_for_words("The first words.");
    let https = up.port("https");

    site.say("The second words.");
    up.wait_for_words("The second words.");
    site.write("content/_index.md", "+++\ntitel = \"Home\"\n+++\n");
    assert!(wait_until(|| up.log().contains("_index.md:2:1")));
    up.wait_for_words("The second words.");
    site.say("The third words.");
    up.wait_for_words("The third words.");

    assert_eq!(up.port("https"), https);
    up.signal(Signal::INT);
    let (status, rest) = up.wait();
    assert!(status.success(), "{status}\n{}", up.log());
    assert_eq!(rest, "");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let site = TestSite::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let output = site.fata(&["up", "--process", "--http", "0", "--https", &port]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("port {port}")), "{message}");
    assert!(message.contains("--https"), "{message}");
    assert!(output.stdout.is_empty());
}
