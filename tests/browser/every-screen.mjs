// Once through every screen of ours, in a real browser.
//
//   node every-screen.mjs SCENARIO
//
// Environment: as for settings.mjs; CONTACT (the id of a contact to try, for 'hostile').
//
// Scenarios:
//   quiet    any site: axe-core finds nothing serious, on a desk and on a phone
//   tabs     the same of the dashboard and the tabs, where a state of the whole site shows; SAYS is text that they all have
//   hostile  a site full of text that would run (tests/promises/stage/hostile.rs): the same, and nothing runs

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { asAdmin, given } from './browser.mjs';

const AXE = readFileSync( createRequire( import.meta.url ).resolve( 'axe-core/axe.min.js' ), 'utf8' );
const SETTINGS = 'options-general.php?page=bridge-for-agile-crm';
const ACTIVITY = 'tools.php?page=agile-bridge-activity';

/** Everything that is ours on a page; what is WordPress' own is WordPress' to mend. */
const OURS = [ '.wrap.agile-bridge', '.wrap.agile-bridge-activity', '[id^="agile-bridge"]', '[class*="agile-bridge"]', '[id^="tab-panel-agile-bridge"]' ];

function tabs() {
	return [ 'connect', 'webhooks', 'webhooks&way=get', 'fields', 'users', 'try', 'advanced' ].map( ( tab ) => `${ SETTINGS }&tab=${ tab }` );
}

function pages( contact ) {
	return [ 'index.php', 'users.php', 'profile.php', ...tabs(), `${ SETTINGS }&tab=try&who=${ contact }`, ACTIVITY, `${ ACTIVITY }&event=1` ];
}

const scenarios = {
	async quiet( screen ) {
		await goThrough( screen, pages( '4242' ) );
	},

	async tabs( screen ) {
		await goThrough( screen, [ 'index.php', ...tabs(), `${ SETTINGS }&tab=try&who=4242` ], async ( page ) => {
			assert.ok( 'index.php' === page || ( await screen.page.locator( '#wpbody-content' ).innerText() ).includes( given( 'SAYS' ) ), page );
		} );
	},

	async hostile( screen ) {
		const ran = [];
		await screen.page.exposeFunction( 'xss', ( number ) => ran.push( number ) );
		screen.page.on( 'dialog', ( dialog ) => dialog.dismiss().then( () => ran.push( dialog.message() ) ) );
		await screen.page.goto( admin( 'index.php?careless=1' ) );
		await screen.page.waitForFunction( () => document.readyState === 'complete' );
		assert.ok( new Set( ran ).size >= 15, `on a page that escapes nothing only these ran: ${ ran }` );
		ran.length = 0;
		const tried = [ ...pages( given( 'CONTACT' ) ), `${ ACTIVITY }&event=2`, 'user-edit.php?user_id=2' ];
		const shown = [];
		await goThrough( screen, tried, async ( page ) => {
			assert.deepEqual( ran, [], page );
			if ( ( await screen.page.content() ).includes( 'xss(' ) ) {
				shown.push( page );
			}
		} );
		await screen.connect();
		assert.match( await screen.notices(), /no usable answer|did not answer|500/ );
		assert.deepEqual( ran, [], 'what Agile CRM says of its errors' );
		const expected = [ 'tab=webhooks', 'tab=fields', 'tab=users', 'who=', ACTIVITY, 'event=2' ];
		assert.deepEqual( expected.filter( ( end ) => ! shown.some( ( page ) => page.includes( end ) ) ), [], 'it was there to run' );
	},
};

function admin( page ) {
	return `${ given( 'SITE_URL' ) }/wp-admin/${ page }`;
}

async function goThrough( screen, all, then = () => {} ) {
	const found = [];
	for ( const page of all ) {
		await screen.page.setViewportSize( { width: 1280, height: 900 } );
		await screen.page.goto( admin( page ) );
		found.push( ...await serious( screen.page, page ) );
		await screen.page.setViewportSize( { width: 390, height: 800 } );
		found.push( ...await serious( screen.page, `${ page } on a phone` ) );
		await then( page );
	}
	assert.deepEqual( found, [] );
}

/** What axe-core calls serious or critical in what is ours. */
async function serious( page, where ) {
	await page.evaluate( AXE );
	return page.evaluate( async ( [ ours, name ] ) => {
		const include = ours.filter( ( selector ) => document.querySelector( selector ) );
		if ( include.length === 0 ) {
			return [];
		}
		const { violations } = await window.axe.run( { include }, { resultTypes: [ 'violations' ] } );
		return violations.filter( ( { impact } ) => [ 'serious', 'critical' ].includes( impact ) ).map(
			( { id, help, nodes } ) => `${ name }: ${ id } (${ help }): ${ nodes.slice( 0, 3 ).map( ( node ) => node.html.slice( 0, 160 ) ).join( ' | ' ) }`
		);
	}, [ OURS, where ] );
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
