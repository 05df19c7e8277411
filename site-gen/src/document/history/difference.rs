//! Which files of a tree are other ones than in all trees before it.

use std::iter::Peekable;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;

use super::Trouble;
use super::repository::Repository;
use crate::limits::MAX_FILE_PATH_BYTES;

/// Tells of each file that is in a tree and not the same in any of those before.
pub(super) fn changed(
    repository: &Repository,
    tree: ObjectId,
    before: &[ObjectId],
    found: &mut impl FnMut(&[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    below(repository, tree, before, &mut Vec::new(), found)
}

fn below(
    repository: &Repository,
    tree: ObjectId,
    before: &[ObjectId],
    path: &mut Vec<u8>,
    found: &mut impl FnMut(&[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let object = repository.object(tree)?;
    let before: Vec<_> = before
        .iter()
        .map(|id| repository.object(*id))
        .collect::<Result<_, _>>()?;
    let mut before: Vec<_> = before
        .iter()
        .map(|object| Ok(object.tree()?.peekable()))
        .collect::<Result<_, Trouble>>()?;
    for entry in object.tree()? {
        let entry = entry.map_err(|_| object.broken("tree"))?;
        let same: Vec<EntryRef<'_>> = before
            .iter_mut()
            .filter_map(|entries| counterpart(entries, &entry))
            .collect();
        let is_known = |was: &EntryRef<'_>| (was.oid, was.mode) == (entry.oid, entry.mode);
        if same.iter().any(is_known) || entry.mode.is_commit() {
            continue;
        }
        let length = path.len();
        path.extend_from_slice(entry.filename);
        if path.len() <= MAX_FILE_PATH_BYTES {
            if entry.mode.is_tree() {
                path.push(b'/');
                let same: Vec<_> = same.iter().map(|was| was.oid.to_owned()).collect();
                below(repository, entry.oid.to_owned(), &same, path, found)?;
            } else {
                found(path)?;
            }
        }
        path.truncate(length);
    }
    Ok(())
}

/// What had the same name and was of the same kind. Both trees are in the same
/// order, so what comes before an entry is passed over for good.
fn counterpart<'a>(
    entries: &mut Peekable<TreeRefIter<'a>>,
    entry: &EntryRef<'_>,
) -> Option<EntryRef<'a>> {
    let is_earlier = |was: &Result<EntryRef<'a>, _>| matches!(was, Ok(was) if was < entry);
    while entries.next_if(is_earlier).is_some() {}
    let was = *entries.peek()?.as_ref().ok()?;
    let same = was.filename == entry.filename && was.mode.is_tree() == entry.mode.is_tree();
    same.then_some(was)
}
