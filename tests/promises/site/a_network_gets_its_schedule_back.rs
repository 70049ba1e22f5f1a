//! A plugin that is deactivated on a whole network and activated again is scheduled on every site: where it has stored webhooks
//! nobody would process them otherwise. A site on which it has never been used stays without tables.

use crate::stage::world::World;
use serde_json::{Value, json};

const SITES: &str = "
    $see = fn($look) => array_map(function ($site) use ($look) { switch_to_blog($site); $seen = $look(); restore_current_blog(); return $seen; }, get_sites(['fields' => 'ids', 'orderby' => 'id']));
    $scheduled = fn() => [is_int(wp_next_scheduled('agile_bridge_drain')), is_int(wp_next_scheduled('agile_bridge_reconcile'))];";

fn wp(world: &World, code: &str) -> Value {
    world.site.wp(&format!("require_once ABSPATH . 'wp-admin/includes/plugin.php'; $plugin = 'bridge-for-agile-crm/bridge-for-agile-crm.php'; {SITES} {code}"))
}

#[test]
fn a_network_gets_its_schedule_back() {
    let world = World::with(|site| site.multisite(true));
    wp(
        &world,
        "foreach (['two', 'three'] as $path) wp_insert_site(['domain' => get_network()->domain, 'path' => \"/$path/\", 'network_id' => 1, 'user_id' => 1]);
         return $see(fn() => AgileBridge\\Plugin\\Site\\Schedule::ensure());",
    );
    let all = json!([[true, true], [true, true], [true, true]]);
    let none = json!([[false, false], [false, false], [false, false]]);
    assert_eq!(wp(&world, "return $see($scheduled);"), all);
    assert_eq!(wp(&world, "deactivate_plugins($plugin, false, true); return $see($scheduled);"), none);
    assert_eq!(wp(&world, "return [activate_plugin($plugin, '', true), $see($scheduled)];"), json!([null, all]));

    // Each in a request of its own, as WP-Cron's.
    for path in ["/two", "/three"] {
        wp(&world, &format!(
            "switch_to_blog(get_blog_id_from_url(get_network()->domain, '{path}/'));
             foreach (['drain' => 'agile_bridge_minute', 'reconcile' => 'hourly'] as $name => $schedule) {{
                 wp_clear_scheduled_hook(\"agile_bridge_$name\"); wp_schedule_event(time() - 1, $schedule, \"agile_bridge_$name\");
             }}
             return true;"
        ));
        let request = site::Request::new("GET", &format!("{path}/wp-cron.php?doing_wp_cron"));
        assert_eq!(world.site.send(&request).status, 200);
        let due = format!(
            "switch_to_blog(get_blog_id_from_url(get_network()->domain, '{path}/')); return wp_next_scheduled('agile_bridge_reconcile') > time();"
        );
        assert!(site::await_until(std::time::Duration::from_secs(20), || wp(&world, &due) == json!(true)));
    }
    let tables = world.site.sql("SHOW TABLES LIKE 'wp\\_%\\_agile\\_bridge%'");
    assert_eq!(tables, Vec::<Value>::new(), "{}", world.site.log());

    // A network too large to be gone through at once, or a site that came later: with its next cron job.
    wp(&world, "switch_to_blog(3); AgileBridge\\Plugin\\Site\\Schedule::clear(); return true;");
    world.site.send(&site::Request::new("GET", "/three/wp-cron.php?doing_wp_cron"));
    let back = || wp(&world, "return $see($scheduled);") == all;
    assert!(site::await_until(std::time::Duration::from_secs(20), back), "{}", world.site.log());
}
