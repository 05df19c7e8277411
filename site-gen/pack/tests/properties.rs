//! Properties of a pack: what was written is read, the order of writing does
//! not matter, and no bytes whatever make the reader panic.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use site_pack::write::{Builder, NewFile};
use site_pack::{Caching, Encoding, Entry, Error, Pack, limits};

/// What one path leads to, in a form that is easy to compare.
#[derive(Clone, Debug)]
enum Item {
    File {
        content_type: String,
        caching: Caching,
        body: Vec<u8>,
        encoded: [Option<Vec<u8>>; 3],
    },
    Redirect(String),
}

type Items = BTreeMap<String, Item>;
type Parts = BTreeMap<String, Vec<u8>>;

fn item() -> impl Strategy<Value = Item> {
    let bytes = || vec(any::<u8>(), 0..200);
    let variant = || proptest::option::of(vec(any::<u8>(), 1..100));
    prop_oneof![
        (
            "[a-z]{1,9}/[a-z]{1,9}",
            any::<bool>(),
            bytes(),
            [variant(), variant(), variant()]
        )
            .prop_map(|(content_type, fingerprinted, body, encoded)| Item::File {
                content_type,
                caching: if fingerprinted {
                    Caching::Immutable
                } else {
                    Caching::Revalidate
                },
                body,
                encoded,
            }),
        "/[a-z/]{0,30}".prop_map(Item::Redirect),
    ]
}

fn site() -> impl Strategy<Value = (Items, Parts)> {
    (
        btree_map("/\\PC{0,40}", item(), 0..60),
        btree_map("\\PC{1,20}", vec(any::<u8>(), 0..99), 0..5),
    )
}

fn write<'a>(
    items: impl Iterator<Item = (&'a String, &'a Item)>,
    parts: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
) -> Vec<u8> {
    let mut builder = Builder::new();
    for (path, item) in items {
        match item.clone() {
            Item::Redirect(target) => builder.redirect(path, &target).expect("within the limits"),
            Item::File {
                content_type,
                caching,
                body,
                encoded,
            } => {
                let encoded = Encoding::ALL
                    .into_iter()
                    .zip(encoded)
                    .filter_map(|(e, b)| Some((e, b?)))
                    .collect();
                builder
                    .file(
                        path,
                        NewFile {
                            content_type,
                            caching,
                            body,
                            encoded,
                        },
                    )
                    .expect("within the limits")
            }
        };
    }
    for (name, bytes) in parts {
        builder
            .part(name, bytes.clone())
            .expect("within the limits");
    }
    builder.finish().expect("within the limits")
}

/// Calls everything a server could call.
fn exercise(pack: &Pack<'_>) {
    for (path, entry) in pack.entries() {
        assert!(pack.entry(path).is_some());
        if let Entry::File(file) = entry {
            assert!(!file.content_type().is_empty() && !file.etag().is_empty());
            file.body();
            for encoding in Encoding::ALL {
                file.encoded(encoding);
            }
            file.caching();
        }
    }
    for (name, bytes) in pack.parts() {
        assert_eq!(pack.part(name), Some(bytes));
    }
    assert!(pack.entry("").is_none());
}

