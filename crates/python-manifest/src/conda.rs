use crate::ManifestError;
use crate::check::Leaf;
use crate::manifest::Contents;
use crate::text::SourceText;
pub(crate) fn read(_source: &SourceText) -> Result<Contents, ManifestError> {
    Ok(Contents::default())
}
pub(crate) fn leaves(_source: &SourceText) -> Result<Vec<Leaf>, ManifestError> {
    Ok(Vec::new())
}
