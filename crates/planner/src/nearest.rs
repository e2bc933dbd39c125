//! The name a person may have meant.

/// The known name with the fewest letters to change, when they are few.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let best =
        known.iter().map(|candidate| (distance(name, candidate), *candidate)).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= name.chars().count().max(3) / 3 + 1).then_some(best.1)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let known = ["errors", "tracing", "logs"];
        assert_eq!(nearest("traces", &known), Some("tracing"));
        assert_eq!(nearest("log", &known), Some("logs"));
        assert_eq!(nearest("spaghetti", &known), None);
    }
}
