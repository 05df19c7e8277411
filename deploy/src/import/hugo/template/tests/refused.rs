//! What is not known is refused, with its reason, and so is what has no end.

use std::time::Instant;

use super::super::*;
use super::printed;

#[test]
fn what_is_not_known_prints_nothing() {
    let unknown = [
        "{{ resources.GetRemote \"https://a.org\" }}",
        "{{ .Page.TableOfContents }}",
        "{{ errorf \"no\" }}",
        "{{ .Get 1 2 | nothing }}",
        "<script>{{ .Get \"a\" }}</script>",
        "{{ range seq 1000000 }}{{ range seq 1000000 }}a{{ end }}{{ end }}",
        "{{ partial \"loop\" . }}",
        "{{ $missing }}",
        "{{ printf \"%s\" 5 }}",
        "{{ printf \"%d\" \"x\" }}",
        "{{ printf \"%f\" 1 }}",
        "{{ printf \"%#v\" \"x\" }}",
        "{{ printf \"%999d\" 1 }}",
        "{{ print 1 2 }}",
        "{{ 0.00001 }}",
        "{{ slice nil 1 }}",
        "{{ humanize \"5\" }}",
        "{{ seq 1000000000 }}",
        "{{ if }}",
        "{{ math.Max }}",
        "{{ math.Max \"3\" 2 }}",
        "{{ math.Max 3000000 1 }}",
        "{{ add 1 }}",
        "{{ if div 7.0 0 }}{{ end }}",
        "{{ eq 1 }}",
        "{{ ne 1 }}",
        "{{ lt 1 }}",
        "{{ gt }}",
        "{{ sort (slice \"ä\" \"b\") }}",
        "{{ sort (slice \"a-b\" \"a_b\") }}",
        "{{ sort (slice 2 \"1\") }}",
        "{{ sort (slice (dict \"w\" 1) (dict \"v\" 1)) \"w\" }}",
        "{{ relURL \"https://x.org/a\" }}",
        "{{ relURL \"a%zz\" }}",
        "{{ relURL }}",
    ];
    for (template, found) in unknown.iter().zip(printed(&unknown, None)) {
        assert!(
            matches!(found, Err(Stop::Unknown(_))),
            "{template}: {found:?}"
        );
    }
}

/// What the report says of each, with the place.
#[test]
fn what_is_not_known_is_named_with_its_place() {
    let known = [
        (
            "a\n{{ if true }}\n\n  {{ resources.GetRemote \"https://a.org\" }}{{ end }}",
            "the function `resources.GetRemote` is not known, or not with what it is given (layouts/shortcodes/s0.html:4)",
        ),
        (
            "{{/* a\nb */}}\n{{ if false }}{{ else if .Page.Plain }}{{ end }}",
            "`.Plain` of a page is not known, or not so (layouts/shortcodes/s1.html:3)",
        ),
        (
            "\n{{ partial \"unknown.html\" . }}",
            "`.Sitemap` of the site is not known, or not so (layouts/partials/unknown.html:2)",
        ),
        (
            "{{ if .Page }}\n{{ .Get 1 2 | nothing }}{{ end }}",
            "the function `nothing` is not known, or not with what it is given (layouts/shortcodes/s3.html:2)",
        ),
        (
            "{{ partial \"nowhere\" . }}",
            "the partial `nowhere` is not there (layouts/shortcodes/s4.html:1)",
        ),
        (
            "a\n{{ a (b }}\n",
            "the template is not understood (layouts/shortcodes/s5.html:2)",
        ),
        (
            "\n\n{{ T \"broken\" . }}",
            "`.Zone` of a call is not known, or not so (layouts/shortcodes/s6.html:3)",
        ),
        (
            "{{ errorf \"no %s\" \"way\" }}",
            "it ends with a fault, “no way” (layouts/shortcodes/s7.html:1)",
        ),
    ];
    let templates = known.map(|(template, _)| template);
    for ((template, expected), found) in known.iter().zip(printed(&templates, None)) {
        let found = found.map_err(|stop| stop.to_string());
        assert_eq!(found, Err((*expected).to_owned()), "{template}");
    }
}

