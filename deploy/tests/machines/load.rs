//! Many visitors at once.

use std::sync::Arc;

use site_pack::Entry;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use crate::harness::{Running, fixture};

const CONNECTIONS: usize = 200;

/// QEMU's user network takes new connections from a queue of one. Those that
/// find it full are sent away by Linux, on this side, and come back after
/// seconds: that would test QEMU.
const ARRIVING: usize = 8;

/// All of them are open at the same time before the first one asks.
pub(crate) async fn two_hundred_connections_at_once(running: &'static Running) {
    let Some(Entry::File(page)) = fixture().pack().entry("/") else {
        panic!("the site should have a home page");
    };
    let arriving = Arc::new(Semaphore::new(ARRIVING));
    let all_open = Arc::new(Barrier::new(CONNECTIONS));
    let mut visitors = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (arriving, all_open) = (arriving.clone(), all_open.clone());
        visitors.spawn(async move {
            let turn = arriving.acquire().await.unwrap();
            let mut client = match number % 2 {
                0 => running.http1().await,
                _ => running.http2().await,
            };
            drop(turn);
            all_open.wait().await;
            let response = client.get("/", &[]).await;
            assert_eq!(response.status(), 200);
            assert!(response.body() == page.body());
        });
    }
    // The first failure ends it: the others would wait for ever.
    while let Some(visitor) = visitors.join_next().await {
        visitor.unwrap();
    }
}
