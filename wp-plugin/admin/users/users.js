/**
 * The list of users: the bulk action Sync now is sent by POST, and the notice about it follows what happens. Without this script the
 * bulk action leads to a button first, and the notice tells what is true when the page is loaded.
 */
( function () {
	'use strict';

	const EVERY = 3000;

	/** What fails so often in a row is left alone: somebody has logged out, or the site is down. */
	const TRIES = 5;

	/** WordPress sends this form by GET, and what changes something is only done by POST. */
	document.addEventListener( 'submit', function ( event ) {
		const { target: form, submitter } = event;
		if ( submitter && [ 'doaction', 'doaction2' ].includes( submitter.id ) ) {
			const chosen = form.querySelector( 'doaction' === submitter.id ? '#bulk-action-selector-top' : '#bulk-action-selector-bottom' );
			form.method = chosen && 'agile_bridge_sync' === chosen.value ? 'post' : 'get';
		}
	} );

	async function ask( progress ) {
		const answer = await fetch( progress.dataset.url, {
			method: 'POST',
			body: new URLSearchParams( { action: 'agile_bridge_sync', _ajax_nonce: progress.dataset.nonce } ),
		} );
		const { success, data } = await answer.json();
		if ( ! success ) {
			throw new Error( 'refused' );
		}
		if ( progress.textContent !== data.text ) {
			progress.textContent = data.text;
		}
		return data.done;
	}

	async function follow( progress ) {
		let failures = 0;
		while ( failures < TRIES ) {
			await new Promise( ( resolve ) => setTimeout( resolve, EVERY ) );
			try {
				// A page that nobody looks at need not ask. One that was taken away has nothing to show.
				if ( ! progress.isConnected || ( ! document.hidden && await ask( progress ) ) ) {
					return;
				}
				failures = 0;
			} catch ( failed ) {
				failures += 1;
			}
		}
	}

	const progress = document.getElementById( 'agile-bridge-progress' );
	if ( progress && ! progress.dataset.done ) {
		follow( progress );
	}
} )();
