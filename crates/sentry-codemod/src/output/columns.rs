//! Rows of a label, a text and a place, set in columns for a terminal. Read [`Row`], then [`lines_of`]. Knows nothing of projects.

/// What a terminal shows without breaking lines.
const WIDTH: usize = 80;
/// The label's column, for most labels.
const LABEL: usize = 12;
/// Labels beyond this are cut.
const LONGEST_LABEL: usize = 16;
/// Of a list this many are shown.
const LONGEST_LIST: usize = 5;
/// A text is never cut below this.
const NARROWEST_TEXT: usize = 24;

/// A line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    label: String,
    text: String,
    /// Set apart in a column of its own; the text gives way to it.
    place: Option<String>,
}

impl Row {
    /// A row whose text may be long.
    pub(super) fn new(label: &str, text: String) -> Self {
        Self { label: label.to_owned(), text, place: None }
    }

    /// A row with a place at its end.
    pub(super) fn with_place(label: &str, text: &str, place: String) -> Self {
        Self { label: label.to_owned(), text: text.to_owned(), place: Some(place) }
    }

    /// The row for others of its kind as well.
    pub(super) fn and_more(mut self, more: usize) -> Self {
        if more > 0 {
            let place = self.place.unwrap_or_default();
            self.place = Some(format!("{place} and {more} more"));
        }
        self
    }

    /// The first words of the text.
    pub(super) fn first_words(&self, count: usize) -> Vec<&str> {
        Self::words_of(&self.text, count)
    }

    /// The first words of a text.
    pub(super) fn words_of(text: &str, count: usize) -> Vec<&str> {
        text.split(' ').take(count).collect()
    }
}

/// The rows as lines: labels and places in columns, texts cut where they would push a place over the edge.
pub(super) fn lines_of(rows: &[Row]) -> Vec<String> {
    let longest = rows.iter().map(|row| row.label.chars().count()).max().unwrap_or(0);
    let label_width = longest.clamp(LABEL, LONGEST_LABEL);
    let places = rows.iter().filter_map(|row| row.place.as_ref()).map(|place| place.chars().count());
    let room = (WIDTH - label_width - 6).saturating_sub(places.max().unwrap_or(0)).max(NARROWEST_TEXT);
    let texts = rows.iter().filter(|row| row.place.is_some()).map(|row| row.text.chars().count());
    let text_width = texts.max().unwrap_or(0).min(room);
    let mut before = "";
    let mut lines = Vec::new();
    for row in rows {
        // A label that repeats is said once.
        let label = if row.label == before { String::new() } else { shortened(&row.label, label_width) };
        let line = match &row.place {
            Some(place) => {
                format!("  {label:<label_width$}  {:<text_width$}  {place}", shortened(&row.text, text_width))
            }
            None => {
                format!("  {label:<label_width$}  {}", row.text.replace('\n', &format!("\n{:1$}", "", label_width + 4)))
            }
        };
        lines.push(line);
        before = &row.label;
    }
    lines
}

/// The text, cut with an ellipsis where it is longer than `width` characters.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The words with commas after `lead`, on as many lines as they need; of a long list the first ones and how many more there are.
pub(super) fn listed(lead: &str, words: impl IntoIterator<Item = String>) -> String {
    let mut words: Vec<String> = words.into_iter().collect();
    if words.len() > LONGEST_LIST {
        let more = words.len() - LONGEST_LIST + 1;
        words.truncate(LONGEST_LIST - 1);
        words.push(format!("{more} more"));
    }
    let (mut text, mut column) = (lead.to_owned(), lead.chars().count());
    for (number, word) in words.iter().enumerate() {
        let width = word.chars().count() + 2;
        if number > 0 && column + width > WIDTH - LABEL - 4 {
            text.push_str(",\n");
            column = 0;
        } else if number > 0 {
            text.push_str(", ");
        }
        text.push_str(word);
        column += width;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_commands_give_way_to_places() {
        let rows = [
            Row::with_place("web", "gunicorn shop.wsgi:app", "Procfile:1".to_owned()),
            Row::with_place("worker", &"celery ".repeat(20), "docker/compose.yml:20".to_owned()).and_more(6),
            Row::new("sentry", "not there yet".to_owned()),
        ];
        let lines = lines_of(&rows);
        assert_eq!(lines[0], "  web           gunicorn shop.wsgi:app          Procfile:1");
        assert_eq!(lines[1], "  worker        celery celery celery celery c…  docker/compose.yml:20 and 6 more");
        assert_eq!(lines[2], "  sentry        not there yet");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn label_that_repeats_is_said_once() {
        let rows = [Row::new("builds", "Flask".to_owned()), Row::new("builds", "Celery".to_owned())];
        assert_eq!(lines_of(&rows), ["  builds        Flask", "                Celery"]);
    }

    #[test]
    fn lists_are_wrapped_and_cut() {
        let words = |count: usize| (1..=count).map(|number| format!("a-service-of-{number}"));
        assert_eq!(listed("", words(2)), "a-service-of-1, a-service-of-2");
        assert_eq!(
            listed("shop/settings.py:12 for ", words(7)),
            "shop/settings.py:12 for a-service-of-1, a-service-of-2,\na-service-of-3, a-service-of-4, 3 more"
        );
    }
}
