//! By what a member is known: the name they go by, and where mail reaches them.

/// The name a member goes by: 2 to 30 ASCII letters, digits, `-` or `_`, so that none can be mistaken for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// Reads a handle. The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !(2..=30).contains(&text.chars().count()) || !fits {
            return Err("Please use 2 to 30 letters, digits, - or _.".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared: `Kestrel` and `kestrel` are one member.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// An address that mail could be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address, as lettre reads it (RFC 5321). The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        match text.parse::<lettre::Address>() {
            Ok(address) if text.len() <= 254 && !text.contains(char::is_control) => Ok(Self(address.to_string())),
            _ => Err("That doesn’t look like an email address.".to_owned()),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}
