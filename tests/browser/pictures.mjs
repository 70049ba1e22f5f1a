// The pictures of readme.txt: the screens of a site at work, each as tall as what it shows.
//
//   node pictures.mjs SCENARIO
//
// Environment: as settings.mjs, and SCREENSHOTS (a folder). The site and the contacts are those of
// tests/promises/story/the_screens_of_readme_txt.rs, by whose names the variables with their ids go.
//
// Scenarios, one after the other:
//   begin     the account is connected, and Ana Ruiz becomes a user
//   fields    she has changed since; five fields are mapped
//   work      webhooks of the others
//   fail      Agile CRM fails while one more comes, for long
//   last      it answers again, and some have changed since; then it fails once more
//   activity  what came of all of them

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { asAdmin, given, rest } from './browser.mjs';

const ADMIN = `${ given( 'SITE_URL' ) }/wp-admin`;

const FIELDS = [
	[ 'Plan', 'plan' ],
	[ 'Renewal', 'renewal' ],
	[ 'title', 'job_title' ],
	[ 'phone+work', 'billing_phone' ],
	[ 'address+city', 'billing_city' ],
];

const scenarios = {
	async begin( screen ) {
		await screen.connect( { Subdomain: 'demo', 'E-mail address': given( 'CRM_EMAIL' ), 'API key': given( 'CRM_API_KEY' ) } );
		await screen.page.getByText( 'For development:' ).evaluate( ( text ) => text.closest( '.notice' ).remove() );
		await portrait( screen, '1-connect' );
		const url = await address( screen );
		await screen.open( 'webhooks' );
		// On a picture the address is one that anybody may have.
		await screen.field( 'URL' ).evaluate( ( field ) => { field.value = 'https://example.com/'; } );
		await portrait( screen, '2-webhooks', 'Access keys' );
		await call( url, { contact_id: given( 'ANA' ) }, 'created' );
	},

	async fields( screen ) {
		await screen.open( 'fields' );
		for ( const [ place, [ from, to ] ] of FIELDS.entries() ) {
			if ( 0 === await screen.field( `Agile CRM field, row ${ place + 1 }` ).count() ) {
				await screen.button( 'Add a field' ).click();
			}
			await screen.fill( { [ `Agile CRM field, row ${ place + 1 }` ]: from } );
			await screen.fill( { [ `WordPress field, row ${ place + 1 }` ]: to } );
		}
		await screen.field( 'Type, row 2' ).selectOption( 'date' );
		await screen.save( {} );
		assert.match( await screen.notices(), /Settings saved/ );
		await screen.open( 'fields' );
		await screen.fill( { 'Show the values of': 'ana@example.com' } );
		await screen.press( 'Show' );
		await screen.page.getByText( 'Lisbon' ).first().waitFor();
		await portrait( screen, '3-fields' );
		await screen.open( 'try' );
		await screen.fill( { 'E-mail address or contact id': 'ana@example.com' } );
		await screen.press( 'Try it' );
		await portrait( screen, '4-try' );
	},

	async work( screen ) {
		const url = await address( screen );
		await call( url, { contact_id: given( 'BEN' ), role: 'contributor' }, 'created' );
		await call( url, { contact_id: given( 'TWIN' ) }, 'failed' );
		await call( url, { contact_id: given( 'CHLOE' ) }, 'created' );
		await call( url, { contact_id: given( 'ANA' ) }, 'updated' );
		await call( url, { contact_id: given( 'EMMA' ) }, 'created' );
		await call( url, { contact_id: given( 'CHLOE' ), wpf_action: 'update' }, 'unchanged' );
		await call( url, { contact_id: given( 'FARID' ) }, 'created' );
	},

	async fail( screen ) {
		await fail( true );
		await call( await address( screen ), { contact_id: given( 'LEE' ) }, 'queued' );
	},

	async last( screen ) {
		const url = await address( screen );
		await call( url, { contact_id: given( 'EMMA' ), wpf_action: 'update' }, 'updated' );
		await call( url, { contact_id: given( 'BEN' ), wpf_action: 'update_tags' }, 'updated' );
		await fail( true );
		await call( url, { contact_id: given( 'GRACE' ) }, 'queued' );
		await fail( false );
	},

	async activity( screen ) {
		await screen.page.goto( `${ ADMIN }/tools.php?page=agile-bridge-activity` );
		const said = await screen.page.locator( '#the-list' ).innerText();
		for ( const expected of [ /Waits for another try/, /Given up\./, /email_conflict/, /by the hourly look/, /\bTags\s/, /A user was created/ ] ) {
			assert.match( said, expected );
		}
		await portrait( screen, '5-activity' );
		await screen.page.goto( `${ ADMIN }/users.php` );
		await portrait( screen, '6-users' );
	},
};

/** A picture of the page down to its end, or to that heading. */
async function portrait( screen, name, until = '' ) {
	const { page } = screen;
	const height = await page.evaluate( ( text ) => {
		const heading = text && [ ...document.querySelectorAll( '.wrap h2' ) ].find( ( one ) => text === one.textContent.trim() );
		const bottom = ( element ) => element.getBoundingClientRect().bottom + scrollY;
		return Math.ceil( Math.max( bottom( document.querySelector( '#adminmenu' ) ) + 10, heading ? heading.getBoundingClientRect().top - 10 : bottom( document.querySelector( '.wrap' ) ) + 80 ) );
	}, until );
	await page.setViewportSize( { width: 1280, height } );
	await rest( page );
	await page.screenshot( { path: join( given( 'SCREENSHOTS' ), `${ name }.png` ) } );
	await page.setViewportSize( { width: 1280, height: 900 } );
}

/** What one copies into a campaign. */
async function address( screen ) {
	await screen.open( 'webhooks&way=get' );
	return screen.copy( 'URL' );
}

async function call( url, parameters, expected ) {
	const target = new URL( url );
	Object.entries( parameters ).forEach( ( [ name, value ] ) => target.searchParams.set( name, value ) );
	const answer = await ( await fetch( target ) ).json();
	assert.equal( answer.wp_status, expected, JSON.stringify( answer ) );
}

/** Of Agile CRM: no usable answer, or answers as ever. */
async function fail( fails ) {
	const headers = { 'Content-Type': 'application/json' };
	await fetch( `${ given( 'CRM_URL' ) }/sandbox/faults`, { method: 'PUT', headers, body: JSON.stringify( fails ? { html_200: true } : {} ) } );
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( `pictures-${ name }`, scenarios[ name ], { viewport: { width: 1280, height: 900 } } );
