//! Zones of the site.

use site_gen::Source;
use site_gen::zone::Zone;

use crate::ZONE;

#[test]
fn a_zone_gives_every_record() {
    let source = Source {
        file: "content/example.org.zone".into(),
        text: ZONE.into(),
    };
    let zone = Zone::parse(&source).unwrap();
    let records: Vec<String> = zone.records.iter().map(ToString::to_string).collect();
    assert_eq!(records.len(), 4, "{records:?}");
    assert!(
        zone.text
            .contains("example.org. 3600 IN TXT \"in ; parentheses\" \"and \\\"quotes\\\"\"\n"),
        "{}",
        zone.text
    );
    assert!(zone.text.contains("example.org. 3600 IN SOA ns.example.org. hostmaster.example.org. 2026010101 2h 15m 2w 5m\n"), "{}", zone.text);
}

#[test]
fn a_zone_is_checked_as_a_whole() {
    let faults = |text: &str| {
        let source = Source {
            file: "content/example.org.zone".into(),
            text: text.into(),
        };
        let faults = Zone::parse(&source).unwrap_err();
        faults
            .iter()
            .map(|fault| fault.message.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        faults("a 1h A 192.0.2.1\n"),
        ["this zone has no SOA record", "this zone has no NS record"]
    );
    let glue = faults(&ZONE.replace("ns A 192.0.2.53\n", ""));
    assert_eq!(
        glue,
        ["the name server ns.example.org. has no address in this zone"]
    );
    let alias = faults(&format!("{ZONE}www CNAME ns\nwww A 192.0.2.1\n"));
    assert_eq!(alias, ["this name has a CNAME record and others"]);
    let twice = faults(&format!("{ZONE}ns A 192.0.2.53\n"));
    assert_eq!(twice, ["this record is there twice"]);
    let outside = faults(&format!("{ZONE}www.example.com. A 192.0.2.1\n"));
    assert_eq!(
        outside,
        ["`www.example.com.` is outside the zone example.org."]
    );
    assert_eq!(
        faults(&ZONE.replace("$TTL 1h\n", "")).len(),
        4,
        "no record has a time to live"
    );
    let long = faults(&format!("{ZONE}t TXT \"{}\"\n", "x".repeat(256)));
    assert_eq!(long, ["this string has 256 bytes"]);
}
