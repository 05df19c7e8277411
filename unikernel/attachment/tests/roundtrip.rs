//! What is written is read again, and nothing that is read can panic.

use attachment::write::{MAX_NAME_LENGTH, Symbol, segment};
use attachment::{Attachment, Error, PACK_ALIGNMENT};
use proptest::prelude::*;

fn symbol(address: u64, size: u64, name: &str) -> Symbol {
    Symbol {
        address,
        size,
        name: name.to_owned(),
    }
}

#[test]
fn an_address_is_named_by_the_function_it_is_in() {
    let symbols = [
        symbol(0x3000, 0x10, "last"),
        symbol(0x1000, 0x20, "first"),
        symbol(0x1000, 0x08, "an alias of first"),
        symbol(0x2000, 0, "assembly"),
    ];
    let bytes = segment(&symbols, b"pack");
    let attachment = Attachment::parse(&bytes).unwrap();
    assert_eq!(attachment.pack(), b"pack");
    assert_eq!(attachment.symbol(0xfff), None);
    assert_eq!(attachment.symbol(0x1000), Some(("first", 0)));
    assert_eq!(attachment.symbol(0x101f), Some(("first", 0x1f)));
    assert_eq!(attachment.symbol(0x1020), None);
    assert_eq!(attachment.symbol(0x2abc), Some(("assembly", 0xabc)));
    assert_eq!(attachment.symbol(0x300f), Some(("last", 0xf)));
    assert_eq!(attachment.symbol(0x3010), None);
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let name = format!("{}é", "x".repeat(MAX_NAME_LENGTH - 1));
    let bytes = segment(&[symbol(1, 1, &name)], b"");
    let attachment = Attachment::parse(&bytes).unwrap();
    assert_eq!(
        attachment.symbol(1),
        Some((&name[..MAX_NAME_LENGTH - 1], 0))
    );
}

#[test]
fn what_is_wrong_is_said() {
    let bytes = segment(&[symbol(1, 1, "one")], b"pack");
    assert_eq!(
        Attachment::parse(b"\x7fELF").unwrap_err(),
        Error::NotAnAttachment
    );
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert_eq!(Attachment::parse(&newer).unwrap_err(), Error::Version(9));
    let truncated = Attachment::parse(&bytes[..bytes.len() - 1]).unwrap_err();
    let expected = bytes.len() as u64;
    assert_eq!(
        truncated,
        Error::Truncated {
            expected,
            found: bytes.len() - 1
        }
    );
    let mut overlapping = bytes;
    overlapping[24] = 16;
    let error = Attachment::parse(&overlapping).unwrap_err();
    assert_eq!(error, Error::PackOffset(16));
}

fn symbols() -> impl Strategy<Value = Vec<Symbol>> {
    let one = (0..u64::from(u32::MAX), 1..5000_u64, ".{0,40}");
    prop::collection::vec(one, 0..50).prop_map(|all| {
        all.into_iter()
            .map(|(address, size, name)| symbol(address, size, &name))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_symbol_and_the_pack_are_found_again(
        symbols in symbols(),
        pack: Vec<u8>,
        padding in 0..4096_usize,
    ) {
        let mut bytes = segment(&symbols, &pack);
        let length = bytes.len();
        bytes.resize(length + padding, 0);
        let attachment = Attachment::parse(&bytes).unwrap();
        prop_assert_eq!(attachment.pack(), &pack[..]);
        let offset = attachment.pack().as_ptr() as usize - bytes.as_ptr() as usize;
        prop_assert_eq!(offset % PACK_ALIGNMENT, 0);
        for symbol in &symbols {
            let first = symbols.iter().find(|s| s.address == symbol.address).unwrap();
            prop_assert_eq!(
                attachment.symbol(symbol.address),
                Some((first.name.as_str(), 0))
            );
        }
    }

    #[test]
    fn damage_never_panics(
        symbols in symbols(),
        damage in prop::collection::vec((8..2000_usize, any::<u8>()), 1..20),
        addresses: Vec<u64>,
    ) {
        let mut bytes = segment(&symbols, b"some pack");
        for (at, byte) in damage {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        if let Ok(attachment) = Attachment::parse(&bytes) {
            for address in addresses.into_iter().chain(symbols.iter().map(|s| s.address)) {
                let _ = attachment.symbol(address);
            }
        }
    }
}
