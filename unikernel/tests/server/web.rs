//! HTTP as browsers, proxies and crawlers speak it.

use http_body_util::Empty;
use hyper::{Method, Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{BIG, HOME, field, get, get_with, start};

#[tokio::test]
async fn both_versions_of_http_serve_the_same_bytes() {
    let server = start().await;
    for path in ["/", "/docs/", "/big", "/%C3%A9t%C3%A9", "/nowhere"] {
        let one = server.http1(get(path)).await;
        let mut request = get(&format!("https://localhost{path}"));
        request.headers_mut().remove("host");
        let two = server.http2(request).await;
        assert_eq!(one.status(), two.status(), "{path}");
        assert_eq!(one.body(), two.body(), "{path}");
        for name in [
            "content-type",
            "content-length",
            "etag",
            "cache-control",
            "vary",
        ] {
            assert_eq!(field(&one, name), field(&two, name), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn a_page_comes_with_all_it_needs() {
    let server = start().await;
    let page = server.http1(get("/")).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.body(), HOME);
    assert_eq!(field(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(field(&page, "content-length"), HOME.len().to_string());
    assert_eq!(field(&page, "cache-control"), "no-cache");
    assert_eq!(field(&page, "vary"), "accept-encoding");
    assert_eq!(field(&page, "accept-ranges"), "bytes");
    assert_eq!(field(&page, "x-content-type-options"), "nosniff");
    assert!(field(&page, "content-security-policy").contains("default-src 'self'"));
    assert!(field(&page, "date").ends_with("GMT"));
    // Not for localhost.
    assert_eq!(field(&page, "strict-transport-security"), "");
    let named = server.http1(get_with("https://example.org/", &[])).await;
    assert!(field(&named, "strict-transport-security").starts_with("max-age="));

    let style = server.http1(get("/style.0123.css")).await;
    assert!(field(&style, "cache-control").contains("immutable"));
}

#[tokio::test]
async fn each_encoding_has_its_own_tag_and_each_tag_gets_a_304() {
    let server = start().await;
    let mut tags = Vec::new();
    for (accepted, encoding, body) in [
        ("", "", HOME),
        ("gzip", "gzip", "home in gzip"),
        ("gzip, br", "br", "home in br"),
        ("zstd", "", HOME),
    ] {
        let wish = ("accept-encoding", accepted);
        let page = server.http1(get_with("/", &[wish])).await;
        assert_eq!(field(&page, "content-encoding"), encoding);
        assert_eq!(page.body(), body);
        let tag = field(&page, "etag").to_owned();
        let again = server
            .http1(get_with("/", &[wish, ("if-none-match", &tag)]))
            .await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(field(&again, "etag"), tag);
        assert_eq!(field(&again, "cache-control"), "no-cache");
        assert_eq!(field(&again, "content-length"), "");
        assert!(again.body().is_empty());
        tags.push(tag);
    }
    assert_eq!(tags[0], tags[3]);
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);

    let refused = server
        .http1(get_with("/docs/", &[("accept-encoding", "identity;q=0")]))
        .await;
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn parts_of_a_file_are_sent() {
    let server = start().await;
    let tag = field(&server.http1(get("/digits")).await, "etag").to_owned();
    for (fields, status, range, body) in [
        (vec![("range", "bytes=2-4")], 206, "bytes 2-4/10", "234"),
        (vec![("range", "bytes=-2")], 206, "bytes 8-9/10", "89"),
        (vec![("range", "bytes=8-")], 206, "bytes 8-9/10", "89"),
        (vec![("range", "bytes=10-")], 416, "bytes */10", ""),
        (vec![("range", "bytes=0-1,3-4")], 200, "", "0123456789"),
        (
            vec![("range", "bytes=0-0"), ("if-range", &tag)],
            206,
            "bytes 0-0/10",
            "0",
        ),
        (
            vec![("range", "bytes=0-0"), ("if-range", "\"x\"")],
            200,
            "",
            "0123456789",
        ),
        (
            vec![("range", "bytes=0-0"), ("if-none-match", &tag)],
            304,
            "",
            "",
        ),
        (
            vec![("range", "bytes=0-0"), ("if-match", "\"x\"")],
            412,
            "",
            "",
        ),
    ] {
        let part = server.http1(get_with("/digits", &fields)).await;
        assert_eq!(part.status(), status, "{fields:?}");
        assert_eq!(field(&part, "content-range"), range, "{fields:?}");
        if !body.is_empty() {
            assert_eq!(part.body(), body, "{fields:?}");
            assert_eq!(field(&part, "content-length"), body.len().to_string());
        }
    }
}

#[tokio::test]
async fn paths_lead_where_they_should() {
    let server = start().await;
    for (path, status, location) in [
        ("/docs", 308, "/docs/"),
        ("/docs?a=%2F", 308, "/docs/?a=%2F"),
        ("/old", 308, "/docs/"),
        ("/docs%2F", 404, ""),
        ("/docs/../docs/", 404, ""),
        ("/%2e%2e/docs/", 404, ""),
        ("//docs/", 404, ""),
        ("/DOCS/", 404, ""),
        ("/%zz", 400, ""),
        ("/%d0%ff", 404, ""),
    ] {
        let answer = server.http1(get(path)).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(field(&answer, "location"), location, "{path}");
    }
    let page = server.http1(get("/nowhere")).await;
    assert_eq!(page.body(), "no such page");
    assert_eq!(field(&page, "content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn methods_have_their_answers() {
    let server = start().await;
    let ask = |method: Method, target: &str| {
        Request::builder()
            .method(method)
            .uri(target)
            .header("host", "localhost")
            .body(Empty::new())
            .unwrap()
    };
    let whole = server.http1(get("/big")).await;
    let head = server.http1(ask(Method::HEAD, "/big")).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert!(head.body().is_empty());
    for (name, value) in whole.headers().iter().filter(|(name, _)| *name != "date") {
        assert_eq!(head.headers().get(name), Some(value), "{name}");
    }
    for target in ["/", "*"] {
        let options = server.http1(ask(Method::OPTIONS, target)).await;
        assert_eq!(options.status(), StatusCode::NO_CONTENT);
        assert_eq!(field(&options, "allow"), "GET, HEAD, OPTIONS");
    }
    for method in ["POST", "PUT", "DELETE", "TRACE", "BREW"] {
        let answer = server.http1(ask(method.parse().unwrap(), "/")).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(field(&answer, "allow"), "GET, HEAD, OPTIONS");
    }
}

#[tokio::test]
async fn other_hosts_are_turned_away() {
    let server = start().await;
    for (host, status) in [
        ("example.org", 200),
        ("www.example.org:8443", 200),
        ("127.0.0.1", 200),
        ("example.com", 421),
        ("a b", 400),
    ] {
        let request = Request::get("/docs/").header("host", host);
        let answer = server.http1(request.body(Empty::new()).unwrap()).await;
        assert_eq!(answer.status(), status, "{host}");
    }
    let request = Request::get("/docs/").body(Empty::new()).unwrap();
    assert_eq!(
        server.http1(request).await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn one_connection_serves_request_after_request() {
    let server = start().await;
    let mut stream = server.tls12().await;
    let ask = "GET /digits HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(ask.repeat(3).as_bytes()).await.unwrap();
    let last = "GET /digits HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(last.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 4);
    assert_eq!(answers.matches("0123456789").count(), 4);
}

#[tokio::test]
async fn http_10_is_understood() {
    let server = start().await;
    let mut stream = server.tls("localhost", &[]).await;
    stream
        .write_all(b"GET /digits HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("\r\n\r\n0123456789"), "{answer}");
}

#[tokio::test]
async fn port_80_only_redirects() {
    let server = start().await;
    for (request, status, location) in [
        (
            "GET /a?b HTTP/1.1\r\nhost: example.org\r\n",
            "308",
            "location: https://example.org:8443/a?b\r\n",
        ),
        (
            "HEAD / HTTP/1.1\r\nhost: localhost:80\r\n",
            "308",
            "location: https://localhost:8443/\r\n",
        ),
        ("GET / HTTP/1.1\r\nhost: example.com\r\n", "421", ""),
        ("GET / HTTP/1.1\r\n", "400", ""),
        ("GET / HTTP/1.0\r\n", "400", ""),
        (
            "POST / HTTP/1.1\r\nhost: localhost\r\n",
            "405",
            "allow: GET, HEAD, OPTIONS",
        ),
    ] {
        let mut stream = TcpStream::connect(server.at.http).await.unwrap();
        let request = format!("{request}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.get(9..12), Some(status), "{request}");
        assert!(answer.contains(location), "{request} {answer}");
    }
}

#[tokio::test]
async fn the_certificate_is_good_for_every_name() {
    let server = start().await;
    assert_eq!(server.fingerprint.len(), 95);
    for name in [
        "example.org",
        "www.example.org",
        "localhost",
        "127.0.0.1",
        "::1",
    ] {
        let stream = server.tls(name, &["h2", "http/1.1"]).await;
        let protocol = stream.get_ref().1.alpn_protocol();
        assert_eq!(protocol, Some(b"h2".as_slice()), "{name}");
    }
}

#[tokio::test]
async fn two_hundred_visitors_are_served_at_once() {
    let server = start().await;
    let mut streams = Vec::new();
    for _ in 0..200 {
        streams.push(server.tls("localhost", &["http/1.1"]).await);
    }
    let ask = b"GET /digits HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    for stream in &mut streams {
        stream.write_all(ask).await.unwrap();
        stream.flush().await.unwrap();
    }
    for mut stream in streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("0123456789"));
    }
}

#[tokio::test]
async fn the_end_waits_for_what_is_being_served_and_for_nothing_else() {
    let server = start().await;
    let (https, http) = (server.at.https, server.at.http);
    let mut idle = server.tls("localhost", &["http/1.1"]).await;
    let mut busy = server.tls("localhost", &["http/1.1"]).await;
    let ask = b"GET /big HTTP/1.1\r\nhost: localhost\r\n\r\n";
    busy.write_all(ask).await.unwrap();
    let mut first = [0; 1024];
    busy.read_exact(&mut first).await.unwrap();

    let started = std::time::Instant::now();
    let download = tokio::spawn(async move {
        let mut rest = Vec::new();
        busy.read_to_end(&mut rest).await.unwrap();
        rest.len()
    });
    server.stop().await;
    assert!(started.elapsed().as_millis() < 1000);
    assert!(download.await.unwrap() + first.len() > BIG);
    assert_eq!(idle.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(https).await.is_err());
    assert!(TcpStream::connect(http).await.is_err());
}
