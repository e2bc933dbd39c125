//! The hooks of `.pre-commit-hooks.yaml`, run by pre-commit at real commits. Read [`check_refuses_and_apply_mends`] first.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::Failed;

use crate::recipes::recipe;
use crate::shop::Shop;
use crate::wheel::links;
use crate::{root, said, succeed, tool};

/// The shop with pre-commit installed, and the mirror that its hooks come from: our file of hooks, and the package of the page.
struct Hooked {
    shop: Shop,
    hooks: PathBuf,
}

impl Hooked {
    fn new(shop: Shop) -> Result<Self, String> {
        let hooks = shop.beside("hooks");
        fs::copy(root().join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
        fs::write(hooks.join("pyproject.toml"), recipe("docs/how-to/pre-commit.md", "mirror")).unwrap();
        for words in [vec!["init", "--quiet"], vec!["add", "."], vec!["commit", "--quiet", "--message", "Hooks"]] {
            succeed(shop.command("git").args(words).current_dir(&hooks))?;
        }
        let hooked = Self { shop, hooks };
        succeed(hooked.command(tool("pre-commit")?).arg("install"))?;
        Ok(hooked)
    }

    /// A command whose pre-commit keeps its environments for this test alone, with the wheel in reach of pip.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.shop.command(program);
        command.env("PRE_COMMIT_HOME", self.shop.beside("pre-commit")).env("PIP_FIND_LINKS", links().unwrap());
        command
    }

    /// Configures this hook, with these options.
    fn configure(&self, id: &str, args: &str) {
        let commit = succeed(self.command("git").args(["rev-parse", "HEAD"]).current_dir(&self.hooks)).unwrap();
        let (hooks, commit) = (self.hooks.display(), commit.trim());
        let text = format!(
            "repos:\n  - repo: {hooks}\n    rev: {commit}\n    hooks:\n      - id: {id}\n        args: [{args}]\n"
        );
        self.shop.add(".pre-commit-config.yaml", &text);
    }

    /// A commit of everything: whether it came about, and what was said.
    fn commit(&self) -> Result<(bool, String), String> {
        self.shop.git(&["add", "--all"]);
        let (code, said) = said(self.command("git").args(["commit", "--message", "More"]))?;
        Ok((code == 0, said))
    }

    /// The files that differ from what is staged.
    fn changed(&self) -> String {
        self.shop.git(&["diff", "--name-only"])
    }
}

/// Check shows the diff and writes nothing; apply writes it, and the commit of what it wrote passes; options are passed on.
pub(crate) fn check_refuses_and_apply_mends() -> Result<(), Failed> {
    let hooked = Hooked::new(Shop::without_sentry())?;
    hooked.shop.add("shop/extra.py", "PRICE = 1\n");

    hooked.configure("sentry-codemod", "--no-pii");
    let (passes, said) = hooked.commit()?;
    assert!(!passes && said.contains("every process reports to Sentry") && said.contains("exit code: 1"), "{said}");
    assert!(said.contains("+    \"sentry-sdk[celery,flask]>=2.35,<3\""), "{said}");
    assert!(!said.contains("data_collection="), "--no-pii is passed on:\n{said}");
    assert_eq!(hooked.changed(), "");

    hooked.configure("sentry-codemod-apply", "");
    let (passes, said) = hooked.commit()?;
    assert!(!passes && said.contains("files were modified by this hook"), "{said}");
    assert_eq!(hooked.changed(), "pyproject.toml\nshop/jobs.py\n");
    let (passes, said) = hooked.commit()?;
    assert!(passes && said.contains("start Sentry in every process"), "{said}");
    assert!(hooked.shop.is_right());

    hooked.configure("sentry-codemod", "");
    hooked.shop.add("shop/extra.py", "PRICE = 2\n");
    let (passes, said) = hooked.commit()?;
    assert!(passes && said.contains("Passed"), "{said}");

    hooked.shop.add("NOTES.md", "Nothing that starts a process.\n");
    let (passes, said) = hooked.commit()?;
    assert!(passes && said.contains("no files to check"), "{said}");
    Ok(())
}
