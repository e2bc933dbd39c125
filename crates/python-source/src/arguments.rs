//! The arguments of one call with the place of each, and the edits that add one or take one away. Read [`CallArguments`] first, then [`Items`].
//! What an argument means is for the caller to say; every byte of the others stays.

use std::ops::Range;

use changeset::Edit;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{self as ast, Expr as AstExpr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::outline::{Expr, Span, lowered};
use crate::style::line_start;
use crate::{ParsedModule, Source};

/// What a call is given.
#[derive(Debug, Clone, PartialEq)]
pub struct CallArguments {
    /// What is called.
    pub func: Expr,
    /// The positional arguments in order; `*more` is an [`ExprKind::Starred`](crate::outline::ExprKind::Starred).
    pub positional: Vec<Expr>,
    /// The keyword arguments in order.
    pub keywords: Vec<Keyword>,
    /// All of them as they stand between the parentheses.
    pub items: Items,
}

/// `name=value`, or `**value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// The name; `None` for `**value`.
    pub name: Option<String>,
    /// From the name, or the stars, to the end of the value.
    pub span: Span,
    /// The value.
    pub value: Expr,
}

/// What stands between two brackets, separated by commas. Offsets are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    /// Between the brackets.
    pub inside: Span,
    /// Each item, its own parentheses included, in the order of the text.
    pub spans: Vec<Span>,
    /// For each item the comma behind it.
    commas: Vec<Option<usize>>,
    comments: Vec<Span>,
}

impl CallArguments {
    /// The first keyword argument of that name.
    pub fn keyword(&self, name: &str) -> Option<&Keyword> {
        self.keywords.iter().find(|keyword| keyword.name.as_deref() == Some(name))
    }

    /// The keywords that are not written here but come from elsewhere: the values of `**value`.
    pub fn unpacked(&self) -> impl Iterator<Item = &Keyword> {
        self.keywords.iter().filter(|keyword| keyword.name.is_none())
    }

    /// The edits that take a keyword argument away, with its comma, its line and the comment behind it; `None` when the encoding cannot.
    pub fn without(&self, source: &Source, keyword: &Keyword) -> Option<Vec<Edit>> {
        let number = self.items.spans.iter().position(|span| span.contains(&keyword.span.start))?;
        self.items.without(source, number)
    }
}

/// The arguments of the call that has this span.
pub fn call_arguments(module: &ParsedModule, span: &Span) -> Option<CallArguments> {
    let AstExpr::Call(call) = find(module, span)? else { return None };
    let arguments = &call.arguments;
    let mut spans: Vec<Span> = arguments.args.iter().map(span_of).collect();
    spans.extend(arguments.keywords.iter().map(span_of));
    spans.sort_by_key(|span| span.start);
    let keyword = |keyword: &ast::Keyword| Keyword {
        name: keyword.arg.as_ref().map(|name| name.id.to_string()),
        span: span_of(keyword),
        value: lowered(&keyword.value),
    };
    Some(CallArguments {
        func: lowered(&call.func),
        positional: arguments.args.iter().map(lowered).collect(),
        keywords: arguments.keywords.iter().map(keyword).collect(),
        items: Items::of(module, arguments.range(), spans)?,
    })
}

/// The items of the list, tuple, set or dictionary display that has this span; of a dictionary the pairs.
pub fn display_items(module: &ParsedModule, span: &Span) -> Option<Items> {
    let display = find(module, span)?;
    let spans = match display {
        AstExpr::List(list) => list.elts.iter().map(span_of).collect(),
        AstExpr::Set(set) => set.elts.iter().map(span_of).collect(),
        AstExpr::Tuple(tuple) if tuple.parenthesized => tuple.elts.iter().map(span_of).collect(),
        AstExpr::Dict(dict) => dict.items.iter().map(pair).collect(),
        _ => return None,
    };
    Items::of(module, display.range(), spans)
}

/// A key with its value.
fn pair(item: &ast::DictItem) -> Span {
    let value = span_of(&item.value);
    item.key.as_ref().map_or(value.clone(), |key| span_of(key).start..value.end)
}

fn span_of(node: &impl Ranged) -> Span {
    usize::from(node.start())..usize::from(node.end())
}

/// The expression that has this span; of several the innermost.
fn find<'a>(module: &'a ParsedModule, span: &Span) -> Option<&'a AstExpr> {
    struct Finder<'a> {
        range: TextRange,
        found: Option<&'a AstExpr>,
    }
    impl<'a> Visitor<'a> for Finder<'a> {
        fn visit_expr(&mut self, expr: &'a AstExpr) {
            if expr.range() == self.range {
                self.found = Some(expr);
            }
            walk_expr(self, expr);
        }
    }
    let offset = |at: usize| TextSize::try_from(at).ok();
    let range = TextRange::new(offset(span.start)?, offset(span.end)?);
    let mut finder = Finder { range, found: None };
    let around = module.suite().iter().filter(|stmt| stmt.range().contains_range(range));
    around.for_each(|stmt| finder.visit_stmt(stmt));
    finder.found
}

