//! What of the admin's pages writes, found by asking the running WordPress and by reading the pages, so that nobody has to think of it.

use crate::stage::world::World;
use serde_json::Value;
use site::{Request, Response, form};

/// `?doors` tells who of ours waits for requests, `?digest` all that is stored; before the capability of the asker is looked at.
pub const PLUGIN: &str = r#"<?php
add_action( 'admin_init', static function () {
	if ( isset( $_GET['doors'] ) ) {
		$class = static function ( $callback ): string {
			if ( $callback instanceof Closure ) {
				$function = new ReflectionFunction( $callback );
				return (string) ( $function->getClosureScopeClass()?->name ?? $function->name );
			}
			$of = is_array( $callback ) ? $callback[0] : $callback;
			return is_object( $of ) ? $of::class : (string) $of;
		};
		$doors = array_map( static fn( $name ) => "setting $name", preg_grep( '/agile/', array_keys( get_registered_settings() ) ) );
		$doors = array_merge( $doors, preg_grep( '/agile/', array_keys( rest_get_server()->get_routes() ) ) );
		$waits = '/^(admin_post_|wp_ajax_|load-|admin_action_|handle_bulk_actions|handle_network_bulk|personal_options_update|edit_user_profile_update'
			. '|user_profile_update_errors|user_register|profile_update|rest_|set_screen_option|set-screen-option|admin_init|current_screen|update-custom|post_action_)/';
		foreach ( preg_grep( $waits, array_keys( $GLOBALS['wp_filter'] ) ) as $hook ) {
			foreach ( array_merge( ...array_values( $GLOBALS['wp_filter'][ $hook ]->callbacks ) ) as $callback ) {
				if ( str_starts_with( $class( $callback['function'] ), 'AgileBridge\\' ) ) {
					$doors[] = $hook;
				}
			}
		}
		wp_send_json( array_values( array_unique( $doors ) ) );
	}
}, 99 );
add_action( 'init', static function () {
	if ( isset( $_GET['digest'] ) ) {
		global $wpdb;
		$tables = array(
			"SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE 'agile_bridge%' AND option_name <> 'agile_bridge_stats' ORDER BY option_id",
			"SELECT * FROM $wpdb->users ORDER BY ID",
			"SELECT * FROM $wpdb->usermeta WHERE meta_key <> 'session_tokens' ORDER BY umeta_id",
			"SELECT * FROM {$wpdb->prefix}agile_bridge_events ORDER BY id",
			"SELECT name, owner, details FROM {$wpdb->prefix}agile_bridge_leases WHERE name = 'self_test' OR name LIKE 'key:%' ORDER BY name",
		);
		wp_send_json( array_map( static fn( $sql ) => $wpdb->get_results( $sql ), $tables ) );
	}
} );"#;

