// WordPress' list of users and a profile, with our parts of them, in a real browser, on a real site.
//
//   node users.mjs SCENARIO
//
// Environment: as for activity.mjs.
//
// Scenarios:
//   sync  the users of tests/promises/admin/a_user_is_brought_up_to_date_by_hand.rs: ana, whose contact has changed, bea, and bob, who
//         is not linked

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const LIST = `${ given( 'SITE_URL' ) }/wp-admin/users.php`;

const scenarios = {
	async sync( screen ) {
		await theListIsFiltered( screen );
		await oneIsBroughtUpToDate( screen );
		await manyAreFollowedWhileTheyWait( screen );
		await theProfileTellsTheHistory( screen );
		await itFitsOnAPhone( screen );
	},
};

function row( screen, login ) {
	return screen.page.locator( '#the-list > tr' ).filter( { hasText: login } );
}

async function rows( screen ) {
	return screen.page.locator( '#the-list > tr .column-username strong' ).allInnerTexts();
}

async function theListIsFiltered( screen ) {
	await screen.page.goto( LIST );
	assert.match( await row( screen, 'bob' ).innerText(), /not linked/ );
	await screen.picture( 'users' );
	await screen.field( 'Filter by Agile CRM' ).selectOption( { label: 'Agile CRM: linked' } );
	await screen.press( 'Filter' );
	assert.deepEqual( await rows( screen ), [ 'ana@example.com', 'bea@example.com' ] );
	assert.equal( await screen.field( 'Filter by Agile CRM' ).inputValue(), 'yes' );
}

/** From a filtered list, by keys: it is the same list after that. */
async function oneIsBroughtUpToDate( screen ) {
	const button = row( screen, 'ana@example.com' ).getByRole( 'button', { name: 'Sync now' } );
	await button.focus();
	await screen.picture( 'users-filtered' );
	await screen.leave( () => screen.page.keyboard.press( 'Enter' ) );
	assert.match( await screen.notices(), /1 user is up to date: 1 changed\./ );
	assert.match( await row( screen, 'ana@example.com' ).innerText(), /Lead, Gold/ );
	assert.equal( ( await rows( screen ) ).length, 2 );
}

async function pause( page, paused ) {
	await page.goto( `${ given( 'SITE_URL' ) }/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced` );
	await page.locator( '#agile-bridge-paused' ).setChecked( paused );
	await Promise.all( [ page.waitForURL( /settings-updated/ ), page.getByRole( 'button', { name: 'Save Changes' } ).click() ] );
}

async function manyAreFollowedWhileTheyWait( screen ) {
	const other = await screen.page.context().newPage();
	await pause( other, true );
	await screen.page.goto( LIST );
	for ( const login of [ 'ana@example.com', 'bea@example.com', 'bob' ] ) {
		await row( screen, login ).locator( 'input[type=checkbox]' ).check();
	}
	await screen.page.locator( '#bulk-action-selector-bottom' ).selectOption( 'agile_bridge_sync' );
	await screen.leave( () => screen.page.locator( '#doaction2' ).click() );
	const notice = screen.page.locator( '#agile-bridge-sync' );
	assert.match( await notice.innerText(), /2 users are queued: 0 done\. The others wait: processing is paused.*1 user is not linked.*bob\./s );
	await screen.picture( 'users-queued' );
	await pause( other, false );
	await other.close();
	await screen.page.bringToFront();
	await notice.getByText( '2 users are up to date: 0 changed.' ).waitFor();
	await screen.picture( 'users-done' );
	await Promise.all( [ screen.page.waitForURL( /agile-bridge-activity/ ), notice.getByRole( 'link' ).click() ] );
	assert.equal( await screen.page.locator( '#the-list > tr' ).count(), 3 );
}

async function theProfileTellsTheHistory( screen ) {
	await screen.page.goto( `${ LIST }?s=ana` );
	await screen.leave( () => row( screen, 'ana@example.com' ).getByRole( 'link', { name: 'ana@example.com' } ).first().click() );
	const history = screen.page.locator( '.agile-bridge-history tbody tr' );
	assert.equal( await history.count(), 3 );
	assert.match( await history.last().innerText(), /A user was created.*by a webhook/s );
	assert.match( await history.nth( 1 ).innerText(), /The user was updated: tags.*by Sync now/s );
	await screen.press( 'Sync now' );
	assert.match( await screen.notices(), /1 user is up to date: 0 changed\./ );
	assert.equal( await history.count(), 4 );
	await screen.picture( 'users-profile' );
	// WordPress' own form still saves.
	await screen.page.locator( '#submit' ).scrollIntoViewIfNeeded();
	await screen.leave( () => screen.page.locator( '#submit' ).click() );
	assert.match( await screen.notices(), /User updated/ );
	await screen.leave( () => screen.page.getByRole( 'link', { name: 'All events of this user' } ).click() );
	assert.equal( await screen.page.locator( '#the-list > tr' ).count(), 4 );
}

async function itFitsOnAPhone( screen ) {
	await screen.page.setViewportSize( { width: 390, height: 800 } );
	await screen.page.goto( `${ LIST }?s=ana` );
	const profile = await row( screen, 'ana@example.com' ).getByRole( 'link', { name: 'ana@example.com' } ).first().getAttribute( 'href' );
	for ( const [ name, address ] of [ [ 'list', LIST ], [ 'profile', new URL( profile, LIST ).href ] ] ) {
		await screen.page.goto( address );
		const [ content, window ] = await screen.page.evaluate( () => [ document.documentElement.scrollWidth, innerWidth ] );
		await screen.picture( `phone-users-${ name }` );
		assert.ok( content <= window, `${ name }: ${ content } pixels wide on a window of ${ window }` );
	}
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
