//! Series from CSV files: time in seconds, price and, if there is one, confidence. A first line of names is passed over.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{
    FeedError,
    path::{Lines, Point, Track},
    scenario::check,
};

/// Reads a series from text that has this name. Times count from the first one.
pub fn parse(text: &str, file: &str) -> Result<Track, FeedError> {
    let malformed = |why: String| FeedError::Malformed(file.to_owned(), why);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let mut points: Vec<Point> = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| malformed(error.to_string()))?;
        match point(&record) {
            Some(point) => points.push(point),
            None if row == 0 => (),
            None => return Err(malformed(format!("line {} is not time, price and perhaps confidence", row + 1))),
        }
    }
    let start = points.first().map_or(0.0, |point| point.second);
    points.iter_mut().for_each(|point| point.second -= start);
    check(&points).map_err(malformed)?;
    Ok(Track::Lines(Lines { points, exact: Vec::new(), repeats: false }))
}

fn point(record: &StringRecord) -> Option<Point> {
    let field = |place: usize| record.get(place)?.parse::<f64>().ok().filter(|number| number.is_finite());
    let confidence = match record.get(2).filter(|text| !text.is_empty()) {
        Some(_) => Some(field(2).filter(|confidence| *confidence >= 0.0)?),
        None => None,
    };
    Some(Point { second: field(0)?, price: field(1)?, noise: 0.0, confidence })
}