/// Of a page: each button of each form of ours that posts, with all that would be sent; and links that carry a nonce.
const READ: &str = r#"
$doors = array();
foreach ( $given as $page => $html ) {
	$tags = new WP_HTML_Tag_Processor( $html );
	$form = $select = null;
	$forms = $controls = array();
	while ( $tags->next_tag( array( 'tag_closers' => 'visit' ) ) ) {
		$tag = $tags->get_tag();
		$get = static fn( $name ) => $tags->get_attribute( $name );
		if ( $tags->is_tag_closer() ) {
			$form   = 'FORM' === $tag ? null : $form;
			$select = 'SELECT' === $tag ? null : $select;
		} elseif ( 'FORM' === $tag ) {
			$form           = (string) ( $get( 'id' ) ?? 'form' . count( $forms ) );
			$forms[ $form ] = array( strtolower( (string) $get( 'method' ) ), (string) $get( 'action' ) );
		} elseif ( 'OPTION' === $tag && null !== $select ) {
			$controls[ $select ]['options'][] = (string) $get( 'value' );
			if ( null !== $get( 'selected' ) || ! isset( $controls[ $select ]['value'] ) ) {
				$controls[ $select ]['value'] = (string) $get( 'value' );
			}
		} elseif ( in_array( $tag, array( 'INPUT', 'SELECT', 'TEXTAREA', 'BUTTON' ), true ) ) {
			$type       = 'BUTTON' === $tag ? ( $get( 'type' ) ?? 'submit' ) : ( 'INPUT' === $tag ? $get( 'type' ) ?? 'text' : strtolower( $tag ) );
			$controls[] = array(
				'form'  => (string) ( $get( 'form' ) ?? $form ),
				'type'  => $type,
				'name'  => (string) $get( 'name' ),
				'by'    => strtolower( (string) $get( 'formmethod' ) ),
				'to'    => (string) $get( 'formaction' ),
				'value' => 'SELECT' === $tag ? null : (string) ( $get( 'value' ) ?? ( 'checkbox' === $type ? 'on' : '' ) ),
				'sent'  => ! in_array( $type, array( 'submit', 'button', 'reset', 'image' ), true )
					&& ( ! in_array( $type, array( 'checkbox', 'radio' ), true ) || null !== $get( 'checked' ) || str_ends_with( (string) $get( 'name' ), 's[]' ) ),
			);
			$select     = 'SELECT' === $tag ? count( $controls ) - 1 : $select;
		} elseif ( 'A' === $tag && str_contains( (string) $get( 'href' ), '_wpnonce=' ) && str_contains( (string) $get( 'href' ), 'agile' ) && ! str_contains( (string) $get( 'href' ), 'plugins.php?action=' ) ) {
			$doors[] = array( 'name' => "$page: a link with a nonce", 'target' => $get( 'href' ), 'fields' => array() );
		}
	}
	foreach ( $forms as $id => [ $method, $target ] ) {
		$own = array_filter( $controls, static fn( $control ) => $control['form'] === (string) $id );
		$all = implode( ' ', array_column( $own, 'name' ) ) . " $id $target";
		$bulk = 'post' === $method ? array() : array_filter( $own, static fn( $control ) => 'action' === $control['name'] );
		$own = 'post' === $method ? $own : array_filter( $own, static fn( $control ) => 'submit' !== $control['type'] || 'post' === $control['by'] );
		if ( 'adv-settings' === $id || ! str_contains( $all, 'agile' ) ) {
			continue;
		}
		$fields = array();
		foreach ( $own as $control ) {
			if ( $control['sent'] && '' !== $control['name'] ) {
				$fields[] = array( $control['name'], (string) $control['value'] );
			}
		}
		$values  = array_column( $fields, 1, 0 );
		$what    = $values['agile_bridge_action'] ?? $values['option_page'] ?? '';
		$buttons = array_filter( $own, static fn( $control ) => 'submit' === $control['type'] );
		// WordPress sends this list by GET, a script of ours by POST.
		foreach ( preg_grep( '/agile/', array_merge( ...array_column( $bulk, 'options' ) ) ) as $option ) {
			$doors[] = array( 'name' => "$page: bulk $option", 'target' => '' === $target ? admin_url( $page ) : $target, 'fields' => array_merge( $fields, array( array( 'action', $option ) ) ) );
		}
		foreach ( $buttons as $button ) {
			if ( str_ends_with( $button['name'], 'bulk_action' ) || 'bulk_action2' === $button['name'] || '' === $button['name'] && isset( $values['action2'] ) ) {
				foreach ( $own as $control ) {
					foreach ( 'action' === $control['name'] ? array_diff( $control['options'] ?? array(), array( '-1' ) ) : array() as $option ) {
						$doors[] = array( 'name' => "$page: bulk $option", 'target' => $target, 'fields' => array_merge( $fields, array( array( 'action', $option ) ) ) );
					}
				}
				continue;
			}
			$pressed = '' === $button['name'] ? array() : array( array( $button['name'], $button['value'] ) );
			$with    = in_array( $button['name'], array( '', 'submit' ), true ) ? '' : $button['name'] . ( 'agile_bridge_action' === $button['name'] ? ' ' . $button['value'] : '' );
			$doors[] = array( 'name' => "$page: " . trim( "$what $with" ), 'target' => '' === $button['to'] ? $target : $button['to'], 'fields' => array_merge( $fields, $pressed ) );
		}
	}
}
return array_values( array_column( $doors, null, 'name' ) );"#;

/// Something that an admin can press, and what the browser would send.
#[derive(Clone)]
pub struct Door {
    pub name: String,
    target: String,
    fields: Vec<(String, String)>,
}

impl Door {
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut door = self.clone();
        door.fields.retain(|(field, _)| field != name);
        door.fields.push((name.to_owned(), value.to_owned()));
        door
    }

    /// One that no form is for.
    pub fn of(name: &str, target: &str, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { name: name.to_owned(), target: target.to_owned(), fields }
    }

    pub fn nonce(&self) -> &str {
        self.fields.iter().find(|(name, _)| name == "_wpnonce").map_or("", |(_, value)| value)
    }

    fn body(&self) -> String {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        form(&fields)
    }
}

impl World {
    /// All there is on these pages, as who has the cookie gets them.
    pub fn doors(&self, cookie: &str, pages: &[(&str, String)]) -> Vec<Door> {
        let read = |target: &str| self.site.send(&Request::new("GET", target).header("Cookie", cookie)).body();
        let pages: serde_json::Map<_, _> =
            pages.iter().map(|(name, target)| ((*name).to_owned(), read(target).into())).collect();
        let found = self.wp_given(&Value::Object(pages.clone()), READ);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let pair = |field: &Value| (text(&field[0]), text(&field[1]));
        let door = |door: &Value| Door {
            name: text(&door["name"]),
            target: text(&door["target"]).replace(&self.site.url(), ""),
            fields: door["fields"].as_array().into_iter().flatten().map(pair).collect(),
        };
        found.as_array().expect("doors").iter().map(door).collect()
    }

    pub fn press(&self, cookie: &str, door: &Door) -> Response {
        let request = Request::new("POST", &door.target).header("Cookie", cookie);
        self.site.send(&request.body("application/x-www-form-urlencoded", door.body()))
    }

    pub fn press_by_get(&self, cookie: &str, door: &Door) -> Response {
        let with = if door.target.contains('?') { '&' } else { '?' };
        self.site.send(&Request::new("GET", &format!("{}{with}{}", door.target, door.body())).header("Cookie", cookie))
    }
}
