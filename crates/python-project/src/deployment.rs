//! The deployment files of a workspace and what they declare, each read once. Read [`Workspace::deployment_files`] first.

use std::path::Path;
use std::rc::Rc;

use crate::commands::{self, DeclaredCommand};
use crate::problem::Problem;
use crate::project::is_set_aside;
use crate::workspace::{FileId, Workspace};

/// What a deployment file declares, or why it cannot be read.
pub(crate) type Declared = Result<Rc<[DeclaredCommand]>, Problem>;

impl Workspace {
    /// The files that may say how the project is started, in path order; those of tests and examples are none.
    pub fn deployment_files(&self) -> &[FileId] {
        self.deployment.get_or_init(|| {
            let files = self.files().filter(|(_, file)| commands::is_deployment_file(&file.path));
            files.filter(|(_, file)| !is_set_aside(&file.path)).map(|(id, _)| id).collect()
        })
    }

    /// The commands that a deployment file declares.
    pub(crate) fn declared_in(&self, file: FileId) -> Declared {
        if let Some(known) = self.declared.borrow().get(&file) {
            return known.clone();
        }
        let declared = self.read_declared(self.path(file));
        self.declared.borrow_mut().insert(file, declared.clone());
        declared
    }

    fn read_declared(&self, path: &Path) -> Declared {
        let bytes = self.read(path)?;
        let commands = commands::declared_commands(path, &String::from_utf8_lossy(&bytes));
        commands.map(Rc::from).map_err(|error| {
            Problem::new(path.to_owned(), error.message.clone())
                .at(error.line, 1)
                .help("the commands in it are not known to this run; mend the file, or declare the processes in the configuration")
        })
    }
}
