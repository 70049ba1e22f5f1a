//! What promises share: the world that each of them stands up, and how to look into its inbox and its database.

pub mod account;
pub mod broken_database;
mod browser;
pub mod crowd;
pub mod doors;
mod extension;
pub mod field_map;
pub mod hostile;
pub mod inbox;
mod keys;
pub mod listener;
pub mod look;
pub mod name_server;
pub mod numbers;
pub mod password;
pub mod release;
pub mod rows_read;
mod screen;
pub mod second_connection;
pub mod self_test;
pub mod users_screen;
pub mod world;
