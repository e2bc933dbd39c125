//! The proof that an edited file still holds the old program. Never edits. Read [`preserved`] first.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{Stmt, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::tree::bodies;
use crate::{ParseError, ParsedModule, Source, parse};

/// What an edit has broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The old file is no Python 3.
    #[error("the file before the edit: {0}")]
    SyntaxBefore(ParseError),
    /// The new file is no Python 3.
    #[error("the file after the edit: {0}")]
    SyntaxAfter(ParseError),
    /// A statement is gone, changed, or out of order.
    #[error("the statement at line {line} is lost or changed")]
    Statement {
        /// Its line in the old file, from 1.
        line: usize,
    },
    /// A docstring or a `__future__` import no longer comes first and has lost its effect.
    #[error("the docstring or `__future__` import at line {line} no longer comes first")]
    First {
        /// Its line in the old file, from 1.
        line: usize,
    },
}

/// Checks that `after` is `before` with new statements, names in `from` imports and comments added, and nothing else:
/// every old statement is there, in order, in the same block, with the same tokens.
///
/// # Errors
/// At the first statement that is not, or when one of the two does not parse.
pub fn preserved(before: &Source, after: &Source) -> Result<(), Lost> {
    preserved_but_for(before, after, &[])
}

/// The same, but the expressions `calls`, as they are written in `after`, may also be new decorators,
/// or be handed something that is in `before`: `f` is kept in `monitor("a")(f)` when `monitor("a")` is one of them.
///
/// # Errors
/// As [`preserved`].
pub fn preserved_but_for(before: &Source, after: &Source, calls: &[String]) -> Result<(), Lost> {
    let calls = calls.iter().map(|call| tokens_of(call)).collect::<Result<Vec<_>, _>>().map_err(Lost::SyntaxAfter)?;
    let old = Text { source: before, module: &parse(before).map_err(Lost::SyntaxBefore)?, calls: &[] };
    let new = Text { source: after, module: &parse(after).map_err(Lost::SyntaxAfter)?, calls: &calls };
    let line = |stmt: &Stmt| before.line_column(stmt.start().into()).0;
    if let Some(lost) = first_lost(&old, old.module.suite(), &new, new.module.suite()) {
        return Err(Lost::Statement { line: line(lost) });
    }
    match displaced(old.module.suite(), new.module.suite()) {
        Some(stmt) => Err(Lost::First { line: line(stmt) }),
        None => Ok(()),
    }
}

/// Checks that `after` has the statements of `before`, one for one and block for block, whatever became of the expressions in them.
///
/// # Errors
/// At the first statement that has no counterpart of its kind, or when one of the two does not parse.
pub fn same_shape(before: &Source, after: &Source) -> Result<(), Lost> {
    let old = parse(before).map_err(Lost::SyntaxBefore)?;
    let new = parse(after).map_err(Lost::SyntaxAfter)?;
    match first_misshapen(old.suite(), new.suite()) {
        Some(at) => Err(Lost::Statement { line: before.line_column(at.into()).0 }),
        None => Ok(()),
    }
}

/// Where `old` begins to differ from `new` in the kinds of its statements.
fn first_misshapen(old: &[Stmt], new: &[Stmt]) -> Option<TextSize> {
    for (old, new) in old.iter().zip(new) {
        let (old_bodies, new_bodies) = (bodies(old), bodies(new));
        if std::mem::discriminant(old) != std::mem::discriminant(new) || old_bodies.len() != new_bodies.len() {
            return Some(old.start());
        }
        let inside = old_bodies.iter().zip(&new_bodies).find_map(|(old, new)| first_misshapen(old, new));
        if inside.is_some() {
            return inside;
        }
    }
    let first_alone = old.get(new.len()).or_else(|| old.last().filter(|_| new.len() > old.len()));
    first_alone.map(Ranged::start)
}

#[derive(Clone, Copy)]
struct Text<'a> {
    source: &'a Source,
    module: &'a ParsedModule,
    /// What does not count in it, as tokens.
    calls: &'a [Vec<(TokenKind, String)>],
}

/// The first statement of `old` that has no counterpart in `new`, below the counterparts of those above it.
fn first_lost<'a>(old_text: &Text<'_>, old: &'a [Stmt], new_text: &Text<'_>, new: &[Stmt]) -> Option<&'a Stmt> {
    let mut candidates = new.iter();
    old.iter().find(|stmt| !candidates.any(|candidate| is_kept(old_text, stmt, new_text, candidate)))
}

