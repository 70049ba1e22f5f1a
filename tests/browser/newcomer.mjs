// What an admin takes from the settings who sees them for the first time: what is done, what is next, where things go.
//
//   node newcomer.mjs SCENARIO
//
// Environment: as for settings.mjs, of a site without any constant but AGILE_BRIDGE_API_URL.
//
// Scenarios, in this order on one site:
//   connect   one notice for one press, and what is next until the first webhook came
//   builder   where in Agile CRM each value goes
//   tables    of a tab: as wide as the tab, and each word in its column
//   users     few headings, each a question, and one sentence to each control

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const WIDTHS = [ 1280, 390 ];

const scenarios = {
	async connect( screen ) {
		await screen.open();
		assert.match( await screen.status(), /^Not connected yet · next: enter your account below$/ );
		assert.equal( await look( screen ), 'next' );
		assert.equal( await next( screen ), 'Next: Connect the account' );
		await screen.open( 'fields' );
		await screen.leave( () => status( screen ).getByRole( 'link', { name: 'enter your account' } ).click() );

		await screen.fill( { Subdomain: 'demo', 'E-mail address': given( 'CRM_EMAIL' ), 'API key': 'not-the-key' } );
		await screen.press( 'Save and test connection' );
		assert.match( await theOneNotice( screen ), /^Settings saved\. .*status 401/s );
		await screen.connect( { 'API key': given( 'CRM_API_KEY' ) } );
		assert.match( await theOneNotice( screen ), /^Settings saved\. Tested: Agile CRM accepts/ );

		assert.match( await screen.status(), /^Connected to "demo" as \S+ · no webhook yet: put one into Agile CRM$/ );
		assert.equal( await look( screen ), 'next', 'nothing came yet, so it is not known to be well' );
		for ( const width of WIDTHS ) {
			await screen.page.setViewportSize( { width, height: 900 } );
			await screen.picture( `newcomer-connect-${ width }` );
			assert.deepEqual( await screen.page.evaluate( hanging ), [], `${ width }: what wraps goes on below the words, not below the mark` );
		}
		assert.equal( await next( screen ), 'Next: Put a webhook into Agile CRM Copy it from the tab Webhooks.' );
		await screen.leave( () => status( screen ).getByRole( 'link', { name: 'put one into Agile CRM' } ).click() );
		assert.match( await screen.status(), /no webhook yet: copy what stands below into Agile CRM$/ );
		assert.equal( await status( screen ).getByRole( 'link' ).count(), 0, 'a link to where one is' );
	},

	async builder( screen ) {
		for ( const way of [ 'post', 'get', 'account' ] ) {
			for ( const width of WIDTHS ) {
				await screen.page.setViewportSize( { width, height: 900 } );
				await screen.open( `webhooks&way=${ way }&role=author` );
				const [ rows, drawn, said, taken ] = await screen.page.evaluate( () => {
					const drawing = document.querySelector( '.agile-bridge-drawing' );
					const texts = ( selector, within ) => [ ...within.querySelectorAll( selector ) ].map( ( { textContent } ) => textContent.trim() );
					const grid = document.querySelector( '.agile-bridge-recipe' );
					return [
						texts( '.agile-bridge-step', grid ),
						texts( '.agile-bridge-number', drawing ),
						texts( 'text:not(.agile-bridge-number)', drawing ).join( ' ' ),
						[ drawing, grid ].map( ( { clientHeight } ) => clientHeight ),
					];
				} );
				assert.deepEqual( rows, rows.map( ( row, place ) => String( place + 1 ) ), `${ way }: the rows are numbered` );
				assert.ok( rows.length > 0 );
				assert.deepEqual( drawn, rows, `${ way }: each number is where its value goes` );
				assert.doesNotMatch( said, /wpf_action|access_key|contact_id|POST|GET|\brole\b/, `${ way }: the values stand once` );
				assert.match( said, 'account' === way ? /Webhooks/ : /JSON IO/ );
				assert.ok( 'account' === way || taken[ 0 ] <= 190, `${ way } ${ width }: a drawing of ${ taken[ 0 ] } pixels` );
				await screen.picture( `newcomer-${ way }-${ width }` );
			}
		}
	},

	async tables( screen ) {
		await screen.page.setViewportSize( { width: 1280, height: 900 } );
		for ( const tab of [ 'webhooks', 'fields' ] ) {
			await screen.open( tab );
			const [ rule, ...widths ] = await screen.page.evaluate( () => [ '.nav-tab-wrapper', '.wrap .widefat' ]
				.flatMap( ( selector ) => [ ...document.querySelectorAll( selector ) ].filter( ( element ) => element.checkVisibility() ) )
				.map( ( element ) => Math.round( element.getBoundingClientRect().width ) ) );
			assert.ok( widths.length > 0 );
			assert.deepEqual( widths, widths.map( () => rule ), `${ tab }: as wide as the line below the tabs` );
		}
		const grip = ( row ) => screen.page.locator( '.agile-bridge-rows tr' ).nth( row ).locator( '.agile-bridge-handle' ).isVisible();
		assert.ok( ! await grip( 0 ), 'there is nothing to sort' );
		await screen.button( 'Add a field' ).click();
		assert.ok( await grip( 0 ) && await grip( 1 ), 'there is' );
		const locked = await screen.page.locator( '.agile-bridge-locked' ).evaluateAll( ( rows ) => rows.map( ( { cells } ) => [ ...cells ].slice( 2 ).map( ( { innerText } ) => innerText.trim() ) ) );
		assert.deepEqual( locked, locked.map( () => [ 'Text', 'Keep the user\'s value', 'Always' ] ) );
		for ( const width of WIDTHS ) {
			await screen.page.setViewportSize( { width, height: 900 } );
			await screen.picture( `newcomer-fields-${ width }` );
		}
	},

	async users( screen ) {
		await screen.open( 'users' );
		const headings = await screen.page.locator( '.wrap h2:not(.screen-reader-text)' ).allInnerTexts();
		assert.deepEqual( headings, [ 'New users', 'Existing users', 'Roles by webhook', 'Roles by tag' ] );
		const said = await screen.page.locator( '.wrap .description' ).allInnerTexts();
		await screen.open( 'advanced' );
		const long = [ ...said, ...await screen.page.locator( '.wrap .description' ).allInnerTexts() ].filter( ( text ) => /\. \S/.test( text ) || text.length > 160 );
		assert.deepEqual( long, [], 'one sentence each' );
		await screen.open( 'users' );
		await whatGoesBackIsOneChoice( screen );
		await theListIsThereWhereItCounts( screen );
		for ( const width of WIDTHS ) {
			await screen.page.setViewportSize( { width, height: 900 } );
			await screen.picture( `newcomer-users-${ width }` );
		}
	},
};

