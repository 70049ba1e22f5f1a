//! A PHP without our extension: a test of the key is told to come again, a webhook is kept
//! (`what_comes_without_the_extension_is_kept`), an admin is told what to do, and the site works as ever.

use crate::stage::world::World;
use site::{ACCESS_KEY, Answer, Request, Site};

fn comes_again(answer: &Answer, site: &Site) {
    let got = (answer.status, answer.wp_status(), answer.wp_code());
    assert_eq!(got, (503, "failed", "extension_missing"), "{}\n{}", answer.json, site.log());
    let headers = &answer.response.headers;
    let seconds = answer.response.header("Retry-After").and_then(|value| value.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| seconds > 0), "{headers:?}");
    assert!(answer.response.header("Cache-Control").is_some_and(|value| value.contains("no-store")), "{headers:?}");
    // Anybody may read this.
    let message = answer.json["message"].as_str().unwrap_or_default();
    assert!(message.len() > 20 && !message.contains('/') && !message.contains(char::is_numeric), "{message}");
}

fn notice(site: &Site) -> bool {
    let cookie = site.login("admin", "password");
    let dashboard = site.send(&Request::new("GET", "/wp-admin/").header("Cookie", &cookie));
    assert_eq!(dashboard.status, 200, "{}", site.log());
    let body = dashboard.body();
    assert!(body.contains("</html>"), "{body}");
    body.split("class=\"notice").skip(1).any(|notice| notice[..notice.len().min(600)].contains("agile_bridge"))
}

#[test]
fn webhooks_wait_and_everything_else_works() {
    let world = World::with(|site| site.extension(false));
    let site = &world.site;

    let body = format!("wpf_action=test&access_key={ACCESS_KEY}");
    comes_again(&site.answer(&Request::new("POST", "/").body("application/x-www-form-urlencoded", body)), site);
    comes_again(&site.webhook("test", &[]), site);

    for (target, sign) in [
        ("/", "</html>"),
        ("/sample-page/", "</html>"),
        ("/?wpf.action=test", "</html>"),
        ("/?wpf_action[]=test", "</html>"),
        ("/wp-json/", "namespaces"),
        ("/?rest_route=/&wpf_action=test", "namespaces"),
        ("/wp-login.php?wpf_action=test", "loginform"),
    ] {
        let page = site.get(target);
        assert_eq!(page.status, 200, "{target}: {}", site.log());
        assert!(page.body().contains(sign), "{target}: {}", page.body());
        assert!(!page.body().contains("wp_status"), "{target}: {}", page.body());
    }
    assert!(notice(site), "no notice on the dashboard");

    assert_eq!(site.log(), "");
}
