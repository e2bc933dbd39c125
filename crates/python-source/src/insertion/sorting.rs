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
    /// The sections in their order, where the project names its own (`sections`, `section-order`); empty for the usual five.
    pub sections: Vec<ImportSection>,
    /// A module that nothing is known of counts as the project's own (`default_section`).
    pub unknown_is_first_party: bool,
    /// Modules with short names come first.
    pub length_sort: bool,
    /// Blank lines between the `import` and the `from` lines of a section.
    pub lines_between_types: usize,
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

    /// What a module's name adds to its place in a section.
    fn length(&self, module: &str) -> usize {
        let counts = self.sorter.as_ref().is_some_and(|sorter| sorter.length_sort);
        if counts { module.chars().count() } else { 0 }
    }

    pub(super) fn floats_to_top(&self) -> bool {
        self.sorter.as_ref().is_some_and(|sorter| sorter.float_to_top)
    }

    /// The place of a dotted module's section among all sections; `level` counts the dots of a relative import.
    pub(super) fn section(&self, module: &str, level: u32) -> usize {
        let named = self.sorter.as_ref().map_or(&[][..], |sorter| &sorter.sections);
        let order = if named.is_empty() { &ImportSection::USUAL[..] } else { named };
        let custom = order.iter().position(|section| level == 0 && section.lists(module));
        let kind = || self.kind(module.split('.').next().unwrap_or_default(), level);
        custom.or_else(|| order.iter().position(|section| *section == kind())).unwrap_or(order.len())
    }

    fn kind(&self, top: &str, level: u32) -> ImportSection {
        match top {
            "__future__" if level == 0 => ImportSection::Future,
            _ if self.sorter.as_ref().is_some_and(|sorter| sorter.no_sections) => ImportSection::ThirdParty,
            _ if level > 0 => ImportSection::LocalFolder,
            _ if self.first_party.contains(top) => ImportSection::FirstParty,
            _ if self.third_party.contains(top) => ImportSection::ThirdParty,
            _ if is_known_standard_library(STDLIB_OF, top) => ImportSection::StandardLibrary,
            _ if self.sorter.as_ref().is_some_and(|sorter| sorter.unknown_is_first_party) => ImportSection::FirstParty,
            _ => ImportSection::ThirdParty,
        }
    }
}

/// A section of a sorted file, under isort's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportSection {
    /// `from __future__`.
    Future,
    /// The standard library.
    StandardLibrary,
    /// Whatever is in no other section.
    ThirdParty,
    /// The project's own modules.
    FirstParty,
    /// Relative imports.
    LocalFolder,
    /// The project's own section with the modules it lists: `known_django = ["django"]`.
    Custom(Vec<String>),
}

impl ImportSection {
    const USUAL: [Self; 5] =
        [Self::Future, Self::StandardLibrary, Self::ThirdParty, Self::FirstParty, Self::LocalFolder];

    /// Whether a custom section lists the module or a package around it.
    fn lists(&self, module: &str) -> bool {
        let Self::Custom(listed) = self else { return false };
        listed.iter().any(|listed| {
            module.strip_prefix(listed.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// What an import is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sorted {
    /// The place of its section among all.
    pub(super) section: usize,
    pub(super) from: bool,
    length: usize,
    /// The module, and what is taken from it, in small letters.
    text: String,
}

impl Sorted {
    /// `None` for a statement that is no import.
    pub(super) fn of_statement(stmt: &Stmt, style: &ImportStyle) -> Option<Self> {
        match stmt {
            Stmt::Import(import) => Some(Self::module(import.names.first()?.name.as_str(), style)),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref().unwrap_or_default();
                Some(Self::from(module, import.level, import.names.first()?.name.as_str(), style))
            }
            _ => None,
        }
    }

    pub(super) fn of_line(line: &ImportLine, style: &ImportStyle) -> Self {
        match line {
            ImportLine::Module { module, .. } => Self::module(module, style),
            ImportLine::From { module, name, .. } => Self::from(module, 0, name, style),
        }
    }

    fn module(module: &str, style: &ImportStyle) -> Self {
        let section = style.section(module, 0);
        Self { section, from: false, length: style.length(module), text: module.to_lowercase() }
    }

    fn from(module: &str, level: u32, name: &str, style: &ImportStyle) -> Self {
        let section = style.section(module, level);
        let text = format!("{} import {}", module.to_lowercase(), name.to_lowercase());
        Self { section, from: true, length: style.length(module), text }
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
    pub(super) fn key(self, import: &Sorted) -> (usize, bool, usize, String) {
        let later = match self {
            Self::ImportsFirst => import.from,
            Self::FromsFirst => !import.from,
            Self::Mixed => false,
        };
        (import.section, later, import.length, import.text.clone())
    }

    /// Blank lines between the `import` and the `from` lines of a section.
    pub(super) fn lines_between_types(self, style: &ImportStyle) -> usize {
        let asked = style.sorter.as_ref().map_or(0, |sorter| sorter.lines_between_types);
        if self == Self::Mixed { 0 } else { asked }
    }
}
