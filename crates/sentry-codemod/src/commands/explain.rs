//! Prints the page on a finding or a rule, or what `verify` means by a cause, and the list of them. Read [`run`] first.

use anyhow::{Result, bail};
use include_dir::{Dir, include_dir};
use planner::nearest::nearest;
use planner::{Catalogue, Code};

use crate::arguments::ExplainArguments;
use crate::exit::Exit;
use crate::output;

/// The pages on kinds of findings.
static FINDINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/findings");
/// The pages on rules.
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/rules");
/// The page with the table of the causes that `verify` names.
static VERIFY: &str = include_str!("../../docs/reference/verify.md");

/// Prints the page of that name.
///
/// # Errors
/// When there is none: names the nearest one.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit> {
    let slug = arguments.name.to_lowercase().replace([' ', '_'], "-");
    let page = page(&FINDINGS, &slug).or_else(|| page(&RULES, &slug)).map(str::to_owned);
    match page.or_else(|| cause(&slug)) {
        Some(page) => output::text(&page)?,
        None => {
            let names: Vec<String> =
                names(&FINDINGS).chain(names(&RULES)).chain(causes().map(|[name, ..]| name.to_owned())).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let near = nearest(&slug, &names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            bail!(
                "no finding, rule or cause is called `{}`{near}\n  all of them: sentry-codemod rules",
                arguments.name
            );
        }
    }
    Ok(Exit::Fine)
}

/// Prints what there is to explain.
///
/// # Errors
/// When the rules or stdout cannot be used.
pub(crate) fn list() -> Result<Exit> {
    let catalogue = Catalogue::load()?;
    let mut text = String::new();
    for system in &catalogue.systems {
        let distributions = system.distributions.join(", ");
        text.push_str(&row(&system.name.to_lowercase().replace(' ', "-"), "rule", &distributions));
    }
    for code in Code::ALL {
        text.push_str(&row(code.as_str(), &code.severity().to_string(), code.title()));
    }
    // Where a cause is a kind of finding as well, that one's page says more.
    for [name, meaning, _] in causes().filter(|[name, ..]| page(&FINDINGS, name).is_none()) {
        text.push_str(&row(name, "cause", meaning));
    }
    output::text(&text)?;
    Ok(Exit::Fine)
}

fn row(name: &str, kind: &str, about: &str) -> String {
    format!("{name:<24}  {kind:<7}  {about}").trim_end().to_owned() + "\n"
}

/// The page of that name, without the lines that are for its makers.
fn page<'a>(pages: &'a Dir<'_>, slug: &str) -> Option<&'a str> {
    let text = pages.get_file(format!("{slug}.md")).filter(|_| slug != "index")?.contents_utf8()?;
    Some(text.split_once("-->\n").filter(|_| text.starts_with("<!--")).map_or(text, |(_, page)| page.trim_start()))
}

/// What `verify` means by a cause, and what to do: a row of the table on its page.
fn cause(slug: &str) -> Option<String> {
    let [name, meaning, remedy] = causes().find(|[name, ..]| *name == slug)?;
    Some(format!("# {name}\n\nA cause that `sentry-codemod verify` names.\n\n{meaning}\n\n{remedy}\n"))
}

/// Each cause, its meaning, and what to do.
fn causes() -> impl Iterator<Item = [&'static str; 3]> {
    let (_, section) = VERIFY.split_once("\n## Causes\n").unwrap_or_default();
    section.lines().take_while(|line| !line.starts_with("## ")).filter_map(|line| {
        let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        let (meaning, remedy) = rest.strip_suffix(" |")?.split_once(" | ")?;
        Some([name, meaning, remedy])
    })
}

fn names(pages: &'static Dir<'_>) -> impl Iterator<Item = String> {
    let stems = pages.files().filter_map(|file| file.path().file_stem());
    stems.map(|stem| stem.to_string_lossy().into_owned()).filter(|name| name != "index")
}
