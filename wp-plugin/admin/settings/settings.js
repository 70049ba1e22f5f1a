/**
 * The copy buttons of the settings screen, and forms that show what they choose. Without this script the fields can be selected
 * by hand, and the forms have a button.
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

	document.addEventListener( 'change', function ( event ) {
		const form = event.target.closest( '[data-agile-bridge-shows]' );
		if ( form ) {
			show( form );
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
