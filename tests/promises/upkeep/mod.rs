//! What no webhook told.

mod a_contact_that_always_fails_holds_up_nobody;
mod a_copy_of_the_site_is_made_the_site_by_saving;
mod a_webhook_that_never_came_is_made_good;
mod linked_users_are_walked_in_turn;
