//! What is stored, merged, claimed, given up, replayed and forgotten.

mod a_damaged_event_stops_nobody;
mod a_dead_workers_event_is_taken_up;
mod a_pause_stores_and_processes_nothing;
mod a_webhook_is_stored_before_the_crm_is_asked;
mod an_event_tells_what_became_of_it;
mod locks_of_long_ago_leave;
mod old_events_leave_and_waiting_ones_never;
mod older_tables_are_changed_by_one_worker;
mod screens_and_cleaning_do_not_read_all_events;
mod tables_are_made_on_demand;
mod webhooks_of_one_contact_are_merged;
mod what_was_given_up_can_be_replayed;
