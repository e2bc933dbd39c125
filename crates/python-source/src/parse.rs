//! From a file's text to ruff's syntax tree, or to an error with a place. Never edits. Read [`parse`] first.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ExceptHandler, Expr, ModModule, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, lexer, parse_unchecked};
use ruff_text_size::Ranged;

use crate::Source;

/// The deepest nesting of expressions and blocks that is taken. Visiting and dropping a tree recurse, and an overflow of the stack cannot be caught.
const MAX_NESTING: usize = 500;

/// A file without syntax errors. Its tree and tokens are ruff's and are named inside this crate only.
#[derive(Debug)]
pub struct ParsedModule {
    parsed: Parsed<ModModule>,
}

/// Why a file cannot be read as Python 3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ParseError {
    /// Where the error stands, in bytes of the text.
    pub offset: usize,
    /// The same as a line, from 1.
    pub line: usize,
    /// The same as a column, from 1, in characters.
    pub column: usize,
    /// What is wrong, in the parser's words.
    pub message: String,
    /// The file looks like Python 2: `print x`, `exec "x"`, `except X, e` or backticks.
    pub python2: bool,
}

/// Parses a file as a module of the newest Python known.
///
/// # Errors
/// At the first syntax error; also for nesting so deep that walking the tree would overflow the stack.
pub fn parse(source: &Source) -> Result<ParsedModule, ParseError> {
    let text = source.text();
    if u32::try_from(text.len()).is_err() {
        return Err(error_at(source, 0, "larger than 4 GiB".to_owned(), false));
    }
    if too_deep(text) {
        return Err(error_at(source, 0, "too deeply nested to be read safely".to_owned(), false));
    }
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest_preview());
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Err(error_at(source, 0, "not a module".to_owned(), false));
    };
    if let Some(error) = parsed.errors().first() {
        return Err(error_at(source, error.location.start().into(), error.error.to_string(), looks_like_python2(text)));
    }
    if let Some(offset) = old_except_clause(parsed.suite()) {
        return Err(error_at(source, offset, "`except X, name` is Python 2".to_owned(), true));
    }
    Ok(ParsedModule { parsed })
}

impl ParsedModule {
    /// The statements of the module.
    pub(crate) fn suite(&self) -> &[Stmt] {
        self.parsed.suite()
    }

    /// Tree, tokens and comments as ruff has them.
    pub(crate) fn parsed(&self) -> &Parsed<ModModule> {
        &self.parsed
    }
}

fn error_at(source: &Source, offset: usize, message: String, python2: bool) -> ParseError {
    let (line, column) = source.line_column(offset);
    ParseError { offset, line, column, message, python2 }
}

/// Whether some expression or block nests deeper than [`MAX_NESTING`], counted from the tokens alone.
///
/// Counts too much rather than too little: each operator, dot and call of one operand is taken as one more level.
fn too_deep(text: &str) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut depth = Depth { blocks: 0, brackets: vec![Operand::default()], sum: 0 };
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            return false;
        }
        depth.take(kind);
        if depth.blocks + depth.brackets.len() + depth.sum > MAX_NESTING {
            return true;
        }
    }
}

/// How deep the tree can be at the token just read.
struct Depth {
    /// Indented blocks around the token.
    blocks: usize,
    /// One entry for the statement and one for each open bracket; never empty.
    brackets: Vec<Operand>,
    /// The sum of all `levels` in `brackets`.
    sum: usize,
}

/// What has nested so far between two commas of one bracket.
#[derive(Default)]
struct Operand {
    levels: usize,
    /// `lambda`s whose colon has not come yet: the commas between belong to their parameters.
    open_lambdas: usize,
}

impl Depth {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.blocks += 1,
            TokenKind::Dedent => self.blocks = self.blocks.saturating_sub(1),
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.brackets.push(Operand::default());
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.close();
            }
            TokenKind::Newline => {
                self.brackets.truncate(1);
                self.sum = 0;
                self.brackets[0] = Operand::default();
            }
            TokenKind::Semi => self.next_operand(),
            TokenKind::Comma if self.innermost().open_lambdas == 0 => self.next_operand(),
            TokenKind::Colon => {
                let innermost = self.innermost();
                innermost.open_lambdas = innermost.open_lambdas.saturating_sub(1);
            }
            TokenKind::Lambda => {
                self.innermost().open_lambdas += 1;
                self.nest();
            }
            TokenKind::Dot | TokenKind::Not | TokenKind::Else | TokenKind::Await | TokenKind::Yield => self.nest(),
            _ if kind.as_binary_operator().is_some() || kind.as_unary_operator().is_some() => self.nest(),
            _ => {}
        }
    }

    fn innermost(&mut self) -> &mut Operand {
        if self.brackets.is_empty() {
            self.brackets.push(Operand::default());
        }
        let last = self.brackets.len() - 1;
        &mut self.brackets[last]
    }

    fn nest(&mut self) {
        self.innermost().levels += 1;
        self.sum += 1;
    }

    fn next_operand(&mut self) {
        self.sum -= self.innermost().levels;
        *self.innermost() = Operand::default();
    }

    /// A closed bracket is one level of the operand it ends: `f()()` nests twice.
    fn close(&mut self) {
        if self.brackets.len() > 1 {
            self.sum -= self.innermost().levels;
            self.brackets.pop();
        }
        self.nest();
    }
}

