//! A club's accent colour. The stylesheet has a light and a dark shade of each.

use crate::db::word_column;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

/// A club's accent colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum AccentColor {
    /// Dark red, the default.
    #[default]
    Oxblood,
    Rust,
    Ochre,
    Moss,
    Sea,
    Sky,
    Violet,
    Plum,
}

word_column!(AccentColor {
    Oxblood = "oxblood",
    Rust = "rust",
    Ochre = "ochre",
    Moss = "moss",
    Sea = "sea",
    Sky = "sky",
    Violet = "violet",
    Plum = "plum",
});

impl AccentColor {
    /// In the order of the form.
    pub const ALL: [Self; 8] =
        [Self::Oxblood, Self::Rust, Self::Ochre, Self::Moss, Self::Sea, Self::Sky, Self::Violet, Self::Plum];
}

#[cfg(test)]
mod tests {
    use super::AccentColor;

    const STYLE: &str = include_str!("../../../static/style.css");

    /// The light and the dark colour that follow this text in the stylesheet.
    fn pair(after: &str) -> [String; 2] {
        let rest = STYLE.split_once(after).unwrap_or_else(|| panic!("no {after}")).1;
        let (_, rest) = rest.split_once("light-dark(").unwrap();
        let (light, dark) = rest.split_once(')').unwrap().0.split_once(',').unwrap();
        [light.trim().to_owned(), dark.trim().to_owned()]
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn accent_colors_have_enough_contrast() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
        let on = pair("--on-ribbon:");
        for accent_color in AccentColor::ALL {
            let colours = pair(&format!("[data-ribbon={}] {{ --ribbon:", accent_color.as_str()));
            for ground in ["--paper:", "--leaf:", "--fold:"].map(pair) {
                for dark in 0..2 {
                    let found = contrast(&colours[dark], &ground[dark]);
                    assert!(found >= 7.0, "{accent_color:?} on {}: {found}", ground[dark]);
                }
            }
            for dark in 0..2 {
                assert!(contrast(&colours[dark], &on[dark]) >= 7.0, "{accent_color:?}");
            }
        }
        assert_eq!(pair("[data-ribbon=oxblood] { --ribbon:"), pair("--ribbon:"));
        assert!(
            AccentColor::ALL
                .iter()
                .all(|accent_color| AccentColor::from_word(accent_color.as_str()) == Some(*accent_color))
        );
    }
}
