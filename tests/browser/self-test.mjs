// The self-test on the tab Webhooks, in a real browser.
//
//   node self-test.mjs SCENARIO
//
// Environment: as of settings.mjs.
//
// Scenarios:
//   by-itself     a site that webhooks reach, on which it never ran: one click, and the page goes on by itself
//   step-by-step  a site whose firewall refuses POST: a browser without scripts, on a phone

import assert from 'node:assert/strict';
import { asAdmin } from './browser.mjs';

const part = ( screen ) => screen.page.locator( '#agile-bridge-self-test' );

const scenarios = {
	async 'by-itself'( screen ) {
		await screen.page.setViewportSize( { width: 1280, height: 900 } );
		await screen.open( 'webhooks' );
		assert.match( await part( screen ).innerText(), /Not run yet/ );
		await screen.picture( 'self-test-never' );
		await screen.button( 'Start the self-test' ).click();
		await part( screen ).getByText( 'From this server, webhooks reach the plugin.' ).waitFor();
		assert.equal( await part( screen ).getByText( 'Arrives.' ).count(), 2 );
		assert.equal( await screen.page.evaluate( () => document.activeElement.textContent ), 'Self-test' );
		assert.ok( ! screen.page.url().includes( 'agile_bridge_done' ), 'the page stays where it is' );
		await screen.picture( 'self-test-good' );
		await screen.button( 'Test again' ).focus();
		await screen.page.keyboard.press( 'Enter' );
		await screen.page.waitForFunction( () => 'Self-test' === document.activeElement.textContent );
	},

	async 'step-by-step'( screen ) {
		await screen.open( 'webhooks' );
		await screen.press( 'Test again' );
		assert.match( await part( screen ).innerText(), /Step 1 of 2 is done/ );
		await screen.picture( 'self-test-phone-step' );
		await screen.press( 'Next step' );
		const said = await part( screen ).innerText();
		assert.match( said, /something swallows webhooks/ );
		assert.match( said, /Swallowed\. From this server, POST .* 403.*firewall/s );
		const width = await screen.page.locator( 'body' ).evaluate( () => document.documentElement.scrollWidth );
		assert.ok( width <= 390, `${ width } pixels wide` );
		await screen.picture( 'self-test-phone-bad' );
	},
};

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
const phone = { javaScriptEnabled: false, viewport: { width: 390, height: 800 } };
await asAdmin( name, scenarios[ name ], 'step-by-step' === name ? phone : {} );
