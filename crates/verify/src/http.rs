//! One request to a web server on loopback, and the status that comes back. Read [`send`].
//!
//! It never follows a redirect, never keeps a connection, and looks at no more of an answer than its first line.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::sockets::Address;

/// A server may accept long before the application is imported, and the first request waits for that.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(3);
/// How much of an answer is read.
const LONGEST: u64 = 64 * 1024;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    pub(crate) path: &'a str,
    pub(crate) host: &'a str,
    /// What `X-Forwarded-Proto` says, for applications that redirect to https.
    pub(crate) is_https: bool,
    /// Sent by POST as JSON; without it the request is a GET.
    pub(crate) body: Option<&'a str>,
    /// The trace it belongs to: 32 hexadecimal digits, and 16 of the span.
    pub(crate) trace: (&'a str, &'a str),
}

/// Sends a request, tells the status of the answer as soon as it is there, and reads the rest.
///
/// # Errors
/// When the connection fails or what comes back is not HTTP; then nothing was told.
pub(crate) fn send(address: &Address, request: &Request<'_>, tell: impl FnOnce(u16)) -> io::Result<()> {
    match address {
        Address::Tcp(address) => {
            let stream = TcpStream::connect_timeout(address, CONNECT)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            exchange(stream, request, tell)
        }
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            exchange(stream, request, tell)
        }
    }
}

fn exchange(mut stream: impl Read + Write, request: &Request<'_>, tell: impl FnOnce(u16)) -> io::Result<()> {
    let body = request.body.unwrap_or_default();
    let method = if request.body.is_some() { "POST" } else { "GET" };
    let forwarded = if request.is_https { "X-Forwarded-Proto: https\r\n" } else { "" };
    let (trace, span) = request.trace;
    // In one piece: a server that answers after the first one may be gone before the last.
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: sentry-codemod-verify\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n{forwarded}sentry-trace: {trace}-{span}-1\r\n\r\n{body}",
        path = request.path,
        host = request.host,
        length = body.len(),
    );
    stream.write_all(text.as_bytes())?;
    stream.flush()?;
    let mut reader = BufReader::new(stream.take(LONGEST));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.strip_prefix("HTTP/").and_then(|line| line.split(' ').nth(1)?.parse().ok());
    tell(status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))?);
    drain(reader);
    Ok(())
}

/// Reads the rest: a server that is cut off in the middle of its answer may take that for an error of the application.
fn drain(mut answer: impl BufRead) {
    let end = Instant::now() + TIMEOUT;
    while Instant::now() < end {
        match answer.fill_buf().map(<[u8]>::len) {
            Ok(0) | Err(_) => return,
            Ok(length) => answer.consume(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What `send` makes of this answer, and what it had asked.
    fn asked(answer: &'static [u8], request: &Request<'_>) -> (io::Result<u16>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::Tcp(listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).unwrap();
            stream.write_all(answer).unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        let mut told = None;
        let outcome = send(&address, request, |status| told = Some(status));
        (outcome.map(|()| told.unwrap()), server.join().unwrap())
    }

    const GET: Request<'static> =
        Request { path: "/x", host: "shop.example", is_https: false, body: None, trace: ("aa", "bb") };

    #[test]
    fn a_get_carries_its_trace_and_host() {
        let (status, text) = asked(b"HTTP/1.1 500 Internal Server Error\r\n\r\nsorry", &GET);
        assert_eq!(status.unwrap(), 500);
        assert!(text.starts_with("GET /x HTTP/1.1\r\nHost: shop.example\r\n"), "{text}");
        assert!(text.contains("sentry-trace: aa-bb-1\r\n") && !text.contains("X-Forwarded"), "{text}");
    }

    #[test]
    fn a_post_carries_its_body() {
        let (status, text) =
            asked(b"HTTP/1.1 404 Not Found\r\n\r\n", &Request { body: Some("{}"), is_https: true, ..GET });
        assert_eq!(status.unwrap(), 404);
        assert!(text.contains("Content-Length: 2\r\n") && text.contains("X-Forwarded-Proto: https\r\n"), "{text}");
    }

    #[test]
    fn what_is_no_http_is_an_error() {
        assert!(asked(b"\x00\x00\x12\x04\x00", &GET).0.is_err());
    }
}
