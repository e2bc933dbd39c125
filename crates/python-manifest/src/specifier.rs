//! Version constraints in the three notations, and how one is made to fit. Text in, text out. Read [`fit`] first.

use std::ops::Range;
use std::str::FromStr;

use pep440_rs::Version;

use crate::Wanted;
use crate::style::Style;

/// How version constraints are written and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// PEP 440: `>=2.35,<3`.
    Pep440,
    /// PEP 440 and `^2.35`, `~2.35`, `2.*`; a bare version is exact.
    Poetry,
    /// conda's match specification: `>=2.35,<3`, `=2.35` for `2.35.*`; no extras.
    Conda,
}

/// What has to be done to an existing constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It stays.
    Keep,
    /// It is replaced, and every version it still admits was admitted before.
    Narrow(String),
    /// It is replaced by one that admits other versions; the sentence says why.
    Move(String, String),
    /// It cannot be made to fit; the sentence says why.
    Refuse(String),
}

/// Makes a constraint fit: at least the floor, and below the end where the line is `touched` anyway or the caller needs it.
///
/// `>=2.20` becomes `>=2.35`, touched `>=2.40` becomes `>=2.40,<3`, `==2.20.0` moves to the newest version.
pub(crate) fn fit(specifier: &str, notation: Notation, wanted: &Wanted, style: &Style, touched: bool) -> Fit {
    let Some(bounds) = Bounds::parse(specifier, notation) else {
        return Fit::Refuse(format!("the constraint `{specifier}` is in a form that is not understood"));
    };
    if let Some((at, exact)) = &bounds.exact {
        return fit_exact(specifier, at.clone(), exact, wanted);
    }
    if let (Some(lower), Some(end)) = (&bounds.lower, &wanted.end)
        && lower.version >= *end
    {
        return Fit::Refuse(format!("`{specifier}` admits nothing below {}", short(end)));
    }
    if bounds.upper.as_ref().is_some_and(|upper| !upper.admits(&wanted.floor)) {
        let reason = format!("`{specifier}` shuts out {}, the oldest version that works", short(&wanted.floor));
        return Fit::Move(style.range(wanted), reason);
    }
    let raise = bounds.lower.as_ref().is_none_or(|lower| lower.version < wanted.floor);
    let end = wanted.end.as_ref().filter(|end| bounds.upper.as_ref().is_none_or(|upper| upper.admits(end)));
    let end = end.filter(|_| raise || touched || wanted.needs_end);
    match (raise, end) {
        (false, None) => Fit::Keep,
        (true, _) if bounds.is_any => Fit::Narrow(style.range(wanted)),
        (raise, end) => {
            let mut text =
                if raise { raised(specifier, notation, &bounds, &wanted.floor) } else { specifier.to_owned() };
            if let Some(end) = end {
                text.push_str(&cap(&text, end));
            }
            Fit::Narrow(text)
        }
    }
}

fn fit_exact(specifier: &str, at: Range<usize>, exact: &Version, wanted: &Wanted) -> Fit {
    if let Some(end) = wanted.end.as_ref().filter(|end| exact >= *end) {
        return Fit::Refuse(format!("`{specifier}` is not below {}", short(end)));
    }
    if *exact >= wanted.floor {
        return Fit::Keep;
    }
    let mut text = specifier.to_owned();
    text.replace_range(at, &wanted.newest.to_string());
    Fit::Move(text, format!("`{specifier}` is older than {}, the oldest version that works", short(&wanted.floor)))
}

/// The constraint with its lower bound at `floor`, everything else as it was.
fn raised(specifier: &str, notation: Notation, bounds: &Bounds, floor: &Version) -> String {
    let mut text = specifier.to_owned();
    let Some(lower) = &bounds.lower else {
        return format!(">={},{text}", short(floor));
    };
    let clause = &specifier[lower.clause.clone()];
    let same_operator = {
        let operator = clause.trim_end_matches(|c: char| !"=<>~^ ".contains(c));
        let operator = if operator.trim() == ">" { ">=" } else { operator };
        format!("{operator}{}", short(floor))
    };
    let upper_of = |text: &str| Bounds::parse(text, notation).map(|bounds| bounds.upper.map(|upper| upper.version));
    let before = upper_of(clause).flatten();
    let wide = clause.starts_with('>');
    if wide || (clause.starts_with(['~', '^']) && upper_of(&same_operator) == Some(before.clone())) {
        text.replace_range(lower.clause.clone(), &same_operator);
    } else {
        let end = before.map(|end| format!(",<{}", short(&end))).unwrap_or_default();
        text.replace_range(lower.clause.clone(), &format!(">={}{end}", short(floor)));
    }
    text
}

