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

    /// In lower case: `Kestrel` and `kestrel` are the same member.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
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
