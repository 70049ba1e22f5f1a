//! A server is told what fits it: by the kind of PHP that runs there, and by what of the extension is there already.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};

use crate::site::it_says_how_to_install_it::{minor, version};
use serde_json::{Value, json};
use site::{Database, Server, Site};

/// `$given`: a list of PHPs, each as it differs from Debian's FPM, beside the folders in which something is installed.
const SAID: &str = r"
    $says = [];
    foreach ($given as $case) {
        $php = ($case['php'] ?? []) + ['build' => '8.3-nts', 'sapi' => 'fpm-fcgi', 'program' => '/usr/bin/php8.3',
            'folder' => '/etc/php/8.3/fpm/conf.d', 'ini' => '/etc/php/8.3/fpm/php.ini', 'machine' => 'x86_64', 'libc' => 'glibc'];
        $php = new AgileBridge\Plugin\Site\PhpBuild(...$php);
        $installation = new AgileBridge\Plugin\Site\Installation($php, ...$case['places']);
        $says[] = ['finding' => $installation->finding, 'commands' => $installation->commands, 'after' => $installation->after,
            'update' => $installation->update_commands()];
    }
    return $says;";

fn small_site() -> Site {
    let site = Site::builder().database(Database::Sqlite).server(Server::BuiltIn).extension(false);
    site.start().expect("the site starts")
}

/// Folders beside the site, with these files in them.
fn plant(site: &Site, files: &[&str]) -> Value {
    let root = site.dir().join("server");
    let _ = fs::remove_dir_all(&root);
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "").expect("a file");
    }
    json!({"package": root.join("package"), "archive": root.join("archive"), "etc": root.join("etc")})
}

fn says(site: &Site, files: &[&str], php: &Value) -> Value {
    says_with(site, &json!([{"places": plant(site, files), "php": php}]))
}

fn says_with(site: &Site, cases: &Value) -> Value {
    let cases = cases.to_string().replace('\\', "\\\\").replace('\'', "\\'");
    site.wp(&format!("$given = json_decode('{cases}', true); {SAID}"))[0].take()
}

#[track_caller]
fn expect(says: &Value, finding: &str, commands: &[&str]) {
    assert_eq!(says["commands"], json!(commands), "{says:#}");
    assert!(says["finding"].as_str().is_some_and(|text| text.contains(finding)), "'{finding}' is not said: {says:#}");
}

fn other_system() -> Value {
    json!({"folder": "/etc/php.d", "program": "/usr/bin/php", "ini": "/etc/php.ini"})
}

fn command_line() -> Value {
    json!({"sapi": "cli", "folder": "/etc/php/8.3/cli/conf.d"})
}

