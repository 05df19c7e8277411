//! `get_url`: where something is served.

use tera::{Kwargs, TeraResult};

use super::{Knowledge, Wanted};
use crate::fingerprint::fingerprinted;
use crate::functions::calls::want;
use crate::url;

impl Knowledge {
    pub(super) fn url(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let wanted: &str = kwargs.must_get("path")?;
        let (place, anchor) = wanted
            .split_once('#')
            .map_or((wanted, None), |(place, anchor)| (place, Some(anchor)));
        let mut path = match place.strip_prefix("@/") {
            Some(id) => self
                .meant(id, kwargs, |id| self.documents.get(id))?
                .map(ToString::to_string)
                .or_else(|| self.paths.get(id).cloned())
                .ok_or_else(|| {
                    let documents = self.documents.keys().map(|id| &**id);
                    let files = self.paths.keys().map(String::as_str);
                    self.no_file("file", id, documents.chain(files))
                })?,
            None if url::has_scheme(place) => return Ok(wanted.to_owned()),
            None => self.localized(place, kwargs)?,
        };
        match kwargs.get::<bool>("trailing_slash")? {
            Some(true) if !path.ends_with('/') => path.push('/'),
            Some(false) if !place.starts_with("@/") => {
                let first = self.base.root().len() + 1;
                path.truncate(path.trim_end_matches('/').len().max(first));
            }
            _ => {}
        }
        if kwargs.get::<bool>("cachebust")?.unwrap_or_default() {
            path = self.fingerprint(&path)?;
        }
        let base = self.base(kwargs)?;
        let anchor = anchor
            .map(|anchor| format!("#{anchor}"))
            .unwrap_or_default();
        Ok(format!("{base}{path}{anchor}"))
    }

    /// What stands before an address, if a whole URL is asked for.
    pub(crate) fn base(&self, kwargs: &Kwargs) -> TeraResult<&str> {
        let absolute = kwargs.get::<bool>("absolute")?.unwrap_or_default();
        Ok(if absolute { self.base.origin() } else { "" })
    }

    /// The place in the site that a template names: what is an address, as `page.path`
    /// is, has its own. Where the site has places that begin like an address, nothing is
    /// taken for one.
    pub(crate) fn place(&self, path: &str) -> String {
        let place = format!("/{}", path.trim_start_matches('/'));
        let root = self.base.root();
        match self.base.place(&place) {
            Some(inside) if !root.is_empty() && !self.is_ambiguous() => inside.to_owned(),
            _ => place,
        }
    }

    fn is_ambiguous(&self) -> bool {
        *self.is_ambiguous.get_or_init(|| {
            let files = self.files.keys().chain(self.paths.values());
            let documents = self.documents.values().map(|path| &**path);
            let mut all = files.map(String::as_str).chain(documents);
            all.any(|address| {
                let place = self.base.place(address);
                place.and_then(|place| self.base.place(place)).is_some()
            })
        })
    }

    /// The address of a place in the language that is asked for. Static files have
    /// none.
    fn localized(&self, place: &str, kwargs: &Kwargs) -> TeraResult<String> {
        let place = self.place(place);
        let is_default = |code: &str| self.languages.first().is_some_and(|l| l.code == code);
        let code = match kwargs.get::<&str>("lang")? {
            Some(code) if !is_default(code) => &self.language(kwargs)?.code,
            _ => return Ok(self.base.address(&place)),
        };
        let prefix = format!("/{code}");
        let rest = place.strip_prefix(&prefix);
        let has_it = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let address = self.base.address(&place);
        Ok(match has_it || self.files.contains_key(&address) {
            true => address,
            false => self.base.address(&(prefix + &place)),
        })
    }

    fn fingerprint(&self, path: &str) -> TeraResult<String> {
        let content = self.file(path)?;
        let name = fingerprinted(path, &content.digest());
        want(Wanted::Fingerprinted {
            name: name.clone(),
            path: path.to_owned(),
        });
        Ok(name)
    }
}