/// `,<3` in the spacing of the constraint that it follows.
fn cap(specifier: &str, end: &Version) -> String {
    let comma = if specifier.contains(", ") { ", " } else { "," };
    let space = if specifier.contains("= ") || specifier.contains("> ") { " " } else { "" };
    format!("{comma}<{space}{}", short(end))
}

/// A version as ranges write it: `2.35` for 2.35.0, `3` for 3.0.0.
pub(crate) fn short(version: &Version) -> String {
    if version.any_prerelease() {
        return version.to_string();
    }
    let mut release = version.release();
    while let [head @ .., 0] = release
        && !head.is_empty()
    {
        release = head;
    }
    version.clone().with_release(release.iter().copied()).to_string()
}

/// The first version that `^version` shuts out.
pub(crate) fn caret_end(version: &Version) -> Version {
    let release = version.release();
    let significant = release.iter().position(|&part| part != 0).unwrap_or(release.len() - 1);
    bump(version, significant + 1)
}

/// The first version after all that begin with the first `parts` numbers of this one: 2 of `2.35.1` is `2.36`.
fn bump(version: &Version, parts: usize) -> Version {
    let mut release = version.release()[..parts.clamp(1, version.release().len())].to_vec();
    if let Some(last) = release.last_mut() {
        *last += 1;
    }
    Version::new(release)
}

/// What a constraint admits, as far as floor and end care; `!=` is not looked at.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    /// The span of the version text and the version, when only one is admitted.
    pub(crate) exact: Option<(Range<usize>, Version)>,
    lower: Option<Lower>,
    upper: Option<Upper>,
    is_any: bool,
}

#[derive(Debug)]
struct Lower {
    clause: Range<usize>,
    version: Version,
}

#[derive(Debug)]
struct Upper {
    version: Version,
    inclusive: bool,
}

impl Upper {
    /// `<3` shuts the betas of 3 out too.
    fn admits(&self, version: &Version) -> bool {
        let is_beta_of_end = version.any_prerelease() && version.only_release() == self.version && !self.inclusive;
        !is_beta_of_end && (*version < self.version || (self.inclusive && *version == self.version))
    }
}

impl Bounds {
    /// `None` for what is not understood: unions, typing errors.
    pub(crate) fn parse(specifier: &str, notation: Notation) -> Option<Self> {
        let mut bounds = Self::default();
        if matches!(specifier.trim(), "" | "*") {
            bounds.is_any = true;
            return Some(bounds);
        }
        let mut start = 0;
        for clause in specifier.split(',') {
            let lead = clause.len() - clause.trim_start().len();
            let at = start + lead..start + lead + clause.trim().len();
            bounds.add(specifier, at, notation)?;
            start += clause.len() + 1;
        }
        Some(bounds)
    }

