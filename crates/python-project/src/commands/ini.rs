//! INI files of every dialect as sections of keys and values with line numbers. Read [`sections`] first.
//! Never fails: a line that means nothing is left out.

/// A `[name]` and what follows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value; lines that continue the value are joined with newlines.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) line: usize,
}

impl Section {
    /// The last value of a key: most programs let it win.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.all(key).last().map(|entry| entry.value.as_str())
    }

    /// Every entry of a key.
    pub(crate) fn all<'a, 'k>(&'a self, key: &'k str) -> impl DoubleEndedIterator<Item = &'a Entry> + use<'a, 'k> {
        self.entries.iter().filter(move |entry| entry.key == key)
    }
}

/// The sections of a file. What stands above the first one belongs to a section without a name.
pub(crate) fn sections(text: &str) -> Vec<Section> {
    let mut sections = vec![Section { line: 1, ..Section::default() }];
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim();
        let Some(section) = sections.last_mut() else { break };
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            sections.push(Section { name: name.0.trim().to_owned(), line: number, entries: Vec::new() });
        } else if let (true, Some(last)) = (line.starts_with([' ', '\t']), section.entries.last_mut()) {
            last.value.push('\n');
            last.value.push_str(trimmed);
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
            section.entries.push(Entry { key, value, line: number });
        }
    }
    sections
}

/// A value without the comment that ` ;` or ` #` begins.
pub(crate) fn without_comment(value: &str) -> &str {
    [" ;", " #", "\t;", "\t#"]
        .iter()
        .filter_map(|mark| value.find(mark))
        .min()
        .map_or(value, |at| value[..at].trim_end())
}
