//! The body of one request, decoded. Never holds more than [`MAX_BODY`] bytes. Read [`decode`] first.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

/// The largest decoded body that is taken, in bytes: what Sentry itself takes.
pub const MAX_BODY: u64 = 100 * 1024 * 1024;

const BROTLI_BUFFER: usize = 4096;

/// Why a body was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is longer than [`MAX_BODY`] bytes once decoded.
    #[error("the decoded body is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// The `Content-Encoding` is none of those a Sentry SDK sends.
    #[error("content encoding `{0}` is not known; use gzip, deflate, br or zstd")]
    UnknownEncoding(String),
    /// The bytes are not what the `Content-Encoding` says, or the connection broke.
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

impl From<io::Error> for BodyError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Reads `body` to its end and undoes its `Content-Encoding`; an empty encoding is none.
///
/// # Errors
/// When the encoding is unknown, the bytes do not follow it, or there are more than [`MAX_BODY`] of them.
pub(crate) fn decode(encoding: &str, body: &mut dyn Read) -> Result<Vec<u8>, BodyError> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => read_capped(body),
        "gzip" => read_capped(MultiGzDecoder::new(body)),
        "deflate" => read_capped(ZlibDecoder::new(body)),
        "br" => read_capped(Decompressor::new(body, BROTLI_BUFFER)),
        "zstd" => {
            let frame = StreamingDecoder::new(body).map_err(|error| BodyError::Unreadable(error.to_string()))?;
            read_capped(frame)
        }
        _ => Err(BodyError::UnknownEncoding(encoding.to_owned())),
    }
}

fn read_capped(decoded: impl Read) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    let length = decoded.take(MAX_BODY + 1).read_to_end(&mut bytes)?;
    if length as u64 > MAX_BODY {
        return Err(BodyError::TooLarge);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &[u8] = b"{}\n{\"type\":\"event\"}\n{\"message\":\"hello\"}\n";

    /// `PLAIN` as Python's gzip, zlib, brotli and zstandard modules encode it.
    const ENCODED: &[(&str, &str)] = &[
        (
            "gzip",
            "1f8b0800000000000203abaee5aa562aa92c4855b2524a2d4bcd2b510209e4a6161727a683c432527372f28162009078847b28000000",
        ),
        ("deflate", "789cabaee5aa562aa92c4855b2524a2d4bcd2b510209e4a6161727a683c432527372f281620018af0d68"),
        ("br", "1b2700f88d934cf59dd7227b3a7d43a135d9449556b40b43a8f28c7aa2c63d689638"),
        ("zstd", "28b52ffd20284101007b7d0a7b2274797065223a226576656e74227d0a7b226d657373616765223a2268656c6c6f227d0a"),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn every_encoding_an_sdk_sends() {
        for (encoding, hex) in ENCODED {
            assert_eq!(decode(encoding, &mut bytes(hex).as_slice()).as_deref(), Ok(PLAIN), "{encoding}");
        }
        for encoding in ["", "identity", " Identity "] {
            assert_eq!(decode(encoding, &mut &*PLAIN).as_deref(), Ok(PLAIN), "{encoding}");
        }
    }

    #[test]
    fn bytes_cut_short_are_unreadable() {
        for (encoding, hex) in ENCODED {
            let whole = bytes(hex);
            let cut = decode(encoding, &mut &whole[..whole.len() - 12]);
            assert!(matches!(cut, Err(BodyError::Unreadable(_))), "{encoding}: {cut:?}");
        }
    }

    #[test]
    fn an_encoding_nobody_sends_is_named() {
        assert_eq!(decode("lzma", &mut &*PLAIN), Err(BodyError::UnknownEncoding("lzma".to_owned())));
    }

    #[test]
    fn a_small_body_that_unpacks_to_too_much() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
        let megabyte = vec![b' '; 1024 * 1024];
        for _ in 0..=MAX_BODY / (1024 * 1024) {
            bomb.write_all(&megabyte).unwrap();
        }
        assert_eq!(decode("gzip", &mut bomb.finish().unwrap().as_slice()), Err(BodyError::TooLarge));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>, which in 0..ENCODED.len()) {
            let _ = decode(ENCODED[which].0, &mut bytes.as_slice());
        }

        #[test]
        fn damaged_bodies_never_panic(which in 0..ENCODED.len(), at: prop::sample::Index, to: u8) {
            let mut body = bytes(ENCODED[which].1);
            let at = at.index(body.len());
            body[at] = to;
            let _ = decode(ENCODED[which].0, &mut body.as_slice());
        }
    }
}