#[test]
fn a_build_that_is_there_and_not_enabled_is_enabled() {
    let site = small_site();
    let server = site.dir().join("server").display().to_string();
    let package = ["package/0.1.0/8.2-nts.so", "package/0.1.0/8.3-nts.so", "etc/8.3/mods-available/agile_bridge.ini"];
    let archive = ["archive/0.1.0/8.3-nts.so", "archive/install.php"];

    let said = says(&site, &package, &json!({}));
    let reload = "sudo systemctl reload php8.3-fpm";
    expect(&said, "PHP 8.3 of the web server", &["sudo phpenmod -v 8.3 -s fpm agile_bridge", reload]);
    assert!(said["finding"].as_str().is_some_and(|text| text.contains(&format!("{server}/package/0.1.0/8.3-nts.so"))));
    assert!(said["after"].as_str().is_some_and(|text| text.contains("Unable to load dynamic library")), "{said}");
    let apache = json!({"sapi": "apache2handler", "folder": "/etc/php/8.3/apache2/conf.d"});
    let enable = "sudo phpenmod -v 8.3 -s apache2 agile_bridge";
    expect(&says(&site, &package, &apache), "", &[enable, "sudo apachectl graceful"]);
    let enable = "sudo phpenmod -v 8.3 -s cli agile_bridge";
    expect(&says(&site, &package, &command_line()), "PHP 8.3 of the command line", &[enable]);
    let container = json!({"has_systemd": false});
    let enable = "sudo phpenmod -v 8.3 -s fpm agile_bridge";
    expect(&says(&site, &package, &container), "", &[enable, "sudo service php8.3-fpm reload"]);
    // The line that phpenmod enables is gone; the package makes it anew.
    expect(&says(&site, &package[..2], &json!({})), "", &["sudo dpkg-reconfigure agile-bridge", reload]);

    // Where no phpenmod is: the folder of ini files, or else php.ini itself.
    let line = format!("echo 'extension=\"{server}/archive/0.1.0/8.3-nts.so\"' | sudo tee");
    let made = format!("{line} /etc/php.d/30-agile_bridge.ini");
    expect(&says(&site, &archive, &other_system()), "", &[&made, "sudo systemctl reload php-fpm"]);
    let mut php = other_system();
    php["folder"] = "".into();
    expect(&says(&site, &archive, &php), "", &[&format!("{line} -a /etc/php.ini"), "sudo systemctl reload php-fpm"]);
    // The line is there: PHP was not reloaded since.
    let folder = format!("{server}/ini");
    let there = [&archive[..], &["ini/30-agile_bridge.ini"]].concat();
    let program = "/opt/remi/php83/root/usr/bin/php";
    let remi = json!({"folder": folder, "program": program});
    expect(&says(&site, &there, &remi), "", &["sudo systemctl reload php83-php-fpm"]);
    let enabled = [&package[..], &["etc/8.3/fpm/conf.d/20-agile_bridge.ini"]].concat();
    let debian = json!({"folder": format!("{server}/etc/8.3/fpm/conf.d"), "program": "/usr/bin/php8.3"});
    assert!(!says(&site, &enabled, &debian)["commands"].to_string().contains("phpenmod"), "it is enabled");
    let remi = json!({"folder": folder, "program": program, "sapi": "cli"});
    expect(&says(&site, &there, &remi), "", &[&format!("{program} --ri agile_bridge")]);
    let mut php = other_system();
    php["sapi"] = "litespeed".into();
    let said = says(&site, &archive, &php);
    assert_eq!(said["commands"], json!([made]), "{said}");
    assert!(said["after"].as_str().is_some_and(|text| text.contains("restart the web server's PHP")), "{said}");
}

#[test]
fn what_is_there_without_a_build_for_this_php_says_what_it_has() {
    let site = small_site();
    let package = ["package/0.1.0/8.2-nts.so", "package/0.1.0/8.4-nts.so"];
    let said = says(&site, &package, &json!({}));
    expect(
        &said,
        "no build for PHP 8.3 of the web server (8.3-nts). It is there for 8.2-nts, 8.4-nts.",
        &["sudo apt-get install ./agile-bridge_VERSION_amd64.deb"],
    );
    let arm = json!({"machine": "aarch64"});
    expect(&says(&site, &package, &arm), "", &["sudo apt-get install ./agile-bridge_VERSION_arm64.deb"]);
    // Thread-safe is another build.
    let zts = json!({"build": "8.2-zts"});
    expect(&says(&site, &package, &zts), "(8.2-zts)", &["sudo apt-get install ./agile-bridge_VERSION_amd64.deb"]);

    let archive = ["archive/0.1.0/8.2-nts.so", "archive/install.php"];
    let said = says(&site, &archive, &command_line());
    let command = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php8.3");
    expect(&said, "not for PHP 8.3 of the command line (8.3-nts). It is there for 8.2-nts.", &[&command]);
}

/// The installer refuses where WordPress belongs to root.
fn archive_command(site: &Site, kind: &str, program: &str) -> String {
    let (version, root) = (version(site), site.root());
    let owner = fs::metadata(root.join("wp-load.php")).expect("a file").uid();
    let to = if owner == 0 { String::new() } else { format!(" --wordpress={}", root.display()) };
    format!("tar -xf agile-bridge-{version}-{kind}.tar.xz && sudo {program} agile-bridge-{version}/install.php{to}")
}