/// Whether `new` is `old` with nothing but additions inside.
fn is_kept(old_text: &Text<'_>, old: &Stmt, new_text: &Text<'_>, new: &Stmt) -> bool {
    if let (Stmt::ImportFrom(old), Stmt::ImportFrom(new)) = (old, new) {
        return names_are_kept(old, new);
    }
    let (old_bodies, new_bodies) = (bodies(old), bodies(new));
    old_bodies.len() == new_bodies.len()
        && old_text.own_tokens(old, &old_bodies) == new_text.own_tokens(new, &new_bodies)
        && old_bodies.iter().zip(&new_bodies).all(|(old, new)| {
            first_lost(old_text, old, new_text, new).is_none() && displaced_docstring(old, new).is_none()
        })
}

/// Whether `new` imports from the same module, in order, every name that `old` does.
fn names_are_kept(old: &StmtImportFrom, new: &StmtImportFrom) -> bool {
    let name =
        |alias: &ruff_python_ast::Alias| (alias.name.id.clone(), alias.asname.as_ref().map(|name| name.id.clone()));
    let mut names = new.names.iter().map(name);
    old.level == new.level
        && old.module.as_ref().map(|module| &module.id) == new.module.as_ref().map(|module| &module.id)
        && old.names.iter().map(name).all(|old| names.any(|new| new == old))
}

impl<'a> Text<'a> {
    /// The tokens of a statement outside the blocks in it, without comments, layout, and calls that do not count.
    fn own_tokens(&self, stmt: &Stmt, bodies: &[&[Stmt]]) -> Vec<(TokenKind, &'a str)> {
        let inside: Vec<TextRange> =
            bodies.iter().filter_map(|body| Some(TextRange::new(body.first()?.start(), body.last()?.end()))).collect();
        let is_inside = move |at: TextSize| inside.iter().any(|range| range.contains(at));
        let text = self.source.text();
        let tokens = self.module.parsed().tokens().in_range(stmt.range()).iter();
        let tokens = tokens
            .filter(move |token| !is_layout(token.kind()) && !is_inside(token.start()))
            .map(move |token| (token.kind(), &text[usize::from(token.start())..usize::from(token.end())]));
        self.calls.iter().fold(tokens.collect(), |tokens, call| without(tokens, call))
    }
}

/// The tokens without `@call` and, where `call` is handed one thing in parentheses, without it and them.
fn without<'a>(tokens: Vec<(TokenKind, &'a str)>, call: &[(TokenKind, String)]) -> Vec<(TokenKind, &'a str)> {
    let is_call = |at: usize| {
        let there = tokens.get(at..at + call.len());
        !call.is_empty() && there.is_some_and(|there| there.iter().zip(call).all(|(a, b)| a.0 == b.0 && a.1 == b.1))
    };
    let is_open = |at: usize| tokens.get(at).is_some_and(|token| token.0 == TokenKind::Lpar);
    let mut kept = Vec::with_capacity(tokens.len());
    // For every bracket that is open, whether it goes with the call.
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut goes = false;
        match token.0 {
            TokenKind::At if is_call(at + 1) => {
                at += call.len();
                goes = true;
            }
            _ if is_call(at) && is_open(at + call.len()) => {
                at += call.len();
                open.push(true);
                goes = true;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(false),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => goes = open.pop() == Some(true),
            // It was handed more than one thing: then it counts.
            TokenKind::Comma if open.last() == Some(&true) => return tokens,
            _ => {}
        }
        kept.extend((!goes).then_some(*token));
        at += 1;
    }
    kept
}

/// The tokens of an expression.
fn tokens_of(expression: &str) -> Result<Vec<(TokenKind, String)>, ParseError> {
    // What cannot be decoded stands in no file.
    let Ok(source) = Source::decode(expression.as_bytes().to_vec()) else { return Ok(Vec::new()) };
    let module = parse(&source)?;
    let tokens = module.parsed().tokens().iter().filter(|token| !is_layout(token.kind()));
    let text = |token: &Token| expression[usize::from(token.start())..usize::from(token.end())].to_owned();
    Ok(tokens.map(|token| (token.kind(), text(token))).collect())
}

fn is_layout(kind: TokenKind) -> bool {
    kind.is_any_newline()
        || matches!(
            kind,
            TokenKind::Comment | TokenKind::Indent | TokenKind::Dedent | TokenKind::Semi | TokenKind::EndOfFile
        )
}

/// The docstring or `__future__` import of the module that has something new above it.
fn displaced<'a>(old: &'a [Stmt], new: &[Stmt]) -> Option<&'a Stmt> {
    let is_future =
        |stmt: &&Stmt| matches!(stmt, Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__"));
    let docstring = usize::from(new.first().is_some_and(ruff_python_ast::helpers::is_docstring_stmt));
    let leading = new.iter().skip(docstring).take_while(is_future).count();
    let all = new.iter().filter(is_future).count();
    displaced_docstring(old, new).or_else(|| old.iter().find(is_future).filter(|_| leading < all))
}

