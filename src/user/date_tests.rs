use super::*;
use crate::user::value::zone;

fn day(value: &str, zone_name: &str) -> Option<String> {
    read(value, &zone(zone_name)).map(|day| day.to_string())
}

#[test]
fn of_an_epoch_the_day_is_the_sites() {
    // 2016-11-19 18:30:00 UTC, midnight in India: the vendor's own sample.
    for value in ["1479580200", "1479580200000", "1.4795802E12", "1.4795802E9", "1479580200.0"] {
        let expected = [Some("2016-11-20"), Some("2016-11-20"), Some("2016-11-19")];
        let got = ["Asia/Kolkata", "+05:30", "UTC"].map(|zone| day(value, zone));
        assert_eq!(got.each_ref().map(Option::as_deref), expected, "{value}");
    }
}

#[test]
fn seconds_or_milliseconds_is_told_by_the_year() {
    for (value, expected) in [
        ("13046400000", Some("1970-06-01")),
        ("13046400", Some("1970-06-01")),
        ("-13046400000", Some("1969-08-03")),
        ("-86400", Some("1969-12-31")),
        ("0", Some("1970-01-01")),
        ("-2208988800", Some("1900-01-01")),
        ("-2208988800000", Some("1900-01-01")),
        ("7289568000", Some("2200-12-31")),
        ("7289568000000", Some("2200-12-31")),
        ("99999999999", Some("1973-03-03")),
        ("9999999999999", None),
        ("-99999999999999", None),
        ("99999999999999999999", None),
        ("9999999999999999", None),
    ] {
        assert_eq!(day(value, "UTC").as_deref(), expected, "{value}");
    }
    // A year, a month, a day, or a second in 1970?
    for value in
        ["2016", "2016.0", "2.016E3", "1970", "201611", "20161120", "19000101", "+1479580200", "1479580200-", "1.5"]
    {
        assert_eq!(day(value, "UTC"), None, "{value}");
    }
}

#[test]
fn of_a_text_the_day_that_is_written_is_the_day() {
    for value in [
        "2026-11-20",
        "2026/11/20",
        "11/20/2026",
        "11/20/2026 12:00:00",
        "11/20/2026 00:00:00",
        "11/20/2026 12:00 PM",
        "11/20/2026 9:05 am",
        "11/20/2026, 23:59",
        "11/20/2026 12:00 p.m. EST",
        "November 20, 2026",
        "Nov 20, 2026 12:00:00 AM",
        "20 November 2026",
        "20 Nov 2026",
        "2026-11-20 23:59:00",
        "2026-11-20T23:59:00",
        "2026-11-20T23:59:00.000Z",
        "2026-11-20T00:30:00+05:30",
        "2026-11-20T23:30:00-0800",
        "2026-11-20T23:30:00-08:00[America/Los_Angeles]",
        "Fri Nov 20 00:00:00 UTC 2026",
        "Fri Nov 20 23:30:00 PST 2026",
        "Fri Nov 20 00:30:00 GMT+05:30 2026",
        "Fri Nov 20 00:00:00 2026",
        "Fri Nov 20 2026 00:00:00 GMT+0100 (CET)",
        "Fri, 20 Nov 2026 23:30:00 -0800",
        "Fri, 20 Nov 2026 00:30:00 +0000",
    ] {
        for zone in ["UTC", "America/Lima", "Asia/Kolkata", "Pacific/Kiritimati"] {
            assert_eq!(day(value, zone).as_deref(), Some("2026-11-20"), "{value} {zone}");
        }
    }
    for value in [
        "soon",
        "11/20/16",
        "20/11/2016",
        "13/01/2016",
        "2016-13-01",
        "2016-02-30",
        "11/20/2026 25:00",
        "11/20/2026 12:60",
        "11/20/2026 13:00 PM",
        "11/20/2026 noon, or later",
        "11/20/2026 - 11/25/2026",
        "11/20/20261",
        "Thu Nov 20 00:00:00 UTC 2026",
        "Fri Nov 20 00:00:00 UTC 26",
        "Fri Nov 20 soon UTC 2026",
        "2026-11-20 -",
        "\u{661}/\u{662}/2026",
        "",
    ] {
        assert_eq!(day(value, "UTC"), None, "{value}");
    }
}
