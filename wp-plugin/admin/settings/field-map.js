/**
 * The field map without a new page for each step: rows are added, moved and removed here; a field that is chosen brings the type
 * and the key that fit it; and the server says, with its own rules, what it would say on saving. Without this script the same
 * buttons send the form.
 */
( function ( $ ) {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const table = document.getElementById( 'agile-bridge-map' );
	const rows = table && table.querySelector( '.agile-bridge-rows' );
	const template = document.getElementById( 'agile-bridge-row' );
	if ( ! rows || ! template ) {
		return;
	}
	const form = table.closest( 'form' );
	let latest = 0;

	const field = ( row, name ) => row.querySelector( `[data-name="${ name }"]` );

	/** Names, ids and labels say the place of a row. */
	function renumber() {
		[ ...rows.rows ].forEach( function ( row, place ) {
			row.querySelectorAll( '*' ).forEach( function ( element ) {
				for ( const { name, value } of [ ...element.attributes ] ) {
					const placed = {
						name: () => value.replace( /\[\d+\]\[/, `[${ place }][` ),
						value: () => ( element.type === 'submit' ? value.replace( /:\d+$/, `:${ place }` ) : value ),
						id: () => value.replace( /map-\d+-/, `map-${ place }-` ),
						'aria-describedby': () => value.replace( /map-\d+-/g, `map-${ place }-` ),
						'aria-label': () => value.replace( /\d+/, place + 1 ),
						title: () => value.replace( /\d+/, place + 1 ),
					}[ name ];
					if ( placed && placed() !== value ) {
						element.setAttribute( name, placed() );
					}
				}
			} );
		} );
	}

	function add() {
		if ( rows.rows.length >= Number( table.dataset.most ) ) {
			wp.a11y.speak( __( 'PHP of this server takes no more rows; its setting max_input_vars would have to be raised.', 'bridge-for-agile-crm' ), 'assertive' );
			return;
		}
		rows.append( template.content.cloneNode( true ) );
		renumber();
		field( rows.lastElementChild, 'crm' ).focus();
	}

	function move( row, button, verb ) {
		const other = verb === 'up' ? row.previousElementSibling : row.nextElementSibling;
		if ( other ) {
			other[ verb === 'up' ? 'before' : 'after' ]( row );
			button.focus();
			moved( row );
		}
	}

	function moved( row ) {
		renumber();
		/* translators: %d: number of a row. */
		wp.a11y.speak( sprintf( __( 'Now row %d.', 'bridge-for-agile-crm' ), row.sectionRowIndex + 1 ) );
		check();
	}

	function remove( row ) {
		const next = row.nextElementSibling || row.previousElementSibling;
		row.remove();
		renumber();
		if ( next ) {
			field( next, 'crm' ).focus();
		} else {
			add();
		}
		check();
	}

	/** What the server would say of these rows; nothing is saved. */
	async function check() {
		const asked = ++latest;
		const data = new FormData( form );
		data.set( 'agile_bridge_press', 'check' );
		// (Not form.action: an input of WordPress' has that name.)
		const answer = await fetch( form.getAttribute( 'action' ), { method: 'POST', body: data } ).catch( () => null );
		const page = answer && answer.ok ? new DOMParser().parseFromString( await answer.text(), 'text/html' ) : null;
		const said = page && page.querySelector( '#agile-bridge-map .agile-bridge-rows' );
		// Somebody may have gone on meanwhile, or been logged out.
		if ( ! said || asked !== latest ) {
			return;
		}
		[ ...rows.rows ].forEach( function ( row, place ) {
			const its = said.rows[ place ];
			if ( ! its ) {
				return;
			}
			for ( const part of row.querySelectorAll( '[data-says]' ) ) {
				const text = its.querySelector( `[data-says="${ part.dataset.says }"]` ).textContent;
				if ( part.dataset.says === 'problem' && text && text !== part.textContent ) {
					wp.a11y.speak( text, 'assertive' );
				}
				part.textContent = text;
			}
			const target = field( row, 'wp' );
			target.toggleAttribute( 'aria-invalid', false );
			if ( field( its, 'wp' ).hasAttribute( 'aria-invalid' ) ) {
				target.setAttribute( 'aria-invalid', 'true' );
			}
		} );
	}

	/** What fits the field that was chosen, where nobody has said otherwise. */
	function suggest( row ) {
		const name = field( row, 'crm' ).value.trim();
		const known = [ ...document.getElementById( 'agile-bridge-crm-fields' ).options ].find( ( option ) => option.value === name );
		if ( ! known ) {
			return;
		}
		if ( field( row, 'type' ).value === '' ) {
			field( row, 'type' ).value = known.dataset.type;
		}
		if ( field( row, 'wp' ).value === '' ) {
			field( row, 'wp' ).value = known.dataset.key;
			field( row, 'wp' ).dataset.suggested = known.dataset.key;
		}
	}

	form.addEventListener( 'change', function ( event ) {
		const row = event.target.closest( '.agile-bridge-rows tr' );
		if ( row ) {
			if ( event.target.dataset.name === 'crm' ) {
				suggest( row );
			}
			check();
		}
	} );

	/** Who goes on typing into a key that was only suggested replaces it. */
	form.addEventListener( 'focusin', function ( { target } ) {
		if ( target.dataset.suggested && target.value === target.dataset.suggested ) {
			target.select();
		}
	} );

	form.addEventListener( 'click', function ( event ) {
		const button = event.target.closest( 'button[name="agile_bridge_press"]' );
		const verb = button ? button.value.split( ':' )[ 0 ] : '';
		const row = button && button.closest( '.agile-bridge-rows tr' );
		const steps = { add, up: () => move( row, button, verb ), down: () => move( row, button, verb ), remove: () => remove( row ) };
		if ( steps[ verb ] ) {
			event.preventDefault();
			steps[ verb ]();
		}
	} );

	form.addEventListener( 'keydown', function ( event ) {
		if ( event.key === 'Enter' && event.target.id === 'agile-bridge-who' ) {
			event.preventDefault();
			form.querySelector( 'button[value="sample"]' ).click();
		}
	} );

	$( rows ).sortable( {
		items: '> tr',
		handle: '.agile-bridge-handle',
		axis: 'y',
		update: ( event, { item } ) => moved( item[ 0 ] ),
	} );
} )( jQuery );
