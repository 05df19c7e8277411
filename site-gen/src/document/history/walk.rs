//! The commits that a history consists of, as `git log` finds them: see
//! "History Simplification" in git-log(1).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;

use super::Trouble;
use super::repository::{Head, Repository};

/// A commit that changed something in `content/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) id: ObjectId,
    /// The tree `content/` in it.
    pub(super) content: Option<ObjectId>,
    /// And in the commits that it was made of.
    pub(super) before: Vec<Option<ObjectId>>,
}

/// A commit on the way.
struct Node {
    content: Option<ObjectId>,
    committed: i64,
    /// Where the way goes on.
    parents: Vec<ObjectId>,
    /// Commits from where it comes here, and that were not yet told.
    children: usize,
}

/// The bytes that a [`Node`] takes, with its parent and its place in the map.
const NODE_BYTES: usize = 192;

/// And what is known of the content of a commit.
const CONTENT_BYTES: usize = 96;

/// The commits that changed `content/`, the last one first, and each before those
/// that it was made of.
pub(super) fn latest_first(repository: &Repository, head: &Head) -> Result<Vec<Commit>, Trouble> {
    let mut nodes = explore(repository, head)?;
    let mut commits = Vec::new();
    let mut ready = BinaryHeap::new();
    let mut number = 0_usize;
    let mut push = |ready: &mut BinaryHeap<_>, id: ObjectId, node: &Node| {
        number += 1;
        ready.push((node.committed, Reverse(number), id));
    };
    push(&mut ready, head.commit, &nodes[&head.commit]);
    while let Some((_, _, id)) = ready.pop() {
        let node = &nodes[&id];
        let parents = node.parents.clone();
        let before: Vec<_> = parents.iter().map(|id| nodes[id].content).collect();
        if is_changed(node.content, &before) {
            let content = node.content;
            commits.push(Commit {
                id,
                content,
                before,
            });
        }
        for id in parents {
            let parent = nodes.get_mut(&id).expect("it was explored");
            parent.children -= 1;
            if parent.children == 0 {
                push(&mut ready, id, parent);
            }
        }
    }
    Ok(commits)
}

/// Whether `content/` is another one than in all commits before.
fn is_changed(content: Option<ObjectId>, before: &[Option<ObjectId>]) -> bool {
    match before {
        [] => content.is_some(),
        before => !before.contains(&content),
    }
}

/// Everything that can be reached: where a merge took one side as it was, only
/// by that side.
fn explore(repository: &Repository, head: &Head) -> Result<HashMap<ObjectId, Node>, Trouble> {
    let mut nodes: HashMap<ObjectId, Node> = HashMap::new();
    let mut contents = HashMap::new();
    let mut ahead = vec![(head.commit, 0)];
    while let Some((id, children)) = ahead.pop() {
        if let Some(node) = nodes.get_mut(&id) {
            node.children += children;
            continue;
        }
        repository.count(NODE_BYTES)?;
        let object = repository.object(id)?;
        let commit = object.commit()?;
        // One that is named twice is one.
        let mut seen = HashSet::new();
        let parents = commit.parents().filter(|parent| seen.insert(*parent));
        let mut parents: Vec<ObjectId> = parents.collect();
        let content = content(repository, head, id, &mut contents)?;
        for &parent in &parents {
            if self::content(repository, head, parent, &mut contents)? == content {
                parents = vec![parent];
                break;
            }
        }
        ahead.extend(parents.iter().map(|&parent| (parent, 1)));
        let committer = commit.committer();
        let node = Node {
            content,
            committed: committer.map_or(0, |committer| committer.seconds()),
            parents,
            children,
        };
        nodes.insert(id, node);
    }
    Ok(nodes)
}

/// The tree `content/` of a commit.
fn content(
    repository: &Repository,
    head: &Head,
    commit: ObjectId,
    known: &mut HashMap<ObjectId, Option<ObjectId>>,
) -> Result<Option<ObjectId>, Trouble> {
    if let Some(content) = known.get(&commit) {
        return Ok(*content);
    }
    repository.count(CONTENT_BYTES)?;
    let object = repository.object(commit)?;
    let mut tree = object.commit()?.tree();
    let mut content = Some(tree);
    for name in &head.path {
        let object = repository.object(tree)?;
        let mut entries = object.tree()?.filter_map(Result::ok);
        let entry = entries.find(|entry| entry.filename == name && entry.mode.is_tree());
        content = entry.map(|entry| entry.oid.to_owned());
        match content {
            Some(id) => tree = id,
            None => break,
        }
    }
    known.insert(commit, content);
    Ok(content)
}