fn displaced_docstring<'a>(old: &'a [Stmt], new: &[Stmt]) -> Option<&'a Stmt> {
    let is_docstring = |body: &[Stmt]| body.first().is_some_and(ruff_python_ast::helpers::is_docstring_stmt);
    old.first().filter(|_| is_docstring(old) && !is_docstring(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str) -> Result<(), Lost> {
        let decode = |text: &str| Source::decode(text.as_bytes().to_vec()).expect("UTF-8");
        preserved(&decode(before), &decode(after))
    }

    #[track_caller]
    fn kept(before: &str, after: &str) {
        assert_eq!(check(before, after), Ok(()));
    }

    #[track_caller]
    fn lost(before: &str, after: &str, line: usize) {
        assert_eq!(check(before, after), Err(Lost::Statement { line }));
    }

    #[test]
    fn additions_are_kept() {
        kept("a\nb\n", "a\nnew\nb\n");
        kept("a; b\n", "a; new; b\n");
        kept("if x: a\n", "if x: new; a\n");
        kept("if x:\n\ta\nelse:\n\tb\n", "if x:\n\tnew\n\ta\nelse:\n\tb\n\tnew\n");
        kept("from x import (\n    a,\n)\n", "from x import (  # noqa: E402\n    a,\n    b,\n)\n");
        kept(
            "class A:\n    @d\n    def f(self):\n        a\n",
            "class A:\n    @d\n    def f(self):\n        # c\n        a\n        new\n",
        );
    }

    #[test]
    fn a_lost_changed_or_moved_statement_is_named() {
        lost("a\nb\n", "a\n", 2);
        lost("a\nb\n", "b\na\n", 2);
        lost("a\nb = 1\n", "a\nb = 2\n", 2);
        lost("if x:\n    a\n", "if y:\n    a\n", 1);
        lost("if x:\n    a\nb\n", "if x:\n    a\n    b\n", 3);
        lost("if x:\n    a\n    b\n", "if x:\n    a\nb\n", 1);
        lost("from x import a\n", "from x import b\n", 1);
        lost("x = 'a'\n", "x = \"a\"\n", 1);
    }

    #[test]
    fn what_must_come_first_still_does() {
        assert_eq!(check("'''d'''\na\n", "import x\n'''d'''\na\n"), Err(Lost::First { line: 1 }));
        let future = "from __future__ import annotations\n";
        assert_eq!(check(future, &format!("import x\n{future}")), Err(Lost::First { line: 1 }));
        kept(&format!("'''d'''\n{future}"), &format!("'''d'''\n{future}import x\n"));
        lost("def f():\n    '''d'''\n", "def f():\n    x = 1\n    '''d'''\n", 1);
    }

    #[test]
    fn a_call_may_come_around_what_was_there_and_nowhere_else() {
        let check = |before: &str, after: &str| {
            let decode = |text: &str| Source::decode(text.as_bytes().to_vec()).expect("UTF-8");
            preserved_but_for(&decode(before), &decode(after), &["m(s='a')".to_owned()]).is_ok()
        };
        for (before, after, kept) in [
            ("x.add(f, (1, 2))\n", "x.add(m(s='a')(f), (1, 2))\n", true),
            ("x.add(f(g), 1)\n", "x.add(m(s='a')(f(g)), 1)\n", true),
            ("@d()\ndef f(): a\n", "@d()\n@m(s='a')\ndef f(): a\n", true),
            ("x.add(f, 1)\n", "x.add(m(s='b')(f), 1)\n", false),
            ("x.add(f, 1)\n", "x.add(m(s='a')(f, 1))\n", false),
            ("x.add(f, 1)\n", "x.add(m(s='a'), 1)\n", false),
            ("x.add(f, 1)\n", "x.add(m(s='a')(g), 1)\n", false),
        ] {
            assert_eq!(check(before, after), kept, "{after}");
        }
    }

    #[test]
    fn expressions_may_change_where_the_statements_stay() {
        let check = |before: &str, after: &str| {
            let decode = |text: &str| Source::decode(text.as_bytes().to_vec()).expect("UTF-8");
            same_shape(&decode(before), &decode(after)).is_ok()
        };
        assert!(check("if x:\n    f(a=1)\n", "if x:\n    f(a=2, b=3)\n"));
        assert!(!check("f()\ng()\n", "f()\n"));
        assert!(!check("if x:\n    f()\n", "if x:\n    f()\n    g()\n"));
        assert!(!check("x = f()\n", "f()\n"));
    }

    #[test]
    fn the_result_must_be_python() {
        assert!(matches!(check("a\n", "a b\n"), Err(Lost::SyntaxAfter(_))));
        assert!(matches!(check("a b\n", "a\n"), Err(Lost::SyntaxBefore(_))));
    }
}
