// The tab Fields in a real browser, on a site with the connection constants.
//
//   node fields.mjs SCENARIO
//
// Environment: as settings.mjs. The parameter `rtl` makes a page one that is read from right to left.
//
// Scenarios:
//   script      fields are chosen, sorted by keys and by drag, and refused before they are saved
//   no-script   the same buttons without JavaScript

import assert from 'node:assert/strict';
import { asAdmin } from './browser.mjs';

const order = ( screen ) => screen.page.locator( '.agile-bridge-rows [data-name=crm]' ).evaluateAll( ( fields ) => fields.map( ( field ) => field.value ) );
const says = ( screen, row, part ) => screen.page.locator( '.agile-bridge-rows tr' ).nth( row - 1 ).locator( `[data-says=${ part }]` );

async function choose( screen, row, name ) {
	await screen.field( `Agile CRM field, row ${ row }` ).fill( name );
	await screen.field( `Agile CRM field, row ${ row }` ).blur();
}

const scenarios = {
	async script( screen ) {
		await screen.open( 'fields' );
		await choose( screen, 1, 'Renewal' );
		assert.equal( await screen.field( 'WordPress field, row 1' ).inputValue(), 'renewal' );
		assert.equal( await screen.field( 'Type, row 1' ).inputValue(), 'date' );
		await says( screen, 1, 'stored' ).getByText( '2016-11-19' ).waitFor();
		await says( screen, 1, 'in-crm' ).getByText( '1479580200' ).waitFor();

		await screen.button( 'Add a field' ).click();
		await choose( screen, 2, '"><img src=x>' );
		await says( screen, 2, 'in-crm' ).getByText( '<b>"text"</b>' ).waitFor();
		assert.equal( await screen.page.locator( '.agile-bridge-map img, .agile-bridge-map b' ).count(), 0 );
		await screen.field( 'WordPress field, row 2' ).fill( 'wp_capabilities' );
		await screen.field( 'WordPress field, row 2' ).blur();
		await says( screen, 2, 'problem' ).getByText( 'never written from a contact' ).waitFor();
		assert.equal( await screen.field( 'WordPress field, row 2' ).getAttribute( 'aria-invalid' ), 'true' );
		await screen.picture( 'fields-refused' );

		await screen.button( 'Add a field' ).click();
		await choose( screen, 3, 'phone+work' );
		await screen.button( 'Move row 3 up' ).click();
		assert.deepEqual( await order( screen ), [ 'Renewal', 'phone+work', '"><img src=x>' ] );
		assert.equal( await screen.page.evaluate( () => document.activeElement.getAttribute( 'aria-label' ) ), 'Move row 2 up', 'it stays where it was pressed' );
		const handle = ( row ) => screen.page.locator( '.agile-bridge-handle' ).nth( row - 1 );
		const from = await handle( 1 ).boundingBox();
		const to = await handle( 2 ).boundingBox();
		await screen.page.mouse.move( from.x + 5, from.y + 5 );
		await screen.page.mouse.down();
		await screen.page.mouse.move( to.x + 5, to.y + 10, { steps: 10 } );
		await screen.page.mouse.move( to.x + 5, to.y + 40, { steps: 5 } );
		await screen.page.mouse.up();
		assert.deepEqual( await order( screen ), [ 'phone+work', 'Renewal', '"><img src=x>' ] );

		await screen.press( 'Save Changes' );
		assert.match( await screen.notices(), /"><img src=x> → wp_capabilities" was not saved.*Everything else was/ );
		assert.deepEqual( ( await order( screen ) ).slice( 0, 3 ), [ 'phone+work', 'Renewal', '"><img src=x>' ] );
		assert.match( await says( screen, 3, 'problem' ).innerText(), /never written/ );
		await screen.button( 'Remove row 3' ).click();
		await screen.press( 'Save Changes' );
		assert.match( await screen.notices(), /Settings saved/ );
		assert.deepEqual( await order( screen ), [ 'phone+work', 'Renewal', '' ] );
		await screen.picture( 'fields' );

		await screen.page.setViewportSize( { width: 390, height: 800 } );
		const width = () => screen.page.evaluate( () => document.documentElement.scrollWidth );
		for ( const direction of [ 'ltr', 'rtl' ] ) {
			// (Some of WordPress' own pages are a pixel too wide from right to left.)
			await screen.open( `try&${ direction }=1` );
			const widest = Math.max( 390, await width() );
			await screen.open( `fields&${ direction }=1` );
			assert.equal( await screen.page.evaluate( () => getComputedStyle( document.body ).direction ), direction );
			assert.ok( await width() <= widest, `${ direction }: ${ await width() } pixels wide` );
			await screen.picture( `fields-phone-${ direction }` );
		}
	},

	async 'no-script'( screen ) {
		await screen.page.route( /\.js(\?|$)|load-scripts\.php/, ( route ) => route.abort() );
		await screen.open( 'fields' );
		await screen.fill( { 'Agile CRM field, row 1': 'Renewal', 'WordPress field, row 1': 'renewal' } );
		await screen.press( 'Add a field' );
		await screen.fill( { 'Agile CRM field, row 2': 'phone+work' } );
		await screen.press( 'Move row 2 up' );
		assert.equal( await screen.field( 'WordPress field, row 1' ).inputValue(), 'phone_work', 'the key that fits' );
		assert.deepEqual( ( await order( screen ) ).slice( 0, 2 ), [ 'phone+work', 'Renewal' ] );
		assert.match( await says( screen, 2, 'stored' ).innerText(), /2016-11-19/ );
		await screen.leave( () => screen.field( 'WordPress field, row 1' ).press( 'Enter' ) );
		assert.match( await screen.notices(), /Settings saved/ );
		assert.deepEqual( await order( screen ), [ 'phone+work', 'Renewal', '' ] );
		assert.equal( await screen.field( 'Type, row 2' ).inputValue(), 'date', 'the type that fits' );
		await screen.picture( 'fields-no-script' );
	},
};

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
