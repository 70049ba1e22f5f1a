//! A WordPress comes up, answers, tells what it did, and leaves nothing behind.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use site::{Builder, Database, Server, Site, await_until};

fn plain(database: Database, server: Server) -> Builder {
    Site::builder().database(database).server(server).extension(false).plugin_active(false)
}

fn answers_and_cleans_up(wanted: Builder) {
    let site = wanted.start().unwrap();
    let home = site.get("/");
    assert_eq!(home.status, 200, "{home:?}\n{}", site.logs());
    assert!(home.body().contains("A WordPress"), "{}", home.body());
    assert_eq!(site.get("/wp-json/").json()["url"], site.url());
    assert_eq!(site.get("/wp-admin/").status, 302);
    let cookie = site.login("admin", "password");
    let admin = site.send(&site::Request::new("GET", "/wp-admin/").header("Cookie", &cookie));
    assert_eq!(admin.status, 200, "{}", site.log());
    assert_eq!(site.wp("return get_bloginfo('name');"), "A WordPress");
    assert_eq!(site.sql("SELECT user_login FROM wp_users")[0]["user_login"], "admin");
    assert_eq!(site.log(), "");

    let pids: Vec<_> = [site.web_pid(), site.fpm_pid(), site.database_pid()].into_iter().flatten().collect();
    let folder = site.dir().to_owned();
    drop(site);
    assert!(!folder.exists(), "{} is still there", folder.display());
    for pid in pids {
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "process {pid} is still there");
    }
}

#[test]
fn mariadb_behind_nginx() {
    answers_and_cleans_up(plain(Database::MariaDb, Server::Nginx { workers: 2 }));
}

#[test]
fn sqlite_on_the_built_in_server() {
    answers_and_cleans_up(plain(Database::Sqlite, Server::BuiltIn));
}

#[test]
fn the_latest_wordpress() {
    answers_and_cleans_up(plain(Database::MariaDb, Server::Nginx { workers: 2 }).wordpress("latest"));
    answers_and_cleans_up(plain(Database::Sqlite, Server::BuiltIn).wordpress("latest"));
}

#[test]
fn networks() {
    for (database, server) in [(Database::MariaDb, Server::Nginx { workers: 2 }), (Database::Sqlite, Server::BuiltIn)] {
        let site = plain(database, server).multisite(true).start().unwrap();
        let host = format!("127.0.0.1:{}", site.port());
        let second = site.wp(&format!("return wpmu_create_blog('{host}', '/second/', 'The second', 1);"));
        assert_eq!(second, 2, "{}", site.log());
        assert!(site.get("/").body().contains("A WordPress"));
        assert!(site.get("/second/").body().contains("The second"));
        let cookie = site.login("admin", "password");
        for page in ["/wp-admin/", "/wp-admin/network/", "/second/wp-admin/"] {
            let response = site.send(&site::Request::new("GET", page).header("Cookie", &cookie));
            assert_eq!(response.status, 200, "{page}: {:?}\n{}", response.headers, site.logs());
        }
    }
}

#[test]
fn plugins_constants_and_options_are_there_before_the_first_request() {
    let site = plain(Database::MariaDb, Server::Nginx { workers: 1 })
        .plugin_file("aaa.php", "<?php $GLOBALS['order'][] = 'aaa';")
        .plugin_file("zzz.php", "<?php $GLOBALS['order'][] = 'zzz';")
        .mu_plugin_file("must.php", "<?php $GLOBALS['order'][] = 'must';")
        .constants(&[("IT_IS", "that's \\ it")])
        .constant("WP_DEBUG", false)
        .option("some_option", serde_json::json!([{"a": "it's"}]))
        .env(&[("FROM_OUTSIDE", "yes")])
        .php_ini(&[("memory_limit", "123M")])
        .start()
        .unwrap();
    assert_eq!(site.wp("return $GLOBALS['order'];"), serde_json::json!(["must", "aaa", "zzz"]));
    assert_eq!(site.wp("return [IT_IS, WP_DEBUG];"), serde_json::json!(["that's \\ it", false]));
    assert_eq!(site.wp("return get_option('some_option')[0]['a'];"), "it's");
    let script = "<?php echo json_encode([getenv('FROM_OUTSIDE'), ini_get('memory_limit'), getenv('PATH_INFO')]);";
    std::fs::write(site.root().join("look.php"), script).unwrap();
    assert_eq!(site.get("/look.php").json(), serde_json::json!(["yes", "123M", false]));
    site.set_constant("IT_IS", 5);
    assert_eq!(site.wp("return IT_IS;"), 5);
}