#[test]
fn where_nothing_is_the_package_or_the_archive_is_named() {
    let site = small_site();
    let package = format!("sudo apt-get install ./agile-bridge_{}_amd64.deb", version(&site));
    let said = says(&site, &[], &json!({}));
    expect(&said, "No build for PHP 8.3 of the web server was found", &[&package]);
    assert!(said["after"].as_str().is_some_and(|text| text.contains("ask your host")), "{said}");
    let arm = package.replace("amd64", "arm64");
    expect(&says(&site, &[], &json!({"machine": "aarch64"})), "", &[&arm]);

    let archive = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php");
    expect(&says(&site, &[], &other_system()), "Run the installer of the archive", &[&archive]);
    let alpine = json!({"folder": "/usr/local/etc/php/conf.d", "program": "/usr/local/bin/php", "libc": "musl", "machine": "aarch64"});
    let archive = archive_command(&site, "aarch64-linux-musl", "/usr/local/bin/php");
    expect(&says(&site, &[], &alpine), "", &[&archive]);
    // Debian's own PHP is never thread-safe; somebody's in its place may be.
    let archive = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php8.3");
    expect(&says(&site, &[], &json!({"build": "8.3-zts"})), "", &[&archive]);
    let mut strange = other_system();
    strange["program"] = "/opt/my php's/php".into();
    let archive = archive_command(&site, "x86_64-linux-glibc", r"'/opt/my php'\''s/php'");
    expect(&says(&site, &[], &strange), "", &[&archive]);
    if fs::metadata(site.root().join("wp-load.php")).expect("a file").uid() == 0 {
        // A file of its own: what lies there is the cache's too.
        let file = site.root().join("wp-load.php");
        let text = fs::read(&file).expect("a file");
        fs::remove_file(&file).expect("it goes");
        fs::write(&file, text).expect("it comes back");
        chown(&file, Some(33), Some(33)).expect("root may");
        let archive = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php");
        assert!(archive.contains("--wordpress=/"), "{archive}");
        expect(&says(&site, &[], &other_system()), "", &[&archive]);
    }

    // As soon as something is published.
    let mut places = plant(&site, &[]);
    places["address"] = "https://example.com/releases".into();
    let said = says_with(&site, &json!([{"places": places}]));
    assert!(said["after"].as_str().is_some_and(|text| text.contains("at https://example.com/releases.")), "{said}");
    let file = format!("agile-bridge_{}_amd64.deb", version(&site));
    let fetched = format!("curl -fLO https://example.com/releases/{file} && sudo apt-get install ./{file}");
    expect(&said, "", &[&fetched]);
    let said = says_with(&site, &json!([{"places": places, "php": other_system()}]));
    let command = said["commands"][0].as_str().expect("a command");
    assert!(
        command.starts_with("curl -fsSL https://example.com/releases/install.php | sudo /usr/bin/php --"),
        "{said}"
    );
}

#[test]
fn where_none_can_be_that_is_said() {
    let site = small_site();
    for (php, finding) in [
        (json!({"system": "Darwin"}), "for Linux only"),
        (json!({"is_debug": true}), "is a debug build"),
        (json!({"libc": "static"}), "is linked statically"),
        (json!({"machine": "riscv64"}), "is one for riscv64"),
    ] {
        // Whatever is there.
        expect(&says(&site, &["package/0.1.0/8.3-nts.so"], &php), finding, &[]);
    }
}

#[test]
fn one_that_is_too_old_is_replaced_as_it_came() {
    let site = small_site();
    let version = version(&site);
    let reload = "sudo systemctl reload php8.3-fpm";
    let package = format!("sudo apt-get install ./agile-bridge_{version}_amd64.deb");
    let archive = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php8.3");
    for (files, command) in
        [(&[] as &[&str], &package), (&["package/0.1.0/8.3-nts.so"], &package), (&["archive/x"], &archive)]
    {
        let said = says(&site, files, &json!({}));
        assert_eq!(said["update"], json!([command, reload]), "{files:?}: {said}");
    }
}

