//! Manifests: what they say of alloc-kit in any of the forms that cargo takes, and what is put in. All else stays as it is.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use crate::exit::Failure;

/// The crate's name on crates.io.
const NAME: &str = "alloc-kit";
/// Keys that say where a crate is from, and with which of its default features.
const SOURCE: [&str; 11] = [
    "workspace",
    "version",
    "path",
    "git",
    "branch",
    "tag",
    "rev",
    "registry",
    "registry-index",
    "package",
    "default-features",
];

/// A manifest, and its text as it was.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) document: DocumentMut,
}

/// A dependency on alloc-kit: what it is called, and from where it is.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) key: String,
    pub(crate) source: Vec<(String, Value)>,
    pub(crate) features: Vec<String>,
    pub(crate) optional: bool,
}

impl Manifest {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))?;
        let document = text
            .strip_prefix('\u{feff}')
            .unwrap_or(&text)
            .parse::<DocumentMut>()
            .map_err(|error| Failure::unusable(format!("{}: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), text, document })
    }

    /// The text as it will be, with the line ends that it had.
    pub(crate) fn new_text(&self) -> String {
        let mut text = self.document.to_string();
        if self.text.contains("\r\n") {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if self.text.starts_with('\u{feff}') {
            text.insert(0, '\u{feff}');
        }
        text
    }

    /// What the table says of alloc-kit; `inherited` are the names that it has in `[workspace.dependencies]`.
    pub(crate) fn dependency(&self, table: &str, inherited: &[String]) -> Option<Dependency> {
        dependency(self.table(table)?, inherited)
    }

    /// The names of alloc-kit in `[workspace.dependencies]`, and what is said of it there.
    pub(crate) fn of_workspace(&self) -> Option<Dependency> {
        let table = self.document.get("workspace")?.get("dependencies")?.as_table_like()?;
        dependency(table, &[])
    }

    fn table(&self, name: &str) -> Option<&dyn TableLike> {
        self.document.get(spelled(&self.document, name))?.as_table_like()
    }

    /// Adds a dependency, in its place where the others are in order.
    pub(crate) fn add(&mut self, table: &str, dependency: &Dependency) {
        let spelled = spelled(&self.document, table);
        if !self.document.contains_key(spelled) {
            let mut new = Table::new();
            // Behind the dependencies, and not behind all.
            let of = self.document.get("dependencies").and_then(Item::as_table);
            new.set_position(of.and_then(last_position));
            self.document.insert(spelled, Item::Table(new));
        }
        let Some(table) = self.document.get_mut(spelled).and_then(Item::as_table_like_mut) else { return };
        let is_sorted = table.iter().map(|(key, _)| key.to_owned()).is_sorted();
        table.insert(&dependency.key, dependency.item());
        if is_sorted {
            table.sort_values();
        }
    }

    /// Turns a feature of a dependency on that is there.
    pub(crate) fn add_feature(&mut self, table: &str, key: &str, feature: &str) {
        let spelled = spelled(&self.document, table);
        let table = self.document.get_mut(spelled).and_then(Item::as_table_like_mut);
        let Some(item) = table.and_then(|table| table.get_mut(key)) else { return };
        if let Item::Value(Value::String(version)) = item {
            let decor = version.decor().clone();
            let mut table = InlineTable::new();
            table.insert("version", version.value().as_str().into());
            table.insert("features", Value::Array([feature].into_iter().collect()));
            *table.decor_mut() = decor;
            *item = Item::Value(Value::InlineTable(table));
        } else if let Some(table) = item.as_table_like_mut() {
            if let Some(features) = table.get_mut("features").and_then(Item::as_array_mut) {
                push(features, feature);
            } else {
                table.insert("features", value(Array::from_iter([feature])));
            }
        }
    }

    /// Names a test program, where cargo does not look for them.
    pub(crate) fn add_test(&mut self, name: &str, path: &str) {
        let tests = self.document.entry("test").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let mut table = Table::new();
        table.insert("name", value(name));
        table.insert("path", value(path));
        if let Some(tests) = tests.as_array_of_tables_mut() {
            tests.push(table);
        } else if let Some(tests) = tests.as_array_mut() {
            tests.push(table.into_inline_table());
        }
    }

    /// Whether cargo looks into tests/ by itself.
    pub(crate) fn finds_tests(&self, edition: &str) -> bool {
        match self
            .document
            .get("package")
            .and_then(|package| package.get("autotests"))
            .and_then(Item::as_bool)
        {
            Some(finds) => finds,
            None => edition != "2015" || self.document.get("test").is_none(),
        }
    }

    /// The resolver of a workspace whose root this is, and the table to set another in.
    pub(crate) fn resolver(&self, edition: Option<&str>) -> (String, &'static str) {
        let of =
            |table: &str| Some(self.document.get(table)?.get("resolver")?.as_value()?.as_str()?.to_owned());
        let table = if self.document.contains_key("workspace") { "workspace" } else { "package" };
        let by_edition = match edition {
            Some("2015" | "2018") | None => "1",
            Some("2021") => "2",
            Some(_) => "3",
        };
        (of("workspace").or_else(|| of("package")).unwrap_or_else(|| by_edition.to_owned()), table)
    }
}

impl Dependency {
    /// One that the manifests don't have yet.
    pub(crate) fn new(source: Vec<(String, Value)>) -> Self {
        Self { key: NAME.to_owned(), source, features: Vec::new(), optional: false }
    }

    /// From the same place, with one feature.
    pub(crate) fn with_feature(&self, feature: Option<&str>) -> Self {
        let features = feature.map(str::to_owned).into_iter().collect();
        Self { key: self.key.clone(), source: self.source.clone(), features, optional: false }
    }

    pub(crate) fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|other| other == feature)
    }

    /// How code calls it.
    pub(crate) fn krate(&self) -> String {
        self.key.replace('-', "_")
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.source.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether cargo takes one crate for both. A version that is open fits every one.
    pub(crate) fn is_one_with(&self, other: &Self) -> bool {
        const PLACES: [&str; 5] = ["path", "git", "branch", "tag", "rev"];
        let text = |of: &Self, key: &str| of.get(key).map(|value| value.as_str().unwrap_or("").to_owned());
        if self.get("workspace").is_some() || other.get("workspace").is_some() {
            return true;
        }
        PLACES.iter().all(|key| text(self, key) == text(other, key))
            && match (text(self, "version"), text(other, "version")) {
                (Some(one), Some(other)) => compatible(&one) == compatible(&other),
                _ => true,
            }
    }

    /// `version = "0.1", path = ".."`, for a message.
    pub(crate) fn shown(&self) -> String {
        let keys = self.source.iter().filter(|(key, _)| key != "package" && key != "default-features");
        keys.map(|(key, value)| format!("{key} = {}", value.to_string().trim()))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn item(&self) -> Item {
        if let ([(key, version)], []) = (&self.source[..], &self.features[..])
            && key == "version"
        {
            return value(version.clone());
        }
        if let ([(key, inherits)], []) = (&self.source[..], &self.features[..])
            && key == "workspace"
        {
            let mut table = Table::new();
            table.set_dotted(true);
            table.insert("workspace", value(inherits.clone()));
            return Item::Table(table);
        }
        let mut table = InlineTable::new();
        for (key, value) in &self.source {
            table.insert(key, value.clone());
        }
        if !self.features.is_empty() {
            table.insert("features", Value::Array(self.features.iter().map(String::as_str).collect()));
        }
        value(table)
    }
}

/// `dev_dependencies`, where it is so.
fn spelled<'a>(document: &DocumentMut, table: &'a str) -> &'a str {
    if table == "dev-dependencies" && document.contains_key("dev_dependencies") {
        return "dev_dependencies";
    }
    table
}