/// A guess for a file with syntax errors, from the starts of its lines.
fn looks_like_python2(text: &str) -> bool {
    text.split(['\n', '\r']).map(str::trim_start).any(|line| {
        let argument = |keyword: &str| line.strip_prefix(keyword).and_then(|rest| rest.strip_prefix([' ', '\t']));
        let statement = |keyword| argument(keyword).is_some_and(|rest| rest.trim_start().starts_with(starts_operand));
        statement("print")
            || statement("exec")
            || argument("except")
                .is_some_and(|rest| rest.contains(',') && !rest.contains(['(', ')']) && !rest.contains(" as "))
            || (!line.starts_with('#') && line.matches('`').count() == 2)
    })
}

/// Whether an operand, and no call, assignment or operator, starts with this character.
fn starts_operand(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '"' | '\'' | '_' | '`')
}

/// The first `except Error, name:`. Python 3.14 reads it as two exception classes; a second one in small letters is the variable of Python 2.
fn old_except_clause(suite: &[Stmt]) -> Option<usize> {
    suite.iter().find_map(|stmt| {
        let own = match stmt {
            Stmt::Try(stmt) => stmt.handlers.iter().find_map(|ExceptHandler::ExceptHandler(handler)| {
                let Some(Expr::Tuple(classes)) = handler.type_.as_deref() else { return None };
                match classes.elts.as_slice() {
                    [_, Expr::Name(name)] if !classes.parenthesized && name.id.starts_with(char::is_lowercase) => {
                        Some(usize::from(handler.start()))
                    }
                    _ => None,
                }
            }),
            _ => None,
        };
        own.or_else(|| crate::tree::bodies(stmt).into_iter().find_map(old_except_clause))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<ParsedModule, ParseError> {
        parse(&Source::decode(text.as_bytes().to_vec()).expect("UTF-8"))
    }

    #[test]
    fn the_newest_syntax_is_read() {
        for text in [
            "x = t'{a}'",
            "def f[T=int](): pass",
            "f\"{d[\"a\"]}\"",
            "try: pass\nexcept A, B: pass",
            "type X = int",
            "match x:\n  case 1: pass",
        ] {
            assert!(parse_text(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_error_has_a_place() {
        let error = parse_text("x = 1\r\ny = = 2\r\n").expect_err("no Python");
        assert_eq!((error.line, error.column, error.python2), (2, 5, false));
    }

    #[test]
    fn python_2_is_named() {
        for text in [
            "print 'x'",
            "exec 'x'",
            "try:\n  pass\nexcept ValueError, e:\n  print e",
            "try:\n  pass\nexcept ValueError, e:\n  pass",
            "x = `y`",
        ] {
            assert!(parse_text(text).expect_err(text).python2, "{text}");
        }
        assert!(!parse_text("print = = 2").expect_err("no Python").python2);
    }

    #[test]
    fn deep_nesting_is_refused_before_a_tree_is_built() {
        let deep = 20_000;
        for text in [
            format!("{}1{}", "(".repeat(deep), ")".repeat(deep)),
            format!("a{}", ".b()".repeat(deep)),
            format!("a{}", "[0]".repeat(deep)),
            format!("1{}", " + 1".repeat(deep)),
            format!("{}x", "not ".repeat(deep)),
            format!("{}x", "-".repeat(deep)),
            format!("{}x", "lambda a, b: ".repeat(deep)),
            format!("{}x", "a if b else ".repeat(deep)),
            (0..deep / 40).map(|n| format!("{}if x:\n", " ".repeat(n))).collect::<String>()
                + &" ".repeat(deep / 40)
                + "x",
            "(".repeat(deep),
            ")".repeat(deep),
        ] {
            assert_eq!(parse_text(&text).expect_err("too deep").message, "too deeply nested to be read safely");
        }
    }

    #[test]
    fn a_long_flat_file_is_read() {
        let elements = "a.b(1) + 2, lambda x, y: 0, {'k': -v},\n".repeat(2_000);
        assert!(parse_text(&format!("x = [\n{elements}]\n")).is_ok());
        assert!(parse_text(&"if x: y()\n".repeat(2_000)).is_ok());
        assert!(parse_text(&format!("if x: y()\n{}", "elif z: y()\n".repeat(2_000))).is_ok());
    }
}
