//! Places inside a statement: below a decorator, and around a name. Never edits. Read [`below_decorator`] and [`around_name`].

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::InsertError;
use super::site::{Place, Spot, below_logical_line, indentation_of};
use crate::ParsedModule;
use crate::style::size;

/// The line below the decorator whose expression starts at `offset`.
pub(super) fn below_decorator(text: &str, module: &ParsedModule, offset: usize) -> Result<Spot, InsertError> {
    let mut decorators = Decorators { offset, found: None };
    decorators.visit_body(module.suite());
    let decorator = decorators.found.ok_or(InsertError::NoExpression(offset))?;
    let indentation = indentation_of(text, decorator.start().into());
    let at = below_logical_line(module, decorator.end().into());
    Ok(spot(module, offset, Place::Decorator { at, indentation }))
}

/// The name, or the attribute of something, that stands between these offsets.
pub(super) fn around_name(module: &ParsedModule, start: usize, end: usize) -> Result<Spot, InsertError> {
    let mut names = Names { range: TextRange::new(size(start), size(end)), found: false };
    names.visit_body(module.suite());
    if !names.found {
        return Err(InsertError::NoExpression(start));
    }
    Ok(spot(module, start, Place::Around { start, end }))
}

fn spot(module: &ParsedModule, offset: usize, place: Place) -> Spot {
    let preceding = module.suite().partition_point(|top| usize::from(top.end()) <= offset);
    Spot { place, offset, preceding, top_level: false }
}

struct Decorators {
    offset: usize,
    found: Option<TextRange>,
}

impl<'a> Visitor<'a> for Decorators {
    fn visit_decorator(&mut self, decorator: &'a Decorator) {
        if usize::from(decorator.expression.start()) == self.offset {
            self.found = Some(decorator.range());
        }
        visitor::walk_decorator(self, decorator);
    }
}

struct Names {
    range: TextRange,
    found: bool,
}

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(expr, Expr::Name(_) | Expr::Attribute(_)) && expr.range() == self.range;
        visitor::walk_expr(self, expr);
    }
}
