// A site that does not know its address, and what an admin is asked, in a real browser.
//
//   node copies.mjs SCENARIO
//
// Environment: as settings.mjs.
//
// Scenarios:
//   asked   a site that was example.com: each tab and the dashboard ask which it is; one answers, and takes the answer back

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const TABS = [ 'connect', 'webhooks', 'fields', 'users', 'try', 'advanced' ];

const scenarios = {
	async asked( screen ) {
		const notice = screen.page.locator( '#agile-bridge-copy' );
		const whereabouts = screen.page.locator( '#agile-bridge-whereabouts' );
		const answer = ( label ) => screen.leave( () => notice.getByRole( 'button', { name: label, exact: true } ).click() );

		await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/index.php` );
		assert.match( await notice.innerText(), /known as example\.com/ );
		await screen.picture( 'copy-dashboard' );
		for ( const tab of TABS ) {
			await screen.open( tab );
			assert.equal( await notice.count(), 1, tab );
		}
		await bothWidths( screen, 'copy-asked' );

		await answer( 'This is a copy' );
		assert.match( await whereabouts.innerText(), /copy of the site: you have said so/ );
		assert.equal( await notice.getByRole( 'button' ).count(), 0, 'it is not asked again' );
		await bothWidths( screen, 'copy-said' );
		await screen.press( 'This is the live site' );
		assert.match( await whereabouts.innerText(), /the live site/ );
		assert.equal( await notice.count(), 0 );
		await bothWidths( screen, 'copy-live' );
		// By mistake.
		await screen.press( 'This is a copy' );
		assert.equal( await notice.count(), 1 );
	},
};

/** Nothing is wider than the screen. */
async function bothWidths( screen, name ) {
	for ( const width of [ 1280, 390 ] ) {
		await screen.page.setViewportSize( { width, height: 900 } );
		const wide = await screen.page.evaluate( () => document.documentElement.scrollWidth - window.innerWidth );
		assert.ok( wide <= 0, `${ name } is ${ wide } pixels too wide at ${ width }` );
		await screen.picture( `${ name }-${ width }` );
	}
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
