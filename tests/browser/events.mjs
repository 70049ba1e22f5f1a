// Whom the rows of the activity name, when, and what they lead to, in a real browser, at a desk and on a phone.
//
//   node events.mjs SCENARIO
//
// Environment: as for activity.mjs. Of the site of tests/promises/admin/an_event_tells_who_when_and_what_next.rs.
//
// Scenarios, one after the other; every check is made, and those that fail are told together:
//   done      nothing was given up
//   given-up  Bea was, and became a user since; Lee was; another one waits, because Agile CRM fails. BEA: the id of her contact

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';
import { fits } from './fits.mjs';

const LIST = `${ given( 'SITE_URL' ) }/wp-admin/tools.php?page=agile-bridge-activity`;

const row = ( screen, text ) => screen.page.locator( '#the-list > tr' ).filter( { hasText: text } );

async function open( screen, address, width = 1280 ) {
	await screen.page.setViewportSize( { width, height: 900 } );
	await screen.page.goto( address );
}

const done = {
	async 'the first line says that all is done'( screen ) {
		await open( screen, LIST );
		assert.equal( ( await screen.page.locator( '.agile-bridge-verdict' ).innerText() ).trim(), 'All that came is done.' );
	},

	async 'what is to be done in Agile CRM is a click away'( screen ) {
		const link = row( screen, 'email_missing' ).getByRole( 'link', { name: 'in Agile CRM', exact: true } );
		assert.match( await link.first().getAttribute( 'href' ), /agilecrm\.com\/#contact\/\d+$/ );
	},

	async 'a code stands small where support asks for it, and only there'( screen ) {
		const code = row( screen, 'email_conflict' ).locator( 'code' );
		const sizes = await code.evaluate( ( element ) => [ element, element.closest( 'td' ) ].map( ( one ) => parseFloat( getComputedStyle( one ).fontSize ) ) );
		assert.ok( sizes[ 0 ] < sizes[ 1 ], `${ sizes }` );
		assert.equal( await row( screen, 'A user was created' ).locator( 'code' ).count(), 0 );
	},

	async 'how long it took is a number of one unit, at the end of its column'( screen ) {
		const cells = await screen.page.locator( '#the-list .column-took' ).evaluateAll( ( all ) => all.map( ( cell ) => [ cell.innerText.trim(), getComputedStyle( cell ).textAlign ] ) );
		for ( const [ text, align ] of cells ) {
			assert.match( text, /^[\d,]+ ms$/ );
			assert.equal( align, 'end' );
		}
	},

	async 'an event\'s page says in its title which one it is'( screen ) {
		await open( screen, `${ LIST }&event=1` );
		assert.match( await screen.page.locator( 'h1' ).innerText(), /^Webhook of Ana Ruiz, .*20\d\d/ );
		await screen.leave( () => screen.page.getByRole( 'link', { name: 'All events' } ).click() );
		assert.equal( await screen.page.locator( 'h1' ).innerText(), 'Agile CRM activity' );
	},

	async 'what changed stands beside each other'( screen ) {
		await open( screen, `${ LIST }&event=1` );
		const [ one, other ] = await Promise.all( [ 'user_login', 'first_name' ].map( ( name ) => screen.page.locator( '.agile-bridge-changed code', { hasText: name } ).boundingBox() ) );
		assert.ok( one.y === other.y && one.x + one.width + 4 <= other.x );
		await screen.picture( 'event-1280' );
		await open( screen, `${ LIST }&event=1`, 390 );
		await fits( screen.page, 'an event' );
		await screen.picture( 'event-390' );
	},
};

const givenUp = {
	async 'the first line counts what was given up, and leads there'( screen ) {
		await open( screen, LIST );
		const verdict = screen.page.locator( '.agile-bridge-verdict' );
		assert.equal( ( await verdict.innerText() ).trim(), '2 given up · 1 waiting' );
		await screen.leave( () => verdict.getByRole( 'link' ).first().click() );
		assert.equal( await screen.page.locator( '#the-list > tr' ).count(), 2 );
	},

	async 'who is a user by now is named'( screen ) {
		await open( screen, LIST );
		const names = await row( screen, given( 'BEA' ) ).locator( 'strong a' ).allInnerTexts();
		assert.deepEqual( names, [ 'Bea', 'Bea' ] );
		await open( screen, `${ LIST }&view=dead` );
		await screen.leave( () => row( screen, 'Bea' ).getByRole( 'link', { name: 'Bea', exact: true } ).click() );
		assert.match( await screen.page.locator( 'h1' ).innerText(), /^Webhook of Bea, / );
		assert.equal( await screen.page.locator( '.form-table' ).getByRole( 'link', { name: 'Bea', exact: true } ).count(), 1 );
	},

	async 'what waits says why'( screen ) {
		await open( screen, LIST );
		assert.match( await row( screen, 'Waits for another try.' ).innerText(), /(Next try .*|The next try is due\.)\nAgile CRM gave no usable answer/ );
	},

	async 'no row is without a name'( screen ) {
		await open( screen, LIST );
		const names = await screen.page.locator( '#the-list strong a' ).allInnerTexts();
		assert.ok( names.every( ( name ) => '' !== name.trim() ), names.join( '|' ) );
	},

	async 'what is to be done is a click away'( screen ) {
		for ( const address of [ `${ LIST }&view=dead`, `${ LIST }&event=4` ] ) {
			await open( screen, address );
			const advice = screen.page.getByRole( 'link', { name: 'the connection', exact: true } ).filter( { visible: true } ).first();
			assert.match( await advice.getAttribute( 'href' ), /page=bridge-for-agile-crm$/ );
			assert.doesNotMatch( await screen.page.locator( '.wrap' ).innerText(), /→/ );
		}
	},

	async 'on a phone the answer comes before the filters, and says when'( screen ) {
		await open( screen, LIST, 390 );
		const first = await screen.page.locator( '#the-list > tr' ).first().boundingBox();
		assert.ok( first.y < 600, `${ first.y }` );
		assert.ok( ! await screen.field( 'From' ).isVisible() );
		assert.match( await row( screen, 'A user was created' ).first().innerText(), /ago · Add by a webhook/ );
		await fits( screen.page, 'folded' );
		await screen.picture( 'events-390' );
		await screen.page.getByText( 'Search and filter' ).click();
		assert.ok( await screen.field( 'From' ).isVisible() );
		await screen.field( 'Contact or user' ).fill( 'ana@example.com' );
		await screen.press( 'Filter' );
		assert.ok( await screen.field( 'From' ).isVisible(), 'what is chosen is seen' );
		await fits( screen.page, 'unfolded' );
		await screen.picture( 'events-chosen-390' );
		await open( screen, LIST );
		assert.ok( await screen.field( 'From' ).isVisible(), 'at a desk there is room' );
		await screen.picture( 'events-1280' );
	},

	async 'tries that failed are a line each'( screen ) {
		await open( screen, `${ LIST }&event=4` );
		const steps = await screen.page.locator( '.agile-bridge-timeline li' ).allInnerTexts();
		assert.match( steps.join( '\n' ), /^Received.*\nTaken up.*\n(Waits for another try.*\n){7}Taken up.*\nGiven up.*$/ );
		await screen.picture( 'event-given-up-1280' );
	},
};

const scenarios = { done, 'given-up': givenUp };

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, async ( screen ) => {
	const failed = [];
	for ( const [ what, check ] of Object.entries( scenarios[ name ] ) ) {
		await check( screen ).catch( ( failure ) => failed.push( `${ what }: ${ failure.message }` ) );
	}
	assert.equal( failed.join( '\n\n' ), '' );
} );
