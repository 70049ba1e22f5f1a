//! The main job, as a whole.

mod a_webhook_makes_a_user;
mod an_admin_in_a_browser;
mod either_part_may_be_updated_first;
mod the_core_story_works_everywhere;
mod the_screens_of_readme_txt;
mod the_screens_on_every_wordpress;
