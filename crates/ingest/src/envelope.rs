//! The framing of envelopes: one line of headers, then items, each a line of headers and a payload.
//!
//! Nothing is thrown away and nothing is judged: what an item means is for [`views`](crate::views). Read [`Envelope::parse`] first.

use serde_json::{Map, Value};

/// The item types whose payload is one JSON document. Every other type is kept as bytes.
const JSON_KINDS: &[&str] = &[
    "check_in",
    "client_report",
    "event",
    "feedback",
    "log",
    "profile",
    "profile_chunk",
    "session",
    "sessions",
    "span",
    "trace_metric",
    "transaction",
    "user_report",
];

/// What one request carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The envelope's own headers: `dsn`, `sent_at`, `trace` ...
    pub headers: Map<String, Value>,
    /// Its items, in the order they were sent.
    pub items: Vec<Item>,
}

/// One item of an envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The header `type`: `event`, `transaction`, `log` ...
    pub kind: String,
    /// All of the item's headers, `type` and `length` among them.
    pub headers: Map<String, Value>,
    /// What it carries.
    pub payload: Payload,
}

/// What an item carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// The JSON document of a type that is known to carry one.
    Json(Value),
    /// The bytes of any other type, attachments among them.
    Raw(Vec<u8>),
}

/// Where an envelope breaks the framing. Offsets count bytes of the decoded body from 0, items from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A line of headers is not a JSON object.
    #[error("the headers at byte {offset} are not a JSON object: {reason}")]
    Headers {
        /// Where the line begins.
        offset: usize,
        /// What the JSON reader said.
        reason: String,
    },
    /// An item does not say what it is.
    #[error("item {item} has no `type`")]
    NoType {
        /// Which item.
        item: usize,
    },
    /// The header `length` is not a number of bytes.
    #[error("item {item} has a `length` that is not a whole number")]
    Length {
        /// Which item.
        item: usize,
    },
    /// The header `length` promises more bytes than follow.
    #[error("item {item} promises {promised} bytes, {present} follow")]
    CutShort {
        /// Which item.
        item: usize,
        /// The header `length`.
        promised: u64,
        /// Bytes left in the body.
        present: usize,
    },
    /// The payload goes on where the header `length` says that it ends.
    #[error("item {item} does not end where its `length` says: no line break at byte {offset}")]
    NotEnded {
        /// Which item.
        item: usize,
        /// Where the line break should be.
        offset: usize,
    },
    /// An item of a type that carries JSON carries something else.
    #[error("item {item}, a `{kind}`, is not JSON: {reason}")]
    Payload {
        /// Which item.
        item: usize,
        /// Its type.
        kind: String,
        /// What the JSON reader said.
        reason: String,
    },
}

impl Envelope {
    /// Splits a decoded body into its items.
    ///
    /// # Errors
    /// When the body does not follow the framing; the whole envelope is refused, as Sentry does.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        let mut rest = Cursor { body, offset: 0 };
        let headers = rest.headers()?;
        let mut items = Vec::new();
        while rest.skip_empty_lines() {
            items.push(rest.item(items.len() + 1)?);
        }
        Ok(Self { headers, items })
    }

    /// The envelope that the older endpoint `/store/` means: its body is one event.
    ///
    /// # Errors
    /// When the body is not JSON.
    pub(crate) fn of_event(body: &[u8]) -> Result<Self, EnvelopeError> {
        let payload = Payload::parse("event", body, 1)?;
        let headers = Map::from_iter([("type".to_owned(), Value::from("event"))]);
        Ok(Self { headers: Map::new(), items: vec![Item { kind: "event".to_owned(), headers, payload }] })
    }
}

impl Item {
    /// The JSON document this item carries, if it carries one.
    pub fn json(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Json(value) => Some(value),
            Payload::Raw(_) => None,
        }
    }
}

impl Payload {
    fn parse(kind: &str, bytes: &[u8], item: usize) -> Result<Self, EnvelopeError> {
        if !JSON_KINDS.contains(&kind) {
            return Ok(Self::Raw(bytes.to_vec()));
        }
        serde_json::from_slice(bytes).map(Self::Json).map_err(|error| EnvelopeError::Payload {
            item,
            kind: kind.to_owned(),
            reason: error.to_string(),
        })
    }
}

