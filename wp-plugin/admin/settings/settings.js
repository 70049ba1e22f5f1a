/**
 * The copy buttons of the settings screen, forms that show what they choose, rules that are added, and a self-test that goes on by
 * itself. Without this script the fields can be selected by hand, saving brings a row for one more rule, and the forms and each step
 * have a button.
 */
( function () {
	'use strict';

	const { __ } = wp.i18n;

	/** Sites without HTTPS have no navigator.clipboard. */
	async function copy( field ) {
		if ( navigator.clipboard && window.isSecureContext ) {
			try {
				await navigator.clipboard.writeText( field.value );
				return true;
			} catch ( refused ) {
				// Selecting, below, may still be allowed.
			}
		}
		field.focus();
		field.select();
		return document.execCommand( 'copy' );
	}

	/** The page itself knows what to show for these choices: it is asked, and that part of it is put in place. */
	async function show( form ) {
		const address = new URL( form.action );
		address.search = new URLSearchParams( new FormData( form ) );
		const answer = await fetch( address );
		const page = new DOMParser().parseFromString( await answer.text(), 'text/html' );
		const part = page.getElementById( form.dataset.agileBridgeShows );
		// Somebody may have chosen again meanwhile, or been logged out.
		if ( part && address.search === `?${ new URLSearchParams( new FormData( form ) ) }` ) {
			document.getElementById( part.id ).replaceChildren( ...part.childNodes );
			window.history.replaceState( null, '', address );
		}
	}

	/** One step a request: the page says what came of it, and whether there is another. Where it says that it does not go on, it is shown. */
	async function goOn( form, part ) {
		const again = () => part.querySelector( 'button[data-agile-bridge-goes-on]' );
		do {
			part.querySelectorAll( 'button' ).forEach( ( button ) => ( button.disabled = true ) );
			const answer = await fetch( form.action, { method: 'POST', body: new FormData( form ) } );
			const page = new DOMParser().parseFromString( await answer.text(), 'text/html' );
			const next = page.getElementById( part.id );
			if ( ! answer.redirected || ! next ) {
				throw new Error( 'it does not go on' );
			}
			part.replaceChildren( ...next.childNodes );
			wp.a11y.speak( part.querySelector( '[role="status"]' ).textContent );
		} while ( again() );
		part.querySelector( 'h2' ).focus();
	}

	document.addEventListener( 'submit', function ( event ) {
		const steps = event.submitter?.dataset.agileBridgeSteps;
		if ( steps ) {
			event.preventDefault();
			goOn( event.target, document.getElementById( steps ) ).catch( () => event.target.submit() );
		}
	} );

	/** One more row at the end of the table before the template; its fields say the place. */
	function addRow( template ) {
		const rows = template.previousElementSibling.tBodies[ 0 ].rows;
		const place = rows.length;
		rows[ place - 1 ].after( template.content.cloneNode( true ) );
		rows[ place ].querySelectorAll( '[name]' ).forEach( function ( field ) {
			field.name = field.name.replace( /\[\d+\]/, `[${ place }]` );
			field.setAttribute( 'aria-label', field.getAttribute( 'aria-label' ).replace( /\d+/, place + 1 ) );
		} );
		rows[ place ].querySelector( 'input' ).focus();
	}

	document.addEventListener( 'change', function ( event ) {
		const form = event.target.closest( '[data-agile-bridge-shows]' );
		if ( form ) {
			show( form );
		}
	} );

	document.addEventListener( 'click', function ( { target } ) {
		const adds = target.closest( '[data-agile-bridge-adds]' );
		if ( adds ) {
			addRow( document.getElementById( adds.dataset.agileBridgeAdds ) );
		}
	} );

	document.addEventListener( 'click', async function ( event ) {
		const button = event.target.closest( '[data-agile-bridge-copy]' );
		if ( ! button ) {
			return;
		}
		const copied = await copy( document.getElementById( button.dataset.agileBridgeCopy ) );
		const message = copied
			? __( 'Copied', 'bridge-for-agile-crm' )
			: __( 'Press Ctrl+C', 'bridge-for-agile-crm' );
		wp.a11y.speak( message, 'assertive' );
		const label = button.textContent;
		button.textContent = message;
		button.disabled = true;
		button.focus();
		setTimeout( function () {
			button.textContent = label;
			button.disabled = false;
		}, 1500 );
	} );
} )();
