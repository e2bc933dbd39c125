//! A call of init that is there, read, and the edits of its arguments. Read [`Init`] first.

use std::rc::Rc;

use changeset::Edit;
use python_project::{Module, Workspace};
use python_source::outline::{Expr, ExprKind, Span};
use python_source::{CallArguments, Keyword, ParsedModule, call_arguments, display_items};

use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{ExistingInit, Location};

/// A call that starts the SDK, read.
pub struct Init<'a> {
    /// Where it stands and which processes run it.
    pub existing: &'a ExistingInit,
    /// Its module.
    pub module: Rc<Module>,
    /// The same with all its tokens, for edits.
    pub parsed: ParsedModule,
    /// What the call is given.
    pub arguments: CallArguments,
}

impl<'a> Init<'a> {
    /// Reads a call; `None` when its module cannot be read.
    pub(super) fn read(workspace: &Workspace, existing: &'a ExistingInit) -> Option<Self> {
        let module = workspace.module(existing.file).ok()?;
        let parsed = python_source::parse(&module.source).ok()?;
        let arguments = call_arguments(&parsed, &existing.span)?;
        Some(Self { existing, module, parsed, arguments })
    }

    /// The line and column behind the call.
    pub fn end(&self) -> (usize, usize) {
        self.module.source.line_column(self.existing.span.end)
    }

    /// A finding at a part of the call.
    pub fn finding(&self, code: Code, span: &Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        let (line, column) = self.module.source.line_column(span.start);
        let place = Location { path: self.existing.place.path.clone(), line, column };
        Diagnostic::new(code, message, help).at(place).to(self.module.source.line_column(span.end))
    }

    /// The keyword argument of that name, when it is written in the call.
    pub fn keyword(&self, name: &str) -> Option<&Keyword> {
        self.arguments.keyword(name)
    }

    /// Whether arguments come from elsewhere, so that nobody can say what is missing.
    pub fn is_open(&self) -> bool {
        let unknown = |given: &Expr| matches!(given.kind, ExprKind::Starred(_) | ExprKind::Dict(_));
        self.arguments.unpacked().next().is_some() || self.arguments.positional.iter().any(unknown)
    }

    /// The text of a part of the file.
    pub fn text(&self, span: &Span) -> &str {
        &self.module.source.text()[span.clone()]
    }

    /// The whole argument, with the parentheses around its value.
    fn whole(&self, keyword: &Keyword) -> Span {
        let items = &self.arguments.items.spans;
        items.iter().find(|span| span.contains(&keyword.span.start)).unwrap_or(&keyword.span).clone()
    }

    /// The edit that puts another argument in the place of this one.
    pub fn replaced(&self, keyword: &Keyword, text: &str) -> Option<Vec<Edit>> {
        Some(vec![self.module.source.edit(self.whole(keyword), text)?])
    }

    /// The edit that gives the argument another name.
    pub fn renamed(&self, keyword: &Keyword, name: &str) -> Option<Vec<Edit>> {
        let old = keyword.name.as_ref()?;
        Some(vec![self.module.source.edit(keyword.span.start..keyword.span.start + old.len(), name)?])
    }

    /// The edits that take the argument away.
    pub fn without(&self, keyword: &Keyword) -> Option<Vec<Edit>> {
        self.arguments.without(&self.module.source, keyword)
    }

    /// The edits that add an argument.
    pub fn with(&self, argument: &str) -> Option<Vec<Edit>> {
        self.arguments.items.with(&self.module.source, argument)
    }

    /// The white space that the line of an offset begins with.
    pub fn indentation_of_line(&self, at: usize) -> &str {
        let text = self.module.source.text();
        let start = text[..at].rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
        &text[start..text.len() - text[start..].trim_start_matches([' ', '\t']).len()]
    }

    /// The white space before a further argument.
    pub fn indentation_of_arguments(&self) -> &str {
        let last = self.arguments.items.spans.last().map_or(self.existing.span.start, |last| last.start);
        self.indentation_of_line(last)
    }

    /// The edits that put another argument behind this one: on its line, or on a line of its own where this one has one.
    pub fn beside(&self, keyword: &Keyword, argument: &str) -> Option<Vec<Edit>> {
        let whole = self.whole(keyword);
        let indentation = self.indentation_of_line(whole.start);
        let line_start = whole.start - indentation.len();
        let begins_line = self.module.source.text()[..whole.start].ends_with(indentation)
            && (line_start == 0 || self.module.source.text()[..line_start].ends_with(['\n', '\r']));
        let between = if begins_line { format!(",{}{indentation}", self.newline()) } else { ", ".to_owned() };
        Some(vec![self.module.source.edit(whole.end..whole.end, &format!("{between}{argument}"))?])
    }

    /// The line break of the file.
    pub fn newline(&self) -> &'static str {
        if self.module.source.text().contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The edits that add an item to the list of integrations; `None` where that is no display.
    pub fn with_integration(&self, item: &str) -> Option<Vec<Edit>> {
        let list = &self.keyword("integrations")?.value;
        display_items(&self.parsed, &list.span)?.with(&self.module.source, item)
    }
}
