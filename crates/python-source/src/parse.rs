//! Parsing (stand-in).
use crate::source::Source;
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::Parsed;
/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// offset
    pub offset: usize,
    /// line
    pub line: usize,
    /// column
    pub column: usize,
    /// message
    pub message: String,
    /// py2
    pub python2: bool,
}
pub(crate) struct ParsedModule {
    parsed: Parsed<ModModule>,
}
impl ParsedModule {
    pub(crate) fn statements(&self) -> &[Stmt] {
        &self.parsed.syntax().body
    }
}
pub(crate) fn parse(source: &Source) -> Result<ParsedModule, ParseError> {
    match ruff_python_parser::parse_module(source.text()) {
        Ok(parsed) => Ok(ParsedModule { parsed }),
        Err(error) => {
            let offset = error.location.start().to_usize();
            let (line, column) = source.line_column(offset);
            Err(ParseError { offset, line, column, message: error.error.to_string(), python2: false })
        }
    }
}