impl Items {
    /// The items of a bracketed part. `spans` are those of the tree, which leaves the parentheses around a value out.
    fn of(module: &ParsedModule, range: TextRange, mut spans: Vec<Span>) -> Option<Self> {
        let tokens = module.parsed().tokens();
        let inside = usize::from(range.start()) + 1..usize::from(range.end()) - 1;
        let text_range = |span: Range<usize>| {
            Some(TextRange::new(TextSize::try_from(span.start).ok()?, TextSize::try_from(span.end).ok()?))
        };
        let mut commas = Vec::new();
        for number in 0..spans.len() {
            let next = spans.get(number + 1).map_or(inside.end, |next| next.start);
            let behind = tokens.in_range(text_range(spans[number].end..next)?);
            let comma = behind.iter().find(|token| token.kind() == TokenKind::Comma);
            let closing = behind
                .iter()
                .take_while(|token| token.kind() != TokenKind::Comma)
                .filter(|token| token.kind() == TokenKind::Rpar)
                .last();
            if let Some(closing) = closing {
                spans[number].end = closing.end().into();
            }
            commas.push(comma.map(|comma| usize::from(comma.start())));
        }
        for number in 0..spans.len() {
            let after = number
                .checked_sub(1)
                .map_or(inside.start, |before| commas[before].map_or(spans[before].end, |at| at + 1));
            let before = tokens.in_range(text_range(after..spans[number].start)?);
            if let Some(first) = before
                .iter()
                .find(|token| matches!(token.kind(), TokenKind::Lpar | TokenKind::Star | TokenKind::DoubleStar))
            {
                spans[number].start = first.start().into();
            }
        }
        let comments = tokens.in_range(text_range(inside.clone())?).iter();
        let comments = comments.filter(|token| token.kind() == TokenKind::Comment);
        Some(Self { inside, spans, commas, comments: comments.map(span_of).collect() })
    }

    /// The edits that add an item at the end, in the manner of the last one: on its line, or on a line of its own.
    ///
    /// ```python
    /// init(dsn=dsn)        init(dsn=dsn, debug=True)
    ///
    /// init(                init(
    ///     dsn=dsn,  # why      dsn=dsn,  # why
    /// )                ->      debug=True,
    ///                      )
    /// ```
    ///
    /// Further items that other edits add at the same time stand beside it, but the first one of all has to be alone. `None` when the file's encoding cannot write it.
    pub fn with(&self, source: &Source, item: &str) -> Option<Vec<Edit>> {
        let text = source.text();
        let insert = |at: usize, text: &str| source.edit(at..at, text);
        let Some(last) = self.spans.last() else {
            // The bracket is part of the edit, so that two items which both would be the first contradict each other.
            let bracket = self.inside.start.checked_sub(1)?..self.inside.start;
            return Some(vec![source.edit(bracket.clone(), &format!("{}{item}", &text[bracket]))?]);
        };
        let comma = self.commas.last().copied().flatten();
        let end = comma.map_or(last.end, |at| at + 1);
        let line_end = self
            .comments
            .iter()
            .find(|comment| comment.start >= end && !text[end..comment.start].contains(['\n', '\r']));
        let line_end = line_end.map_or(end, |comment| comment.end);
        let newline = newline_at(&text[line_end..]);
        match (self.indentation(text, last), newline) {
            (Some(indentation), Some(newline)) => {
                let mut edits = Vec::new();
                if comma.is_none() {
                    edits.push(insert(end, ",")?);
                }
                edits.push(insert(line_end, &format!("{newline}{indentation}{item},"))?);
                Some(edits)
            }
            _ if comma.is_some() => Some(vec![insert(end, &format!(" {item},"))?]),
            _ => Some(vec![insert(end, &format!(", {item}"))?]),
        }
    }

    /// The edits that take the item of that number away: with its line where it has one for itself, else with one of the commas around it.
    pub fn without(&self, source: &Source, number: usize) -> Option<Vec<Edit>> {
        let text = source.text();
        let span = self.spans.get(number)?;
        let comma = self.commas.get(number).copied().flatten();
        let end = comma.map_or(span.end, |at| at + 1);
        let comment = self.comments.iter().find(|comment| comment.start >= end && is_blank(&text[end..comment.start]));
        let line_end = comment.map_or(end, |comment| comment.end);
        let line_end = line_end + text[line_end..].len() - text[line_end..].trim_start_matches([' ', '\t']).len();
        if self.indentation(text, span).is_some()
            && let Some(newline) = newline_at(&text[line_end..])
        {
            return Some(vec![source.edit(line_start(text, span.start)..line_end + newline.len(), "")?]);
        }
        let before = number.checked_sub(1).and_then(|before| self.commas[before]);
        let range = match (self.spans.get(number + 1), before) {
            (Some(next), _) if is_blank(&text[end..next.start]) => span.start..next.start,
            (None, Some(before)) if text[before + 1..span.start].trim().is_empty() => {
                if comma.is_some() {
                    before + 1..end
                } else {
                    before..end
                }
            }
            _ => span.start..end,
        };
        Some(vec![source.edit(range, "")?])
    }

