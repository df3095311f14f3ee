//! Times and how long ago they were.

/// Seconds in larger units: `12 s`, `3 min 5 s`, `2 h 4 min`, `3 d 2 h`.
pub fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    let pair = |large: u64, unit: &str, small: u64, below: &str| match small {
        0 => format!("{sign}{large} {unit}"),
        _ => format!("{sign}{large} {unit} {small} {below}"),
    };
    match seconds {
        0..60 => format!("{sign}{seconds} s"),
        60..3_600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => pair(seconds / 3_600, "h", seconds / 60 % 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
    }
}

/// The UTC time of day.
pub fn clock(time: i64) -> String {
    let second = time.rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// Date and time in UTC: `2026-11-26 05:00:00`.
pub fn date(time: i64) -> String {
    let known = chrono::DateTime::from_timestamp(time, 0);
    known.map_or_else(|| time.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}
