//! The smallest set of candidates that covers the required processes. Read [`cover`] first. Never looks at files.

use std::collections::BTreeSet;

use super::Wanted;
use super::candidates::{Candidate, Rank};

/// Up to this many sites the best set is found by trying all; beyond it the next best candidate is taken each time.
const TRIED: usize = 3;

/// Fewest sites first; then the fewest processes that would run two; then the places where a reader would look first.
pub(super) fn cover<'a>(candidates: &'a [Candidate], wanted: Wanted<'_>) -> Vec<&'a Candidate> {
    let required: BTreeSet<usize> = wanted.required.iter().copied().collect();
    let coverable: BTreeSet<usize> = required
        .iter()
        .copied()
        .filter(|process| candidates.iter().any(|candidate| candidate.covers.contains(process)))
        .collect();
    if coverable.is_empty() {
        return Vec::new();
    }
    let useful = distinct(candidates, &coverable, wanted);
    for size in 1..=TRIED.min(coverable.len()) {
        let best = choose(&useful, size)
            .into_iter()
            .filter(|set| {
                coverable.iter().all(|process| set.iter().any(|candidate| candidate.covers.contains(process)))
            })
            .min_by_key(|set| cost(set, wanted));
        if let Some(best) = best.filter(|set| size > 1 || worth_sharing(set)) {
            return best;
        }
    }
    one_by_one(&useful, coverable, wanted)
}

/// A module that merely happens to be loaded by all is no place for init when the processes have places of their own.
fn worth_sharing(set: &[&Candidate]) -> bool {
    set.iter().all(|candidate| candidate.rank < Rank::Other || candidate.covers.len() == 1)
}

/// For each set of processes the best candidate; worse ones can never be part of the answer.
fn distinct<'a>(candidates: &'a [Candidate], coverable: &BTreeSet<usize>, wanted: Wanted<'_>) -> Vec<&'a Candidate> {
    let mut useful: Vec<&Candidate> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.covers.is_disjoint(coverable)) {
        match useful.iter_mut().find(|known| known.covers == candidate.covers && known.runs_in == candidate.runs_in) {
            Some(known) if cost(&[candidate], wanted) < cost(&[known], wanted) => *known = candidate,
            Some(_) => {}
            None => useful.push(candidate),
        }
    }
    useful
}

fn choose<'a>(candidates: &[&'a Candidate], size: usize) -> Vec<Vec<&'a Candidate>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut sets = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        for mut rest in choose(&candidates[number + 1..], size - 1) {
            rest.push(candidate);
            sets.push(rest);
        }
    }
    sets
}

type Cost = (usize, Vec<Rank>, usize, Vec<(usize, usize)>);

fn cost(set: &[&Candidate], wanted: Wanted<'_>) -> Cost {
    let runs = |process: &usize| set.iter().filter(|candidate| candidate.runs_in.contains(process)).count();
    let twice = (0..wanted.processes.len()).filter(|process| runs(process) > 1).count();
    let mut ranks: Vec<Rank> = set.iter().map(|candidate| candidate.rank).collect();
    ranks.sort_unstable_by(|a, b| b.cmp(a));
    let left = wanted
        .optional
        .iter()
        .filter(|process| !set.iter().any(|candidate| candidate.covers.contains(process)))
        .count();
    (twice, ranks, left, set.iter().map(|candidate| candidate.tie).collect())
}

fn one_by_one<'a>(useful: &[&'a Candidate], mut open: BTreeSet<usize>, wanted: Wanted<'_>) -> Vec<&'a Candidate> {
    let mut chosen: Vec<&Candidate> = Vec::new();
    while !open.is_empty() {
        let best = useful.iter().filter(|candidate| !candidate.covers.is_disjoint(&open)).min_by_key(|candidate| {
            let new = candidate.covers.intersection(&open).count();
            (usize::from(candidate.rank >= Rank::Other), usize::MAX - new, cost(&[candidate], wanted))
        });
        let Some(best) = best else { break };
        open.retain(|process| !best.covers.contains(process));
        chosen.push(best);
    }
    chosen
}
