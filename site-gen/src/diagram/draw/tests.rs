use super::*;
use crate::limits::MAX_DIAGRAM_BYTES;

/// One of each kind, and something that can be read in it.
const EACH: [(&str, &str); 9] = [
    ("flowchart LR\n a[One] -->|yes| b{Two}\n", ">Two<"),
    ("sequenceDiagram\n A->>B: hello\n", ">hello<"),
    ("classDiagram\n A <|-- B\n A : +run()\n", ">+run()<"),
    ("stateDiagram-v2\n [*] --> Idle\n", ">Idle<"),
    ("erDiagram\n A ||--o{ B : has\n", ">has<"),
    (
        "gantt\n dateFormat YYYY-MM-DD\n Boot : a, 2026-01-05, 3d\n",
        ">Boot",
    ),
    ("pie\n \"x\" : 1\n \"y\" : 3\n", ">75%<"),
    ("gitGraph\n commit id: \"first\"\n", ">first<"),
    ("mindmap\n root((Fata))\n  Net\n", ">Net<"),
];

#[test]
fn each_kind_is_drawn_the_same_each_time() {
    for (source, text) in EACH {
        let drawn = draw(source).unwrap();
        let plain = drawn.replace("</tspan><tspan", "</tspan>\u{0}<tspan");
        assert!(plain.contains(text), "{source}{drawn}");
        let again = std::thread::spawn(move || draw(source)).join().unwrap();
        assert_eq!(again.unwrap(), drawn);
        for foreign in ["<script", "<foreignObject", "xmlns", "data-", "NaN"] {
            assert!(!drawn.contains(foreign), "{foreign}: {drawn}");
        }
    }
}

#[test]
fn the_colors_are_those_of_the_page() {
    for (source, _) in EACH {
        let drawn = draw(source).unwrap();
        for role in ROLES {
            assert!(!drawn.contains(&role.color()), "{role:?} {drawn}");
        }
        assert!(drawn.contains("currentColor"), "{drawn}");
    }
}

/// What two drawings on one page may not share, and what is no SVG.
#[test]
fn names_in_a_drawing_are_its_own() {
    let actors = "sequenceDiagram\n actor A\n actor B\n A->>+B: hello\n B-->>-A: yes\n";
    let history = "stateDiagram-v2\n [*] --> Idle\n state Busy {\n [*] --> x\n }\n";
    let sources = EACH.iter().map(|(source, _)| *source);
    for source in sources.chain([actors, history]) {
        let drawn = draw(source).unwrap();
        let ids = drawn.split(" id=\"").skip(1);
        let mut ids: Vec<_> = ids.filter_map(|rest| rest.split('"').next()).collect();
        let own = ids[0];
        assert!(ids.iter().all(|id| id.contains(own)), "{ids:?}");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{ids:?}");
        for foreign in [" name=", " title="] {
            assert!(!drawn.contains(foreign), "{foreign}: {drawn}");
        }
    }
}

/// What the drawing says it is named by is in it.
#[test]
fn what_names_a_drawing_is_in_it() {
    for (source, _) in EACH {
        let (kind, rest) = source.split_once('\n').unwrap_or((source, ""));
        let Ok(drawn) = draw(&format!("{kind}\n accTitle: T\n accDescr: D\n{rest}")) else {
            continue; // Not each kind can say it.
        };
        let values = |name: &str| -> Vec<String> {
            let start = format!(" {name}=\"");
            let values = drawn.split(&start).skip(1);
            let values = values.filter_map(|rest| rest.split('"').next());
            values.map(str::to_owned).collect()
        };
        let ids = values("id");
        for name in ["aria-labelledby", "aria-describedby"] {
            for id in values(name) {
                assert!(ids.contains(&id), "{name}={id} {source}{drawn}");
            }
        }
    }
    let sequence = draw("sequenceDiagram\n accTitle: T\n accDescr: D\n A->>B: x\n").unwrap();
    assert!(
        sequence.contains(">T</title>") && sequence.contains(">D</desc>"),
        "{sequence}"
    );
}