async function whatGoesBackIsOneChoice( screen ) {
	const field = screen.field( 'Custom field' );
	const choices = [ 'Nothing', 'A link to set the password (recommended)', 'The password itself' ];
	const chosen = () => Promise.all( choices.map( ( label ) => screen.field( label ).isChecked() ) );
	assert.deepEqual( await chosen(), [ true, false, false ] );
	assert.ok( ! await field.isVisible(), 'nothing goes nowhere' );

	await screen.field( choices[ 1 ] ).check();
	await screen.save( { 'Custom field': '' } );
	assert.match( await screen.notices(), /Name the custom field .* Nothing was saved/ );
	await screen.field( choices[ 1 ] ).check();
	await screen.save( { 'Custom field': 'WP Link' } );
	assert.deepEqual( await chosen(), [ false, true, false ] );
	assert.equal( await field.inputValue(), 'WP Link' );

	await screen.field( choices[ 2 ] ).check();
	await screen.save( {} );
	assert.deepEqual( await chosen(), [ false, false, true ] );
	assert.equal( await field.inputValue(), 'WP Link' );
	await screen.field( choices[ 0 ] ).check();
	await screen.save( {} );
	assert.deepEqual( await chosen(), [ true, false, false ] );
}

async function theListIsThereWhereItCounts( screen ) {
	const author = screen.field( 'Author' );
	assert.ok( await screen.field( 'Any harmless role' ).isChecked() && ! await author.isVisible(), 'a list of what is not asked' );
	await screen.field( 'Only the roles ticked here' ).check();
	await author.check();
	await screen.save( {} );
	assert.ok( await author.isVisible() && await author.isChecked() );
}

const status = ( screen ) => screen.page.locator( '#agile-bridge-status' );

/** How the line under the title looks: 'good' is green. */
const look = async ( screen ) => ( await status( screen ).getAttribute( 'class' ) ).match( /agile-bridge-is-(\w+)/ )[ 1 ];

/** The one step that is set apart. */
async function next( screen ) {
	const steps = screen.page.locator( '#agile-bridge-checklist li:has(strong)' );
	assert.equal( await steps.count(), 1, 'one step is next' );
	return ( await steps.innerText() ).replace( /\s+/g, ' ' ).trim();
}

/** What the page tells of what was pressed. */
async function theOneNotice( screen ) {
	const notices = screen.page.locator( '.notice:not(.inline)' );
	assert.equal( await notices.count(), 1, await screen.notices() );
	return ( await notices.innerText() ).trim();
}

/** In the page: steps whose words go on below their mark. */
function hanging() {
	return [ ...document.querySelectorAll( '#agile-bridge-checklist li' ) ].filter( ( step ) => {
		const words = document.createRange();
		words.selectNodeContents( step.lastElementChild );
		return [ ...words.getClientRects() ].some( ( { left, width } ) => width > 1 && left < step.firstElementChild.getBoundingClientRect().right );
	} ).map( ( { textContent } ) => textContent.trim() );
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( `newcomer-${ name }`, scenarios[ name ] );