#[test]
fn a_body_that_is_not_known_is_only_passed_on() {
    let body = BODY.to_string();
    let templates = [
        "<p>{{ .Inner }}</p>",
        "{{ .Inner | markdownify }}",
        "{{ with .Inner }}{{ . | safeHTML }}{{ end }}",
        "{{ trim .Inner \"\\n\" }}",
    ];
    for found in printed(&templates, Some(&body)) {
        assert!(
            found.as_ref().is_ok_and(|out| out.contains(BODY)),
            "{found:?}"
        );
    }
    let templates = [
        "{{ upper .Inner }}",
        "{{ highlight .Inner \"go\" }}",
        "{{ len .Inner }}",
        "{{ if eq .Inner \"x\" }}y{{ end }}",
        "{{ if ne .Inner \"x\" }}y{{ end }}",
        "{{ if in (slice \"x\") .Inner }}y{{ end }}",
        "{{ with where (slice (dict \"a\" .Inner)) \"a\" \"x\" }}y{{ end }}",
        "{{ trim .Inner \"*\" }}",
    ];
    for found in printed(&templates, Some(&body)) {
        assert!(found.is_err(), "{found:?}");
    }
    let code = [
        templates[1],
        "{{ highlight .Inner \"yaml\" | replaceRE \"#-x-#\" \"---\" | safeHTML }}",
        "{{ highlight .Inner \"yaml\" | replaceRE \"x\" \"y\" }}",
        "{{ highlight .Inner \"yaml\" | replaceRE \"#x\" \"y\" }}",
    ];
    let code = printed(&code, Some("\n#-x-#\na: 1 #x\n#-x-#\n"));
    let marked = |language: &str, line: &str| {
        format!("\u{e001}```{language}\n{line}\na: 1 #x\n{line}\n```\u{e002}")
    };
    assert_eq!(code[0], Ok(marked("go", "#-x-#")));
    // A comment that is all of a line is one in the colours of code, too.
    assert_eq!(code[1], Ok(marked("yaml", "---")));
    assert!(code[2].is_err() && code[3].is_err(), "{code:?}");
}

/// Each of them would fill the memory, overflow the stack, or not end.
#[test]
fn what_grows_without_end_is_refused() {
    let started = Instant::now();
    let endless = [
        "{{ $a := 1 }}{{ range seq 150000 }}{{ $a = slice $a }}{{ end }}",
        "{{ $a := slice }}{{ range seq 150000 }}{{ $a = $a | append . }}{{ end }}",
        "{{ $a := slice 1 }}{{ range seq 60 }}{{ $a = $a | append $a }}{{ end }}",
        "{{ $a := \"ab\" }}{{ range seq 60 }}{{ $a = printf \"%s%s\" $a $a }}{{ end }}",
        "{{ $a := strings.Repeat 60000 \"a\" }}{{ replace $a \"a\" $a }}",
        "{{ $a := strings.Repeat 60000 \"a\" }}{{ replaceRE \"a\" $a $a }}",
        "{{ $s := newScratch }}{{ $s.Set \"a\" (slice 1 2) }}{{ range seq 60 }}{{ $s.Add \"a\" ($s.Get \"a\") }}{{ end }}",
        "{{ $s := newScratch }}{{ range seq 40000 }}{{ $t := newScratch }}{{ $t.Set \"a\" (slice $s) }}{{ $s = $t }}{{ end }}",
        "{{ $a := seq 190000 }}{{ range seq 40000 }}{{ if in $a 0 }}{{ end }}{{ end }}",
        "{{ $a := seq 190000 }}{{ range seq 40000 }}{{ if eq $a $a }}{{ end }}{{ end }}",
        "{{ $a := seq 190000 }}{{ range seq 50000 }}{{ range $a }}{{ break }}{{ end }}{{ end }}",
        "{{ $a := uniq (seq 190000) }}",
        "{{ range 1000000000 }}a{{ end }}",
        "{{ range seq 40000 }}{{ range 190000 }}{{ break }}{{ end }}{{ end }}",
        "{{ $a := seq 19000 }}{{ $b := union $a $a }}",
        "{{ $a := dict \"a\" (seq 190000) }}{{ transform.Remarshal \"yaml\" $a }}",
        "{{ $a := dict \"a\" (strings.Repeat 60000 \"a\") }}{{ range seq 40000 }}{{ $b := jsonify $a }}{{ end }}",
        "{{ $a := strings.Repeat 60000 \"a\" }}{{ range seq 40000 }}{{ $b := upper $a }}{{ end }}",
        "{{ $a := strings.Repeat 60000 \"a\" }}{{ range seq 40000 }}{{ $b := replaceRE `((a?){100}){20}b` \"a\" $a }}{{ end }}",
        "{{ range seq 40000 }}{{ $b := findRE `(\\w{9}){9}` \"a\" }}{{ end }}",
        "{{ range seq 40000 }}{{ $b := partial \"long\" . }}{{ end }}",
        "{{ range seq 9999 }}{{ $.Scratch.SetInMap \"a\" \"b\" ($.Scratch.Get \"a\") }}{{ end }}",
    ];
    for (template, found) in endless.iter().zip(printed(&endless, None)) {
        assert!(matches!(found, Err(Stop::Unknown(_))), "{template}");
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_site_brings_no_marks() {
    let marked = [
        r#"{{ with site.GetPage "/docs/marked" }}{{ .Title }}{{ .LinkTitle }}{{ .Params.title }}{{ range $k, $v := .Params }}{{ $k }}{{ $v }}{{ end }}{{ end }}"#,
        r#"{{ markdownify "&#xE003;999999&#xE004;" }}"#,
        "\u{e003}999999\u{e004}",
        "{{ \"\u{e000}\" }}",
    ];
    for (template, found) in marked.iter().zip(printed(&marked, None)) {
        assert!(!found.is_ok_and(|out| has_marks(&out)), "{template}");
    }
    let argument = Value::of_argument("\u{e000}a", true);
    assert_eq!(argument.shown().as_deref(), Some("a"));
}
