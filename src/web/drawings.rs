//! What is drawn: covers and faces, the same each time for the same name; and charts.

use crate::domain::library::books::Book;
use crate::web::frame::Frame;

/// Dark enough for light letters on them (WCAG AA).
const COLOURS: [&str; 8] = ["#3d5a56", "#5a3d4f", "#3f4d6b", "#6b4a2f", "#4a5a34", "#5c3a36", "#36536b", "#4b4263"];

fn colour(name: &str) -> &'static str {
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    COLOURS[sum as usize % COLOURS.len()]
}

/// A book's cover: its title and author on coloured cloth.
pub struct Cover {
    /// The cloth.
    pub colour: &'static str,
    /// The title, broken into lines.
    pub lines: Vec<String>,
    /// The size of the title's letters.
    pub size: &'static str,
    /// The author, as far as there is room.
    pub author: String,
}

impl Book {
    /// Draws its cover.
    pub fn cover(&self) -> Cover {
        let longest = self.title.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
        let (size, room) = if longest > 11 {
            ("7", 17)
        } else if longest > 9 {
            ("9", 13)
        } else {
            ("11", 10)
        };
        let author = self.authors.split(" and ").next().unwrap_or_default();
        Cover { colour: colour(&self.title), lines: lines(&self.title, room), size, author: shortened(author, 19) }
    }
}

fn lines(title: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word, room + 1)),
        }
    }
    lines.truncate(6);
    lines
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A member's or a byline's face: a letter on a coloured round.
pub struct Face {
    /// The round.
    pub colour: &'static str,
    /// The letter.
    pub letter: String,
}

impl Frame {
    /// Draws the face of a member or a byline.
    pub fn face(&self, name: &str) -> Face {
        let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('·');
        Face { colour: colour(name), letter: letter.to_lowercase().collect() }
    }
}

/// A chart of pairs of columns.
pub struct Bars {
    /// How wide it is; it is [`Bars::HEIGHT`] high.
    pub width: i32,
    /// The most that a column stands for.
    pub most: i32,
    /// The columns.
    pub bars: Vec<Bar>,
}

/// A column: where it begins, how high it is, and whether it is the second of its pair.
pub struct Bar {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// How high it is.
    pub height: i32,
    /// Whether it is the second of its pair.
    pub second: bool,
}

impl Bars {
    /// How high the chart is, from its ground to the highest column.
    pub const HEIGHT: i32 = 100;
}

/// Draws columns for pairs of numbers, of which the second may be unknown.
pub fn bars(pairs: &[(i32, Option<i32>)]) -> Bars {
    let most = pairs.iter().map(|(first, second)| second.unwrap_or(0).max(*first)).max().unwrap_or(0).max(1);
    let mut bars = Vec::new();
    for (left, (first, second)) in (0_i32..).step_by(28).zip(pairs) {
        for (x, number, second) in [(left + 3, Some(*first), false), (left + 14, *second, true)] {
            let height = number.unwrap_or(0).clamp(0, most) * Bars::HEIGHT / most;
            bars.extend(number.map(|_| Bar { x, y: Bars::HEIGHT - height, height, second }));
        }
    }
    Bars { width: i32::try_from(pairs.len()).unwrap_or(0).max(12) * 28, most, bars }
}
