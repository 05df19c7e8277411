//! Pages that arrive in pieces, as over a slow network: what a reader has before them
//! stays where it is while the rest comes.
//!
//! The site's own server sends a page at once, and a browser on the same machine is
//! seldom so busy that it paints one in between. Here another server sends the same
//! files, and waits before every piece until the one before it can have been painted.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::harness::{Served, mirage, starter, turn};
use crate::looks::expect_nothing;
use crate::templates::PAGES;
use crate::tools::browse;

/// In how many pieces a page is sent.
const PIECES: usize = 24;
/// Between two pieces: a browser paints sixty times in a second.
const PAUSE: Duration = Duration::from_millis(40);
/// Before the second piece, in which the style sheet comes.
const STYLE: Duration = Duration::from_millis(200);

/// A phone, a phone across or half a screen, a notebook, and a large screen.
const WIDTHS: [u32; 4] = [320, 640, 1024, 3840];

#[test]
fn nothing_moves_while_a_page_arrives() {
    let paths: Vec<_> = PAGES.iter().map(|page| page.path).collect();
    let mut moved = moves(mirage(), &paths);
    moved.extend(moves(starter(), &["/", "/blog/", "/blog/first-post/"]));
    expect_nothing("layout shifts", &moved);
}

fn moves(site: &'static Served, paths: &[&str]) -> Vec<String> {
    let _turn = turn();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(site, &listener));
    let tasks: Vec<_> = paths
        .iter()
        .map(|path| {
            let url = format!("http://{address}{path}");
            json!({ "name": path, "url": url, "widths": WIDTHS })
        })
        .collect();
    let (mut moves, mut seen) = (Vec::new(), 0);
    for page in browse("arrive", "", &tasks) {
        for view in page["views"].as_array().unwrap() {
            let name = format!("{} {}", page["name"], view["width"]);
            seen += usize::from(view["paints"].as_u64() > Some(2));
            let moved = view["moved"].as_array().unwrap();
            moves.extend(moved.iter().map(|what| format!("{name}: {what}")));
        }
    }
    // On a busy machine, a few may be painted at once.
    let views = paths.len() * WIDTHS.len();
    assert!(seen * 2 > views, "painted in pieces: {seen} of {views}");
    moves
}

/// Answers until the tests have ended.
fn serve(site: &'static Served, listener: &TcpListener) {
    for stream in listener.incoming() {
        // A browser that has gone is no fault.
        thread::spawn(move || drop(answer(site, &stream.unwrap())));
    }
}

/// One request, one answer, and the end of the connection.
fn answer(site: &Served, mut stream: &TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let target = first.split(' ').nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or(target);
    let Some(file) = site.built.site.file(path) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    };
    let kind = file.content_type;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let bytes = site.built.site.read(file).unwrap();
    if !file.is_page() {
        return stream.write_all(&bytes);
    }
    for (number, piece) in pieces(&bytes).iter().enumerate() {
        if number > 0 {
            thread::sleep(if number == 1 { STYLE } else { PAUSE });
        }
        stream.write_all(piece)?;
    }
    Ok(())
}

/// A page in pieces: what is before its body, and then some of its elements in each.
fn pieces(page: &[u8]) -> Vec<&[u8]> {
    let body = page.windows(5).position(|tag| tag == b"<body").unwrap();
    let starts: Vec<usize> = (body..page.len() - 1)
        .filter(|&at| page[at] == b'<' && page[at + 1].is_ascii_alphabetic())
        .collect();
    let mut pieces = vec![&page[..body]];
    let each = starts.len().div_ceil(PIECES);
    let cuts: Vec<usize> = starts.iter().copied().step_by(each).collect();
    for (number, &from) in cuts.iter().enumerate() {
        let to = cuts.get(number + 1).copied().unwrap_or(page.len());
        pieces.push(&page[from..to]);
    }
    pieces
}
