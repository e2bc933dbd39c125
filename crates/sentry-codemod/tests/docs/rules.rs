//! The pages of the rules, one a framework or task queue. Read [`page`] first.

use planner::catalogue::{Catalogue, Order, Placement, Settings, System};
use toml_edit::DocumentMut;

use crate::pages::{assert_fresh, assert_no_others, generated_from, read, root};

#[test]
fn every_framework_and_task_queue_has_a_fresh_page() {
    let catalogue = Catalogue::load().unwrap();
    let mut names = vec!["index.md".to_owned()];
    for system in &catalogue.systems {
        names.push(format!("{}.md", slug(&system.name)));
        assert_fresh(&format!("docs/rules/{}.md", slug(&system.name)), &page(&catalogue, system));
    }
    assert_fresh("docs/rules/index.md", &index(&catalogue));
    assert_no_others("docs/rules", &names);
}

#[test]
fn the_table_of_contents_lists_the_rules() {
    let listed: String = catalogue_lines(&Catalogue::load().unwrap(), |system| {
        format!("  - [{}](rules/{}.md)\n", system.name, slug(&system.name))
    });
    let is_rule = |line: &&str| line.contains("](rules/") && !line.contains("](rules/index.md)");
    let contents = read("docs/SUMMARY.md");
    let mut fresh = String::new();
    for line in contents.lines().filter(|line| !is_rule(line)) {
        fresh.push_str(line);
        fresh.push('\n');
        if line.contains("](rules/index.md)") {
            fresh.push_str(&listed);
        }
    }
    assert_fresh("docs/SUMMARY.md", &fresh);
}

#[test]
fn the_readme_names_every_framework_and_task_queue() {
    let readme = read("README.md");
    for system in Catalogue::load().unwrap().systems {
        assert!(readme.contains(&system.name), "README.md does not name {}", system.name);
    }
}

#[test]
fn the_guide_explains_every_field_that_a_rule_uses() {
    let guide = read("CONTRIBUTING.md");
    for folder in ["frameworks", "workers", "schedulers"] {
        for entry in std::fs::read_dir(root().join("rules").join(folder)).unwrap() {
            let rule: DocumentMut = std::fs::read_to_string(entry.unwrap().path()).unwrap().parse().unwrap();
            for (field, _) in rule.iter() {
                assert!(guide.contains(&format!("| `{field}` |")), "CONTRIBUTING.md does not explain `{field}`");
            }
        }
    }
}

