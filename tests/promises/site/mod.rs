//! WordPress itself, its database, and other plugins beside us.

mod a_deadlock_is_tried_again;
mod a_lock_is_waited_for_two_seconds_at_most;
mod constants_are_enough;
mod deleting_the_plugin_keeps_its_users;
mod every_server_is_told_its_own_command;
mod it_says_how_to_install_it;
mod no_stranger_can_update_the_plugin;
mod secrets_are_nowhere_in_clear;
mod the_admin_is_told_which_php_of_cron_cannot_process;
mod without_the_extension_the_site_goes_on;
mod wp_fusion_and_we_never_both_answer;
