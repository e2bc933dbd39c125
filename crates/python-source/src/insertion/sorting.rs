//! The order of imports: which section a module belongs to, and what comes first within one. Read [`ImportStyle`] first. Never edits.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_python_stdlib::sys::is_known_standard_library;

use crate::ImportLine;

/// The minor version of Python 3 whose standard library is asked; one that leaves the library later still counts in older tables.
const STDLIB_OF: u8 = 14;

/// What a project's configuration says about its imports. The default says nothing: the file's own order speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportStyle {
    /// Top-level names that are the project's own.
    pub first_party: BTreeSet<String>,
    /// Top-level names that count as third party although they look otherwise.
    pub third_party: BTreeSet<String>,
    /// A linter checks E402 (an import below code): such lines get `# noqa: E402`, which flake8 and ruff read alike.
    pub checks_e402: bool,
    /// The options of isort or of ruff's rules `I`, when the project uses one of them.
    pub sorter: Option<SorterOptions>,
}

/// Options of isort, under its names; ruff has the same. The default is isort's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SorterOptions {
    /// `import x` and `from x` lines are sorted among each other.
    pub force_sort_within_sections: bool,
    /// `from x import a` and `from x import b` stay two lines.
    pub force_single_line: bool,
    /// `from` lines come before `import` lines.
    pub from_first: bool,
    /// All imports are one section.
    pub no_sections: bool,
    /// isort moves imports from below code to the top of the file.
    pub float_to_top: bool,
    /// A comment line among imports has a blank line above it; in isort's profile `black`, and always in ruff.
    pub ensure_newline_before_comments: bool,
    /// Blank lines below the imports, when it is not the usual one or two.
    pub lines_after_imports: Option<usize>,
}

impl ImportStyle {
    pub(super) fn lines_after_imports(&self) -> Option<usize> {
        self.sorter.as_ref().and_then(|sorter| sorter.lines_after_imports)
    }

    pub(super) fn forces_single_line(&self) -> bool {
        self.sorter.as_ref().is_some_and(|sorter| sorter.force_single_line)
    }

    /// Formatters want the line as well, so without a sorter it is there.
    pub(super) fn wants_blank_line_before_comment(&self) -> bool {
        self.sorter.as_ref().is_none_or(|sorter| sorter.ensure_newline_before_comments)
    }

    pub(super) fn floats_to_top(&self) -> bool {
        self.sorter.as_ref().is_some_and(|sorter| sorter.float_to_top)
    }

    /// The section of a dotted module; `level` counts the dots of a relative import.
    pub(super) fn section(&self, module: &str, level: u32) -> Section {
        let top = module.split('.').next().unwrap_or_default();
        if self.sorter.as_ref().is_some_and(|sorter| sorter.no_sections) {
            return if top == "__future__" { Section::Future } else { Section::ThirdParty };
        }
        match top {
            _ if level > 0 => Section::Relative,
            "__future__" => Section::Future,
            _ if self.first_party.contains(top) => Section::FirstParty,
            _ if self.third_party.contains(top) => Section::ThirdParty,
            _ if is_known_standard_library(STDLIB_OF, top) => Section::StandardLibrary,
            _ => Section::ThirdParty,
        }
    }
}

/// The sections of a sorted file, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Future,
    StandardLibrary,
    ThirdParty,
    FirstParty,
    Relative,
}

/// What an import is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sorted {
    pub(super) section: Section,
    pub(super) from: bool,
    /// The module, and what is taken from it, in small letters.
    text: String,
}

impl Sorted {
    /// `None` for a statement that is no import.
    pub(super) fn of_statement(stmt: &Stmt, style: &ImportStyle) -> Option<Self> {
        match stmt {
            Stmt::Import(import) => {
                let module = import.names.first()?.name.as_str();
                Some(Self { section: style.section(module, 0), from: false, text: module.to_lowercase() })
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref().unwrap_or_default();
                let first = import.names.first()?.name.to_lowercase();
                let section = style.section(module, import.level);
                Some(Self { section, from: true, text: format!("{} import {first}", module.to_lowercase()) })
            }
            _ => None,
        }
    }

    pub(super) fn of_line(line: &ImportLine, style: &ImportStyle) -> Self {
        match line {
            ImportLine::Module { module, .. } => {
                Self { section: style.section(module, 0), from: false, text: module.to_lowercase() }
            }
            ImportLine::From { module, name, .. } => {
                let text = format!("{} import {}", module.to_lowercase(), name.to_lowercase());
                Self { section: style.section(module, 0), from: true, text }
            }
        }
    }
}

/// How `import` and `from` lines of one section are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    ImportsFirst,
    FromsFirst,
    Mixed,
}

impl Order {
    /// The sorter's order; without one, the order that the sections of the file show.
    pub(super) fn of(imports: &[Sorted], style: &ImportStyle) -> Self {
        if let Some(sorter) = &style.sorter {
            return match sorter {
                SorterOptions { force_sort_within_sections: true, .. } => Self::Mixed,
                SorterOptions { from_first: true, .. } => Self::FromsFirst,
                _ => Self::ImportsFirst,
            };
        }
        let pairs =
            || imports.windows(2).filter(|pair| pair[0].section == pair[1].section && pair[0].from != pair[1].from);
        match (pairs().any(|pair| pair[1].from), pairs().any(|pair| pair[0].from)) {
            (true, true) => Self::Mixed,
            (false, true) if pairs().all(|pair| pair[0].text <= pair[1].text) => Self::Mixed,
            (false, true) => Self::FromsFirst,
            _ => Self::ImportsFirst,
        }
    }

    /// Imports of one section stand in the order of these keys.
    pub(super) fn key(self, import: &Sorted) -> (Section, bool, String) {
        let later = match self {
            Self::ImportsFirst => import.from,
            Self::FromsFirst => !import.from,
            Self::Mixed => false,
        };
        (import.section, later, import.text.clone())
    }
}
