//! Usernames and email addresses.

/// A username: 2 to 30 ASCII letters, digits, `-` or `_`. ASCII only, so that none can imitate another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// Checks a username. The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !(2..=30).contains(&text.chars().count()) || !fits {
            return Err("Please use 2 to 30 letters, digits, - or _.".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it could pass for the club's staff or for the program, or for the club of this name.
    pub fn is_reserved(&self, club: &str) -> bool {
        let own = skeleton(&self.0);
        RESERVED.iter().chain([&club]).any(|name| skeleton(name) == own)
    }

    /// In lower case: `Kestrel` and `kestrel` are the same member.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// Names of roles and of what acts or is shown by itself.
const RESERVED: [&str; 18] = [
    "admin",
    "administrator",
    "moderator",
    "mod",
    "host",
    "member",
    "staff",
    "team",
    "support",
    "system",
    "root",
    "postmaster",
    "webmaster",
    "visitor",
    "former member",
    "club",
    "command line",
    "Chapterhouse",
];

/// A name without what readers overlook: case, separators, a plural, "the", and digits in place of letters.
fn skeleton(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric()).map(|c| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | 'l' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        c => c,
    });
    let letters: String = letters.collect();
    let letters = letters.strip_prefix("the").unwrap_or(&letters);
    letters.strip_suffix('s').unwrap_or(letters).to_owned()
}

/// A syntactically valid email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address as lettre does (RFC 5321). The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        match text.parse::<lettre::Address>() {
            Ok(address) if text.len() <= 254 && !text.contains(char::is_control) => Ok(Self(address.to_string())),
            _ => Err("That doesn’t look like an email address.".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In lower case, for uniqueness.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_staff_the_program_and_the_club_are_reserved_in_all_spellings() {
        for name in ["admin", "Admins", "m0derator", "The-Host", "former_member", "Chapter-House", "the-owls", "0wls"] {
            assert!(Handle::parse(name).unwrap().is_reserved("The Owls"), "{name}");
        }
        for name in ["hostess", "adminton", "owl-keeper", "clubfoot", "kestrel"] {
            assert!(!Handle::parse(name).unwrap().is_reserved("The Owls"), "{name}");
        }
    }
}