#[test]
fn labels_are_text() {
    let source = "flowchart LR\n a[\"</svg><script>alert(1)</script> & <b>x</b>\"]\n\
                  click a \"javascript:alert(1)\"\n";
    let drawn = draw(source).unwrap();
    assert!(
        !drawn.contains("<script") && !drawn.contains("javascript:"),
        "{drawn}"
    );
    assert_eq!(
        drawn.matches("</svg>").count(),
        drawn.matches("<svg").count()
    );
    for style in ["themeCSS", "fontFamily"] {
        let source = format!(
            "%%{{init: {{\"{style}\": \"x;}}</style><script>y()</script>\"}}}}%%\nflowchart LR\n a-->b\n"
        );
        let drawn = draw(&source).unwrap_or_default();
        assert!(!drawn.contains("<script"), "{drawn}");
    }
}

#[test]
fn nothing_is_loaded() {
    let source =
        "flowchart LR\n a@{ img: \"https://example.com/a.png\", label: \"A\", w: 60, h: 60 }\n";
    let fault = draw(source).unwrap_err();
    assert_eq!(fault.message, "a diagram cannot have `image` in it");
}

#[test]
fn what_is_wrong_is_said() {
    for (source, message, place) in [
        ("", "this is no diagram", None),
        ("nothing\n", "this is no diagram", None),
        (
            "journey\n title x\n",
            "diagrams of the kind `journey` are not drawn",
            None,
        ),
        (
            "flowchart LR\n a[foo --> b\n",
            "bad diagram: Unterminated node label (missing `]`)",
            Some(15..25),
        ),
        (
            "gitGraph\n commit\n checkout nope\n",
            "bad diagram: Trying to checkout branch which is not yet created. (Help try using \"branch nope\")",
            Some(18..31),
        ),
    ] {
        let fault = draw(source).unwrap_err();
        assert_eq!(fault.message, message);
        assert_eq!(fault.place, place, "{source}");
        assert!(!fault.expected.is_empty());
    }
}

#[test]
fn whatever_is_written_there_is_an_answer() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{}a-->b\n{}", open.repeat(times), close.repeat(times))
    };
    let chain: Vec<_> = (0..1500).map(|node| format!("n{node}")).collect();
    for source in [
        format!("flowchart TD\n{}", deep("subgraph s\n", "end\n", 1000)),
        format!("stateDiagram-v2\n{}", deep("state s {\n", "}\n", 2000)),
        format!("sequenceDiagram\n{}", deep("loop x\n", "end\n", 2000)),
        format!("flowchart LR\na{}x{}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("flowchart LR\n{}", chain.join("-->")),
        format!("classDiagram\nclass A~{}int{}", "List~".repeat(5000), "~".repeat(5000)),
        format!("%%{{init: {}1{}}}%%\nflowchart LR\na-->b", "{\"a\":".repeat(5000), "}".repeat(5000)),
        "gantt\n dateFormat YYYY-MM-DD\n tickInterval 1millisecond\n A : a, 0001-01-01, 9999-12-31\n".to_owned(),
        "gantt\n dateFormat YYYY-MM-DD\n A : a, 2026-01-01, 99999999999999999999d\n".to_owned(),
        "pie\n \"a\" : 99999999999999999999999999999999999\n \"b\" : -1\n".to_owned(),
        "---\nconfig: &a [*a, *a]\n---\nflowchart LR\na-->b".to_owned(),
        "flowchart LR\na[\"a\0b\u{1b}[31m\u{202e}\"]-->b".to_owned(),
    ] {
        assert!(source.len() <= MAX_DIAGRAM_BYTES, "{}", source.len());
        let answer = crate::diagram::child::on_a_thread(&source);
        if let Ok(drawn) = answer {
            assert!(!drawn.contains("NaN"), "{source}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(
        kind in 0_usize..EACH.len(),
        text in "([a-cAB \n]|-->|->>|\\[|\\]|\\(|\\)|\\{|\\}|<|>|\\||:|;|\"|'|=|~|%%|é|end|1|#){0,40}",
    ) {
        let (start, _) = EACH[kind];
        _ = draw(&format!("{start}{text}"));
    }
}
