//! Streams that do not wait forever: a [`Patient`] stream fails with
//! `TimedOut` when its peer takes nothing of what is being written
//! ([`limits::WRITE_STALL`]), or when nothing moves in either direction
//! ([`limits::SILENCE`]).
//!
//! It lies between the TCP socket and TLS, so it sees the bytes of every
//! protocol above. It has one timer, which is moved only when it fires: a
//! busy connection does not touch the timer wheel for every packet.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::limits;

/// A stream with a limit on how long its peer may do nothing.
#[derive(Debug)]
pub struct Patient<S> {
    stream: S,
    silence: Duration,
    write_stall: Duration,
    /// When a byte last moved.
    moved: Instant,
    /// Since when the peer has taken nothing of what we want to send.
    stalled: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    /// `stream`, with the limits of the server.
    pub fn new(stream: S) -> Self {
        Self::with_limits(stream, limits::SILENCE, limits::WRITE_STALL)
    }

    fn with_limits(stream: S, silence: Duration, write_stall: Duration) -> Self {
        Self {
            stream,
            silence,
            write_stall,
            moved: Instant::now(),
            stalled: None,
            timer: Box::pin(sleep(silence.min(write_stall))),
        }
    }

    fn progress(&mut self) {
        self.moved = Instant::now();
    }

    fn deadline(&self) -> Instant {
        let silence = self.moved + self.silence;
        match self.stalled {
            Some(since) => silence.min(since + self.write_stall),
            None => silence,
        }
    }

    /// `Err` once the deadline has passed; otherwise the task is woken when
    /// it does.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while self.timer.as_mut().poll(context).is_ready() {
            let deadline = self.deadline();
            if deadline <= Instant::now() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.timer.as_mut().reset(deadline);
        }
        Ok(())
    }

    /// What comes of a write: progress, or the beginning of a stall.
    fn wrote<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.progress();
            self.stalled = None;
            return result;
        }
        if self.stalled.is_none() {
            let now = Instant::now();
            self.stalled = Some(now);
            // The timer may be set for later than this stall allows.
            if self.timer.deadline() > now + self.write_stall {
                self.timer.as_mut().reset(now + self.write_stall);
            }
        }
        match self.check(context) {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        if result.is_ready() {
            self.progress();
            return result;
        }
        match self.check(context) {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Sockets have nothing to flush: this says nothing about the peer.
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const SILENCE: Duration = Duration::from_millis(300);
    const STALL: Duration = Duration::from_millis(100);

    fn patient<S>(stream: S) -> Patient<S> {
        Patient::with_limits(stream, SILENCE, STALL)
    }

    #[tokio::test]
    async fn silence_ends_a_read() {
        let (near, _far) = duplex(64);
        let start = Instant::now();
        let error = patient(near).read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(start.elapsed() >= SILENCE);
    }

    #[tokio::test]
    async fn a_peer_that_reads_nothing_ends_a_write_sooner() {
        let (near, _far) = duplex(64);
        let start = Instant::now();
        let error = patient(near).write_all(&[0; 65]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(start.elapsed() < SILENCE);
    }

    #[tokio::test]
    async fn a_slow_peer_is_served() {
        let (near, mut far) = duplex(1);
        let slow = async move {
            for _ in 0..6 {
                sleep(STALL / 2).await;
                far.read_u8().await.unwrap();
            }
        };
        let mut near = patient(near);
        let (result, ()) = tokio::join!(near.write_all(&[0; 6]), slow);
        result.unwrap();
    }
}
