//! Ratings in half stars, and parsing them.

use serde::{Deserialize, Serialize};

/// A rating of 1 to 10 half stars, of five stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rating(u8);

impl Rating {
    /// `None` outside 1..=10.
    pub fn from_half_stars(halves: u8) -> Option<Self> {
        (1..=10).contains(&halves).then_some(Rating(halves))
    }

    /// `value` out of `best`, rounded to the nearest half star of five. `None` if `value` is not positive, greater than
    /// `best`, or not a number.
    pub fn from_score(value: f64, best: f64) -> Option<Self> {
        if !(value > 0.0 && best > 0.0 && value <= best && best.is_finite()) {
            return None;
        }
        let halves = (value / best * 10.0).round().clamp(1.0, 10.0);
        Self::from_half_stars(halves as u8)
    }

    /// The number of half stars, 1..=10.
    pub fn half_stars(self) -> u8 {
        self.0
    }

    /// Finds a rating in a line: "2.5 out of 5", "8/10", "4 stars", "★★★½".
    pub fn find(line: &str) -> Option<Self> {
        if line.len() > 400 {
            return None;
        }
        by_symbols(line).or_else(|| by_numbers(line))
    }
}

fn by_symbols(line: &str) -> Option<Rating> {
    let (mut halves, mut open, mut runs, mut inside) = (0u32, 0u32, 0u32, false);
    for sign in line.chars() {
        let star = matches!(sign, '★' | '⭐' | '🌟' | '✭' | '✩' | '☆' | '⯨' | '⯪');
        let half = inside && sign == '½';
        match sign {
            '☆' | '✩' => open += 1,
            '⯨' | '⯪' => halves += 1,
            _ if star => halves += 2,
            _ if half => halves += 1,
            _ => {}
        }
        runs += u32::from(star && !inside);
        inside = star || half || (inside && matches!(sign, ' ' | '\u{fe0f}'));
    }
    // A single star is more often an ornament than a rating.
    let verdict = runs == 1 && (halves > 2 || open > 0) && halves + open * 2 <= 12;
    let halves = u8::try_from(halves).ok().filter(|_| verdict)?;
    Rating::from_half_stars(halves)
}

fn by_numbers(line: &str) -> Option<Rating> {
    let tokens = tokens(&line.to_lowercase());
    (0..tokens.len()).find_map(|at| scored(&tokens[at..]))
}

/// Parses a rating at the first token.
fn scored(tokens: &[String]) -> Option<Rating> {
    let (value, used) = number(tokens)?;
    let rest: Vec<&str> = tokens[used..].iter().take(4).map(String::as_str).collect();
    match rest.as_slice() {
        // A date.
        ["/", _, "/", ..] => None,
        ["/", best, ..]
        | ["out", "of", best, ..]
        | ["of", best, "stars" | "star", ..]
        | ["stars" | "star", "out", "of", best] => Rating::from_score(value, scale(best)?),
        ["stars" | "star", ..] => Rating::from_score(value, 5.0),
        _ => None,
    }
}

/// Parses a number, and returns how many tokens it takes ("3 ½" and "three and a half" take several).
fn number(tokens: &[String]) -> Option<(f64, usize)> {
    let first = tokens.first()?;
    let whole = match first.as_str() {
        "one" => 1.0,
        "two" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        digits => digits.parse::<f64>().ok()?,
    };
    let rest: Vec<&str> = tokens[1..].iter().take(3).map(String::as_str).collect();
    match rest.as_slice() {
        ["½", ..] => Some((whole + 0.5, 2)),
        ["1", "/", "2"] => Some((whole + 0.5, 4)),
        ["and", "a", "half"] => Some((whole + 0.5, 4)),
        _ => Some((whole, 1)),
    }
}

fn scale(token: &str) -> Option<f64> {
    match token {
        "4" => Some(4.0),
        "5" | "five" => Some(5.0),
        "6" => Some(6.0),
        "10" | "ten" => Some(10.0),
        "20" => Some(20.0),
        "100" => Some(100.0),
        _ => None,
    }
}

/// Splits a line into words, numbers with decimals, and the characters `/` and `½`.
fn tokens(line: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        let point = matches!(sign, '.' | ',')
            && open
            && all.last().is_some_and(|t| t.chars().all(|c| c.is_ascii_digit()))
            && signs.peek().is_some_and(char::is_ascii_digit);
        if matches!(sign, '/' | '½') {
            all.push(sign.to_string());
            open = false;
        } else if sign.is_alphanumeric() || point {
            let sign = if point { '.' } else { sign };
            match all.last_mut().filter(|_| open) {
                Some(last) => last.push(sign),
                None => all.push(sign.to_string()),
            }
            open = true;
        } else {
            open = false;
        }
    }
    all
}