#[test]
fn each_call_of_the_command_line_is_a_php_of_its_own() {
    let site = plain(Database::Sqlite, Server::BuiltIn).start().unwrap();
    let code = "define('HERE', 1); $GLOBALS['here'] = 1; update_option('here', 1); return [getmypid(), PHP_SAPI];";
    let (first, second) =
        (site.wp(code), site.wp("return [defined('HERE'), isset($GLOBALS['here']), get_option('here')];"));
    assert_eq!((&first[1], second), (&"cli".into(), serde_json::json!([false, false, "1"])));
    assert_ne!(site.wp("return getmypid();"), first[0]);
    // However it ends, it is told.
    for (code, end) in [
        ("echo 'printed'; exit(3);", "exit status: 3"),
        ("register_shutdown_function(fn() => exit(4)); return 1;", "exit status: 4"),
        ("posix_kill(getmypid(), SIGKILL);", "signal: 9"),
        ("return no_such_function();", "undefined function no_such_function()"),
        ("fwrite(fopen('php://stderr', 'w'), 'a complaint'); exit(1);", "a complaint"),
    ] {
        let error = site.try_wp(code).unwrap_err().to_string();
        assert!(error.contains(end), "{code}: {error}");
    }
    // What has changed since it stands ready counts from the next call on.
    let late = site.root().join("wp-content/mu-plugins/late.php");
    for value in ["one", "two"] {
        std::fs::write(&late, format!("<?php define('LATE', '{value}');")).unwrap();
        assert_eq!(site.wp("return LATE;"), value);
    }
    let ini = site.dir().join("php/90-site.ini");
    let lines = std::fs::read_to_string(&ini).unwrap() + "precision = 5\n";
    std::fs::write(&ini, lines).unwrap();
    assert_eq!(site.wp("return ini_get('precision');"), "5");
}

#[test]
fn mails_are_caught() {
    let site = plain(Database::Sqlite, Server::BuiltIn).start().unwrap();
    assert!(site.mails().is_empty());
    site.wp("return wp_mail('ana@example.com', 'Grüße — ein Gruß', \"Zeile 1\\nüber Zeile 2\");");
    let mails = site.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((&*mails[0].to, &*mails[0].subject), ("ana@example.com", "Grüße — ein Gruß"));
    assert_eq!(mails[0].body.trim(), "Zeile 1\nüber Zeile 2");
    site.forget_mails();
    assert!(site.mails().is_empty());
}

#[test]
fn queries_are_counted() {
    let site = plain(Database::MariaDb, Server::Nginx { workers: 1 }).start().unwrap();
    let (response, queries) = site.queries_during(|| site.get("/"));
    assert_eq!(response.status, 200);
    assert!(queries.iter().any(|query| query.contains("FROM wp_options")), "{queries:?}");
    let ((), queries) = site.queries_during(|| ());
    assert!(queries.is_empty(), "{queries:?}");
}

#[test]
fn servers_can_be_disturbed() {
    let site = plain(Database::MariaDb, Server::Nginx { workers: 3 }).start().unwrap();
    let (master, workers) = (site.fpm_pid(), site.fpm_workers());
    assert_eq!(workers.len(), 3);
    site.reload_fpm();
    assert_eq!(site.fpm_pid(), master);
    assert!(site.fpm_workers().iter().all(|worker| !workers.contains(worker)));
    assert_eq!(site.get("/").status, 200);
    site.stop_database();
    assert_eq!(site.get("/").status, 500);
    site.start_database();
    assert_eq!(site.get("/").status, 200);
    site.kill_database();
    site.start_database();
    assert_eq!(site.get("/").status, 200);
}

