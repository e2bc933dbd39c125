//! Environment variables in a run on paper: those the process is started with, and those it sets itself.

use super::runner::Runner;
use super::value::Value;

impl Runner<'_> {
    /// The value of a variable; with a default it is one of two things as long as nothing is known.
    pub(super) fn variable(&mut self, name: &str, default: Option<Value>) -> Value {
        self.note_read(name);
        match (self.environment.get(name), default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => Value::either([default, Value::Unknown]),
            (None, None) => Value::Unknown,
        }
    }

    /// `os.environ["X"] = value`, and items of other objects, which are not followed.
    pub(super) fn set_item(&mut self, object: &Value, index: &Value, value: Value) {
        if let (Value::External(external), Some(name)) = (object, index.as_str())
            && &*external.name == "os.environ"
        {
            self.is_not_plain();
            self.environment.insert(name.to_owned(), value);
        }
    }

    /// `os.environ.setdefault("X", value)`: what the process was started with stays.
    pub(super) fn set_default(&mut self, name: &str, value: Value) {
        self.is_not_plain();
        let certain = self.is_certain();
        let entry = self.environment.entry(name.to_owned());
        match entry {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(value);
            }
            // Set before in a branch that may not be taken.
            std::collections::hash_map::Entry::Occupied(mut entry) if !certain => {
                let either = Value::either([entry.get().clone(), value]);
                entry.insert(either);
            }
            std::collections::hash_map::Entry::Occupied(_) => {}
        }
    }
}
