//! News for open pages: server-sent events (HTML, 9.2).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::SystemTime;

use hyper::body::{Body, Bytes, Frame};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::server::Stage;
use super::shown::Shown;
use super::visitors::OpenPage;
use crate::limits::HEARTBEAT;

/// The body of a response that goes on for as long as the page is open.
pub(super) struct Events {
    news: mpsc::Receiver<Bytes>,
    /// The page, if it told which it is. It goes with the connection.
    _page: Option<OpenPage>,
}

impl Events {
    /// What is shown now, and then each change of it.
    pub(super) fn of(stage: Stage, page: Option<OpenPage>) -> Self {
        let (sender, news) = mpsc::channel(1);
        tokio::spawn(tell(stage, sender));
        Self { news, _page: page }
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.news.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

async fn tell(mut stage: Stage, page: mpsc::Sender<Bytes>) {
    loop {
        let shown = stage.borrow_and_update().clone();
        let news = shown.map_or_else(heartbeat, |shown| event(&shown));
        if page.send(news).await.is_err() {
            return;
        }
        loop {
            match timeout(HEARTBEAT, stage.changed()).await {
                Ok(Ok(())) => break,
                Ok(Err(_)) => return,
                Err(_) if page.send(heartbeat()).await.is_err() => return,
                Err(_) => {}
            }
        }
    }
}

/// A comment: it is for the connection only.
fn heartbeat() -> Bytes {
    Bytes::from_static(b":\n\n")
}

fn event(shown: &Arc<Shown>) -> Bytes {
    let data = json!({
        "version": version(shown.number),
        "before": version(shown.before),
        "change": shown.change.to_json(),
        "faults": shown.faults,
        "more": shown.more,
        "stale": shown.is_stale,
        "early": shown.early.as_ref().map(|early| &early.pages),
    });
    Bytes::from(format!("data: {data}\n\n"))
}

/// The name of a site that was shown: no other run of `fata` gives it to
/// another one.
pub(super) fn version(number: u64) -> String {
    static RUN: LazyLock<String> = LazyLock::new(|| run(SystemTime::now()));
    format!("{}-{number}", *RUN)
}

/// The name of a run, by when it began: in containers, the number of the process is
/// always the same.
fn run(began: SystemTime) -> String {
    let since = began.duration_since(SystemTime::UNIX_EPOCH);
    let nanoseconds = since.unwrap_or_default().as_nanos();
    format!("{}-{nanoseconds}", std::process::id())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_run_and_each_site_has_a_name_of_its_own() {
        assert_eq!(version(1), version(1));
        assert_ne!(version(1), version(2));
        let began = SystemTime::now();
        assert_ne!(run(began), run(began + Duration::from_micros(1)));
    }
}