fn dependency(table: &dyn TableLike, inherited: &[String]) -> Option<Dependency> {
    table.iter().find_map(|(key, item)| {
        let of = item.as_table_like();
        let get = |key: &str| of.and_then(|of| of.get(key));
        let inherits = get("workspace").and_then(Item::as_bool) == Some(true);
        let is_ours = if inherits {
            key == NAME || inherited.iter().any(|name| name == key)
        } else {
            get("package").and_then(Item::as_str).unwrap_or(key) == NAME
        };
        if !is_ours {
            return None;
        }
        let mut source = Vec::new();
        if let Some(version) = item.as_value().filter(|value| value.is_str()) {
            source.push(("version".to_owned(), plain(version)));
        }
        source.extend(
            SOURCE.iter().filter_map(|name| Some(((*name).to_owned(), plain(get(name)?.as_value()?)))),
        );
        let features = get("features").and_then(Item::as_array).into_iter().flatten();
        Some(Dependency {
            key: key.to_owned(),
            source,
            features: features.filter_map(Value::as_str).map(str::to_owned).collect(),
            optional: get("optional").and_then(Item::as_bool) == Some(true),
        })
    })
}

/// A value without the comments and spaces round it.
fn plain(value: &Value) -> Value {
    let mut value = value.clone();
    value.decor_mut().clear();
    value
}

/// What two requirements must share so that one version is taken for both: `0.1` of `^0.1.3`, `2` of `2.4`.
fn compatible(requirement: &str) -> String {
    let version = requirement.trim_start_matches(['^', '=', '~', '>', '<', ' ']);
    let mut kept = Vec::new();
    for part in version.split(['.', ',', ' ']) {
        kept.push(part);
        if part != "0" {
            break;
        }
    }
    kept.join(".")
}

/// At the end, in a line of its own where the others have one.
fn push(features: &mut Array, feature: &str) {
    let before = features.iter().last().and_then(|last| last.decor().prefix()).cloned();
    features.push(feature);
    let many = features.len() > 1;
    if let (Some(before), Some(new), true) = (before, features.iter_mut().last(), many) {
        let is_line = before.as_str().is_some_and(|before| before.contains('\n'));
        if is_line {
            new.decor_mut().set_prefix(before);
        }
    }
}

/// The position of the last table of these.
fn last_position(table: &Table) -> Option<isize> {
    let below = table.iter().filter_map(|(_, item)| item.as_table()).filter_map(last_position);
    below.chain(table.position()).max()
}
