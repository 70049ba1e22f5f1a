//! The main job, as a whole.

mod a_webhook_makes_a_user;
mod the_core_story_works_everywhere;
