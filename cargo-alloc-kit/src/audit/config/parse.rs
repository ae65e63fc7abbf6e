//! Reads `alloc-kit-audit.toml`: every key is known, of the right type, and of things that there are. An error names the file, the
//! line, and what is accepted.

use std::ops::Range;
use std::path::Path;

use globset::GlobBuilder;
use ignore::gitignore::GitignoreBuilder;
use toml_edit::{Document, Item, Key, Table, TableLike};

use super::{Baseline, Budget, Config, Exclude, Files, Of, known_rule, size};
use crate::audit::rules::Join;
use crate::exit::Failure;
use crate::ratchet::file::Tolerance;

const KEYS: &str = "`exclude`, `[rules]`, `[[budget]]`, `[baseline]`";
const OF_BUDGET: &str = "`file`, `function`, `rule`, `bytes`, `blocks`, `inclusive`";
const OF_BASELINE: &str = "`profile`, `tolerance`";

struct Reader<'a> {
    text: &'a str,
    /// The folder that it stands in.
    folder: &'a Path,
    shown: &'a Path,
}

/// Of the text of the file, which is said by `shown`.
pub(super) fn parse(text: &str, file: &Path, shown: &Path) -> Result<Config, Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let reader = Reader { text, folder, shown };
    let document = Document::parse(text).map_err(|error| reader.at(error.span(), error.message(), None))?;
    let root: &Table = document.as_table();
    let mut config = Config { file: Some(shown.to_owned()), ..Config::default() };
    for (name, item) in root {
        match name {
            "exclude" => config.exclude = reader.exclude(item)?,
            "rules" => reader.rules(item, root.key(name), &mut config)?,
            "budget" => config.budgets = reader.budgets(item, root.key(name))?,
            "baseline" => config.baseline = Some(reader.baseline(item, root.key(name))?),
            _ => return Err(reader.unknown(name, root.key(name), KEYS)),
        }
    }
    Ok(config)
}

