//! What the configuration accepts, and what it says of what it does not.

use std::path::Path;

use super::*;
use crate::audit::rules;

fn parsed(text: &str) -> Result<Config, String> {
    let file = std::env::temp_dir().join("project").join(NAME);
    parse::parse(text, &file, Path::new(NAME))
        .map_err(|failure| format!("{failure}; {}", failure.help.clone().unwrap_or_default()))
}

#[test]
fn all_of_it_is_read() {
    let rule = &rules::all()[0].id;
    let config = parsed(&format!(
        "exclude = [\"vendor/**\", \"*.min.js\"]\n[rules]\n{rule} = \"off\"\n\n[[budget]]\nfile = \"src/*.rs\"\nbytes = \"10 kB\"\n\
         [[budget]]\nfunction = \"Parser::line\"\nfile = \"src/parse.rs\"\nblocks = 3\ninclusive = true\n[[budget]]\nrule = \"{rule}\"\n\
         bytes = 0\n[baseline]\nprofile = \"base.json\"\ntolerance = \"5%\"\n"
    ))
    .expect("a configuration");
    assert!(!config.wants(&rules::all()[0]));
    assert!(config.wants(rules::all().iter().find(|of| of.on && of.id != *rule).expect("another")));
    let names: Vec<String> = config.budgets.iter().map(Budget::name).collect();
    let function = "the function Parser::line with what it calls in src/parse.rs";
    assert_eq!(names, ["src/*.rs", function, &format!("the rule {rule}")]);
    assert_eq!(config.budgets.iter().map(|budget| budget.line).collect::<Vec<_>>(), [5, 8, 13]);
    assert_eq!((config.budgets[0].bytes, config.budgets[1].blocks), (Some(10_000), Some(3)));
    let baseline = config.baseline.expect("a baseline");
    assert_eq!(baseline.profile, std::env::temp_dir().join("project/base.json"));
    assert_eq!(baseline.tolerance, Some(Tolerance::Share(500)));
    assert_eq!(parsed("").expect("an empty one").budgets.len(), 0);
}

#[test]
fn files_are_below_its_folder() {
    let config =
        parsed("[[budget]]\nfile = \"src/*.rs\"\nbytes = 1\n[[budget]]\nfile = \"./src/**\"\nbytes = 1\n")
            .expect("one");
    let [flat, deep] = [0, 1].map(|index| config.budgets[index].file.clone().expect("files"));
    let file = |path: &str| std::env::temp_dir().join("project").join(path).to_string_lossy().into_owned();
    assert!(
        flat.hold(&file("src/a.rs"))
            && !flat.hold(&file("src/a/b.rs"))
            && !flat.hold(&file("other/src/a.rs"))
    );
    assert!(deep.hold(&file("src/a/b.rs")) && deep.hold(&file("x/../src/a.rs")));
    let exclude = parsed("exclude = [\"vendor/**\", \"*.min.js\", \"/gen/\"]").expect("one").exclude;
    let holds = |path: &str, is_folder| exclude.holds(Path::new(&file(path)), is_folder);
    assert!(
        holds("vendor/a/b.rs", false)
            && holds("x/y.min.js", false)
            && holds("gen", true)
            && holds("gen/a.py", false)
    );
    assert!(!holds("src/a.rs", false) && !holds("x/gen", true) && !holds("", true));
    assert!(!exclude.holds(Path::new("/elsewhere/vendor/a.rs"), false));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let rule = rules::all()[0].id.as_str();
    let near = format!("{rule}x");
    let wrong_rule = format!("[rules]\n{near} = \"off\"\n");
    let not_on = format!("[rules]\n{rule} = true\n");
    let both = format!("[[budget]]\nfunction = \"f\"\nrule = \"{rule}\"\nbytes = 1\n");
    let inclusive = format!("[[budget]]\nrule = \"{rule}\"\nbytes = 1\ninclusive = true\n");
    for (text, line, said, accepted) in [
        ("excludes = []", 1, "unknown key `excludes`", "`exclude`, `[rules]`"),
        ("\nexclude = \"vendor\"", 2, "`exclude` is the text \"vendor\"", "a list"),
        ("exclude = [\n  \"a\",\n  1,\n]", 3, "no glob", "a list"),
        ("exclude = [\"a/{b\"]", 1, "`a/{b` is no glob", "a list"),
        (&wrong_rule, 2, &format!("there is no rule `{near}`"), &format!("did you mean `{rule}`")),
        ("[rules]\nqqqqqqqqqqqqqqqqqqqqqqqq = \"off\"", 2, "there is no rule", "audit explain` lists them"),
        (&not_on, 2, &format!("`{rule}` is of the type boolean"), "`\"on\"` or `\"off\"`"),
        ("rules = 1", 1, "`rules` is the number 1", "`\"on\"`"),
        ("budget = 1", 1, "`budget` is the number 1", "[[budget]]"),
        ("budget = [1]", 1, "`budget` holds what is no table", "[[budget]]"),
        ("\n[[budget]]\nbytes = 1", 2, "a budget of nothing", "`file`, `function` or `rule`"),
        ("[[budget]]\nfile = \"a\"", 1, "a budget without a limit", "`bytes`, `blocks`"),
        (&both, 1, "of a function and of a rule", "one of them"),
        (&inclusive, 4, "`inclusive`, and the budget is of no function", "`function`"),
        ("[[budget]]\nfile = \"a\"\nbytes = \"10 mb\"", 3, "`bytes` is the text \"10 mb\"", "KiB"),
        ("[[budget]]\nfile = \"a\"\nbytes = -1", 3, "`bytes` is the number -1", "KiB"),
        ("[[budget]]\nfile = \"a\"\nbytes = 1.5", 3, "`bytes` is of the type float", "KiB"),
        ("[[budget]]\nfile = \"a\"\nblocks = \"3\"", 3, "`blocks` is the text", "a number of allocations"),
        ("[[budget]]\nfile = \"a/{b\"\nbytes = 1", 2, "`a/{b` is no glob", "a path or a glob"),
        ("[[budget]]\nfile = \"a\"\nmax = 1", 3, "unknown key `max`", "`bytes`"),
        ("[[budget]]\nrule = \"qqqqqqqqqqqqqqqqq\"\nbytes = 1", 2, "there is no rule", "lists them"),
        ("[baseline]\ntolerance = \"5%\"", 1, "has no `profile`", "base.json"),
        (
            "[baseline]\nprofile = \"a\"\ntolerance = \"101%\"",
            3,
            "`tolerance` is the text",
            "a share of up to 100",
        ),
        ("[baseline]\nprofiles = \"a\"", 2, "unknown key `profiles`", "`profile`, `tolerance`"),
        ("a = = 1", 1, "", ""),
    ] {
        let said_of_it = parsed(text).map(|_| ()).expect_err(text);
        let place = format!("{NAME}:{line}: ");
        assert!(said_of_it.starts_with(&place), "{text}\n{said_of_it}");
        let (what, help) = said_of_it.split_once("; ").expect("help");
        assert!(what.contains(said) && help.contains(accepted), "{text}\n{said_of_it}");
    }
}