fn catalogue_lines(catalogue: &Catalogue, line: impl Fn(&System) -> String) -> String {
    catalogue.systems.iter().map(line).collect()
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn index(catalogue: &Catalogue) -> String {
    let rows = catalogue_lines(catalogue, |system| {
        let shown_by = if system.distributions.is_empty() {
            format!("a callable of {} that a server takes", code(&system.serves))
        } else {
            code(&system.distributions)
        };
        format!("| [{}]({}.md) | {shown_by} |\n", system.name, slug(&system.name))
    });
    format!(
        "{}# Rules\n\nEach framework and task queue that is known has a rule, a file of data under `rules/` in the repository.\n\n\
         | Rule | Shown to be in use by the dependency |\n|---|---|\n{rows}",
        generated_from("the files under `rules/`")
    )
}

fn page(catalogue: &Catalogue, system: &System) -> String {
    let mut page = generated_from("its file under `rules/`");
    page += &format!("# {}\n\n", system.name);
    page += &format!("Sentry's own page on it: <{}>.\n", system.documentation);

    page += "\n## How it is recognised\n\n";
    page += &listed("One of these distributions among the dependencies", &system.distributions);
    page += &listed("A call that builds its object", &system.builds);
    page += &listed("A callable of your own that a server takes, with as many parameters as these", &system.serves);
    page += &listed("A class that is one by its name, in a module that imports the framework", &system.defines);
    page += &listed("A command whose processes are its own", &system.commands);
    page += &listed("A call that builds a part of it", &system.parts);
    page += &listed("A call that runs what it is given", &system.runs);
    page += &listed("A call whose string arguments are modules that are loaded later", &system.includes);
    page += &system.settings.as_ref().map(settings).unwrap_or_default();

    page += "\n## Where init goes\n\n";
    page += match system.placement {
        Placement::Constructs => {
            "At module level, in the module that builds the object or in one that every process loads before it.\n"
        }
        Placement::Settings => "At module level, in the settings module that every process loads.\n",
    };
    page += match system.order {
        Order::Before => "It must run before the object is built: afterwards something is lost.\n",
        Order::Any => {
            "It goes before the object is built, where a reader expects it; later was measured to work as well.\n"
        }
    };
    page += &listed("It must come before these calls in any case", &system.late);
    page += &listed("In these hooks it comes too late, which the doctor tells", &system.late_hooks);
    page += &format!("\nEverything was measured to arrive from: {}.\n\n", system.evidence.full);
    page += &format!("Something was measured to be lost: {}.\n\n", system.evidence.degraded);
    page += &format!("Measured with {}.\n", system.evidence.versions.join(", "));
    if let Some(documented) = &system.documented {
        page += &format!("\nPublic guides name another spot: {}.\n", documented.placement);
        if documented.place.is_some() {
            page += "`--placement documented` puts it there.\n";
        }
    }

    page += "\n## What is written\n\n";
    page += &format!("Features that it makes worth having: {}.\n", system.features.join(", "));
    if let Some(integration) = catalogue.integration(system.integration.as_ref()) {
        page += &format!("\nThe integration is `{}.{}`.\n", integration.module, integration.class);
        page += &match integration.automatic(&catalogue.sdk.newest) {
            Some((since, _)) => format!("The SDK enables it by itself since {since}, so it is not written.\n"),
            None => "The SDK does not enable it by itself, so it is written into `integrations`.\n".to_owned(),
        };
        if let Some(extra) = &integration.extra {
            page += &format!("The requirement takes the extra `{extra}`.\n");
        }
    }
    page + &in_addition(system)
}

fn in_addition(system: &System) -> String {
    let mut text = String::new();
    if let Some(wrap) = &system.wrap {
        text += &format!("\nIn addition `{}.{}` goes around what the server takes.\n", wrap.module, wrap.class);
    }
    if let Some(listener) = &system.listener {
        text += &format!(
            "\nIn addition `{}.{}()` is called in a `{}` hook of the object, from sentry-sdk {} on.\n",
            listener.module,
            listener.call,
            listener.event,
            listener.since()
        );
    }
    if let Some(crons) = &system.crons {
        text += &format!(
            "\nWhere it starts jobs by the clock, the integration is written with `{}=True`, from sentry-sdk {} on.\n",
            crons.option,
            crons.since()
        );
        text += "What shows that:\n\n";
        text += &listed("A name in code or a key of its configuration", &crons.names);
        text += &listed("A distribution among the dependencies", &crons.distributions);
        text += &listed("A command", &crons.commands);
    }
    if let Some(monitor) = &system.monitor {
        text += &format!(
            "\nEvery job is handed to `{}.{}(monitor_slug=...)`: by a decorator below `{}`, or around the function where it is an argument.\n",
            monitor.module,
            monitor.call,
            monitor.decorators.join("`, `")
        );
    }
    if let Some(file) = &system.settings_file {
        text += &format!(
            "\nA command that loads no module of the project gets one: `{}.py` is made, and named by `{} {}`.\n",
            file.module, file.option, file.module
        );
    }
    text
}

fn settings(settings: &Settings) -> String {
    let mut text = format!("- The variable that names the settings module: `{}`\n", settings.variable);
    text += &listed("A name that loads the settings when it is used", &settings.objects);
    text += &listed("A name that a settings module assigns", &settings.markers);
    text + &listed("A call that executes files as part of the settings", &settings.executes)
}

fn listed(title: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("- {title}: {}\n", code(names)) }
}

fn code(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
