//! Many visitors at once.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::harness::{Running, fixture};
use site_pack::Entry;

const CONNECTIONS: usize = 200;

/// All of them are open at the same time before the first one asks.
pub(crate) async fn two_hundred_connections_at_once(running: &'static Running) {
    let Some(Entry::File(page)) = fixture().pack().entry("/") else {
        panic!("the site should have a home page");
    };
    let all_open = Arc::new(Barrier::new(CONNECTIONS));
    let mut visitors = JoinSet::new();
    for number in 0..CONNECTIONS {
        let all_open = all_open.clone();
        visitors.spawn(async move {
            let mut client = match number % 2 {
                0 => running.http1().await,
                _ => running.http2().await,
            };
            all_open.wait().await;
            let response = client.get("/", &[]).await;
            assert_eq!(response.status(), 200);
            assert!(response.body() == page.body());
        });
    }
    let done = visitors.join_all().await;
    assert_eq!(done.len(), CONNECTIONS);
}
