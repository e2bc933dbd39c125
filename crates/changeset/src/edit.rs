//! One edit of one file, and how several are carried out. Read [`Edit`] first. Never touches the disk.

use std::ops::Range;

/// A span of a file's original bytes and the bytes that replace it.
///
/// An insertion is an edit whose range is empty. Offsets always speak of the original file, so edits never have to be renumbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte offsets in the original file.
    pub range: Range<usize>,
    /// The bytes that stand there afterwards, in the file's own encoding.
    pub replacement: Vec<u8>,
}

/// Why a list of edits cannot be carried out. Both are bugs of whoever made the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits claim the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(usize),
    /// An edit speaks of bytes that the file does not have.
    #[error("an edit ends at byte {end}, the file has {len}")]
    OutOfBounds {
        /// Where the edit ends.
        end: usize,
        /// The length of the file.
        len: usize,
    },
}

impl Edit {
    /// Text that comes before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<Vec<u8>>) -> Self {
        Self { range: offset..offset, replacement: text.into() }
    }

    /// Text that takes the place of the bytes in `range`.
    pub fn replace(range: Range<usize>, text: impl Into<Vec<u8>>) -> Self {
        Self { range, replacement: text.into() }
    }
}

/// The file after all edits. Insertions at one offset keep the order in which they were given.
///
/// # Errors
/// When two edits overlap, or one lies outside the file.
pub fn apply_edits(original: &[u8], edits: &[Edit]) -> Result<Vec<u8>, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut result = Vec::with_capacity(original.len() + 256);
    let mut done = 0;
    for edit in sorted {
        if edit.range.start < done {
            return Err(EditError::Overlap(edit.range.start));
        }
        let untouched = original
            .get(done..edit.range.start)
            .filter(|_| edit.range.end <= original.len())
            .ok_or(EditError::OutOfBounds { end: edit.range.end, len: original.len() })?;
        result.extend_from_slice(untouched);
        result.extend_from_slice(&edit.replacement);
        done = edit.range.end;
    }
    result.extend_from_slice(&original[done..]);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        let edits = [Edit::insert(1, "1"), Edit::insert(1, "2"), Edit::replace(2..3, "")];
        assert_eq!(apply_edits(b"abcd", &edits), Ok(b"a12bd".to_vec()));
    }

    #[test]
    fn overlap_and_bounds_are_refused() {
        let overlap = [Edit::replace(0..2, "x"), Edit::replace(1..3, "y")];
        assert_eq!(apply_edits(b"abcd", &overlap), Err(EditError::Overlap(1)));
        assert_eq!(apply_edits(b"ab", &[Edit::insert(3, "x")]), Err(EditError::OutOfBounds { end: 3, len: 2 }));
    }
}
