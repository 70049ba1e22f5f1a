// The whole story of an admin, from a new site to users with roles, in a real browser.
//
//   node story.mjs SCENARIO
//
// Environment: as settings.mjs, and hands.mjs for how it is done; CONTACT (the id of ana@example.com in Agile CRM, with the tag Lead and a
// custom field Renewal that is a date) and OTHER (of bo@example.com, with the tag Lead).
//
// Scenarios, one after the other:
//   set-up   a new site: connected, a webhook, a field, a role; then Agile CRM fails while a webhook comes
//   repair   it was given up meanwhile, and Agile CRM answers again

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';
import { fits } from './fits.mjs';
import { Hands, hasScript, options, until, width } from './hands.mjs';

const scenarios = {
	async 'set-up'( screen, hands ) {
		await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/plugins.php` );
		await hands.leave( screen.page.getByRole( 'row' ).filter( { hasText: 'Bridge for Agile CRM' } ).getByRole( 'link', { name: 'Settings', exact: true } ) );
		await theAccountIsConnected( screen, hands );
		const campaign = await theUrlIsBuilt( screen, hands );
		await theCampaignRuns( campaign, given( 'CONTACT' ), 'created' );
		await theActivityTellsIt( screen, hands );
		await aFieldIsMapped( screen, hands );
		await itIsTriedAndDone( screen, hands );
		await aTagGivesARole( screen, hands );
		await theCampaignRuns( campaign, given( 'CONTACT' ), 'updated' );
		await sandbox( 'faults', 'PUT', { html_200: true } );
		await theCampaignRuns( campaign, given( 'OTHER' ), 'queued' );
	},

	async repair( screen, hands ) {
		await hands.menu( 'Agile CRM activity' );
		await whatWasGivenUpIsDone( screen, hands );
		await theUsersAreListed( screen, hands );
	},
};

async function look( screen, name ) {
	await fits( screen.page, name );
	await screen.picture( name );
}

async function theAccountIsConnected( screen, hands ) {
	await hands.fill( { Subdomain: 'demo', 'E-mail address': given( 'CRM_EMAIL' ), 'API key': given( 'CRM_API_KEY' ) } );
	await hands.press( 'Save and test connection' );
	assert.match( await screen.notices(), /Tested: Agile CRM accepts/ );
	assert.match( await screen.status(), /^Connected to "demo"/ );
	if ( process.env.SCREENSHOTS ) {
		await screen.page.getByText( 'For development:' ).evaluate( ( text ) => text.closest( '.notice' ).remove() );
	}
	await look( screen, '1-connect' );
}

/** What is put into the campaign: its address, and its parameter contact_id. */
async function theUrlIsBuilt( screen, hands ) {
	await hands.tab( 'Webhooks' );
	if ( process.env.SCREENSHOTS ) {
		// On a picture the address is one that anybody may have.
		await screen.field( 'URL' ).evaluate( ( field ) => { field.value = 'https://example.com/'; } );
	}
	await look( screen, '2-webhooks' );
	await hands.check( 'A campaign, method GET' );
	if ( hasScript ) {
		await screen.page.waitForURL( /way=get/ );
	} else {
		await hands.press( 'Show' );
	}
	const url = await hands.copy( 'URL' );
	assert.ok( url.startsWith( `${ given( 'SITE_URL' ) }/?wpf_action=add&access_key=` ) );
	return { url, contact_id: await hands.copy( 'contact_id' ) };
}

async function theCampaignRuns( { url, contact_id }, contact, expected ) {
	const delivery = await ( await sandbox( 'node', 'POST', { url, parameters: [ [ 'contact_id', contact_id ] ], contact } ) ).json();
	assert.equal( JSON.parse( delivery.body ).wp_status, expected, delivery.body );
}

async function theActivityTellsIt( screen, hands ) {
	await hands.menu( 'Agile CRM activity' );
	const event = screen.page.locator( '#the-list > tr' );
	assert.equal( await event.count(), 1 );
	assert.match( await event.textContent(), /Ana Ruiz.*A user was created\..*Add.*by a webhook/s );
	if ( width < 783 ) {
		assert.match( await event.innerText(), /^A user was created\.$/m, 'a line of its own' );
	}
	await look( screen, 'activity' );
	await hands.leave( event.getByRole( 'link', { name: 'Ana Ruiz', exact: true } ) );
	assert.match( await screen.page.locator( '.agile-bridge-detail' ).innerText(), /A user was created.*Received.*Taken up.*Finished/s );
	await look( screen, '6-event' );
}

async function aFieldIsMapped( screen, hands ) {
	await hands.menu( 'Bridge for Agile CRM' );
	await hands.tab( 'Fields' );
	await hands.fill( { 'Show the values of': 'ana@example.com' } );
	await hands.press( 'Show' );
	assert.match( await screen.page.locator( '#agile-bridge-who-is' ).innerText(), /what Ana Ruiz has in Agile CRM/ );
	const field = screen.field( 'Agile CRM field, row 1' );
	const offered = await field.evaluate( ( { list } ) => [ ...list.options ].map( ( { value } ) => value ) );
	assert.ok( offered.includes( 'Renewal' ), `of the account: ${ offered }` );
	await hands.fill( { 'Agile CRM field, row 1': 'Renewal' } );
	if ( ! hasScript ) {
		await hands.press( 'Add a field' );
	}
	await screen.page.locator( 'tr' ).filter( { has: field } ).getByText( '2016-11-19' ).waitFor();
	assert.equal( await screen.field( 'WordPress field, row 1' ).inputValue(), 'renewal' );
	assert.equal( await screen.field( 'Type, row 1' ).inputValue(), 'date' );
	await look( screen, '3-fields' );
	await hands.press( 'Save Changes' );
	assert.match( await screen.notices(), /Settings saved/ );
}

async function itIsTriedAndDone( screen, hands ) {
	const tried = async () => {
		await hands.fill( { 'E-mail address or contact id': 'ana@example.com' } );
		await hands.press( 'Try it' );
		return screen.page.locator( '#agile-bridge-preview' ).innerText();
	};
	await hands.tab( 'Try it' );
	assert.match( await tried(), /Ana Ruiz, user \d+: linked by contact id.*renewal\s+changes\s+1479580200\s+nothing stored\s+2016-11-19/s );
	await look( screen, '4-try' );
	await hands.press( 'Do it now' );
	assert.match( await screen.notices(), /The event is stored, and processed at once/ );
	await until( async () => ! /renewal\s+changes/.test( await tried() ), 'what was to be done is not done' );
}

async function aTagGivesARole( screen, hands ) {
	await hands.tab( 'Users' );
	await hands.fill( { 'Tag, rule 1': 'Lead' } );
	await hands.choose( 'Role, rule 1', 'Author' );
	await hands.press( 'Save Changes' );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.equal( await screen.field( 'Tag, rule 1' ).inputValue(), 'Lead' );
	await look( screen, 'roles' );
}

async function whatWasGivenUpIsDone( screen, hands ) {
	const newest = () => screen.page.locator( '#the-list > tr' ).first();
	assert.match( await newest().textContent(), /Given up\. Agile CRM gave no usable answer\./ );
	await look( screen, 'given-up' );
	// (Actions of a row show where the mouse is, or the focus.)
	await newest().hover();
	await hands.leave( newest().getByRole( 'button', { name: 'Process again' } ) );
	assert.match( await screen.notices(), /1 event is stored anew/ );
	await hands.press( 'Process what waits now' );
	await until( async () => {
		await hands.menu( 'Agile CRM activity' );
		return /Bo.*A user was created.*by a replay/s.test( await newest().textContent() );
	}, 'the replay made no user' );
	assert.match( await screen.page.locator( '#the-list' ).textContent(), /Was given up, and processed again since.*The user was updated: the role/s );
	await look( screen, '5-activity' );
}

async function theUsersAreListed( screen, hands ) {
	await hands.menu( 'All Users' );
	for ( const [ email, contact ] of [ [ 'ana@example.com', given( 'CONTACT' ) ], [ 'bo@example.com', given( 'OTHER' ) ] ] ) {
		const user = screen.page.locator( '#the-list > tr' ).filter( { hasText: email } );
		assert.match( await user.textContent(), /Author.*Open contact.*Lead/s, email );
		assert.equal( await user.locator( `a[aria-label="Open contact ${ contact } in Agile CRM"]` ).count(), 1, email );
	}
	await look( screen, '7-users' );
}

/** What the CRM's own page does. */
function sandbox( path, method, sent ) {
	const headers = { 'Content-Type': 'application/json' };
	return fetch( `${ given( 'CRM_URL' ) }/sandbox/${ path }`, { method, headers, body: JSON.stringify( sent ) } );
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( `story-${ name }`, ( screen ) => scenarios[ name ]( screen, new Hands( screen ) ), options );
