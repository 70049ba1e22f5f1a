//! How much of a contact counts. Whoever can write one can make it as heavy as the CRM allows, and each user, each page of a list
//! and each screen would carry that from then on.

/// A whole contact, as JSON.
pub const CONTACT_BYTES: usize = 2 << 20;
/// One value, and one that WordPress stores.
pub const TEXT_BYTES: usize = 64 << 10;
/// A property's name, type or subtype; the CRM's own forms take fewer.
pub const WORD_BYTES: usize = 1 << 10;
/// Properties of a contact. To PHP each is an array.
pub const PROPERTIES: usize = 2000;
/// The same of all contacts on a page.
pub const PAGE_PROPERTIES: usize = 50_000;
/// The first e-mail addresses: each is looked up and locked.
pub const ADDRESSES: usize = 20;
/// Items of a list that is one value.
pub const ITEMS: usize = 1000;
pub const TAGS: usize = 1000;
pub const TAG_BYTES: usize = 255;
