//! What leads elsewhere: all of port 80, and the old names of pages.

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use site_pack::Entry;
use tokio::net::TcpStream;

use crate::harness::{Running, fixture, header, local, whole};

pub(crate) async fn http_leads_to_https(running: &'static Running) {
    let domain = &fixture().built.site.domain;
    let socket = TcpStream::connect(local(running.ports().http))
        .await
        .unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    for path in ["/", "/docs/?a=b", "/no/such/page"] {
        let request = Request::get(path).header("host", domain);
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let response = whole(sender.send_request(request).await.unwrap()).await;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT, "{path}");
        let target = format!("https://{domain}:{}{path}", running.ports().https);
        assert_eq!(header(&response, "location"), Some(target.as_str()));
    }
}

pub(crate) async fn aliases_lead_to_their_pages(running: &'static Running) {
    let mut client = running.http2().await;
    for (path, entry) in fixture().pack().entries() {
        let Entry::Redirect(target) = entry else {
            continue;
        };
        let response = client.get(path, &[]).await;
        assert!(
            response.status().is_redirection(),
            "{path}: {}",
            response.status()
        );
        assert_eq!(header(&response, "location"), Some(target), "{path}");
    }
}
