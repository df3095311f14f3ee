//! Decimal numbers as people write them. Nothing here is ever a float: an amount is exact or refused.

use core::{fmt, str::FromStr};

/// Digits that a number may have: more than any amount needs, and few enough for 128 bits.
const MOST_DIGITS: usize = 30;

/// A number that is not negative, exactly as it was written: `digits / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    scale: u32,
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// It is no plain decimal number.
    Malformed,
    /// It has too many digits.
    TooLong,
    /// It is not a multiple of the smallest step, which is this.
    TooFine(String),
    /// It is larger than any amount there can be.
    TooLarge,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("write digits, with a point where it needs one: 1250, 2.5 or 1_250.75"),
            Self::TooLong => write!(f, "the number has more than {MOST_DIGITS} digits"),
            Self::TooFine(step) => write!(f, "the number is no multiple of {step}, the smallest step"),
            Self::TooLarge => f.write_str("the number is larger than any amount there can be"),
        }
    }
}

impl core::error::Error for DecimalError {}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let has_point = whole.len() < text.len();
        if !is_number(whole) || (has_point && !is_number(fraction)) {
            return Err(DecimalError::Malformed);
        }
        let digits: String = whole.chars().chain(fraction.chars()).filter(|sign| *sign != '_').collect();
        if digits.len() > MOST_DIGITS {
            return Err(DecimalError::TooLong);
        }
        let scale = fraction.chars().filter(|sign| *sign != '_').count();
        let digits = digits.parse().map_err(|_| DecimalError::Malformed)?;
        Ok(Self { digits, scale: u32::try_from(scale).map_err(|_| DecimalError::TooLong)? })
    }
}

/// Digits, with underscores between them where they help to read.
fn is_number(text: &str) -> bool {
    let ends = text.starts_with('_') || text.ends_with('_');
    !text.is_empty() && !ends && text.chars().all(|sign| sign.is_ascii_digit() || sign == '_')
}

impl Decimal {
    /// How often `10^-decimals` goes into it: only if it goes in evenly.
    pub fn units(self, decimals: i32) -> Result<u64, DecimalError> {
        let shift = i64::from(decimals) - i64::from(self.scale);
        let power = |exponent: i64| u32::try_from(exponent).ok().and_then(|exponent| 10_u128.checked_pow(exponent));
        let units = if shift >= 0 {
            power(shift).and_then(|factor| self.digits.checked_mul(factor)).ok_or(DecimalError::TooLarge)?
        } else {
            let too_fine = || DecimalError::TooFine(text(1, decimals));
            let divisor = power(-shift).ok_or_else(too_fine)?;
            if !self.digits.is_multiple_of(divisor) {
                return Err(too_fine());
            }
            self.digits / divisor
        };
        u64::try_from(units).map_err(|_| DecimalError::TooLarge)
    }
}

/// So many units of `10^-decimals`, with all their decimals and with commas: `1,250.500`.
pub fn text(units: impl Into<i128>, decimals: i32) -> String {
    let units: i128 = units.into();
    let sign = if units < 0 { "-" } else { "" };
    let mut digits = units.unsigned_abs().to_string();
    let Ok(places) = usize::try_from(decimals) else {
        let zeros = usize::try_from(decimals.unsigned_abs()).unwrap_or_default();
        if units != 0 {
            digits.extend(core::iter::repeat_n('0', zeros));
        }
        return format!("{sign}{}", grouped(&digits));
    };
    if digits.len() <= places {
        digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
    }
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let point = if places == 0 { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// Digits with a comma before every third from the right.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share written in per cent, with or without its sign, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u32);

impl FromStr for Percent {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let number: Decimal = text.strip_suffix('%').unwrap_or(text).parse()?;
        // A per cent is 10,000 millionths.
        let ppm = number.units(4)?;
        u32::try_from(ppm).ok().filter(|ppm| *ppm <= 1_000_000).map(Self).ok_or(DecimalError::TooLarge)
    }
}