    /// The white space before an item that is the first thing on its line.
    fn indentation<'a>(&self, text: &'a str, item: &Span) -> Option<&'a str> {
        let before = &text[line_start(text, item.start)..item.start];
        is_blank(before).then_some(before)
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || c == '\t')
}

/// The line break that the text begins with.
fn newline_at(text: &str) -> Option<&str> {
    ["\r\n", "\n", "\r"].into_iter().find(|newline| text.starts_with(newline))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn source(text: &str) -> Source {
        Source::decode(text.as_bytes().to_vec()).expect("text")
    }

    /// The arguments of the first call in the text, which is all of it but for what follows `#end`.
    fn arguments(text: &str) -> CallArguments {
        let module = parse(&source(text)).expect("syntax");
        call_arguments(&module, &(0..text.trim_end().len())).expect("a call")
    }

    fn edited(text: &str, edits: Option<Vec<Edit>>) -> String {
        let result = changeset::apply_edits(text.as_bytes(), &edits.expect("edits")).expect("disjoint");
        String::from_utf8(result).expect("UTF-8")
    }

    #[track_caller]
    fn grows(before: &str, after: &str) {
        assert_eq!(edited(before, arguments(before).items.with(&source(before), "n=1")), after);
    }

    #[track_caller]
    fn shrinks(before: &str, after: &str) {
        let arguments = arguments(before);
        let keyword = arguments.keyword("n").expect("a keyword");
        assert_eq!(edited(before, arguments.without(&source(before), keyword)), after);
    }

    #[test]
    fn an_argument_is_added_in_the_manner_of_the_last_one() {
        grows("f()\n", "f(n=1)\n");
        grows("f(\n    # none yet\n)\n", "f(n=1\n    # none yet\n)\n");
        grows("f(a)\n", "f(a, n=1)\n");
        grows("f(a=(1), )\n", "f(a=(1), n=1, )\n");
        grows("f(**more)\n", "f(**more, n=1)\n");
        grows("f(lambda a, b: (a))\n", "f(lambda a, b: (a), n=1)\n");
        grows("f(\n\ta=1,  # why\n)\n", "f(\n\ta=1,  # why\n\tn=1,\n)\n");
        grows("f(\r\n    a=1\r\n)\r\n", "f(\r\n    a=1,\r\n    n=1,\r\n)\r\n");
        grows("f(\n    a=1  # why, then\n)\n", "f(\n    a=1,  # why, then\n    n=1,\n)\n");
        grows("f(a,\n  b)\n", "f(a,\n  b, n=1)\n");
        grows("f(\n    a, b\n)\n", "f(\n    a, b, n=1\n)\n");
    }

    #[test]
    fn an_argument_goes_with_its_line_and_its_comma() {
        shrinks("f(n=1)\n", "f()\n");
        shrinks("f(n=1, a=2)\n", "f(a=2)\n");
        shrinks("f(a=2, n=(1))\n", "f(a=2)\n");
        shrinks("f(a=2, n=1,)\n", "f(a=2,)\n");
        shrinks("f(\n    a=2,\n    n=1,  # gone\n    b=3,\n)\n", "f(\n    a=2,\n    b=3,\n)\n");
        shrinks("f(\n    a=2,\n    n={\n        'x': 1,\n    }\n)\n", "f(\n    a=2,\n)\n");
        shrinks("f(a=2,  # stays\n  n=1)\n", "f(a=2,  # stays\n  )\n");
    }

    #[test]
    fn items_of_displays_are_found_with_their_parentheses() {
        let text = "x = [(a), *b, {'k': (1)}]\n";
        let module = parse(&source(text)).expect("syntax");
        let items = display_items(&module, &(4..25)).expect("a list");
        let items: Vec<&str> = items.spans.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(items, ["(a)", "*b", "{'k': (1)}"]);
    }

    #[test]
    fn two_items_added_at_once_stand_beside_each_other() {
        let text = "f(\n    a=1\n)\n";
        let items = arguments(text).items;
        let mut edits = items.with(&source(text), "n=1").expect("edits");
        let more = items.with(&source(text), "m=2").expect("edits");
        edits.extend(more.into_iter().filter(|edit| edit.replacement != b","));
        assert_eq!(edited(text, Some(edits)), "f(\n    a=1,\n    n=1,\n    m=2,\n)\n");
    }
}