/// An admin must not be sent into the wrong direction because PHP may not look.
#[test]
fn what_php_may_not_see_is_not_taken_for_missing() {
    let site = small_site();
    let package = format!("sudo apt-get install ./agile-bridge_{}_amd64.deb", version(&site));
    plant(&site, &["package/0.1.0/8.3-nts.so", "etc/8.3/mods-available/agile_bridge.ini"]);
    let server = site.dir().join("server");
    let hidden = site.dir().join("hidden");
    fs::rename(&server, &hidden).expect("a folder");
    let places =
        json!({"package": hidden.join("package"), "archive": hidden.join("archive"), "etc": hidden.join("etc")});
    let given = json!([{"places": places}, {"places": places, "php": other_system()}]).to_string();
    let code = format!(
        "ini_set('open_basedir', '{}:' . dirname((string) realpath(ABSPATH . 'wp-includes')));
         set_error_handler(function ($number, $text) {{ if (error_reporting() & $number) throw new Error($text); }});
         $own = AgileBridge\\Plugin\\Site\\PhpBuild::own();
         $given = json_decode('{given}', true); $said = (function () use ($given) {{ {SAID} }})();
         return [$said, get_object_vars($own)];",
        site.root().display()
    );
    let answer = site.wp(&code);
    let enable = "sudo phpenmod -v 8.3 -s fpm agile_bridge";
    let commands = [package.as_str(), enable, "sudo systemctl reload php8.3-fpm"];
    expect(&answer[0][0], "open_basedir", &commands);
    let archive = archive_command(&site, "x86_64-linux-glibc", "/usr/bin/php");
    expect(&answer[0][1], "open_basedir", &[&archive]);
    // Guessed right, too.
    let own = site.wp("return get_object_vars(AgileBridge\\Plugin\\Site\\PhpBuild::own());");
    for key in ["build", "sapi", "program", "folder", "machine", "libc"] {
        assert_eq!(answer[1][key], own[key], "{key}: {answer:#}");
    }
}

#[test]
fn a_php_knows_what_it_is() {
    let site = small_site();
    let own = site.wp("return get_object_vars(AgileBridge\\Plugin\\Site\\PhpBuild::own());");
    let minor = minor();
    let machine = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    let expected = json!({"build": format!("{minor}-nts"), "sapi": "cli", "program": format!("/usr/bin/php{minor}"),
        "folder": format!("/etc/php/{minor}/cli/conf.d"), "machine": machine, "libc": "glibc", "is_debug": false});
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(own[key], *value, "{key}: {own:#}");
    }

    // The C library is what the program asks for, whatever else lies on the disk.
    let program = fs::read(format!("/usr/bin/php{minor}")).expect("a program");
    let loader: &[u8] =
        if machine == "x86_64" { b"/lib64/ld-linux-x86-64.so.2\0" } else { b"/lib/ld-linux-aarch64.so.1\0" };
    let at = program.windows(loader.len()).position(|bytes| bytes == loader).expect("it names its loader");
    let mut musl = program[..(at + 4096).max(65536)].to_vec();
    let mut other = b"/lib/ld-musl-x86_64.so.1\0".to_vec();
    other.resize(loader.len(), 0);
    musl[at..at + loader.len()].copy_from_slice(&other);
    let mut alone = musl.clone();
    // The header that names it is another kind of part.
    let table = 64..64 + 56 * 16;
    let part = table.step_by(56).find(|part| alone[*part..*part + 4] == 3_u32.to_le_bytes()).expect("PT_INTERP");
    alone[part] = 0;
    let mut small = musl.clone();
    small[4] = 1;
    for (name, content, expected) in [
        ("musl", musl, json!([machine, "musl"])),
        ("alone", alone, json!([machine, "static"])),
        ("small", small, json!(["32 bits", "glibc"])),
        ("script", b"#!/bin/sh\n".to_vec(), Value::Null),
    ] {
        let file = site.dir().join(name);
        fs::write(&file, content).expect("a file");
        let code = format!("return AgileBridge\\Plugin\\Site\\PhpBuild::elf('{}');", file.display());
        assert_eq!(site.wp(&code), expected, "{name}");
    }
    assert_eq!(site.wp("return AgileBridge\\Plugin\\Site\\PhpBuild::elf('/nowhere');"), Value::Null);
    assert_eq!(site.log(), "");
}
