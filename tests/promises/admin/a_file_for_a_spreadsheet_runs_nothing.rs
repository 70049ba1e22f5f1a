//! Whoever can write into a contact or an error must not have a formula run on the computer of the admin who opens the exported file,
//! nor a script in their browser.

use crate::stage::world::{World, nonce};
use site::{Database, Request, form};

const SCREEN: &str = "/wp-admin/tools.php?page=agile-bridge-activity";

/// What spreadsheets take for a formula, and what browsers take for a script.
const HOSTILE: [&str; 12] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "|calc",
    "%0A=1",
    "＝1",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
];

#[test]
fn no_cell_is_a_formula_and_no_text_a_script() {
    let world = World::with(|site| site.database(Database::Sqlite));
    world.expect(&world.site.webhook("add", &[("contact_id", "4242")]), 404, "failed", "contact_not_found");
    for text in HOSTILE {
        let json = serde_json::to_string(text).unwrap();
        let code = "$event = (array) $GLOBALS['wpdb']->get_row('SELECT * FROM wp_agile_bridge_events LIMIT 1');
            return $GLOBALS['wpdb']->insert('wp_agile_bridge_events', array_merge($event, array('id' => null, 'code' => '', 'state' => 'dead',
                'message' => json_encode($given), 'email' => preg_replace('/[^\\x20-\\x7e]/', '', $given), 'notes' => json_encode(array($given)),
                'changed' => json_encode(array($given)))));";
        assert_eq!(world.wp_given(&serde_json::from_str(&json).unwrap(), code), 1, "{}", world.site.log());
    }
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let get = |target: &str| world.site.send(&Request::new("GET", target).header("Cookie", &cookie)).body();
    let page = get(SCREEN);
    let nonce = nonce(&page, "<form method=\"post\"");
    let pages = [page, get(&format!("{SCREEN}&event=12")), get(&format!("{SCREEN}&event=13"))];
    for page in pages {
        assert!(
            page.contains("&lt;script&gt;") || page.contains("onerror=alert(1)&gt;"),
            "it is shown as text:\n{page}"
        );
        assert!(!page.contains("<script>alert(1)") && !page.contains("<img src=x"), "{page}");
    }
    let send = Request::new("POST", SCREEN).header("Cookie", &cookie);
    let fields = [("export", "1"), ("_wpnonce", &*nonce)];
    let answer = world.site.send(&send.body("application/x-www-form-urlencoded", form(&fields)));
    assert!(answer.header("Content-Type").unwrap_or_default().starts_with("text/csv"));
    let file = answer.body();
    for text in ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'|calc", "'%0A=1", "'＝1", "' =1"] {
        assert!(file.contains(text), "{text} is missing:\n{file}");
    }
    let cells = file.split(['\n', ',']).map(|cell| cell.trim_start_matches('"'));
    let formulas: Vec<_> =
        cells.filter(|cell| cell.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝'])).collect();
    assert_eq!(formulas, [""; 0], "{file}");
}
