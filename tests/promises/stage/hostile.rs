//! Text that would run in a careless page, and where somebody outside can put it.

use crate::stage::world::World;
use sandbox::{Contact, Error500, Faults};
use serde_json::{Value, json};

/// Each calls `xss` with its number, which the browser's script has given to every page.
const STRINGS: [&str; 40] = [
    "<script>xss(N)</script>",
    "\"><script>xss(N)</script>",
    "'><script>xss(N)</script>",
    "</textarea><script>xss(N)</script>",
    "</title><script>xss(N)</script>",
    "</style><script>xss(N)</script>",
    "</script><script>xss(N)</script>",
    "--><script>xss(N)</script>",
    "</option></select><script>xss(N)</script>",
    "<img src=x onerror=xss(N)>",
    "\"><img src=x onerror=xss(N)>",
    "'><img src=x onerror=xss(N)>",
    "<img src=\"x\" onerror=\"xss(N)\"",
    "<svg onload=xss(N)>",
    "\"><svg/onload=xss(N)>",
    "<body onload=xss(N)>",
    "<iframe srcdoc=\"<script>parent.xss(N)</script>\"></iframe>",
    "<input autofocus onfocus=xss(N)>",
    "<select autofocus onfocus=xss(N)></select>",
    "<details open ontoggle=xss(N)>",
    "<video><source onerror=xss(N)></video>",
    "<audio src=x onerror=xss(N)></audio>",
    "<style onload=xss(N)></style>",
    "<math><mtext><img src=x onerror=xss(N)></mtext></math>",
    "<object data=\"javascript:xss(N)\"></object>",
    "<a href=\"javascript:xss(N)\">here</a>",
    "<form><button formaction=javascript:xss(N)>here</button></form>",
    "javascript:xss(N)",
    "\" autofocus onfocus=xss(N) x=\"",
    "' autofocus onfocus=xss(N) x='",
    "\" onmouseover=xss(N) x=\"",
    "<ScRiPt>xss(N)</sCrIpT>",
    "<scr<script>ipt>xss(N)</script>",
    "<<script>xss(N)//<</script>",
    "&lt;script&gt;xss(N)&lt;/script&gt;",
    "&#60;script&#62;xss(N)&#60;/script&#62;",
    "%3Cscript%3Exss(N)%3C/script%3E",
    "\\u003cscript\\u003exss(N)\\u003c/script\\u003e",
    "';xss(N);//",
    "{{constructor.constructor('xss(N)')()}}",
];

/// WordPress' pages of users ask for its translations, from far away.
pub const NEAR: &str = "<?php add_filter( 'translations_api', fn() => array( 'translations' => array() ) );";

/// A page that escapes nothing: whoever looks for text that runs must find it here.
pub const CARELESS: &str = "<?php add_action( 'admin_init', static function () {
	if ( isset( $_GET['careless'] ) ) {
		header( 'Content-Type: text/html' );
		echo '<!doctype html><title>careless</title><p>' . get_option( 'careless' );
		exit;
	}
} );";

pub fn strings() -> Vec<String> {
    STRINGS.iter().enumerate().map(|(number, text)| text.replace('N', &number.to_string())).collect()
}

/// In names and values of properties, in tags: the contact's id.
pub fn contact(world: &World) -> String {
    let mut contact = Contact::person("hostile@example.com").first_name(&strings()[9]).last_name(&strings()[0]);
    for text in strings() {
        contact = contact.custom(&text, &text).tag(&text);
    }
    world.contact(contact)
}

/// In whatever is kept of an event: one for each, all on one page; in the notes and fields of each are all of them.
pub fn events(world: &World) {
    let code = "global $wpdb;
        $event = (array) $wpdb->get_row('SELECT * FROM wp_agile_bridge_events LIMIT 1');
        foreach ($given as $text) {
            $new = array('id' => null, 'state' => 'dead', 'code' => '', 'message' => json_encode($text), 'name' => $text, 'email' => $text,
                'role' => $text, 'notes' => json_encode($given), 'changed' => json_encode($given));
            if (!$wpdb->insert('wp_agile_bridge_events', array_intersect_key($new, $event) + $event)) { return $wpdb->last_error; }
        }
        update_user_meta(1, 'agile_bridge_activity_per_page', 100);
        update_option('careless', implode('<hr>', $given));
        return 1;";
    assert_eq!(world.wp_given(&json!(strings()), code), 1, "{}", world.site.log());
}

/// In the list of calls that became no event, and in whatever Agile CRM says when it is asked who we are.
pub fn errors(world: &World) {
    let code = "global $wpdb;
        $calls = array_map(fn($text) => array(time(), $text, $text, $text, $text), $given);
        $row = array('name' => 'refused_calls', 'owner' => '', 'until_at' => 0, 'failures' => 0, 'details' => json_encode($calls));
        return $wpdb->replace('wp_agile_bridge_leases', $row);";
    assert_eq!(world.wp_given(&json!(strings()), code), 1, "{}", world.site.log());
    let error = Error500 { message: strings().join(" "), ..Error500::json() };
    world.crm.set_faults(Faults {
        error_500: Some(error),
        only_route: Some("GET users/current-user".to_owned()),
        ..Faults::default()
    });
}

/// In settings, as somebody who may write the database could leave them; and a user whom the contact is.
pub fn settings(world: &World) {
    let rules: Vec<Value> = strings().iter().map(|text| json!({"tag": text, "role": "author"})).collect();
    world.set(&json!({"return_password_field": strings()[1], "tag_roles": rules}));
    let rows = strings().into_iter().enumerate();
    let rows: Vec<Value> = rows
        .map(
            |(number, text)| json!({"crm": text, "wp": format!("plan_{number}"), "type": "text", "when_empty": "keep"}),
        )
        .collect();
    world.store_field_map(&json!(rows));
}
