//! The recipes of the book: the fenced block below `<!-- recipe: NAME -->` is taken from its page and run. Read [`recipe`] first.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;

use crate::action::yaml;
use crate::shop::Shop;
use crate::wheel::links;
use crate::{root, said, succeed, tool};

/// The text of a recipe.
pub(crate) fn recipe(page: &str, name: &str) -> String {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let (_, rest) = text.split_once(&format!("<!-- recipe: {name} -->\n```")).expect(name);
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split_once("```\n").unwrap().0.to_owned()
}

/// In a project that lacks Sentry the runner fails and shows the diff, in one that has it the runner passes.
fn refuses_and_passes(file: &str, name: &str, runner: impl Fn(&Shop) -> Result<Command, String>) -> Result<(), Failed> {
    let text = recipe("docs/how-to/ci.md", name);
    for (shop, passes) in [(Shop::without_sentry(), false), (Shop::with_sentry(), true)] {
        fs::write(shop.root().join(file), &text)?;
        let (code, said) = said(&mut runner(&shop)?)?;
        assert_eq!(code == 0, passes, "{said}");
        assert_eq!(said.contains("+import sentry_sdk"), !passes, "{said}");
        assert_eq!(said.contains("nothing to change"), passes, "{said}");
    }
    Ok(())
}

pub(crate) fn tox() -> Result<(), Failed> {
    refuses_and_passes("tox.ini", "tox", |shop| {
        let mut tox = shop.command(tool("tox")?);
        tox.args(["run", "-e", "sentry", "--workdir"]).arg(shop.beside("tox"));
        // tox hands on what names an index, and this as well when it is told to.
        tox.args(["-x", "testenv:sentry.set_env=PIP_NO_INDEX=1"]);
        tox.args(["-x", &format!("testenv:sentry.set_env+=\nPIP_FIND_LINKS={}", links()?.display())]);
        Ok(tox)
    })
}

pub(crate) fn nox() -> Result<(), Failed> {
    refuses_and_passes("noxfile.py", "nox", |shop| {
        let mut nox = shop.command(tool("nox")?);
        nox.args(["--session", "sentry", "--default-venv-backend", "venv", "--envdir"]).arg(shop.beside("nox"));
        nox.env("PIP_FIND_LINKS", links()?).env("PIP_NO_INDEX", "1");
        Ok(nox)
    })
}