impl Reader<'_> {
    fn line(&self, span: Option<Range<usize>>) -> Option<usize> {
        span.map(|span| self.text[..span.start.min(self.text.len())].matches('\n').count() + 1)
    }

    fn at(&self, span: Option<Range<usize>>, what: &str, accepted: Option<&str>) -> Failure {
        let line = self.line(span).map(|line| format!(":{line}")).unwrap_or_default();
        let what = what.trim_end().replace('\n', ": ");
        let failure = Failure::unusable(format!("{}{line}: {what}", self.shown.display()));
        match accepted {
            Some(accepted) => failure.help(format!("accepted: {accepted}")),
            None => failure,
        }
    }

    fn unknown(&self, name: &str, key: Option<&Key>, accepted: &str) -> Failure {
        self.at(key.and_then(Key::span), &format!("unknown key `{name}`"), Some(accepted))
    }

    /// What is of another type than it must be.
    fn wrong(&self, name: &str, item: &Item, key: Option<&Key>, accepted: &str) -> Failure {
        let span = item.span().or_else(|| key.and_then(Key::span));
        self.at(span, &format!("`{name}` is {}", described(item)), Some(accepted))
    }

    fn exclude(&self, item: &Item) -> Result<Exclude, Failure> {
        const ACCEPTED: &str = "a list of lines as .gitignore has them (`[\"vendor/**\", \"*.min.js\"]`)";
        let list = item.as_array().ok_or_else(|| self.wrong("exclude", item, None, ACCEPTED))?;
        let mut builder = GitignoreBuilder::new("");
        for value in list {
            let Some(line) = value.as_str().filter(|line| !line.trim().is_empty()) else {
                return Err(self.at(value.span(), "`exclude` holds what is no glob", Some(ACCEPTED)));
            };
            builder.add_line(None, line).map_err(|error| {
                self.at(value.span(), &format!("`{line}` is no glob: {error}"), Some(ACCEPTED))
            })?;
        }
        let lines =
            builder.build().map_err(|error| self.at(item.span(), &error.to_string(), Some(ACCEPTED)))?;
        Ok(Exclude { folder: self.folder.to_owned(), lines })
    }

    fn rules(&self, item: &Item, key: Option<&Key>, config: &mut Config) -> Result<(), Failure> {
        const ACCEPTED: &str = "`\"on\"` or `\"off\"` for each rule (`rust-x = \"off\"`)";
        let table = item.as_table_like().ok_or_else(|| self.wrong("rules", item, key, ACCEPTED))?;
        for (id, item) in table.iter() {
            let span = table.key(id).and_then(Key::span);
            known_rule(id).map_err(|(message, near)| {
                let failure = self.at(span, &message, None);
                failure.help(near.unwrap_or_else(|| "`cargo alloc-kit audit explain` lists them".to_owned()))
            })?;
            let is_on = match item.as_str() {
                Some("on") => true,
                Some("off") => false,
                _ => return Err(self.wrong(id, item, table.key(id), ACCEPTED)),
            };
            config.rules.insert(id.to_owned(), is_on);
        }
        Ok(())
    }

    fn budgets(&self, item: &Item, key: Option<&Key>) -> Result<Vec<Budget>, Failure> {
        const ACCEPTED: &str = "a section `[[budget]]` for each";
        let of_table = |table: &dyn TableLike, span| self.budget(table, self.line(span).unwrap_or_default());
        if let Some(tables) = item.as_array_of_tables() {
            return tables.iter().map(|table| of_table(table, table.span())).collect();
        }
        let list = item.as_array().ok_or_else(|| self.wrong("budget", item, key, ACCEPTED))?;
        let tables = list.iter().map(|value| {
            let table = value.as_inline_table();
            let table = table
                .ok_or_else(|| self.at(value.span(), "`budget` holds what is no table", Some(ACCEPTED)))?;
            of_table(table, value.span())
        });
        tables.collect()
    }

    fn budget(&self, table: &dyn TableLike, line: usize) -> Result<Budget, Failure> {
        let (mut file, mut function, mut rule) = (None, None, None);
        let (mut bytes, mut blocks, mut inclusive) = (None, None, None);
        for (name, item) in table.iter() {
            let key = table.key(name);
            match name {
                "file" => file = Some(self.files(item, key)?),
                "function" => {
                    function = Some(self.text(
                        name,
                        item,
                        key,
                        "a function's name (`\"parse\"`, `\"Parser::line\"`)",
                    )?);
                }
                "rule" => rule = Some(self.rule(item, key)?),
                "bytes" => bytes = Some(self.bytes(item, key)?),
                "blocks" => {
                    let blocks_of = item.as_integer().and_then(|blocks| u64::try_from(blocks).ok());
                    blocks = Some(
                        blocks_of
                            .ok_or_else(|| self.wrong(name, item, key, "a number of allocations, from 0"))?,
                    );
                }
                "inclusive" => {
                    let is =
                        item.as_bool().ok_or_else(|| self.wrong(name, item, key, "`true` or `false`"))?;
                    inclusive = Some((is, key.and_then(Key::span)));
                }
                _ => return Err(self.unknown(name, key, OF_BUDGET)),
            }
        }
        let wrong = |what: &str, accepted: &str| {
            let place = format!("{}:{line}: {what}", self.shown.display());
            Err(Failure::unusable(place).help(format!("accepted: {accepted}")))
        };
        let of = match (function, rule) {
            (Some(_), Some(_)) => {
                return wrong("a budget of a function and of a rule", "one of them, with or without `file`");
            }
            (Some(function), None) => Of::Function(function),
            (None, Some(rule)) => Of::Rule(rule),
            (None, None) if file.is_some() => Of::Files,
            (None, None) => return wrong("a budget of nothing", "one with `file`, `function` or `rule`"),
        };
        if bytes.is_none() && blocks.is_none() {
            return wrong("a budget without a limit", "one with `bytes`, `blocks`, or both");
        }
        if let Some((true, span)) = &inclusive
            && !matches!(of, Of::Function(_))
        {
            return Err(self.at(
                span.clone(),
                "`inclusive`, and the budget is of no function",
                Some("it with `function`"),
            ));
        }
        Ok(Budget { of, file, bytes, blocks, inclusive: inclusive.is_some_and(|(is, _)| is), line })
    }

    fn baseline(&self, item: &Item, key: Option<&Key>) -> Result<Baseline, Failure> {
        let table = item.as_table_like().ok_or_else(|| self.wrong("baseline", item, key, OF_BASELINE))?;
        let (mut profile, mut tolerance) = (None, None);
        for (name, item) in table.iter() {
            let key = table.key(name);
            match name {
                "profile" => {
                    profile =
                        Some(self.text(name, item, key, "a profile, or a folder of `audit capture`")?);
                }
                "tolerance" => {
                    let text = item
                        .as_str()
                        .map(str::to_owned)
                        .or_else(|| item.as_integer().map(|bytes| bytes.to_string()));
                    let parsed = text.as_deref().and_then(Tolerance::parse);
                    tolerance = Some(parsed.ok_or_else(|| {
                        self.wrong(name, item, key, "bytes (`64`), or a share of up to 100 (`\"5%\"`)")
                    })?);
                }
                _ => return Err(self.unknown(name, key, OF_BASELINE)),
            }
        }
        let span = item.span().or_else(|| key.and_then(Key::span));
        let Some(profile) = profile else {
            return Err(self.at(span, "`[baseline]` has no `profile`", Some("`profile = \"base.json\"`")));
        };
        Ok(Baseline { profile: self.folder.join(profile), tolerance })
    }

    fn text(&self, name: &str, item: &Item, key: Option<&Key>, accepted: &str) -> Result<String, Failure> {
        let text = item.as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| self.wrong(name, item, key, accepted))
    }

    fn files(&self, item: &Item, key: Option<&Key>) -> Result<Files, Failure> {
        const ACCEPTED: &str =
            "a path or a glob, from the folder of this file (`\"src/parse.rs\"`, `\"src/**\"`)";
        let text = self.text("file", item, key, ACCEPTED)?;
        let relative = text.strip_prefix("./").unwrap_or(&text);
        let glob = GlobBuilder::new(relative).literal_separator(true).build();
        let glob = glob.map_err(|error| {
            self.at(item.span(), &format!("`{text}` is no glob: {}", error.kind()), Some(ACCEPTED))
        })?;
        Ok(Files { text, folder: self.folder.to_owned(), glob: glob.compile_matcher() })
    }

    fn rule(&self, item: &Item, key: Option<&Key>) -> Result<&'static str, Failure> {
        let id = self.text("rule", item, key, "the id of a rule")?;
        let rule = known_rule(&id).map_err(|(message, near)| {
            let failure = self.at(item.span(), &message, None);
            failure.help(near.unwrap_or_else(|| "`cargo alloc-kit audit explain` lists them".to_owned()))
        })?;
        if rule.join == Join::None {
            return Err(self.at(
                item.span(),
                &format!("no profile has a line for what `{id}` finds, so that its budget would always hold"),
                Some("a rule whose findings are measured; or a budget of a file or a function"),
            ));
        }
        Ok(&rule.id)
    }

    fn bytes(&self, item: &Item, key: Option<&Key>) -> Result<u64, Failure> {
        let of_text = item.as_str().and_then(size::parse);
        let of_number = item.as_integer().and_then(|bytes| u64::try_from(bytes).ok());
        of_text.or(of_number).ok_or_else(|| self.wrong("bytes", item, key, size::ACCEPTED))
    }
}

/// `the text "10 mb"`, `a table`
fn described(item: &Item) -> String {
    match item.as_str() {
        Some(text) => format!("the text {text:?}"),
        None => match item.as_integer() {
            Some(number) => format!("the number {number}"),
            None => format!("of the type {}", item.type_name()),
        },
    }
}