#[test]
fn a_killed_worker_is_replaced() {
    let site = plain(Database::MariaDb, Server::Nginx { workers: 2 }).start().unwrap();
    let before = site.fpm_workers();
    assert!(site.kill_worker(before[0]));
    let replaced = || site.fpm_workers().len() == 2 && !site.fpm_workers().contains(&before[0]);
    assert!(await_until(Duration::from_secs(10), replaced), "{before:?}, {:?}", site.fpm_workers());
    assert!(site.fpm_workers().contains(&before[1]), "only the one is killed");
    assert_eq!(site.get("/").status, 200);
    assert!(!site.kill_worker(before[0]), "it is gone");
    assert!(!site.kill_worker(std::process::id()), "not a worker");
}

#[test]
fn two_pools_share_one_site() {
    let site = plain(Database::MariaDb, Server::Nginx { workers: 2 })
        .mu_plugin_file("name.php", "<?php add_action('init', fn() => header('X-Name: ' . get_option('blogname')));")
        .env(&[("FROM_OUTSIDE", "yes")])
        .start()
        .unwrap();
    let pools = [site.second_pool(1), site.second_pool(3)];
    assert_eq!(pools.each_ref().map(|pool| pool.fpm_workers().len()), [1, 3]);
    site.sql("UPDATE wp_options SET option_value = 'Shared' WHERE option_name = 'blogname'");
    let script = "<?php echo json_encode([getmypid(), getenv('FROM_OUTSIDE')]);";
    std::fs::write(site.root().join("look.php"), script).unwrap();
    for pool in &pools {
        assert_ne!(pool.port(), site.port());
        let home = pool.get("/");
        // Under the site's own address: WordPress redirects nobody there.
        assert_eq!((home.status, home.header("X-Name")), (200, Some("Shared")), "{home:?}\n{}", site.logs());
        let answer = pool.get("/look.php").json();
        let worker = u32::try_from(answer[0].as_u64().unwrap()).unwrap();
        assert!(pool.fpm_workers().contains(&worker), "answered by another pool");
        assert_eq!(answer[1], "yes");
    }
    let workers = pools[0].fpm_workers();
    assert!(pools[0].kill_worker(workers[0]) && !site.kill_worker(pools[1].fpm_workers()[0]));
    assert!(await_until(Duration::from_secs(10), || pools[0].fpm_workers().iter().all(|pid| *pid != workers[0])));
    let before = pools[1].fpm_workers();
    pools[1].reload_fpm();
    assert!(pools[1].fpm_workers().iter().all(|worker| !before.contains(worker)));
    assert_eq!(site.fpm_workers().len(), 2);

    let gone = pools[0].fpm_pid();
    let port = pools[0].port();
    drop(pools);
    assert!(!Path::new(&format!("/proc/{gone}")).exists(), "process {gone} is still there");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(site.get("/").status, 200);
}

/// Started again by the next test as a process of its own, which then dies without a word.
#[test]
fn dies_when_told_to() {
    let Ok(note) = std::env::var("DIE_AND_LEAVE_A_NOTE_IN") else { return };
    let site = plain(Database::MariaDb, Server::Nginx { workers: 2 }).start().unwrap();
    let pool = site.second_pool(1);
    let pids = [site.web_pid(), site.fpm_pid(), site.database_pid(), Some(pool.fpm_pid())];
    let pids: Vec<_> = pids
        .into_iter()
        .flatten()
        .chain(site.fpm_workers())
        .chain(pool.fpm_workers())
        .map(|pid| pid.to_string())
        .collect();
    std::fs::write(note, format!("{}\n{}", site.dir().display(), pids.join(" "))).unwrap();
    std::process::abort();
}

#[test]
fn nothing_outlives_a_test_process_that_dies() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "dies_when_told_to"])
        .env("DIE_AND_LEAVE_A_NOTE_IN", &note)
        .status()
        .unwrap();
    assert!(!status.success());
    let note = std::fs::read_to_string(note).unwrap();
    let (site, pids) = note.split_once('\n').unwrap();
    let left = || {
        let pids = pids.split(' ').filter(|pid| Path::new(&format!("/proc/{pid}")).exists());
        Path::new(site).exists() || pids.count() > 0
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while left() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(!left(), "left behind: {note}");
}