/// The lines of `script`, as GitLab's runner hands them to Bash; the program of this build stands for the installed one.
pub(crate) fn gitlab() -> Result<(), Failed> {
    let job = yaml(&recipe("docs/how-to/ci.md", "gitlab"))?;
    let lines = job["sentry"]["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let (install, lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("pip install"));
    assert_eq!(install.len(), 1);
    for (shop, code) in [(Shop::without_sentry(), 1), (Shop::with_sentry(), 0)] {
        let mut bash = shop.command("bash");
        bash.args(["-e", "-o", "pipefail", "-c", &lines.join("\n")]).env("PATH", path_with_program());
        let ran = said(&mut bash)?;
        assert_eq!(ran.0, code, "{}", ran.1);
        let patch = job["sentry"]["artifacts"]["paths"][0].as_str().unwrap();
        if code == 1 {
            succeed(shop.command("git").args(["apply", patch]))?;
            assert!(shop.is_right() && ran.1.contains("+import sentry_sdk"), "{}", ran.1);
        }
    }
    Ok(())
}

/// What multi-gitter does with its program: a clone without history, `REPOSITORY` and `DRY_RUN` in the environment, no input,
/// success by the exit code, and a commit of what changed. Then what `summary.jq` makes of the reports.
pub(crate) fn multi_gitter() -> Result<(), Failed> {
    let shops = [Shop::without_sentry(), Shop::with_sentry()];
    let fleet = shops[0].beside("fleet");
    let (program, reports) = (fleet.join("add-sentry.sh"), fleet.join("reports"));
    fs::write(&program, recipe("docs/how-to/fleets.md", "multi-gitter"))?;
    for (shop, changes) in shops.iter().zip([true, false]) {
        let clone = fleet.join(if changes { "wrong" } else { "right" });
        let address = format!("file://{}", shop.root().display());
        succeed(shop.command("git").args(["clone", "--quiet", "--depth=1", &address]).arg(&clone))?;
        let mut run = shop.command("sh");
        run.arg(&program).current_dir(&clone).env("PATH", path_with_program()).stdin(Stdio::null());
        run.env("REPORTS", &reports).env("DRY_RUN", "true");
        run.env("REPOSITORY", format!("my-org/{}", clone.file_name().unwrap().display()));
        let changed = |run: &mut Command| {
            let said = succeed(run)?;
            let status = succeed(shop.command("git").args(["status", "--porcelain"]).current_dir(&clone))?;
            Ok::<_, String>((status, said))
        };
        let (status, said) = changed(&mut run)?;
        assert_eq!(status, if changes { " M pyproject.toml\n M shop/jobs.py\n" } else { "" }, "{said}");
        // The report is that of the first run; a second one has nothing to add.
        assert_eq!(changed(run.env("REPOSITORY", "my-org/again"))?.0, status);
    }
    fs::remove_file(reports.join("my-org+again.json"))?;

    let has_jq = Command::new("jq").arg("--version").output().is_ok();
    if !has_jq && std::env::var_os("CI").is_none() {
        eprintln!("SKIPPED: the summary, because there is no jq");
        return Ok(());
    }
    let summary = summary(&[reports.join("my-org+wrong.json"), reports.join("my-org+right.json")], 1500)?;
    let counts = ["repositories", "changed", "unchanged", "failed"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [3000, 1500, 1500, 0], "{summary:#}");
    assert_eq!(summary["systems"], serde_json::json!({ "Celery": 3000, "Flask": 3000 }));
    assert!(
        summary["findings"].as_object().unwrap().values().all(|by_status| by_status["fixed"] == 1500),
        "{summary:#}"
    );
    Ok(())
}

/// What `summary.jq` makes of these reports, each given this often.
fn summary(reports: &[PathBuf], times: usize) -> Result<serde_json::Value, Failed> {
    let texts: String = reports.iter().map(|report| fs::read_to_string(report).unwrap()).collect();
    let input = tempfile::NamedTempFile::new()?;
    fs::write(input.path(), texts.repeat(times))?;
    let mut jq = Command::new("jq");
    jq.args(["--null-input", &recipe("docs/how-to/fleets.md", "summary")]).stdin(fs::File::open(input.path())?);
    Ok(serde_json::from_str(&succeed(&mut jq)?)?)
}

/// The step of the batch spec, as it runs in its container, and the words of its template, which the report has.
pub(crate) fn sourcegraph() -> Result<(), Failed> {
    let spec = yaml(&recipe("docs/how-to/fleets.md", "sourcegraph"))?;
    let step = &spec["steps"][0];
    let (install, run) = step["run"].as_str().unwrap().split_once('\n').unwrap();
    assert!(install.starts_with("pip install"));
    let shop = Shop::without_sentry();
    let output = shop
        .command("sh")
        .args(["-c", run])
        .env_clear()
        .env("PATH", path_with_program())
        .stdin(Stdio::null())
        .output()?;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(shop.git(&["status", "--porcelain"]), " M pyproject.toml\n M shop/jobs.py\n");

    let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let template = &spec["changesetTemplate"];
    for text in [&template["title"], &template["body"], &template["commit"]["message"]] {
        let path = text.as_str().unwrap().strip_prefix("${{ outputs.report.").unwrap().strip_suffix(" }}").unwrap();
        let value = report.pointer(&format!("/{}", path.replace('.', "/")));
        assert!(value.is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty())), "{path}");
    }
    Ok(())
}

/// all-repos clones, fixes and pushes with the script of the page; the module that the program adds is in the commit.
pub(crate) fn all_repos() -> Result<(), Failed> {
    let shop = Shop::without_sentry();
    shop.add("Procfile", "worker: rq worker\n");
    shop.add("shop/queued.py", "from rq import Queue\n\nqueue = Queue()\n");
    shop.commit("RQ");
    let folder = shop.beside("fleet");
    succeed(shop.command("git").args(["clone", "--quiet", "--bare", "."]).arg(folder.join("shop.git")))?;

    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let repositories = serde_json::json!({ "shop": at("shop.git") });
    fs::write(at("repositories.json"), repositories.to_string())?;
    let configuration = serde_json::json!({
        "output_dir": "clones",
        "source": "all_repos.source.json_file", "source_settings": { "filename": at("repositories.json") },
        "push": "all_repos.push.merge_to_master", "push_settings": {},
    });
    fs::write(at("all-repos.json"), configuration.to_string())?;
    fs::write(at("sentry.py"), recipe("docs/how-to/fleets.md", "all-repos"))?;
    succeed(Command::new("chmod").args(["600", &at("all-repos.json")]))?;

    succeed(shop.command(tool("all-repos-clone")?).current_dir(&folder).args(["--config-filename", "all-repos.json"]))?;
    let mut fix = shop.command(tool("python")?);
    fix.args(["sentry.py", "--config-filename", "all-repos.json"])
        .current_dir(&folder)
        .env("PATH", path_with_program());
    let said = succeed(&mut fix)?;
    // What came in with the merge: commits of the same second have no order.
    let mut merged = shop.command("git");
    merged.args(["diff", "--name-only", "main^1", "main"]).current_dir(at("shop.git"));
    assert_eq!(succeed(&mut merged)?, "Procfile\npyproject.toml\nrq_settings.py\nshop/jobs.py\n", "{said}");
    Ok(())
}

/// `PATH` with the program of this build in front.
fn path_with_program() -> std::ffi::OsString {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_sentry-codemod"));
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(program.parent().unwrap().to_owned()).chain(std::env::split_paths(&inherited));
    std::env::join_paths(folders).unwrap()
}
