//! The ingest as an SDK meets it: requests over a socket, answers and the record of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use ingest::{Ingest, Payload, Received};

const EVENT: &[u8] = b"{}\n{\"type\":\"event\"}\n{\"message\":\"hello\"}\n";

/// `EVENT` as zlib writes it.
const EVENT_DEFLATED: &[u8] = &[
    0x78, 0x9c, 0xab, 0xae, 0xe5, 0xaa, 0x56, 0x2a, 0xa9, 0x2c, 0x48, 0x55, 0xb2, 0x52, 0x4a, 0x2d, 0x4b, 0xcd, 0x2b,
    0x51, 0x02, 0x09, 0xe4, 0xa6, 0x16, 0x17, 0x27, 0xa6, 0x83, 0xc4, 0x32, 0x52, 0x73, 0x72, 0xf2, 0x81, 0x62, 0x00,
    0x18, 0xaf, 0x0d, 0x68,
];

fn address(ingest: &Ingest) -> SocketAddr {
    let host = ingest.dsn().strip_prefix("http://public@").unwrap().strip_suffix("/1").unwrap();
    host.parse().unwrap()
}

/// Sends a whole request and gives back the status of the answer.
fn status(ingest: &Ingest, head: &str, body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address(ingest)).unwrap();
    write!(stream, "{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn post(ingest: &Ingest, headers: &str, body: &[u8]) -> u16 {
    status(ingest, &format!("POST /api/1/envelope/ HTTP/1.1\r\nContent-Length: {}{headers}", body.len()), body)
}

fn messages(ingest: &Ingest) -> Vec<String> {
    ingest.items().iter().filter_map(|item| Some(item.event()?.message?.to_owned())).collect()
}

fn refusals(ingest: &Ingest) -> Vec<String> {
    ingest.received().into_iter().filter_map(|request| Some(request.content.err()?.to_string())).collect()
}

#[test]
fn a_plain_envelope() {
    let ingest = Ingest::start().unwrap();
    assert_eq!(post(&ingest, "", EVENT), 200);
    assert_eq!(messages(&ingest), ["hello"]);
}

#[test]
fn a_compressed_envelope() {
    let ingest = Ingest::start().unwrap();
    assert_eq!(post(&ingest, "\r\ncontent-encoding: deflate", EVENT_DEFLATED), 200);
    assert_eq!(messages(&ingest), ["hello"]);
}

#[test]
fn a_chunked_envelope() {
    let ingest = Ingest::start().unwrap();
    let mut chunks = Vec::new();
    for chunk in EVENT.chunks(7) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    assert_eq!(status(&ingest, "POST /api/1/envelope/ HTTP/1.1\r\nTransfer-Encoding: chunked", &chunks), 200);
    assert_eq!(messages(&ingest), ["hello"]);
}

#[test]
fn the_store_endpoint_of_old_sdks() {
    let ingest = Ingest::start().unwrap();
    let body = br#"{"message": "old"}"#;
    let head = format!("POST /api/1/store/?sentry_key=public HTTP/1.1\r\nContent-Length: {}", body.len());
    assert_eq!(status(&ingest, &head, body), 200);
    assert_eq!(messages(&ingest), ["old"]);
}

#[test]
fn an_item_of_a_type_nobody_knows_is_kept() {
    let ingest = Ingest::start().unwrap();
    assert_eq!(post(&ingest, "", b"{}\n{\"type\":\"dream\",\"length\":3}\n\xff\n\x00\n"), 200);
    let items = ingest.items();
    assert_eq!((items[0].kind.as_str(), &items[0].payload), ("dream", &Payload::Raw(b"\xff\n\x00".to_vec())));
}

#[test]
fn broken_requests_are_refused_and_remembered() {
    let ingest = Ingest::start().unwrap();
    assert_eq!(post(&ingest, "", b"{}\n{\"type\":\"event\",\"length\":99}\n{}"), 400);
    assert_eq!(post(&ingest, "\r\nContent-Encoding: gzip", EVENT), 400);
    assert_eq!(post(&ingest, "\r\nContent-Encoding: lzma", EVENT), 415);
    assert_eq!(
        refusals(&ingest),
        [
            "item 1 promises 99 bytes, 2 follow",
            "the body cannot be read: invalid gzip header",
            "content encoding `lzma` is not known; use gzip, deflate, br or zstd",
        ]
    );
    assert_eq!(post(&ingest, "", EVENT), 200);
}

#[test]
fn a_body_past_the_limit_is_refused() {
    let ingest = Ingest::start().unwrap();
    let body = vec![b' '; usize::try_from(ingest::MAX_BODY).unwrap() + 1];
    assert_eq!(post(&ingest, "", &body), 413);
    assert_eq!(refusals(&ingest), ["the decoded body is larger than 104857600 bytes"]);
}

#[test]
fn other_addresses_and_methods_leave_no_record() {
    let ingest = Ingest::start().unwrap();
    assert_eq!(status(&ingest, "GET / HTTP/1.1", b""), 404);
    assert_eq!(status(&ingest, "GET /api/1/envelope/ HTTP/1.1", b""), 405);
    assert_eq!(status(&ingest, "POST /api/envelope/ HTTP/1.1\r\nContent-Length: 0", b""), 404);
    assert!(ingest.received().is_empty());
}

#[test]
fn waiting_ends_with_the_arrival() {
    let ingest = Ingest::start().unwrap();
    let two = |received: &[Received]| received.len() == 2;
    thread::scope(|scope| {
        scope.spawn(|| {
            post(&ingest, "", EVENT);
            post(&ingest, "", EVENT);
        });
        assert!(ingest.wait_for(Duration::from_secs(20), two));
    });
    assert!(!ingest.wait_for(Duration::from_millis(20), |received| received.len() == 3));
}

#[test]
fn a_client_that_stalls_holds_up_nobody() {
    let ingest = Ingest::start().unwrap();
    let mut stalled = TcpStream::connect(address(&ingest)).unwrap();
    write!(stalled, "POST /api/1/envelope/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{{").unwrap();
    assert_eq!(post(&ingest, "", EVENT), 200);
}

#[test]
fn nothing_listens_once_it_is_dropped() {
    let ingest = Ingest::start().unwrap();
    let address = address(&ingest);
    drop(ingest);
    let end = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < end, "still listening");
        thread::sleep(Duration::from_millis(10));
    }
}
