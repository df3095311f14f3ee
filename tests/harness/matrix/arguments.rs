//! Where arguments stand in an instruction's data, and their extremes.

use plimsoll_client::engine::bounds::ROWS;

/// How an argument is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Unsigned(usize),
    Signed(usize),
    Flag,
    Bytes(usize),
}

/// One argument.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub offset: usize,
    pub shape: Shape,
}

impl Shape {
    /// Bytes it takes.
    pub const fn width(self) -> usize {
        match self {
            Self::Unsigned(width) | Self::Signed(width) | Self::Bytes(width) => width,
            Self::Flag => 1,
        }
    }

    /// Its extremes, by the names of the table's columns.
    pub fn extremes(self) -> Vec<(&'static str, Vec<u8>)> {
        let width = self.width();
        let filled = |first: u8, middle: u8, last: u8| {
            let mut bytes = vec![middle; width];
            bytes[0] = first;
            if width > 1 {
                bytes[width - 1] = last;
            }
            bytes
        };
        let mut all = vec![("0", filled(0, 0, 0)), ("1", filled(1, 0, 0))];
        match self {
            Self::Unsigned(_) | Self::Flag | Self::Bytes(_) => all.push(("largest", filled(0xff, 0xff, 0xff))),
            Self::Signed(_) => {
                all.push(("largest", filled(0xff, 0xff, 0x7f)));
                all.push(("smallest", filled(0, 0, 0x80)));
            }
        }
        all
    }
}

/// Lays arguments out behind the discriminator.
pub fn lay_out(fields: &[(&str, Shape)]) -> Vec<Argument> {
    let mut offset = 1;
    let place = |(name, shape): &(&str, Shape)| {
        let argument = Argument { name: (*name).to_owned(), offset, shape: *shape };
        offset += shape.width();
        argument
    };
    fields.iter().map(place).collect()
}

/// The fields of a market's parameters in their order.
pub fn parameters() -> Vec<(&'static str, Shape)> {
    let shape = |kind: &str| match kind {
        "u8" => Shape::Unsigned(1),
        "u32" => Shape::Unsigned(4),
        _ => Shape::Unsigned(8),
    };
    ROWS.iter().map(|row| (row.name, shape(row.kind))).collect()
}