/// A body and how far it has been read.
struct Cursor<'a> {
    body: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.body[self.offset..]
    }

    /// Whether anything but line breaks is left.
    fn skip_empty_lines(&mut self) -> bool {
        self.offset += self.rest().iter().take_while(|byte| **byte == b'\n').count();
        self.offset < self.body.len()
    }

    /// The bytes up to the next line break or the end, which is stepped over.
    fn line(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.offset = (self.offset + end + 1).min(self.body.len());
        &rest[..end]
    }

    fn headers(&mut self) -> Result<Map<String, Value>, EnvelopeError> {
        let offset = self.offset;
        serde_json::from_slice(self.line())
            .map_err(|error| EnvelopeError::Headers { offset, reason: error.to_string() })
    }

    fn item(&mut self, item: usize) -> Result<Item, EnvelopeError> {
        let headers = self.headers()?;
        let kind = headers.get("type").and_then(Value::as_str).ok_or(EnvelopeError::NoType { item })?.to_owned();
        let bytes = match headers.get("length") {
            None => self.line(),
            Some(length) => self.exactly(length.as_u64().ok_or(EnvelopeError::Length { item })?, item)?,
        };
        let payload = Payload::parse(&kind, bytes, item)?;
        Ok(Item { kind, headers, payload })
    }

    /// `promised` bytes and the line break after them; the last item may go without one.
    fn exactly(&mut self, promised: u64, item: usize) -> Result<&'a [u8], EnvelopeError> {
        let rest = self.rest();
        let bytes = usize::try_from(promised)
            .ok()
            .and_then(|length| rest.get(..length))
            .ok_or(EnvelopeError::CutShort { item, promised, present: rest.len() })?;
        self.offset += bytes.len();
        match self.rest().first() {
            None => Ok(bytes),
            Some(b'\n') => {
                self.offset += 1;
                Ok(bytes)
            }
            Some(_) => Err(EnvelopeError::NotEnded { item, offset: self.offset }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Each item as its type and its payload, written out.
    fn items(body: &[u8]) -> Vec<(String, String)> {
        let written = |payload: &Payload| match payload {
            Payload::Json(value) => value.to_string(),
            Payload::Raw(bytes) => bytes.escape_ascii().to_string(),
        };
        Envelope::parse(body).unwrap().items.iter().map(|item| (item.kind.clone(), written(&item.payload))).collect()
    }

    /// A situation, a body, and the type and payload of each item in it.
    type Row = (&'static str, &'static [u8], &'static [(&'static str, &'static str)]);

    #[test]
    fn bodies_and_the_items_in_them() {
        let table: &[Row] = &[
            ("headers alone", b"{}", &[]),
            ("headers and a line break", b"{}\n", &[]),
            ("implicit length", b"{}\n{\"type\":\"event\"}\n{\"a\":1}", &[("event", "{\"a\":1}")]),
            ("implicit length, line break last", b"{}\n{\"type\":\"event\"}\n{\"a\":1}\n", &[("event", "{\"a\":1}")]),
            ("length", b"{}\n{\"type\":\"event\",\"length\":7}\n{\"a\":1}\n", &[("event", "{\"a\":1}")]),
            ("carriage returns", b"{}\r\n{\"type\":\"event\"}\r\n{\"a\":1}\r\n", &[("event", "{\"a\":1}")]),
            (
                "an attachment full of line breaks and no text",
                b"{}\n{\"type\":\"attachment\",\"length\":5}\n\xff\n\n{\x00\n{\"type\":\"event\"}\n{}\n",
                &[("attachment", "\\xff\\n\\n{\\x00"), ("event", "{}")],
            ),
            (
                "two empty attachments",
                b"{}\n{\"type\":\"attachment\",\"length\":0}\n\n{\"type\":\"attachment\",\"length\":0}\n\n",
                &[("attachment", ""), ("attachment", "")],
            ),
            ("an empty attachment at the very end", b"{}\n{\"type\":\"attachment\"}", &[("attachment", "")]),
            ("a type of tomorrow, though it looks like JSON", b"{}\n{\"type\":\"dream\"}\n{ }\n", &[("dream", "{ }")]),
            (
                "an attachment that looks like JSON",
                b"{}\n{\"type\":\"attachment\"}\n[1, 2]\n",
                &[("attachment", "[1, 2]")],
            ),
            (
                "empty lines between items",
                b"{}\n\n{\"type\":\"event\"}\n{}\n\n\n{\"type\":\"log\"}\n{}\n",
                &[("event", "{}"), ("log", "{}")],
            ),
        ];
        for (name, body, expected) in table {
            let expected: Vec<_> =
                expected.iter().map(|(kind, payload)| (kind.to_string(), payload.to_string())).collect();
            assert_eq!(items(body), expected, "{name}");
        }
    }

    #[test]
    fn broken_bodies_and_what_is_said_of_them() {
        let table: &[(&[u8], &str)] = &[
            (b"", "the headers at byte 0 are not a JSON object: EOF while parsing a value at line 1 column 0"),
            (
                b"[]\n",
                "the headers at byte 0 are not a JSON object: invalid type: sequence, expected a map at line 1 column 0",
            ),
            (
                b"{}\n{\"type\":\n",
                "the headers at byte 3 are not a JSON object: EOF while parsing a value at line 1 column 8",
            ),
            (b"{}\n{}\n{}\n", "item 1 has no `type`"),
            (b"{}\n{\"type\":7}\n{}\n", "item 1 has no `type`"),
            (b"{}\n{\"type\":\"event\",\"length\":-1}\n{}\n", "item 1 has a `length` that is not a whole number"),
            (b"{}\n{\"type\":\"event\",\"length\":9}\n{}\n", "item 1 promises 9 bytes, 3 follow"),
            (
                b"{}\n{\"type\":\"event\",\"length\":18446744073709551615}\n{}\n",
                "item 1 promises 18446744073709551615 bytes, 3 follow",
            ),
            (
                b"{}\n{\"type\":\"event\",\"length\":1}\n{}\n",
                "item 1 does not end where its `length` says: no line break at byte 32",
            ),
            (
                b"{}\n{\"type\":\"log\"}\n{}\n{\"type\":\"event\"}\n{\n",
                "item 2, a `event`, is not JSON: EOF while parsing an object at line 1 column 1",
            ),
        ];
        for (body, message) in table {
            let error = Envelope::parse(body).unwrap_err();
            assert_eq!(error.to_string(), *message, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn headers_are_kept_as_sent() {
        let envelope =
            Envelope::parse(b"{\"sent_at\":\"now\"}\n{\"type\":\"log\",\"item_count\":2}\n{\"items\":[]}").unwrap();
        assert_eq!(Value::Object(envelope.headers), json!({"sent_at": "now"}));
        assert_eq!(Value::Object(envelope.items[0].headers.clone()), json!({"type": "log", "item_count": 2}));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body: Vec<u8>) {
            let _ = Envelope::parse(&body);
            let _ = Envelope::of_event(&body);
        }

        #[test]
        fn lines_that_nearly_are_an_envelope_never_panic(lines in prop::collection::vec(
            prop::sample::select(vec!["{}", "", "{", "{\"type\":\"event\"}", "{\"type\":\"x\",\"length\":3}", "{\"type\":\"log\",\"length\":2}", "ab"]), 0..8,
        )) {
            let _ = Envelope::parse(lines.join("\n").as_bytes());
        }

        #[test]
        fn what_is_framed_by_length_comes_back(payloads: Vec<Vec<u8>>) {
            let mut body = b"{}\n".to_vec();
            for payload in &payloads {
                body.extend(format!("{{\"type\":\"attachment\",\"length\":{}}}\n", payload.len()).bytes());
                body.extend(payload);
                body.push(b'\n');
            }
            let found: Vec<Payload> = Envelope::parse(&body).unwrap().items.into_iter().map(|item| item.payload).collect();
            prop_assert_eq!(found, payloads.into_iter().map(Payload::Raw).collect::<Vec<_>>());
        }
    }
}
