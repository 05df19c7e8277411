//! What is written, as Hugo writes it, and what is refused.

use proptest::prelude::*;

use super::*;

fn written(language: &str, text: &str) -> Option<String> {
    let (language, text) = (Value::text(language), Value::text(text));
    match call("transform.Remarshal", &[language, text])? {
        Ok(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// What Hugo writes of it in TOML, YAML and JSON.
const KNOWN: [(&str, &str, &str, &str); 7] = [
    (
        "z: it's\na: [1, 2.0, {b: x}]\nn: 1.0\nd: 2024-01-02\nt: {u: {v: 1}, e: {}, w: 'a: b'}\nl: [{k: 1}, {k: {m: 2}}]\nx: ~\n",
        "a = [1, 2.0, {b = 'x'}]\nd = '2024-01-02'\nn = 1\nz = \"it's\"\n\n[[l]]\n  k = 1\n\n[[l]]\n  [l.k]\n    m = 2\n\n[t]\n  w = 'a: b'\n\n  [t.e]\n  [t.u]\n    v = 1\n",
        "a:\n- 1\n- 2.0\n- b: x\nd: '2024-01-02'\nl:\n- k: 1\n- k:\n    m: 2\n'n': 1\nt:\n  e: {}\n  u:\n    v: 1\n  w: 'a: b'\nx: null\nz: it's\n",
        "{\n   \"a\": [\n      1,\n      2,\n      {\n         \"b\": \"x\"\n      }\n   ],\n   \"d\": \"2024-01-02\",\n   \"l\": [\n      {\n         \"k\": 1\n      },\n      {\n         \"k\": {\n            \"m\": 2\n         }\n      }\n   ],\n   \"n\": 1,\n   \"t\": {\n      \"e\": {},\n      \"u\": {\n         \"v\": 1\n      },\n      \"w\": \"a: b\"\n   },\n   \"x\": null,\n   \"z\": \"it's\"\n}\n",
    ),
    (
        "{\"n\": 1, \"l\": [1, 2.5], \"f\": 123456789.5, \"s\": 1e-7, \"h\": \"a<b\"}",
        "f = 123456789.5\nh = 'a<b'\nl = [1.0, 2.5]\nn = 1\ns = 0.0000001\n",
        "f: 1.234567895e+08\nh: a<b\nl:\n- 1.0\n- 2.5\n'n': 1\ns: 1e-07\n",
        "{\n   \"f\": 123456789.5,\n   \"h\": \"a\\u003cb\",\n   \"l\": [\n      1,\n      2.5\n   ],\n   \"n\": 1,\n   \"s\": 1e-7\n}\n",
    ),
    (
        "d = 2024-01-02\nt = 2024-01-02T03:04:05Z\nb = true\n'k.l' = 'm'",
        "b = true\nd = 2024-01-02\n'k.l' = 'm'\nt = 2024-01-02T03:04:05Z\n",
        "b: true\nd: '2024-01-02'\nk.l: m\nt: 2024-01-02T03:04:05Z\n",
        "{\n   \"b\": true,\n   \"d\": \"2024-01-02\",\n   \"k.l\": \"m\",\n   \"t\": \"2024-01-02T03:04:05Z\"\n}\n",
    ),
    (
        "a:\n  m: |-\n    b\n\n    c\ne: 1e3\nl:\n- |\n  x\n  y\nz: 1",
        "e = '1e3'\nl = [\"x\\ny\\n\"]\nz = 1\n\n[a]\n  m = \"b\\n\\nc\"\n",
        "a:\n  m: |-\n    b\n    \n    c\ne: 1e3\nl:\n- |\n  x\n  y\nz: 1\n",
        "{\n   \"a\": {\n      \"m\": \"b\\n\\nc\"\n   },\n   \"e\": \"1e3\",\n   \"l\": [\n      \"x\\ny\\n\"\n   ],\n   \"z\": 1\n}\n",
    ),
    ("", "", "", ""),
    ("{}", "", "{}\n", "{}\n"),
    // But for the second list in YAML.
    (
        "a = []\nb = []\n",
        "a = []\nb = []\n",
        "a: []\nb: []\n",
        "{\n   \"a\": [],\n   \"b\": []\n}\n",
    ),
];

#[test]
fn data_is_written_as_hugo_writes_it() {
    for (text, toml, yaml, json) in KNOWN {
        for (language, expected) in [("toml", toml), ("yaml", yaml), ("json", json)] {
            assert_eq!(written(language, text).as_deref(), Some(expected), "{text}");
        }
    }
}

/// Texts that the writer of YAML puts into quotes, and those that it does not.
#[test]
fn texts_have_quotes_in_yaml_where_they_need_them() {
    let quoted = [
        "",
        "yes",
        "n",
        "~",
        "-",
        "1",
        "1.5",
        ".5",
        "0x1F",
        "0o7",
        "0777",
        "1_000",
        "12:5",
        "2024-01-02",
        "2024-01-02T03:04:05Z",
        "a: b",
        "a:",
        "a - b",
        "a#b",
        "\\d",
        "[a]",
        "@a",
        " a",
        "a ",
        "%a",
        "`",
    ];
    let plain = [
        "a",
        "a:b",
        "1.2.3",
        "1e5",
        "089",
        "0b12",
        "12:30:45",
        "24:00",
        "2024-1-2",
        "---",
        "?",
        "a'b",
        ".inf",
        "a, b",
        "https://a.org/?b=c&d",
        "<a>",
        "é",
    ];
    let of = |text: &str| {
        let map = Map::from([("k".to_owned(), Value::text(text))]);
        yaml::write(&Value::map(map)).unwrap_or_default()
    };
    for text in quoted {
        assert_eq!(of(text), format!("k: '{text}'\n"));
    }
    for text in plain {
        assert_eq!(of(text), format!("k: {text}\n"));
    }
}

/// It writes them in ways that nobody would guess, or not at all.
#[test]
fn what_is_unusual_is_refused() {
    for (language, text) in [
        ("yaml", "{\"a\": \"x\\n\\n\"}"),
        ("yaml", "{\"a\": \"\\nx\"}"),
        ("toml", "{\"a\": [null]}"),
        ("json", "a: 012"),
        ("json", "a: .nan"),
        ("json", "a = 03:04:05"),
        ("json", "a, b"),
        ("json", "<a>b</a>"),
        ("json", "a: [b"),
        ("xml", "a: b"),
    ] {
        assert_eq!(written(language, text), None, "{text}");
    }
}

#[test]
fn large_data_is_refused() {
    let text = format!("{{\"a\": [{}1]}}", "1, ".repeat(MAX_TEMPLATE_BYTES / 4));
    assert_eq!(written("json", &text), None);
    assert_eq!(
        written("json", &format!("{{\"a\": {}", "[".repeat(9_000))),
        None
    );
}

proptest! {
    /// What is written in TOML is read as the same, and so is that.
    #[test]
    fn what_is_written_is_read_again(text in "\\PC{0,12}", number in -9_i64..9, key in "[a-c .é]{0,3}") {
        let inner = Map::from([(key, Value::array(vec![Value::Integer(number), Value::text(&text)]))]);
        let data = Value::map(Map::from([("a".to_owned(), Value::map(inner)), ("b".to_owned(), Value::text(text))]));
        let toml = toml::write(&data).expect("TOML");
        let again = read(&toml, Form::Toml).expect("data");
        prop_assert_eq!(toml::write(&again).expect("TOML"), toml);
    }

    #[test]
    fn nothing_panics(text in "[a-c0-9:=,{}\\[\\]\"' \n.#|-]{0,40}") {
        for language in ["toml", "yaml", "json"] {
            let _ = written(language, &text);
        }
    }
}
