use super::*;
use std::time::{Duration, Instant};

#[test]
fn text_is_stripped_as_wordpress_does() {
    for (text, expected) in [
        ("plain", "plain"),
        (" <b>bold</b> text ", "bold text"),
        ("a < b & c > d", "a < b & c > d"),
        ("a <b", "a"),
        ("1 <2 and 3> 2", "1  2"),
        ("<script>alert(1)</script>x", "x"),
        ("<SCRIPT src=x>\n</ScRiPt >y</script>x", "x"),
        ("<scripty>a</script>x", "x"),
        ("<scr<script></script>ipt>alert(1)</script>", "alert(1)"),
        ("<script>never closed", "never closed"),
        ("<style>p {}</style><p title=\"a > b\">x</p>", "x"),
        ("a<!-- b > c -->d", "ad"),
        ("a<?php echo '?>'; ?>b", "ab"),
        ("<<b>>x", "x"),
    ] {
        assert_eq!(stripped(text), expected, "{text}");
    }
}

#[test]
fn a_name_without_markup_stays_and_two_names_do_not_become_one() {
    for name in ["", " padded ", "I <3 you", "<5 seats", "a < b", "a <> b", "R&D", "&lt;b&gt;", "x > y"] {
        assert_eq!(name_without(name), name);
    }
    for (name, expected) in [
        ("<b>VIP</b>", "VIP"),
        (" <b>VIP</b> ", "VIP"),
        ("a<b", "a&lt;b"),
        ("<b>I <3 you</b>", "I <3 you"),
        ("x<script>alert(1)</script>", "x"),
        ("<script src=//x", "&lt;script src=//x"),
        ("<<b>script>x", "&lt;script>x"),
        ("<!-- x -->", ""),
    ] {
        assert_eq!(name_without(name), expected, "{name}");
        assert!(!begins_element(&name_without(name)));
    }
}

#[test]
fn time_grows_with_the_length_and_no_faster() {
    let began = Instant::now();
    for part in ["<script>", "<script", "<style><script>", "<script></style>", "<", "<<b>", "<!--", "<?", "<a '", "< "]
    {
        let text = part.repeat((1 << 18) / part.len());
        assert!(!stripped(&text).contains("<s"), "{part}");
        assert!(!begins_element(&name_without(&text)), "{part}");
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
