/**
 * The copy buttons of the settings screen. Without this script the fields can be selected by hand.
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
