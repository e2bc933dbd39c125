//! A request to the application and the status that comes back. Read [`send`]; it never follows redirects or keeps a connection.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use crate::application::Request;

/// A cold start of a framework on a busy machine; the first request waits for it.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Sends `request` to `port` of loopback.
///
/// # Errors
/// When the connection fails or what comes back is not HTTP.
pub(crate) fn send(port: u16, request: &Request) -> io::Result<u16> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let body = request.json.as_deref().unwrap_or_default();
    let method = if request.json.is_some() { "POST" } else { "GET" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}",
        path = request.path,
        length = body.len(),
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = String::from_utf8_lossy(&answer);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no status in {head:?}")))
}
