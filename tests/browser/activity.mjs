// The activity screen in a real browser, on a real site.
//
//   node activity.mjs SCENARIO
//
// Environment: SITE_URL SITE_USER SITE_PASSWORD (an administrator), optionally CHROMIUM, and SCREENSHOTS (a folder).
//
// Scenarios:
//   empty   a site to which no webhook has come
//   events  a site with the events that tests/promises/admin/an_admin_sees_what_became_of_every_webhook.rs has made

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asAdmin, given } from './browser.mjs';

const LIST = `${ given( 'SITE_URL' ) }/wp-admin/tools.php?page=agile-bridge-activity`;

const scenarios = {
	async empty( screen ) {
		await screen.page.goto( LIST );
		assert.match( await screen.page.locator( '#agile-bridge-nothing' ).innerText(), /No webhook has come yet/ );
		await screen.picture( 'activity-empty' );
		await follow( screen, screen.page.getByRole( 'link', { name: 'Put a webhook into Agile CRM' } ) );
		await screen.page.getByText( 'What should happen?' ).waitFor();
	},

	async events( screen ) {
		await theListTellsWhatHappened( screen );
		await whatOneLooksForIsFound( screen );
		await oneEventTellsItsWay( screen );
		await whatIsSelectedIsProcessedAgain( screen );
		await theFileHasAllOfThem( screen );
		await itFitsOnAPhone( screen );
	},
};

/** The texts of the rows, the newest first. */
function rows( screen ) {
	return screen.page.locator( '#the-list > tr' ).allInnerTexts();
}

/** A link, until its page is there. */
function follow( screen, link ) {
	return screen.leave( () => link.click() );
}

async function theListTellsWhatHappened( screen ) {
	await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/index.php` );
	assert.match( await screen.page.locator( '#menu-tools' ).textContent(), /1 given up, 0 waiting/ );
	await screen.page.goto( LIST );
	const all = await rows( screen );
	const expected = [
		/Given up\. .*no usable answer/,
		/No user of this site belongs to this contact/,
		/address belongs to a user who is linked to another contact.*email_conflict/s,
		/The user was updated: 1 field, tags\./,
		/Nothing had changed\./,
		/Ana Ruiz.*A user was created\..*Add.*by a webhook/s,
	];
	assert.equal( all.length, expected.length, all.join( '\n---\n' ) );
	expected.forEach( ( text, number ) => assert.match( all[ number ], text ) );
	assert.match( all[ 5 ], /\d ms|second/, 'how long it took' );
	const views = await screen.page.locator( '.subsubsub' ).innerText();
	assert.match( views, /All \(6\).*Waiting \(0\).*Given up \(1\).*Changed something \(2\).*Refused \(\d\)/s );
	await screen.picture( 'activity' );
}

async function whatOneLooksForIsFound( screen ) {
	await follow( screen, screen.page.locator( '.subsubsub' ).getByRole( 'link', { name: /Changed something/ } ) );
	assert.equal( ( await rows( screen ) ).length, 2 );
	const search = async ( values ) => {
		await screen.page.goto( LIST );
		for ( const [ label, value ] of Object.entries( values ) ) {
			await screen.field( label ).fill( value );
		}
		await screen.press( 'Filter' );
		return ( await rows( screen ) ).filter( ( row ) => ! /No event is like that/.test( row ) ).length;
	};
	const whom = 'Contact or user';
	assert.equal( await search( { [ whom ]: 'ana@example.com' } ), 3 );
	assert.equal( await search( { [ whom ]: 'nobody@example.com' } ), 0 );
	assert.equal( await search( { From: '2030-01-01' } ), 0 );
	assert.equal( await search( { To: '2030-01-01' } ), 6 );
	await screen.page.goto( LIST );
	await screen.field( 'Every action' ).selectOption( 'update' );
	await screen.press( 'Filter' );
	assert.ok( ( await rows( screen ) ).every( ( row ) => /Update/.test( row ) ) );
	await follow( screen, screen.page.getByRole( 'link', { name: 'Show all' } ) );
	assert.equal( ( await rows( screen ) ).length, 6 );

	await screen.page.goto( `${ LIST }&before=3` );
	assert.equal( ( await rows( screen ) ).length, 2 );
	await follow( screen, screen.page.getByRole( 'link', { name: 'Newest' } ).first() );
	assert.equal( ( await rows( screen ) ).length, 6 );
}

async function oneEventTellsItsWay( screen ) {
	await follow( screen, screen.page.getByRole( 'link', { name: 'Ana Ruiz' } ).last() );
	const text = await screen.page.locator( '.agile-bridge-detail' ).innerText();
	for ( const expected of [ /A user was created/, /Received.*Taken up.*Finished/s, /first_name/, /Ana Ruiz/ ] ) {
		assert.match( text, expected );
	}
	assert.ok( await screen.page.getByRole( 'link', { name: 'Ana Ruiz' } ).getAttribute( 'href' ), 'the user is a click away' );
	await screen.picture( 'activity-event' );
	await screen.page.goto( `${ LIST }&event=4242` );
	assert.match( await screen.notices(), /no such event any more/ );
}

async function whatIsSelectedIsProcessedAgain( screen ) {
	await screen.page.goto( `${ LIST }&view=dead` );
	await screen.page.locator( '#the-list input[type=checkbox]' ).check();
	await screen.page.locator( '#bulk-action-selector-top' ).selectOption( 'replay' );
	await screen.leave( () => screen.page.locator( '#doaction' ).click() );
	assert.match( await screen.notices(), /1 event is stored anew/ );
	await screen.press( 'Process what waits now' );
	assert.match( await screen.notices(), /was worked on|Nothing was due/ );
	await screen.page.goto( LIST );
	const all = await rows( screen );
	assert.equal( all.length, 7 );
	assert.match( all[ 0 ], /A user was created.*by a replay/s );
	assert.match( all[ 1 ], /Was given up, and processed again since/ );

	// One alone, by keys.
	const button = screen.page.locator( '#the-list > tr' ).nth( 6 ).getByRole( 'button', { name: 'Process again' } );
	await button.focus();
	await screen.leave( () => screen.page.keyboard.press( 'Enter' ) );
	assert.match( await screen.notices(), /1 event is stored anew/ );
	await screen.press( 'Process what waits now' );
	await screen.page.goto( LIST );
	assert.match( ( await rows( screen ) )[ 0 ], /Nothing had changed.*by a replay/s );
}

async function theFileHasAllOfThem( screen ) {
	const [ download ] = await Promise.all( [ screen.page.waitForEvent( 'download' ), screen.button( 'Export as CSV' ).first().click() ] );
	const lines = readFileSync( await download.path(), 'utf8' ).trimEnd().split( '\n' );
	assert.match( lines[ 0 ], /^id,created,updated,action,/ );
	assert.equal( lines.length, 9, lines.join( '\n' ) );
	assert.ok( lines.some( ( line ) => line.includes( ',created,' ) ) );
}

async function itFitsOnAPhone( screen ) {
	await screen.page.setViewportSize( { width: 390, height: 800 } );
	for ( const [ name, address ] of [ [ 'list', LIST ], [ 'event', `${ LIST }&event=1` ] ] ) {
		await screen.page.goto( address );
		const [ content, window ] = await screen.page.evaluate( () => [ document.documentElement.scrollWidth, innerWidth ] );
		await screen.picture( `phone-activity-${ name }` );
		assert.ok( content <= window, `${ name }: ${ content } pixels wide on a window of ${ window }` );
	}
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
