//! The screens.

mod an_admin_sets_it_up_on_a_screen;
mod only_an_admin_changes_the_settings;
