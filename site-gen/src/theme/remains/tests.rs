use tera::{Context, Tera, Value};

use super::*;

/// Templates without the tag that has `bad` in it.
fn without_bad(templates: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let texts = templates.iter();
    let texts = texts.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let remains = Remains::new(texts.collect());
    let mut all = templates.iter();
    let (name, place) = all.find_map(|(name, text)| Some((name, text.find("bad")?)))?;
    let rest = remains.without(name, &(place..place + 3))?;
    for (name, text) in templates {
        let left = &rest.texts[*name];
        assert_eq!(left.len(), text.len(), "{left}");
        assert_eq!(left.matches('\n').count(), text.matches('\n').count());
    }
    let again = rest.without(name, &(place..place + 3));
    assert_eq!(again.map(|again| again.texts).as_ref(), Some(&rest.texts));
    Some(rest.texts)
}

/// A text with one space in place of many.
fn short(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_depends_on_a_fault_is_left_out() {
    for (text, left) in [
        ("ä{{ a }}{{ ä.\nbad }} b", "ä{{ a }} b"),
        ("{%set a=bad%}{{ a }}{{ b }}", "{%set a=0 %} {{ b }}"),
        (
            "{%- set a = [bad] -%}{% set b = a.c %}{{ b }}{{ c.a }}{{ f(a=1) }}",
            "{%- set a =0 -%}{% set b =0 %} {{ c.a }}{{ f(a=1) }}",
        ),
        ("{% set a = bad %}{{ [...a] }}c", "{% set a =0 %} c"),
        (
            "{% if bad %}{% set a = 1 %}{% else %}b{% endif %}{{ a }}c",
            "c",
        ),
        ("{% if a %}b{% elif bad %}{% endif %}c", "c"),
        (
            "{% for a in b %}{{ a }}{% for a in bad %}{{ a }}{% break %}{% endfor %}{% endfor %}",
            "{% for a in b %}{{ a }} {% endfor %}",
        ),
        (
            "{% for a in b %}{% if bad %}{% continue %}{% endif %}{{ d }}{% endfor %}c",
            "c",
        ),
        (
            "{% set a %}{{ bad }}{{ b }}{% endset %}{{ a }}c",
            "{{ b }} c",
        ),
        (
            "{% filter f %}{{ bad }}{{ b }}{% endfilter %}c",
            "{{ b }} c",
        ),
        ("{% <a b={bad}> %}b{% </a> %}c", "b c"),
        (
            "{{ bad }}{% set a %}{% include \"b\" %}{% endset %}{{ a }}c",
            "{% include \"b\" %} c",
        ),
        (
            "{% component a(b) %}{{ bad }}{% endcomponent %}{{ <a b={c}/> }}{{ <a/> | f }}c",
            "{% component a(b) %} {% endcomponent %}{{ <a b={c}/> }} c",
        ),
        ("{{ bad }}{{ super() }}{{ a }}", "{{ super() }}{{ a }}"),
        // A step is one of the tag that it stands behind.
        ("{% for a in b %}{{ bad | fata_step }}{% endfor %}c", "c"),
    ] {
        let found = without_bad(&[("a", text)]).map(|texts| short(&texts["a"]));
        assert_eq!(found.as_deref(), Some(left), "{text}");
    }
    let found = without_bad(&[("a", "{% set a = bad %}"), ("b", "{{ a }}{{ b }}")]);
    assert_eq!(short(&found.unwrap()["b"]), "{{ b }}");
}

#[test]
fn what_anything_may_depend_on_stays() {
    for text in [
        "bad",
        "{{ throw(message=bad) }}",
        "{% if bad %}{{ throw(message=\"a\") }}{% endif %}",
        "{% if bad %}{{ super() }}{% endif %}",
        "{{ bad }}{% set a = super() %}",
        "{% set lang = bad %}",
        "{% include bad %}",
        "{% if bad %}",
        "{% component a(bad) %}{% endcomponent %}",
    ] {
        assert_eq!(without_bad(&[("a", text)]), None, "{text}");
    }
}

/// What parts of templates can be in.
const AROUND: [&str; 8] = [
    "#",
    "{% if bad %}#{% endif %}",
    "{% if a %}#{% else %}text{% endif %}",
    "{% for b in [1, 2] %}#{% endfor %}",
    "{% for a in bad %}#{% endfor %}",
    "{% set a %}#{% endset %}",
    "{% filter trim %}#{% endfilter %}",
    "{% <boxed> %}#{% </boxed> %}",
];

const INSIDE: [&str; 9] = [
    "{{ a }}",
    "{{ bad }}",
    "{% set a = bad %}",
    "{% set a = 1 %}",
    "{% set_global a = \"text\" %}",
    "{% break %}",
    "{% include \"other\" %}",
    "{{ <card x={bad}/> }}",
    "{% set a = <card x={bad}/> %}",
];

const BEHIND: [&str; 3] = ["", "{{ a | int + 1 }}", "{{ c }}"];

const COMPONENTS: &str = "{% component card(x) %}{{ x }}{% endcomponent %}\
     {% component boxed() %}{{ body }}{% endcomponent %}";

/// Whether a page comes to its end.
fn is_good(engine: &Tera, a: &str, bad: Option<&Value>) -> bool {
    let mut context = Context::new();
    context.insert("a", a);
    if let Some(bad) = bad {
        context.insert_value("bad", bad.clone());
    }
    engine.render("main", &context).is_ok()
}

/// Where the rest has a fault, the whole has one, whatever `bad` is. Tells whether there
/// was one.
fn is_right(base: &Tera, main: &str) -> bool {
    let other = if main.contains("bad") {
        ""
    } else {
        "{{ bad }}"
    };
    let texts = [("main", main), ("other", other), ("components", COMPONENTS)];
    let engine = |texts: &[(&str, &str)]| {
        let mut engine = base.clone();
        let added = engine.add_raw_templates(texts.iter().copied());
        added.ok().map(|()| engine)
    };
    let (Some(whole), Some(rest)) = (engine(&texts), without_bad(&texts)) else {
        return false;
    };
    let rest: Vec<(&str, &str)> = rest.iter().map(|(name, text)| (&**name, &**text)).collect();
    let left = engine(&rest).unwrap_or_else(|| panic!("{main}: {rest:?}"));
    let values: [Value; 4] = [
        0.into(),
        1.into(),
        "text".into(),
        vec![Value::from(1)].into(),
    ];
    let at_fault = ["1", "text"]
        .into_iter()
        .filter(|a| !is_good(&left, a, None));
    let at_fault = at_fault.inspect(|a| {
        for bad in values.iter().map(Some).chain([None]) {
            let is_good = is_good(&whole, a, bad);
            assert!(
                !is_good,
                "{main} is good if a is {a:?}, bad {bad:?}: {rest:?}"
            );
        }
    });
    at_fault.count() > 0
}

#[test]
fn what_is_wrong_with_the_rest_is_wrong_whatever_was_meant() {
    let base = Tera::default();
    let mut count = 0;
    for (first, second) in AROUND.iter().flat_map(|a| AROUND.map(|b| (*a, b))) {
        for (inside, near) in INSIDE.iter().flat_map(|a| BEHIND.map(|b| (*a, b))) {
            for far in BEHIND {
                let inner = second.replace('#', inside) + near;
                let main = first.replace('#', &inner) + far;
                if main.matches("bad").count() <= 1 && is_right(&base, &main) {
                    count += 1;
                }
            }
        }
    }
    assert!(count > 100, "{count}");
}
