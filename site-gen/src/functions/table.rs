//! All functions that templates can call, and what each takes.

use tera::Value;

use super::Function;

pub(super) const FUNCTIONS: [Function; 12] = [
    GET_URL,
    Function {
        name: "get_page",
        takes: &["path", "lang"],
        call: |known, kwargs| {
            let listed = known.listed()?;
            known.find(&listed.page_ids, &listed.pages, kwargs, "page")
        },
    },
    Function {
        name: "get_section",
        takes: &["path", "lang", "metadata_only"],
        call: |known, kwargs| {
            let listed = known.listed()?;
            let outline = kwargs.get::<bool>("metadata_only")?.unwrap_or_default();
            let sections = if outline {
                &listed.outlines
            } else {
                &listed.sections
            };
            known.find(&listed.section_ids, sections, kwargs, "section")
        },
    },
    Function {
        name: "get_pages",
        takes: &["lang", "metadata_only", "section"],
        call: |known, kwargs| known.all_pages(kwargs),
    },
    Function {
        name: "get_hash",
        takes: &["path", "literal", "sha_type", "base64"],
        call: |known, kwargs| known.hash(kwargs).map(Value::from),
    },
    Function {
        name: "get_taxonomy",
        takes: &["kind", "lang", "required"],
        call: |known, kwargs| {
            let found = known.taxonomy(kwargs)?;
            Ok(found.map_or_else(Value::none, |(value, _)| value.clone()))
        },
    },
    Function {
        name: "get_taxonomy_term",
        takes: &["kind", "term", "lang", "required"],
        call: |known, kwargs| {
            let found = known.taxonomy_term(kwargs)?;
            Ok(found.unwrap_or_else(Value::none))
        },
    },
    Function {
        name: "get_taxonomy_url",
        takes: &[
            "kind",
            "name",
            "lang",
            "required",
            "absolute",
            "trailing_slash",
        ],
        call: |known, kwargs| known.taxonomy_url(kwargs).map(Value::from),
    },
    TRANS,
    Function {
        name: "load_data",
        takes: &[
            "path", "url", "literal", "format", "required", "headers", "anchor", "lines",
        ],
        call: |known, kwargs| known.data.load(kwargs),
    },
    Function {
        name: "get_image_metadata",
        takes: &["path", "allow_missing"],
        call: |known, kwargs| known.image_metadata(kwargs),
    },
    Function {
        name: "resize_image",
        takes: &[
            "path", "width", "height", "op", "format", "quality", "absolute",
        ],
        call: |known, kwargs| known.resize_image(kwargs),
    },
];

pub(super) const GET_URL: Function = Function {
    name: "get_url",
    takes: &["path", "lang", "absolute", "cachebust", "trailing_slash"],
    call: |known, kwargs| known.url(kwargs).map(Value::from),
};

pub(super) const TRANS: Function = Function {
    name: "trans",
    takes: &["key", "lang", "default"],
    call: |known, kwargs| known.translation(kwargs).map(Value::from),
};

/// What texts ask of a picture: no template can call it, and otherwise it is a
/// function like others.
pub(crate) const PICTURE: Function = Function {
    name: "picture",
    takes: &["path"],
    call: |known, kwargs| known.picture(kwargs),
};
