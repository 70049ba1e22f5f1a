//! What no webhook told.

mod a_copy_of_the_site_is_made_the_site_by_saving;
mod a_cursor_belongs_to_the_account_that_gave_it;
mod a_webhook_that_never_came_is_made_good;
mod linked_users_are_walked_in_turn;
