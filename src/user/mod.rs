//! What a user shall have: a contact and the field map become user data; logins, public names and passwords of new users.

mod date;
pub mod field_map;
pub mod identity;
pub mod mapping;
mod number;
pub mod password;
pub mod value;
