//! Content negotiation by Accept-Encoding (RFC 9110 section 12.5.3).

use hyper::header::{ACCEPT_ENCODING, HeaderMap};
use site_pack::Encoding;

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// In one of the variants of the pack.
    Encoded(Encoding),
}

/// A weight in thousandths, so that it can be compared exactly.
type Weight = u16;
const FULL: Weight = 1000;
/// What remains for the plain file when it is not mentioned: it is acceptable,
/// but every coding that is mentioned is preferred.
const UNMENTIONED: Weight = 1;

/// The coding that the client likes best among those of the file, in our order
/// of preference where it likes several as much. `None` where it accepts none,
/// not even the plain file.
pub fn negotiate(headers: &HeaderMap, has: impl Fn(Encoding) -> bool) -> Option<Coding> {
    if !headers.contains_key(ACCEPT_ENCODING) {
        return Some(Coding::Identity);
    }
    let wishes = Wishes::read(headers);
    let available = Encoding::ALL.into_iter().filter(|&encoding| has(encoding));
    let encoded = available.map(|encoding| {
        let weight = wishes.of(encoding.name()).unwrap_or(0);
        (Coding::Encoded(encoding), weight)
    });
    let identity = wishes.of("identity").unwrap_or(UNMENTIONED);
    let mut best = (Coding::Identity, 0);
    for (coding, weight) in encoded.chain([(Coding::Identity, identity)]) {
        if weight > best.1 {
            best = (coding, weight);
        }
    }
    (best.1 > 0).then_some(best.0)
}

/// The weights of the codings that are mentioned.
#[derive(Default)]
struct Wishes {
    /// In the order of [`Encoding::ALL`].
    encoded: [Option<Weight>; Encoding::ALL.len()],
    identity: Option<Weight>,
    others: Option<Weight>,
}

impl Wishes {
    fn read(headers: &HeaderMap) -> Self {
        let mut wishes = Self::default();
        let values = headers.get_all(ACCEPT_ENCODING).iter();
        for element in values
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
        {
            let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
            // An element that makes no sense is as good as absent.
            if let (Some(slot), Some(weight)) = (wishes.slot(name.trim()), weight(parameters)) {
                *slot = Some(weight);
            }
        }
        wishes
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<Weight>> {
        if name == "*" {
            return Some(&mut self.others);
        }
        if name.eq_ignore_ascii_case("identity") {
            return Some(&mut self.identity);
        }
        // RFC 9110 section 8.4.1.3: the older name means the same.
        let name = match name.eq_ignore_ascii_case("x-gzip") {
            true => "gzip",
            false => name,
        };
        let is_named = |encoding: Encoding| encoding.name().eq_ignore_ascii_case(name);
        let index = Encoding::ALL.into_iter().position(is_named)?;
        self.encoded.get_mut(index)
    }

    fn of(&self, name: &str) -> Option<Weight> {
        let index = Encoding::ALL
            .into_iter()
            .position(|encoding| encoding.name() == name);
        let own = match index {
            Some(index) => self.encoded[index],
            None => self.identity,
        };
        own.or(self.others)
    }
}

/// The weight in `q=0.5` (RFC 9110 section 12.4.2): up to three decimals.
fn weight(parameters: &str) -> Option<Weight> {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return Some(FULL);
    }
    let (name, value) = parameters.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, decimals) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: Weight = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(FULL),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BR: Option<Coding> = Some(Coding::Encoded(Encoding::Brotli));
    const ZSTD: Option<Coding> = Some(Coding::Encoded(Encoding::Zstd));
    const GZIP: Option<Coding> = Some(Coding::Encoded(Encoding::Gzip));
    const IDENTITY: Option<Coding> = Some(Coding::Identity);

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_clients_weights_decide_and_then_our_order() {
        for (value, expected) in [
            ("", IDENTITY),
            ("gzip, deflate, br, zstd", BR),
            ("gzip, zstd", ZSTD),
            ("GZip", GZIP),
            ("x-gzip", GZIP),
            ("deflate", IDENTITY),
            ("br;q=0.5, gzip", GZIP),
            ("br;q=0.001", BR),
            ("br;q=0", IDENTITY),
            ("gzip ; Q=0.8 , br;q=0.80", BR),
            ("*", BR),
            ("*;q=0.5, br;q=0.4", ZSTD),
            ("identity", IDENTITY),
            ("identity, br;q=0.9", IDENTITY),
            ("identity;q=0.5, gzip;q=0.5", GZIP),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("*;q=0, gzip", GZIP),
            ("*;q=0, identity;q=0.1", IDENTITY),
            ("identity;q=0, br", BR),
            // Nonsense is ignored.
            ("br;q=2", IDENTITY),
            ("br;q=1.001", IDENTITY),
            ("br;q=0.1234", IDENTITY),
            ("br;level=9, gzip", GZIP),
            (",,;q=1,gzip", GZIP),
        ] {
            assert_eq!(negotiate(&headers(value), |_| true), expected, "{value:?}");
        }
    }

    #[test]
    fn only_what_the_file_has_is_chosen() {
        let only_gzip = |encoding| encoding == Encoding::Gzip;
        assert_eq!(negotiate(&headers("br, gzip;q=0.1"), only_gzip), GZIP);
        assert_eq!(negotiate(&headers("br"), only_gzip), IDENTITY);
        assert_eq!(negotiate(&headers("br, identity;q=0"), only_gzip), None);
    }

    #[test]
    fn without_a_wish_the_file_is_sent_as_it_is() {
        assert_eq!(negotiate(&HeaderMap::new(), |_| true), IDENTITY);
    }

    #[test]
    fn several_fields_are_one_list() {
        let mut headers = headers("gzip");
        headers.append(ACCEPT_ENCODING, "br;q=0.5".parse().unwrap());
        assert_eq!(negotiate(&headers, |_| true), GZIP);
    }

    proptest! {
        #[test]
        fn what_is_chosen_was_not_forbidden(value in "((br|gzip|zstd|identity|\\*)(;q=(0|1|0\\.[0-9]{1,3}))?, ?){0,6}") {
            let chosen = negotiate(&headers(&value), |_| true);
            let name = match chosen {
                Some(Coding::Encoded(encoding)) => encoding.name(),
                Some(Coding::Identity) => "identity",
                None => return Ok(()),
            };
            let last = value.split(',').map(str::trim).rfind(|e| e.split(';').next() == Some(name));
            prop_assert!(last.is_none_or(|element| !element.ends_with(";q=0")), "{} of {}", name, value);
        }
    }
}
