//! The promises, each in a file of its name, kept by the real thing: a real WordPress on PHP-FPM, nginx and MariaDB, the
//! extension as it is released, the plugin as a user installs it. Only Agile CRM is a stand-in (`tests/sandbox`).
//!
//! Every test stands up a world of its own: a CRM and a site. `make test` builds the extension first.

mod world;

mod a_campaign_node_takes_its_branch;
mod a_dead_name_server_is_answered_in_time;
mod a_failing_crm_changes_nothing;
mod a_failing_database_leaves_nothing_half_made;
mod a_generated_password_is_returned_once;
mod a_link_is_asked_again_before_it_moves;
mod a_linked_user_keeps_an_address_that_is_still_theirs;
mod a_listener_that_throws_breaks_nothing;
mod a_network_site_minds_its_own_users;
mod a_new_user_has_a_login_of_their_own;
mod a_parameter_means_one_thing;
mod a_password_is_set_once_and_works;
mod a_role_is_given_only_if_it_is_harmless;
mod a_second_identical_webhook_writes_nothing;
mod a_user_found_by_email_has_that_very_address;
mod a_user_is_whole_or_not_there;
mod a_webhook_makes_a_user;
mod a_wrong_key_is_turned_away_first;
mod an_admin_sets_it_up_on_a_screen;
mod an_answer_that_is_no_contact_changes_nothing;
mod an_email_names_the_contact_and_never_the_user;
mod an_empty_value_keeps_or_clears;
mod an_event_only_names_its_contact;
mod an_explicit_email_has_no_fallback;
mod an_unsafe_field_map_entry_is_left_out;
mod constants_are_enough;
mod deleting_the_plugin_keeps_its_users;
mod every_action_does_its_own_and_writes_the_link;
mod every_answer_is_a_json_object;
mod fields_become_user_data_by_their_type;
mod no_other_plugin_spoils_the_answer;
mod nobody_is_mailed_unless_asked;
mod one_event_costs_one_crm_request;
mod only_a_request_with_wpf_action_is_ours;
mod only_a_trusted_certificate_is_spoken_to;
mod only_an_admin_changes_the_settings;
mod only_the_very_key_opens;
mod only_what_differs_is_written;
mod protected_users_keep_their_account;
mod public_names_never_show_the_email;
mod refusals_come_in_one_order;
mod secrets_are_nowhere_in_clear;
mod site_code_hears_of_every_change;
mod site_code_may_change_or_refuse_a_user;
mod tags_are_a_set;
mod the_accounts_webhook_keeps_users_current;
mod the_chosen_email_is_stored_exactly;
mod the_core_story_works_everywhere;
mod the_proxy_of_wordpress_is_used;
mod without_the_extension_the_site_goes_on;
mod workers_are_replaced_without_a_trace;
mod wp_fusion_and_we_never_both_answer;