proptest! {
    #[test]
    fn what_was_written_is_read((items, parts) in site()) {
        let bytes = write(items.iter(), parts.iter());
        let pack = Pack::open(&bytes).unwrap();
        prop_assert_eq!(pack.entries().count(), items.len());
        for (path, item) in &items {
            match (item, pack.entry(path).unwrap()) {
                (Item::Redirect(target), Entry::Redirect(found)) => prop_assert_eq!(target, found),
                (Item::File { content_type, caching, body, encoded }, Entry::File(file)) => {
                    prop_assert_eq!(content_type, file.content_type());
                    prop_assert_eq!(*caching, file.caching());
                    prop_assert_eq!(body, file.body());
                    let offset = file.body().as_ptr().addr() - bytes.as_ptr().addr();
                    prop_assert!(offset.is_multiple_of(limits::PAYLOAD_ALIGN));
                    for (encoding, bytes) in Encoding::ALL.into_iter().zip(encoded) {
                        prop_assert_eq!(bytes.as_deref(), file.encoded(encoding));
                    }
                }
                (item, entry) => prop_assert!(false, "{:?} became {:?}", item, entry),
            }
        }
        prop_assert!(pack.parts().eq(parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))));
        let absent = pack.entry("/not\n").is_none();
        prop_assert!(absent, "a path that no strategy makes was found");
        exercise(&pack);
    }

    #[test]
    fn order_of_writing_does_not_matter((items, parts) in site()) {
        let forwards = write(items.iter(), parts.iter());
        let backwards = write(items.iter().rev(), parts.iter().rev());
        prop_assert_eq!(forwards, backwards);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..600)) {
        if let Ok(pack) = Pack::open(&bytes) {
            exercise(&pack);
        }
    }

    #[test]
    fn a_cut_pack_is_refused((items, parts) in site(), at in any::<prop::sample::Index>()) {
        let bytes = write(items.iter(), parts.iter());
        let cut = &bytes[..at.index(bytes.len())];
        let refused = matches!(Pack::open(cut), Err(Error::Short { .. } | Error::Length { .. }));
        prop_assert!(refused, "a cut pack was opened");
    }
}

/// Seeded, so that a failure can be run again: xorshift64.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn mutated_packs_never_panic() {
    let items: Items = (0..40)
        .map(|n| {
            let item = if n % 5 == 0 {
                Item::Redirect(format!("/page-{}/", n + 1))
            } else {
                Item::File {
                    content_type: "text/html".into(),
                    caching: Caching::Revalidate,
                    body: vec![n; usize::from(n) * 7],
                    encoded: [Some(vec![n; 3]), None, Some(vec![n; 5])],
                }
            };
            (format!("/page-{n}/"), item)
        })
        .collect();
    let parts = Parts::from([
        ("domain".into(), b"mirage.io".to_vec()),
        ("zone/mirage.io".into(), b"@ A".to_vec()),
    ]);
    let good = write(items.iter(), parts.iter());
    let tables = good.len() - u32::from_le_bytes(good[36..40].try_into().unwrap()) as usize;
    let interesting = [0, 1, 2, 15, 16, 17, 63, 64, 127, 128, 255];
    let mut survivors = 0;
    for seed in 1..10_000_u64 {
        let mut random = Seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut bytes = good.clone();
        for _ in 0..=random.next(4) {
            // Most mutations aim at the header and the tables.
            let at = match random.next(8) {
                0 => random.next(64),
                1 => random.next(bytes.len()),
                _ => bytes.len() - 1 - random.next(tables),
            };
            bytes[at] = match random.next(3) {
                0 => random.next(256) as u8,
                1 => bytes[at] ^ (1 << random.next(8)),
                _ => interesting[random.next(interesting.len())],
            };
        }
        if let Ok(pack) = Pack::open(&bytes) {
            exercise(&pack);
            survivors += 1;
        }
    }
    assert!(
        survivors > 0,
        "no mutation was harmless: the test reaches nothing behind `open`"
    );
}

#[test]
fn many_paths_stay_within_the_probe_limit() {
    let mut builder = Builder::new();
    for n in 0..50_000 {
        builder.redirect(&format!("/blog/{n}/"), "/").unwrap();
    }
    let bytes = builder.finish().unwrap();
    let pack = Pack::open(&bytes).unwrap();
    assert!(pack.entry("/blog/49999/").is_some());
    assert!(pack.entry("/blog/50000/").is_none());
    // 8 bytes a slot, 64 an entry, at most 16 a path, and the rest: no need
    // to have doubled the table.
    assert!(bytes.len() < 50_000 * (3 * 8 + 64 + 16), "{}", bytes.len());
}
