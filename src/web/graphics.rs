//! Generated graphics: book covers and avatars, whose colour depends on the name alone, and bar charts.

use crate::domain::library::books::Book;
use crate::web::frame::Frame;

/// Dark enough for white text (WCAG AA).
const COLOURS: [&str; 8] = ["#3d5a56", "#5a3d4f", "#3f4d6b", "#6b4a2f", "#4a5a34", "#5c3a36", "#36536b", "#4b4263"];

fn colour(name: &str) -> &'static str {
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    COLOURS[sum as usize % COLOURS.len()]
}

/// A generated book cover.
pub struct Cover {
    pub colour: &'static str,
    /// The title, wrapped to at most six lines.
    pub lines: Vec<String>,
    /// Font size of the title, in the units of the SVG.
    pub size: &'static str,
    /// The first author, shortened to fit.
    pub author: String,
}

impl Book {
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

/// A generated avatar: a letter in a coloured circle.
pub struct Avatar {
    pub colour: &'static str,
    pub letter: String,
}

impl Frame {
    /// The avatar of a member or a byline.
    pub fn avatar(&self, name: &str) -> Avatar {
        let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('·');
        Avatar { colour: colour(name), letter: letter.to_lowercase().collect() }
    }
}

/// A bar chart of pairs of numbers, as an SVG.
pub struct BarChart {
    /// Width in SVG units. The height is [`BarChart::HEIGHT`].
    pub width: i32,
    /// The number that the highest bar shows.
    pub most: i32,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    pub height: i32,
    /// Whether it shows the second number of its pair.
    pub second: bool,
}

impl BarChart {
    /// Height of the chart in SVG units.
    pub const HEIGHT: i32 = 100;
}

/// Lays out the bars for pairs of numbers. The second number of a pair may be unknown.
pub fn bar_chart(pairs: &[(i32, Option<i32>)]) -> BarChart {
    let most = pairs.iter().map(|(first, second)| second.unwrap_or(0).max(*first)).max().unwrap_or(0).max(1);
    let mut bars = Vec::new();
    for (left, (first, second)) in (0_i32..).step_by(28).zip(pairs) {
        for (x, number, second) in [(left + 3, Some(*first), false), (left + 14, *second, true)] {
            let height = number.unwrap_or(0).clamp(0, most) * BarChart::HEIGHT / most;
            bars.extend(number.map(|_| Bar { x, y: BarChart::HEIGHT - height, height, second }));
        }
    }
    BarChart { width: i32::try_from(pairs.len()).unwrap_or(0).max(12) * 28, most, bars }
}
