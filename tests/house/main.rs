//! `make lint-house` tells what is wrong with a house, and where; shown on houses of a few files. The real one is right.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A house of two rooms and a cellar, and nothing wrong with it.
const RIGHT: [(&str, &str); 9] = [
    (
        "ARCHITECTURE.md",
        "# A house\n\nBegin with `Above\\Door::open()`.\n\n```arrows\n\
         wp-plugin: above -> below -> cellar\nsrc: php -> above -> below\n```\n",
    ),
    ("docs/hooks.md", "# Hooks\n\n`agile_bridge_opened`, when it is open.\n"),
    ("tests/house/public-names.txt", "# NAME REASON\nagile_bridge_opened  docs/hooks.md\n"),
    (
        "wp-plugin/main.php",
        "<?php\nnamespace AgileBridge\\Plugin;\nadd_action( 'init', [ Above\\Door::class, 'open' ] );\n",
    ),
    ("wp-plugin/above/README.md", "# above/\n\nThe door.\n\nBegin at `door.php`.\n"),
    (
        "wp-plugin/above/door.php",
        "<?php\nnamespace AgileBridge\\Plugin\\Above;\nuse AgileBridge\\Plugin\\Below\\Table;\n\
         final class Door {\n\tpublic static function open(): void {\n\t\tdo_action( 'agile_bridge_opened' );\n\
         \t\techo ( new Table( 4 ) )->legs;\n\t}\n}\n",
    ),
    ("wp-plugin/below/README.md", "# below/\n\nThe table.\n"),
    (
        "wp-plugin/below/table.php",
        "<?php\nnamespace AgileBridge\\Plugin\\Below;\nfinal readonly class Table {\n\tprivate const MOST = 4;\n\
         \tpublic function __construct( public int $legs = self::MOST ) {}\n}\n",
    ),
    ("src/lib.rs", "mod above;\nmod below;\nuse ext_php_rs::prelude::*;\n"),
];

/// What is found in the house with these files in place of its own.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let house = tempfile::tempdir().expect("a folder");
    for (path, text) in RIGHT.iter().chain(files) {
        let path = house.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    check(house.path())
}

fn check(root: &Path) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/check.php");
    let output = Command::new("php").arg(script).arg(root).output().expect("php runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}\n{text}");
    let findings: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(output.status.code(), Some(i32::from(!findings.is_empty())), "{text}");
    findings
}

/// Exactly this is found: file, line and name.
#[track_caller]
fn expect(files: &[(&str, &str)], what: &[&str]) {
    let findings = found(files);
    assert_eq!(findings.len(), what.len(), "{findings:#?}");
    for what in what {
        assert!(findings.iter().any(|finding| finding.starts_with(what)), "not found: {what}\n{findings:#?}");
    }
}

