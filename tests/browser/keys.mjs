// The access keys in a real browser, on a real site.
//
//   node keys.mjs SCENARIO
//
// Environment: as settings.mjs.
//
// Scenarios:
//   rotation   a site with the constants of the account, and one stored access key, which was never used
//   refused    the same site: a call with a valid key became no event

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const scenarios = {
	async rotation( screen ) {
		await screen.open( 'webhooks' );
		assert.equal( await rows( screen ).count(), 1 );
		assert.match( await rows( screen ).innerText(), /No label.*•{8}[\w-]{4}.*20\d\d.*Never.*The only key: make a new one first/s );
		const former = await screen.copy( 'access_key' );
		await screen.picture( 'one-key' );

		await screen.field( 'Label' ).first().fill( 'Campaigns <b>2027</b> & more' );
		await screen.press( 'New key' );
		assert.match( await screen.page.locator( '#agile-bridge-new-key' ).innerText(), /Copy it now/ );
		const key = await screen.copy( 'New access key' );
		assert.match( key, /^[\w-]{43}$/ );
		assert.notEqual( key, former );
		await everythingFits( screen, 'two-keys' );
		assert.deepEqual( [ await send( former ), await send( key ) ], [ 200, 200 ] );

		await screen.open( 'webhooks' );
		assert.equal( await screen.page.locator( '#agile-bridge-new-key' ).count(), 0, 'shown once' );
		assert.equal( await screen.button( 'New key' ).count(), 0, 'never three' );
		const newer = rows( screen ).filter( { hasText: 'Campaigns 2027 & more' } );
		assert.match( await newer.innerText(), new RegExp( `•{8}${ key.slice( -4 ) }` ) );
		await screen.button( 'Revoke this key' ).first().waitFor( { state: 'hidden' } );
		await usedWithinTheHour( screen, newer );

		// What is copied is of the key that is chosen.
		assert.equal( await screen.copy( 'access_key' ), key );
		await screen.field( 'Access key' ).selectOption( { index: 1 } );
		await screen.page.waitForURL( /key=\w+/ );
		assert.equal( await screen.copy( 'access_key' ), former );

		await newer.getByText( 'Revoke…' ).click();
		assert.match( await newer.innerText(), /refused from then on. This cannot be undone/ );
		await screen.picture( 'revoke' );
		await screen.leave( () => newer.getByRole( 'button', { name: 'Revoke this key' } ).click() );
		assert.match( await screen.notices(), /no longer valid: calls with it are refused/ );
		assert.deepEqual( [ await send( former ), await send( key ) ], [ 200, 403 ] );
		await screen.open( 'webhooks' );
		assert.equal( await rows( screen ).count(), 1 );
	},

	async refused( screen ) {
		await screen.open( 'webhooks' );
		const list = screen.page.locator( '#agile-bridge-no-events' );
		await list.locator( '> summary' ).click();
		assert.match( await list.innerText(), /add, by an address \(GET\).*It named no contact.*Add the parameter contact_id = \{\{id\}\}/s );
		await everythingFits( screen, 'refused-calls' );
	},
};

function rows( screen ) {
	return screen.page.locator( 'table[aria-labelledby="agile-bridge-keys"] tbody tr' );
}

/** Opens the screen until it is told: the web server's worker writes it down when it has answered. */
async function usedWithinTheHour( screen, row ) {
	const patience = Date.now() + 30_000;
	while ( ! /Within the last hour/.test( await row.innerText() ) ) {
		assert.ok( Date.now() < patience, await row.innerText() );
		await screen.open( 'webhooks' );
	}
}

async function everythingFits( screen, name ) {
	for ( const width of [ 390, 1280 ] ) {
		await screen.page.setViewportSize( { width, height: 900 } );
		const [ content, window ] = await screen.page.evaluate( () => [ document.documentElement.scrollWidth, innerWidth ] );
		assert.ok( content <= window, `${ content } pixels wide on a window of ${ window }` );
		await screen.picture( `${ name }-${ width }` );
	}
}

async function send( key ) {
	return ( await fetch( `${ given( 'SITE_URL' ) }/?wpf_action=test&access_key=${ key }` ) ).status;
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
