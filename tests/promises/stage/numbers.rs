//! Many rows by one statement, on every server. (MariaDB has tables `seq_1_to_…` for it.)

const DIGIT: &str = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 \
     UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";

/// What follows `FROM` where a statement wants the numbers from 1 to `last`, at most 100,000, as `seq`.
pub fn numbers_to(last: u32) -> String {
    format!(
        "(SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS seq \
         FROM {DIGIT} a, {DIGIT} b, {DIGIT} c, {DIGIT} d, {DIGIT} e) numbers WHERE seq <= {last}"
    )
}