#[test]
fn the_house_as_it_stands_is_right() {
    let findings = check(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    expect(&[], &[]);
}

#[test]
fn an_arrow_that_is_turned_round_is_told() {
    let table = "<?php\nnamespace AgileBridge\\Plugin\\Below;\n\nfinal readonly class Table {\n\
         \tpublic function __construct( public int $legs = 4 ) {\n\t\t\\AgileBridge\\Plugin\\Above\\Door::open();\n\t}\n}\n";
    let found = found(&[("wp-plugin/below/table.php", table)]);
    assert_eq!(found.len(), 2, "the arrow, and the circle that it makes: {found:#?}");
    assert!(
        found[0].starts_with("wp-plugin/below/table.php:6: \\AgileBridge\\Plugin\\Above\\Door is of the room above")
    );
    assert!(found[1].contains("a circle of files"), "{found:#?}");
}

#[test]
fn an_arrow_may_skip_rooms() {
    let door = RIGHT[5].1.replace("echo", "\\AgileBridge\\Plugin\\Cellar\\Wine::pour();\n\t\techo");
    let wine = "<?php\nnamespace AgileBridge\\Plugin\\Cellar;\nfinal class Wine {\n\tpublic static function pour(): void {}\n}\n";
    let files = [
        ("wp-plugin/above/door.php", door.as_str()),
        ("wp-plugin/cellar/wine.php", wine),
        ("wp-plugin/cellar/README.md", "# cellar/\n\nWine.\n"),
    ];
    expect(&files, &[]);
}

#[test]
fn a_circle_of_files_is_told_also_inside_a_room() {
    let table = RIGHT[7].1.replace("{}", "{ Cloth::lay(); }");
    let cloth = "<?php\nnamespace AgileBridge\\Plugin\\Below;\nfinal class Cloth {\n\tpublic static function lay(): void {\n\t\tnew Table( 1 );\n\t}\n}\n";
    expect(
        &[("wp-plugin/below/table.php", &table), ("wp-plugin/below/cloth.php", cloth)],
        &[
            "wp-plugin/below/table.php:5: a circle of files: wp-plugin/below/table.php:5 uses Cloth, wp-plugin/below/cloth.php:5 uses Table",
        ],
    );
}

#[test]
fn what_nobody_uses_is_told() {
    let table = RIGHT[7].1.replace(
        "MOST = 4;",
        "MOST = 4;\n\tprivate const LEAST = 3;\n\tpublic static function saw(): void {}\n\tpublic function shake(): void {}",
    );
    let chair = "<?php\nnamespace AgileBridge\\Plugin\\Below;\nfinal class Chair {}\n";
    expect(
        &[("wp-plugin/below/table.php", &table), ("wp-plugin/below/chair.php", chair)],
        &[
            "wp-plugin/below/table.php:5: nobody uses the constant Below\\Table::LEAST",
            "wp-plugin/below/table.php:6: nobody uses the method Below\\Table::saw",
            "wp-plugin/below/table.php:7: nobody uses the method Below\\Table::shake",
            "wp-plugin/below/chair.php:3: nobody uses the class Below\\Chair",
        ],
    );
    let list = format!("{}Below\\Table::saw  a carpenter\n", RIGHT[2].1);
    let table = RIGHT[7].1.replace("MOST = 4;", "MOST = 4;\n\tpublic static function saw(): void {}");
    expect(&[("wp-plugin/below/table.php", &table), ("tests/house/public-names.txt", &list)], &[]);
}

#[test]
fn the_cases_of_an_enum_are_known() {
    let table = RIGHT[7].1.replace("MOST = 4;", "MOST = 4;\n\tprivate const WOODS = [ Wood::Oak, Wood::Elm, Wood::tryFrom( 'oak' ) ];\n\tpublic function saw(): void {\n\t\t$this->saw();\n\t\tarray_map( null, self::WOODS );\n\t}");
    let wood = "<?php\nnamespace AgileBridge\\Plugin\\Below;\nenum Wood: string {\n\tcase Oak = 'oak';\n\tcase Ash = 'ash';\n}\n";
    expect(
        &[("wp-plugin/below/table.php", &table), ("wp-plugin/below/wood.php", wood)],
        &[
            "wp-plugin/below/wood.php:5: nobody uses the constant Below\\Wood::Ash",
            "wp-plugin/below/table.php:5: nobody defines Below\\Wood::Elm",
        ],
    );
}

#[test]
fn what_nobody_defines_is_told() {
    let table = RIGHT[7].1.replace(
        "MOST = 4;",
        "MOST = 4;\n\tprivate const LEAST = self::FEWEST;\n\tpublic function shake(): void {\n\t\tChair::shake( self::LEAST, new Chair() );\n\t\t$this->shake();\n\t}",
    );
    expect(
        &[("wp-plugin/below/table.php", &table)],
        &[
            "wp-plugin/below/table.php:5: nobody defines Below\\Table::FEWEST",
            "wp-plugin/below/table.php:7: nobody defines the class Below\\Chair",
            "wp-plugin/below/table.php:7: nobody defines the class Below\\Chair",
        ],
    );
}

#[test]
fn a_column_that_nobody_reads_is_told() {
    let table = RIGHT[7].1.replace(
        "{}",
        "{\n\t\tdb( \"CREATE TABLE $plates (\n\t\t\tid bigint(20) NOT NULL,\n\t\t\tsize int(10) NOT NULL,\n\t\t\tcolour text NOT NULL,\n\t\t\tPRIMARY KEY  (id)\n\t\t)\" );\n\
         \t\tdb( 'INSERT INTO plates (id, size, colour) VALUES (1, 2, 3) ON DUPLICATE KEY UPDATE colour = VALUES(colour)' );\n\
         \t\tdb( 'UPDATE plates SET colour = 4 WHERE id = 1' );\n\t\tdb( 'SELECT size FROM plates' );\n\t}",
    );
    expect(
        &[("wp-plugin/below/table.php", &table)],
        &["wp-plugin/below/table.php:9: nobody reads the column plates.colour"],
    );
}

#[test]
fn a_const_statement_in_a_namespace_is_told() {
    let door = RIGHT[5].1.replace("final class", "const KEY = 1;\nfinal class");
    expect(
        &[("wp-plugin/above/door.php", &door)],
        &["wp-plugin/above/door.php:4: const KEY stands outside of a class"],
    );
}

#[test]
fn long_files_and_functions_are_told_unless_a_file_says_why() {
    let door = RIGHT[5].1.replace("\t\techo", &format!("{}\t\techo", "\t\techo 1;\n".repeat(250)));
    expect(
        &[("wp-plugin/above/door.php", &door)],
        &["wp-plugin/above/door.php:1: 259 lines", "wp-plugin/above/door.php:5: open() has 254 lines"],
    );
    let door = door.replace("<?php\n", "<?php\n/** More than 250 lines: a door has many parts. */\n");
    expect(&[("wp-plugin/above/door.php", &door)], &["wp-plugin/above/door.php:6: open() has 254 lines"]);
    let above = format!("//! Nothing.\n\npub fn open() {{\n{}}}\n", "    knock();\n".repeat(60));
    expect(&[("src/above/mod.rs", &above)], &["src/above/mod.rs:3: open() has 62 lines"]);
}

#[test]
fn an_array_with_many_keys_across_rooms_is_told() {
    let table = RIGHT[7].1.replace(
        "MOST = 4;",
        "MOST = 4;\n\t/**\n\t * @return array{a: int, b: array{x: int, y: int}, c: int, d?: int}\n\t */\n\tpublic static function parts(): array { return []; }",
    );
    let door = RIGHT[5].1.replace("echo", "Table::parts();\n\t\techo");
    expect(
        &[("wp-plugin/below/table.php", &table), ("wp-plugin/above/door.php", &door)],
        &["wp-plugin/below/table.php:8: parts() takes or gives an array with more than three string keys"],
    );
}

#[test]
fn hooks_stand_in_one_list_and_on_their_page() {
    let door = RIGHT[5].1.replace("agile_bridge_opened", "agile_bridge_shut");
    expect(
        &[("wp-plugin/above/door.php", &door)],
        &[
            "wp-plugin/above/door.php:6: the hook agile_bridge_shut is not among the public names",
            "public-names.txt:1: nobody fires the hook agile_bridge_opened",
        ],
    );
    expect(&[("docs/hooks.md", "# Hooks\n")], &["docs/hooks.md:1: it does not tell of the hook agile_bridge_opened"]);
}

#[test]
fn only_one_room_writes_users() {
    let door = RIGHT[5].1.replace(
        "echo",
        "update_user_meta( 1, 'a', 'b' );\n\t\tdb( \"DELETE FROM {$wpdb->usermeta} WHERE 1\" );\n\t\tdb( \"SELECT * FROM {$wpdb->users}\" );\n\t\techo",
    );
    expect(
        &[("wp-plugin/above/door.php", &door)],
        &[
            "wp-plugin/above/door.php:7: update_user_meta() writes users",
            "wp-plugin/above/door.php:8: a statement writes users",
        ],
    );
}

#[test]
fn what_the_architecture_and_the_rooms_name_is_there() {
    let text = RIGHT[0]
        .1
        .replace("Begin with", "`Above\\Door::close()` and `wp-plugin/above/window.php` are gone. Begin with");
    expect(
        &[
            ("ARCHITECTURE.md", &text),
            ("wp-plugin/below/README.md", ""),
            ("wp-plugin/above/README.md", "# above/\n\nSee `roof.php`.\n"),
        ],
        &[
            "ARCHITECTURE.md:3: there is no Above\\Door::close()",
            "ARCHITECTURE.md:3: there is no wp-plugin/above/window.php",
            "wp-plugin/below/README.md:1: the room does not say what happens in it",
            "wp-plugin/above/README.md:1: there is no roof.php",
        ],
    );
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    let readme = "# A house\n\nSee [the hooks](docs/hooks.md), [the\nattic](docs/attic.md) and ![a picture](docs/house.png \"it\").\n\n\
         [cellar]: docs/cellar.md\n<a href=\"docs/roof.md\">the roof</a>\n";
    expect(
        &[
            ("README.md", readme),
            (
                "docs/hooks.md",
                "# Hooks\n\n`agile_bridge_opened`: [back](../README.md), [out](../../etc), [up](/README.md), [off](/no.md).\n",
            ),
            (
                "wp-plugin/above/README.md",
                "# above/\n\nThe [door](door.php), the [roof](../roof/) and [below](../below).\n",
            ),
        ],
        &[
            "README.md:4: the link docs/attic.md leads nowhere",
            "README.md:4: the link docs/house.png leads nowhere",
            "README.md:6: the link docs/cellar.md leads nowhere",
            "README.md:7: the link docs/roof.md leads nowhere",
            "docs/hooks.md:3: the link ../../etc leads nowhere",
            "docs/hooks.md:3: the link /no.md leads nowhere",
            "wp-plugin/above/README.md:3: the link ../roof/ leads nowhere",
        ],
    );
}

#[test]
fn an_anchor_that_is_no_heading_is_told() {
    let page = "# Hooks\n\n## `agile_bridge_opened( $door, 2 )`, and *why*\n\n## Say [no](https://no.example): never_ever ##\n\n\
         ### Twice\n\n### Twice\n\n```sh\n# Not a heading\n```\n";
    let readme = "# A house\n\n[1](docs/hooks.md#agile_bridge_opened-door-2--and-why) [2](docs/hooks.md#say-no-never_ever)\n\
         [3](docs/hooks.md#twice) [4](docs/hooks.md#twice-1) [5](#a-house) [6](<#a-house>)\n\
         [7](docs/hooks.md#twice-2)\n[8](docs/hooks.md#Twice)\n[9](docs/hooks.md#not-a-heading)\n[10](#hooks)\n\
         [11](wp-plugin/main.php#L3)\n";
    let said = |line, link, file| format!("README.md:{line}: the link {link} leads to no heading of {file}");
    let findings = [
        said(5, "docs/hooks.md#twice-2", "docs/hooks.md"),
        said(6, "docs/hooks.md#Twice", "docs/hooks.md"),
        said(7, "docs/hooks.md#not-a-heading", "docs/hooks.md"),
        said(8, "#hooks", "README.md"),
        said(9, "wp-plugin/main.php#L3", "wp-plugin/main.php"),
    ];
    expect(&[("docs/hooks.md", page), ("README.md", readme)], &findings.each_ref().map(String::as_str));
}

#[test]
fn code_and_what_leads_elsewhere_is_no_link_of_ours() {
    let readme = "# A house\n\n[out](https://example.com/x.md), [write](mailto:a@example.com), `[a](b.md)`, ``[a](`b.md)``, [x], a [b] (c)\n\n\
         ```md\n[a](b.md)\n```\n\n  ~~~~\n  [a](b.md)\n  ~~~\n  [a](c.md)\n  ~~~~\n\nA lone ` and [a link](d.md).\n";
    expect(&[("README.md", readme)], &["README.md:15: the link d.md leads nowhere"]);
}

#[test]
fn the_floors_of_the_extension_are_held_too() {
    expect(
        &[
            ("src/above/mod.rs", "pub mod door;\npub mod roof;\n"),
            ("src/above/door.rs", "use super::roof;\nuse crate::below::{self, table::Leg};\n"),
            ("src/above/roof.rs", "use crate::above::door::Door;\n"),
            ("src/below/mod.rs", "pub mod table;\n\n#[cfg(test)]\nmod tests {\n    use crate::above::door;\n}\n"),
            ("src/below/table.rs", "use crate::above::door;\nuse ext_php_rs::Zval;\n"),
        ],
        &[
            "src/below/table.rs:2: it names ext_php_rs",
            "src/below/table.rs:1: crate::above::door is of the room above, which below may not use",
            "src/above/door.rs:1: a circle of files: src/above/door.rs:1 uses super::roof, src/above/roof.rs:1 uses crate::above::door::Door",
            "src/above/door.rs:2: a circle of files: src/above/door.rs:2 uses crate::below::table::Leg, src/below/table.rs:1 uses crate::above::door",
        ],
    );
}

/// What is found at the border of an extension with this stub and this code, in a tree of this version, beside a plugin of interface 4.
fn border(stub: &str, code: &str, recorded: &str, version: &str) -> Vec<String> {
    border_with(stub, code, recorded, version, &[])
}

/// The same with these files beside them.
fn border_with(stub: &str, code: &str, recorded: &str, version: &str, more: &[(&str, &str)]) -> Vec<String> {
    let stub = if stub.contains("INTERFACE_NUMBER") { stub.to_owned() } else { format!("{NUMBER}{stub}") };
    let cargo = format!("[package]\nversion = \"{version}\"\n");
    let (stub, code) = (format!("<?php\nnamespace AgileBridge;\n\n{stub}\n"), format!("{}{code}", RIGHT[8].1));
    let files = [
        ("Cargo.toml", &*cargo),
        ("php/agile_bridge.stub.php", &stub),
        ("php/interfaces.txt", recorded),
        ("src/lib.rs", &code),
        ("wp-plugin/site/README.md", "# site/\n\nThe border.\n"),
        ("wp-plugin/site/extension.php", "<?php\n// INTERFACE_NUMBER = 4;\n"),
    ];
    found(&[&files[..], more].concat())
}

const NUMBER: &str = "/** The newest. */\nconst INTERFACE_NUMBER = 4;\n\n";

const STUB: &str = "/**\n * Says who.\n *\n * @param list<string> $names Of guests.\n * @return array{name: string,\n *     seats: list<array<string, int>>}|null Who.\n */\nfunction who(array $names): ?array {}";

const GIVES: &str = "fn who() { array([(\"name\", zval(1)), (\"seats\", zval(2))]) }\n";

#[test]
fn what_php_sees_changes_only_with_its_number() {
    let first = border(STUB, GIVES, "# NUMBER VERSION DIGEST\n", "0.1.0");
    assert_eq!(first.len(), 1, "{first:#?}");
    let line = first[0].split('\'').nth(1).expect("the line to be added");
    assert!(
        first[0].starts_with("php/interfaces.txt:1: interface 4 is new") && line.starts_with("4 0.1.0 "),
        "{first:#?}"
    );
    let right = |stub: &str| border(stub, GIVES, line, "0.2.0");
    assert_eq!(right(STUB), [] as [String; 0]);
    // Prose, and how the lines break, are nothing that a caller notices.
    for same in [STUB.replace("Of guests.", "Of all guests."), STUB.replace(" name: string,\n *    ", "name:string,")] {
        assert_eq!(right(&same), [] as [String; 0], "{same}");
    }
    for changed in [
        STUB.replace("array $names)", "array $names, int $most = 3)"),
        STUB.replace("array $names)", "array $guests)"),
        STUB.replace("?array", "array"),
        STUB.replace("list<string>", "list<int>"),
        STUB.replace("<string, int>", "<string, ?int>"),
        STUB.replace("}|null", "}"),
        STUB.replace("name: string", "name: ?string"),
        STUB.replace("function who", "function whom"),
        format!("{STUB}\n\nfunction more(): void {{}}"),
        format!("{STUB}\n\n/** A guest is array{{name: int}}. */\nfinal class Guest {{}}"),
    ] {
        let found = right(&changed);
        assert_eq!(found.len(), 1, "{changed}: {found:#?}");
        assert!(found[0].contains("interface 4 was released with 0.1.0: raise INTERFACE_NUMBER"), "{found:#?}");
        // In the version that brought the number it is not out yet.
        let found = border(&changed, GIVES, line, "0.1.0");
        assert!(found.len() == 1 && found[0].contains("its line is now '4 0.1.0 "), "{found:#?}");
    }
}

#[test]
fn the_stub_has_the_keys_of_what_crosses_the_border() {
    let first = border(STUB, GIVES, "", "0.1.0");
    let line = first[0].split('\'').nth(1).expect("the line to be added");
    let more = GIVES.replace("zval(2))", "zval(2)), (\"meal\", zval(given.get(\"wine\")))");
    let found = border(STUB, &more, line, "0.1.0");
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(found[0], "src/lib.rs:4: no shape in the stub has the key meal");
    assert_eq!(found[1], "src/lib.rs:4: no shape in the stub has the key wine");
    let found = border(STUB, &GIVES.replace("seats", "name"), line, "0.1.0");
    assert_eq!(found, ["php/agile_bridge.stub.php:1: the extension neither gives nor takes the key seats"]);
}

#[test]
fn who_calls_what_is_new_asks_first() {
    let stub = format!(
        "{STUB}\n\n/**\n * @since interface 4\n *\n * @param int $most How many.\n */\nfunction meal(int $most): void {{}}"
    );
    let stub = format!("{NUMBER}{stub}\n\n/** @since interface 3 */\nfunction bill(): void {{}}");
    let line = border(&stub, GIVES, "", "0.1.0")[0].split('\'').nth(1).expect("the line to be added").to_owned();
    let door = |code: &str| {
        let door = RIGHT[5].1.replace("echo", &format!("{code}\n\t\techo"));
        border_with(&stub, GIVES, &line, "0.1.0", &[("wp-plugin/above/door.php", &door)])
    };
    let calls = "\\AgileBridge\\bill();\n\t\t\\AgileBridge\\meal( 3 );";
    let found = door(calls);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("wp-plugin/above/door.php:8: it calls meal(), which an extension"), "{found:#?}");
    let found = door("$guest->meal( 3 );");
    assert!(found.len() == 1 && found[0].starts_with("wp-plugin/above/door.php:7: it calls meal()"), "{found:#?}");
    for asks in ["has( 'meal' )", "function_exists( 'AgileBridge\\meal' )"] {
        assert_eq!(door(&format!("{asks} &&\n\t\t{calls}")), [] as [String; 0]);
    }
}

#[test]
fn plugin_and_extension_have_the_same_number() {
    let found = border(&format!("{}{STUB}", NUMBER.replace('4', "5")), GIVES, "", "0.1.0");
    assert_eq!(found, ["wp-plugin/site/extension.php:1: the plugin's INTERFACE_NUMBER is 4 and the extension's is 5"]);
}
