//! Every page, over both versions of HTTP, byte for byte.

use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use site_pack::{Encoding, Entry, File};

use crate::harness::{Client, Running, fixture, header};

const ENCODINGS: [Encoding; 3] = [Encoding::Brotli, Encoding::Zstd, Encoding::Gzip];

pub(crate) async fn every_page_over_http1(running: &'static Running) {
    every_page(&mut running.http1().await).await;
}

pub(crate) async fn every_page_over_http2(running: &'static Running) {
    every_page(&mut running.http2().await).await;
}

async fn every_page(client: &mut Client) {
    for (path, file) in files() {
        let response = client.get(path, &[]).await;
        compare(path, &response, &file, None);
        for encoding in ENCODINGS {
            let accept = [("accept-encoding", encoding.name())];
            let response = client.get(path, &accept).await;
            let sent = file.encoded(encoding).map(|_| encoding);
            compare(path, &response, &file, sent);
        }
    }
}

fn compare(path: &str, response: &Response<Bytes>, file: &File<'_>, encoding: Option<Encoding>) {
    let context = format!("{path}, encoding {encoding:?}");
    // The page that explains a 404 is one itself only when it is asked for.
    assert_eq!(response.status(), StatusCode::OK, "{context}");
    assert_eq!(
        header(response, "content-encoding"),
        encoding.map(Encoding::name),
        "{context}"
    );
    assert_eq!(
        header(response, "content-type"),
        Some(file.content_type()),
        "{context}"
    );
    let expected = encoding.map_or(file.body(), |encoding| file.encoded(encoding).unwrap());
    assert!(response.body() == expected, "{context}: another body");
    let tag = header(response, "etag").expect(&context);
    assert!(
        tag.starts_with('"') && tag.contains(file.etag()),
        "{context}: {tag}"
    );
}

fn files() -> impl Iterator<Item = (&'static str, File<'static>)> {
    fixture()
        .pack()
        .entries()
        .filter_map(|(path, entry)| match entry {
            Entry::File(file) => Some((path, file)),
            Entry::Redirect(_) => None,
        })
}

pub(crate) async fn what_does_not_exist_is_not_found(running: &'static Running) {
    let Some(Entry::File(page)) = fixture().pack().entry("/404.html") else {
        panic!("the site should have a page for what does not exist");
    };
    for client in [&mut running.http1().await, &mut running.http2().await] {
        for path in ["/no/such/page", "/docs", "/%2e%2e/etc/passwd", "/index.htm"] {
            if fixture().pack().entry(path).is_some() {
                continue;
            }
            let response = client.get(path, &[]).await;
            if response.status().is_redirection() {
                // A page asked for without its slash.
                assert_eq!(path, "/docs");
                continue;
            }
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert!(response.body() == page.body(), "{path}");
        }
    }
}

pub(crate) async fn what_did_not_change_is_not_sent_again(running: &'static Running) {
    for client in [&mut running.http1().await, &mut running.http2().await] {
        for encoding in ["identity", "br"] {
            let accept = ("accept-encoding", encoding);
            let first = client.get("/", &[accept]).await;
            let tag = header(&first, "etag").unwrap().to_owned();
            let again = client.get("/", &[accept, ("if-none-match", &tag)]).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert!(again.body().is_empty());
            let other = client
                .get("/", &[accept, ("if-none-match", "\"other\"")])
                .await;
            assert_eq!(other.status(), StatusCode::OK);
            assert!(other.body() == first.body());
        }
    }
}
