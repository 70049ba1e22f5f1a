//! The screens.

mod a_setting_that_the_database_cannot_hold_is_refused;
mod an_admin_sets_it_up_on_a_screen;
mod only_an_admin_changes_the_settings;
mod the_admin_is_told_what_is_kept;
