//! conda's environment.yml: a list of conda packages and in it a list for pip.

use crate::ManifestError;
use crate::check::Leaf;
use crate::layout::Layout;
use crate::list::{Item, List};
use crate::manifest::{Contents, Group};
use crate::requirement::Requirement;
use crate::specifier::Notation;
use crate::text::SourceText;
use crate::yaml::{self, Node};

/// No lists: not an environment file.
pub(crate) fn read(source: &SourceText) -> Result<Contents, ManifestError> {
    let mut contents = Contents::default();
    let root = yaml::parse(source)?;
    let Some(dependencies) = root.as_ref().and_then(|root| root.get("dependencies")) else { return Ok(contents) };
    contents.lists.push(list(source, dependencies, "dependencies", Notation::Conda));
    let pip = dependencies.as_list().into_iter().flatten().find_map(|item| item.get("pip"));
    contents.lists.extend(pip.map(|pip| list(source, pip, "dependencies.pip", Notation::Pep440)));
    contents.requires_python = contents.lists[0].requirements_of("python").next().map(|one| one.specifier.clone());
    Ok(contents)
}

/// Every scalar of the file.
pub(crate) fn leaves(source: &SourceText) -> Result<Vec<Leaf>, ManifestError> {
    Ok(yaml::parse(source)?.map(|root| yaml::leaves(&root)).unwrap_or_default())
}

fn list(source: &SourceText, node: &Node, place: &str, notation: Notation) -> List {
    let is_flow = source.slice(node.span.clone()).starts_with('[');
    let scalars: Vec<&Node> =
        node.as_list().unwrap_or_default().iter().filter(|item| item.as_str().is_some()).collect();
    let own_quote = |item: &Node| source.slice(item.span.clone()).chars().next().filter(|c| "\"'".contains(*c));
    let quote = scalars.last().and_then(|item| own_quote(item));
    let items: Vec<Item> = scalars
        .iter()
        .map(|item| {
            let requirement = requirement(source, item, own_quote(item).is_some(), notation);
            let lines = source.line_start(item.span.start)..source.line_end(item.span.end);
            Item { span: if is_flow { item.span.clone() } else { lines }, requirement }
        })
        .collect();
    List {
        place: place.to_owned(),
        group: Group::Runtime,
        notation,
        keyed: false,
        // Between brackets a comma would end a plain scalar.
        quote: if is_flow { quote.or(Some('"')) } else { quote },
        pins_elsewhere: false,
        layout: layout(source, node, &scalars, is_flow),
        items,
    }
}

fn requirement(source: &SourceText, item: &Node, is_quoted: bool, notation: Notation) -> Option<Requirement> {
    let quotes = usize::from(is_quoted);
    let text = source.slice(item.span.start + quotes..item.span.end - quotes);
    // `conda-forge::flask` names its channel.
    let channel = if notation == Notation::Conda { text.find("::").map_or(0, |at| at + 2) } else { 0 };
    Requirement::parse(&text[channel..], item.span.start + quotes + channel, notation)
}

fn layout(source: &SourceText, node: &Node, scalars: &[&Node], is_flow: bool) -> Layout {
    if is_flow && !scalars.is_empty() {
        return Layout::Brackets { inner: node.span.start + 1..node.span.end - 1 };
    }
    let closed = |reason: &str| Layout::Closed { reason: reason.to_owned() };
    let Some(last) = scalars.last() else { return closed("its list of dependencies is empty") };
    let prefix = source.slice(source.line_start(last.span.start)..last.span.start);
    match prefix.trim() {
        "-" => Layout::Lines { prefix: prefix.to_owned() },
        _ => closed("its list of dependencies is not written one item a line"),
    }
}
