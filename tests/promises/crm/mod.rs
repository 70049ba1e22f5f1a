//! The account of Agile CRM, and its health.

mod a_connection_that_is_tested_and_works_ends_a_stop;
mod a_crm_that_fails_is_left_in_peace;
mod a_dead_name_server_is_answered_in_time;
mod a_refusal_of_one_question_stops_nothing;
mod idle_connections_are_few;
mod names_are_asked_of_whom_the_machine_names;
mod only_a_trusted_certificate_is_spoken_to;
mod the_proxy_of_wordpress_is_used;