    fn add(&mut self, specifier: &str, at: Range<usize>, notation: Notation) -> Option<()> {
        let clause = &specifier[at.clone()];
        let digits = clause.trim_start_matches(|c: char| "=<>~^!".contains(c));
        let operator = &clause[..clause.len() - digits.len()];
        let digits = digits.trim_start();
        let written = at.end - digits.len()..at.end;
        // A build belongs to one version: `=2.35.0=pyhd8ed1ab_0`.
        let build = digits.split_once('=').filter(|_| notation == Notation::Conda && operator.starts_with('='));
        if let Some((version, _)) = build {
            self.exact = Some((written, Version::from_str(version).ok()?));
            return Some(());
        }
        let (digits, wildcard) = digits.strip_suffix(".*").map_or((digits, false), |stem| (stem, true));
        let version = Version::from_str(digits).ok()?;
        let parts = version.release().len();
        let fuzzy = wildcard || (notation == Notation::Conda && matches!(operator, "" | "="));
        let between = match (operator, notation) {
            ("==" | "", _) | ("=", Notation::Poetry | Notation::Conda) if fuzzy => bump(&version, parts),
            ("==" | "===", _) | ("" | "=", Notation::Poetry) => {
                self.exact = Some((written, version));
                return Some(());
            }
            ("!=", _) => return Some(()),
            (_, _) if wildcard => return None,
            (">=" | ">", _) => {
                self.raise(at, version);
                return Some(());
            }
            ("<" | "<=", _) => {
                self.lower_end(Upper { version, inclusive: operator == "<=" });
                return Some(());
            }
            ("~=", _) if parts > 1 => bump(&version, parts - 1),
            ("^", Notation::Poetry) => caret_end(&version),
            ("~", Notation::Poetry) => bump(&version, 2),
            _ => return None,
        };
        self.raise(at, version);
        self.lower_end(Upper { version: between, inclusive: false });
        Some(())
    }

    fn raise(&mut self, clause: Range<usize>, version: Version) {
        if self.lower.as_ref().is_none_or(|lower| version > lower.version) {
            self.lower = Some(Lower { clause, version });
        }
    }

    fn lower_end(&mut self, upper: Upper) {
        if self.upper.as_ref().is_none_or(|old| upper.version < old.version) {
            self.upper = Some(upper);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lower end, upper end and exact version of a constraint; `-` where there is none.
    fn bounds(specifier: &str, notation: Notation) -> String {
        let Some(bounds) = Bounds::parse(specifier, notation) else { return "unknown".to_owned() };
        let show = |version: Option<&Version>| version.map_or("-".to_owned(), short);
        let (lower, upper) = (bounds.lower.map(|lower| lower.version), bounds.upper.map(|upper| upper.version));
        let exact = bounds.exact.map(|(_, version)| version);
        format!("{} {} {}", show(lower.as_ref()), show(upper.as_ref()), show(exact.as_ref()))
    }

    #[test]
    fn what_constraints_admit() {
        use Notation::{Conda, Pep440, Poetry};
        let table = [
            ("", Pep440, "- - -"),
            (">=2.35, <3", Pep440, "2.35 3 -"),
            ("> 1,>=2,!=2.4,<=4,<3", Pep440, "2 3 -"),
            ("~=2.35", Pep440, "2.35 3 -"),
            ("~=2.35.1", Pep440, "2.35.1 2.36 -"),
            ("==2.*", Pep440, "2 3 -"),
            ("==2.35.0", Pep440, "- - 2.35"),
            ("===2.35", Pep440, "- - 2.35"),
            ("^2.35", Pep440, "unknown"),
            ("2.35", Pep440, "unknown"),
            (">=2,", Pep440, "unknown"),
            ("^2.35", Poetry, "2.35 3 -"),
            ("^0.4.1", Poetry, "0.4.1 0.5 -"),
            ("^0.0.3", Poetry, "0.0.3 0.0.4 -"),
            ("~2.35.1", Poetry, "2.35.1 2.36 -"),
            ("~2", Poetry, "2 3 -"),
            ("2.*", Poetry, "2 3 -"),
            ("2.35", Poetry, "- - 2.35"),
            ("^1 || ^2", Poetry, "unknown"),
            ("=2.35", Conda, "2.35 2.36 -"),
            ("2.35", Conda, "2.35 2.36 -"),
            ("==2.35", Conda, "- - 2.35"),
            ("=2.35=py_0", Conda, "- - 2.35"),
            (">=2|<1", Conda, "unknown"),
        ];
        for (specifier, notation, expected) in table {
            assert_eq!(bounds(specifier, notation), expected, "{specifier}");
        }
    }

    #[test]
    fn versions_in_ranges_are_short() {
        let shown = |parts: &[u64]| short(&Version::new(parts.iter().copied()));
        assert_eq!(
            [shown(&[2, 35, 0]), shown(&[3, 0, 0]), shown(&[2, 35, 1]), shown(&[0, 0])],
            ["2.35", "3", "2.35.1", "0"]
        );
    }
}
