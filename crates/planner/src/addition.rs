//! Code that goes into modules, and the edits that put it there. Read [`Addition`] first. Never decides what goes where.

use std::path::Path;

use python_project::{FileId, Workspace};
use python_source::outline::Stmt;
use python_source::{ImportLine, ImportStyle, Insertion, Site, insert};

use crate::diagnostic::{Diagnostic, Severity};
use crate::fix::{FileEdits, Keeps};
use crate::notes::{not_insertable, unreadable};

/// A block of code for one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The module.
    pub file: FileId,
    /// Where in it.
    pub site: Site,
    /// The code, as [`Insertion::block`] wants it.
    pub block: String,
    /// The same on one line.
    pub one_line: String,
    /// What the code needs at module level.
    pub imports: Vec<ImportLine>,
    /// Imports stay below the statement that starts here.
    pub imports_not_before: Option<usize>,
}

impl Addition {
    /// Whether it becomes part of a statement.
    fn is_inside(&self) -> bool {
        matches!(self.site, Site::BelowDecorator(_) | Site::Around(..))
    }

    /// Where in the text the code will run, for what must know which names it sees.
    fn offset(&self) -> usize {
        match self.site {
            Site::Before(offset) | Site::After(offset) | Site::BelowDecorator(offset) | Site::Around(offset, _) => {
                offset
            }
            Site::End => usize::MAX,
        }
    }
}

/// The edits of all files. The imports of all blocks of a file go above its first one.
///
/// # Errors
/// When a block cannot be put in; nothing is to be written then.
pub fn edits(
    workspace: &Workspace,
    mut additions: Vec<Addition>,
    style: &dyn Fn(&Path) -> ImportStyle,
) -> Result<Vec<FileEdits>, Diagnostic> {
    additions.sort_by_key(|addition| (addition.file, addition.offset()));
    let mut files: Vec<FileEdits> = Vec::new();
    for blocks in additions.chunk_by(|a, b| a.file == b.file) {
        let file = blocks[0].file;
        let path = workspace.path(file).to_owned();
        let fault = |message: String| not_insertable(workspace, file, message);
        let module = workspace.module(file).map_err(|problem| unreadable(&problem, Severity::Error))?;
        let mut edits = Vec::new();
        for (number, block) in blocks.iter().enumerate() {
            let imports = if number == 0 {
                blocks.iter().flat_map(|block| block.imports.iter().cloned()).collect()
            } else {
                Vec::new()
            };
            let insertion = Insertion {
                site: block.site,
                block: block.block.clone(),
                one_line: block.one_line.clone(),
                imports,
                imports_not_before: blocks.iter().filter_map(|block| block.imports_not_before).max(),
            };
            let found = insert(&module.source, &insertion, &style(&path)).map_err(|error| fault(error.to_string()))?;
            edits.extend(found);
        }
        let calls = blocks.iter().filter(|block| block.is_inside()).map(|block| block.one_line.clone()).collect();
        files.push(FileEdits { path, edits, keeps: Keeps::Statements { calls } });
    }
    Ok(files)
}

/// Right after what comes before the statement of that number, so that blank lines and comments of what follows stay with that.
pub fn site_in(body: &[Stmt], position: usize) -> Site {
    match (position.checked_sub(1).and_then(|before| body.get(before)), body.get(position)) {
        (Some(before), _) => Site::After(before.span.start),
        (None, Some(first)) => Site::Before(first.span.start),
        (None, None) => Site::End,
    }
}
