//! Secrets in texts that are shown. Read [`mask`].

/// The text with what stands before the `@` of an address replaced: `redis://:secret@host` and the key of a DSN.
///
/// `amqp://bob:secret@host//` becomes `amqp://***@host//`; `redis://localhost` and `a@b` stay.
pub fn mask(text: &str) -> String {
    const END: &[char] = &['/', '?', '#', '"', '\'', '`', '<', '>', ',', ')', ']', '}'];
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + "://".len());
        masked.push_str(head);
        let end = tail.find(|c: char| c.is_whitespace() || END.contains(&c)).unwrap_or(tail.len());
        rest = match tail[..end].rfind('@') {
            Some(sign) => {
                masked.push_str("***");
                &tail[sign..]
            }
            None => tail,
        };
    }
    masked + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_an_address_are_masked_and_nothing_else() {
        for (text, masked) in [
            ("redis://:secret@cache:6379/0", "redis://***@cache:6379/0"),
            ("https://abc123@o1.ingest.sentry.io/42", "https://***@o1.ingest.sentry.io/42"),
            ("'amqp://bob:p@ss@mq//', 'redis://localhost'", "'amqp://***@mq//', 'redis://localhost'"),
            (
                "mail bob@example.com, see https://example.com/@bob",
                "mail bob@example.com, see https://example.com/@bob",
            ),
            ("two postgres://a:b@h/x postgres://c:d@i/y", "two postgres://***@h/x postgres://***@i/y"),
            ("://", "://"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn a_masked_text_stays_as_it_is() {
        let once = mask("redis://:secret@cache:6379/0");
        assert_eq!(mask(&once), once);
    }
}
