// What somebody takes from the settings screens who only looks at them, at a desk and on a phone, read from left and from right.
//
//   node glance.mjs SCENARIO
//
// Environment: as for settings.mjs. The site turns a page round that is asked for with `rtl`; at a desk it is only looked at for pictures.
//
// Scenarios:
//   tabs   a site with the connection constants and one field in its map; one contact, try@example.com, has changed since it became a user;
//          a call became no event, and a webhook was given up
//   keys   a site with the connection constants and no access key

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';
import { fits } from './fits.mjs';

const TABS = [ 'connect', 'webhooks', 'webhooks&way=get', 'fields', 'users', 'try', 'try&who=try@example.com', 'advanced' ];
const PHONE = 390;

/** Of pixels; half a one may be lost in rounding. */
const GAP = 7.5;

const scenarios = {
	async tabs( screen ) {
		const wrong = [];
		for ( const width of [ 1280, PHONE ] ) {
			await screen.page.setViewportSize( { width, height: 900 } );
			for ( const direction of PHONE === width || process.env.SCREENSHOTS ? [ 'ltr', 'rtl' ] : [ 'ltr' ] ) {
				for ( const tab of TABS ) {
					await screen.open( tab + ( 'rtl' === direction ? '&rtl=1' : '' ) );
					const name = `${ tab.replace( /&(way|who)=/, '-' ).replace( '@example.com', '' ) }-${ direction }-${ width }`;
					await unfold( screen );
					await screen.picture( name );
					await fits( screen.page, name );
					const found = [ ...await screen.page.evaluate( stuck, GAP ), ...await screen.page.evaluate( squeezed ) ];
					const look = looks[ tab.split( '&' )[ 0 ] ];
					await look?.( screen, ( holds, what ) => holds || found.push( what ), width, tab );
					wrong.push( ...found.map( ( what ) => `${ name }: ${ what }` ) );
				}
			}
		}
		assert.deepEqual( wrong, [] );
	},

	async keys( screen ) {
		const wrong = [];
		for ( const width of [ 1280, PHONE ] ) {
			await screen.page.setViewportSize( { width, height: 900 } );
			const look = async ( name ) => {
				await unfold( screen );
				await screen.picture( `${ name }-${ width }` );
				await fits( screen.page, name );
				wrong.push( ...( await screen.page.evaluate( stuck, GAP ) ).map( ( what ) => `${ name }-${ width }: ${ what }` ) );
			};
			await screen.open( 'webhooks' );
			await look( 'one-key' );
			if ( 1280 === width ) {
				await screen.field( 'Label' ).first().fill( 'Campaigns' );
				await screen.press( 'New key' );
				await look( 'new-key' );
				await screen.open( 'webhooks' );
			}
			await look( 'two-keys' );
		}
		assert.deepEqual( wrong, [] );
	},
};

/** Opens what is folded. */
const unfold = ( screen ) => screen.page.evaluate( () => document.querySelectorAll( '.wrap details' ).forEach( ( part ) => { part.open = true; } ) );

const text = ( screen, selector = '.wrap' ) => screen.page.locator( selector ).first().innerText();

/** What each tab tells; `expect( holds, what )` notes what does not hold. */
const looks = {
	async connect( screen, expect ) {
		await screen.press( 'Save and test connection' );
		await screen.page.locator( '#agile-bridge-checklist' ).evaluate( ( list ) => { list.open = true; } );
		await screen.picture( 'connect-tested' );
		const said = await text( screen );
		expect( 1 === [ ...said.matchAll( /\bconnected\b/gi ) ].length, `it is said once that it is connected: ${ said }` );
		expect( /Tested: Agile CRM accepts the API key/.test( await screen.notices() ), 'what the test has found' );
	},

	async webhooks( screen, expect, width, tab ) {
		expect( ( await text( screen ) ).includes( 'Choosing saves nothing' ), 'that the builder saves nothing' );
		const key = screen.page.locator( 'tr', { has: screen.button( `Copy: ${ tab.includes( 'get' ) ? 'URL' : 'access_key' }` ) } );
		expect( /Copy takes the whole key/.test( await key.innerText() ), 'what Copy takes where dots are shown' );
		if ( PHONE === width ) {
			const cut = await screen.page.evaluate( () => [ ...document.querySelectorAll( '.agile-bridge-recipe tr:has(input)' ) ].filter( ( row ) => {
				const [ label, field, button ] = [ 'th', 'input', 'button' ].map( ( name ) => row.querySelector( name ).getBoundingClientRect() );
				return label.bottom > field.top || field.bottom > button.top || field.width < 300;
			} ).map( ( row ) => row.textContent.trim().split( /\s/ )[ 0 ] ) );
			expect( 0 === cut.length, `label, field and Copy below each other: ${ cut }` );
		}
	},

	async fields( screen, expect, width ) {
		expect( 1 === await screen.button( 'Reload fields' ).count(), 'a button to reload the fields' );
		const [ lines, locked ] = await screen.page.evaluate( () => {
			const rows = [ ...document.querySelectorAll( '#agile-bridge-map tbody tr' ) ];
			const line = ( element ) => parseFloat( getComputedStyle( element ).borderTopWidth ) > 0;
			const cells = rows.map( ( row ) => [ ...row.cells ].filter( ( cell ) => cell.checkVisibility() ) );
			return [
				rows.map( ( row, place ) => [ row, ...cells[ place ] ].filter( line ).length > 0 && ! cells[ place ].slice( 1 ).some( ( cell ) => line( cell ) && cell.getBoundingClientRect().left === cells[ place ][ 0 ].getBoundingClientRect().left ) ),
				rows.filter( ( row ) => row.matches( '.agile-bridge-locked' ) ).map( ( row ) => new Set( [ ...row.cells ].filter( ( cell ) => cell.checkVisibility() ).map( ( cell ) => Math.round( cell.getBoundingClientRect().top ) ) ).size ),
			];
		} );
		expect( lines.slice( 1 ).every( Boolean ), `lines between the rows, and only there: ${ lines }` );
		expect( locked.every( ( tops ) => 1 === tops ), `a locked row is one line: ${ locked }` );
	},

	async users( screen, expect ) {
		const said = await text( screen );
		const isOffered = await screen.page.locator( '#agile-bridge-allowed-roles [type="checkbox"]' ).count() > 0;
		expect( isOffered || ! /\btick a role|ticked above/i.test( said ), 'what can be ticked is there' );
		expect( /Never given\s+Administrator switch_themes.*take the site over/s.test( said ), 'why Administrator is not there' );
		const rows = screen.page.locator( '#agile-bridge-tag-roles tbody tr' );
		expect( 1 === await rows.count(), 'one empty rule' );
		if ( 1 === await screen.button( 'Add a rule' ).count() ) {
			await screen.button( 'Add a rule' ).click();
			await screen.page.keyboard.type( 'Lead' );
			expect( 'Lead' === await screen.field( 'Tag, rule 2' ).inputValue(), 'a new rule has the focus' );
			const name = await screen.field( 'Role, rule 2' ).getAttribute( 'name' );
			expect( 'agile_bridge_settings[tag_roles][1][role]' === name, `its name: ${ name }` );
		} else {
			expect( false, 'a button for one more rule' );
		}
		const close = await screen.page.evaluate( () => [ ...document.querySelectorAll( '.wrap select' ) ].filter( ( select ) => parseFloat( getComputedStyle( select ).paddingInlineEnd ) < 32 ).length );
		expect( 0 === close, 'a select keeps its text away from its arrow' );
	},

	async try( screen, expect, width, tab ) {
		if ( ! tab.includes( 'who' ) ) {
			return;
		}
		const row = ( field ) => screen.page.locator( '#agile-bridge-preview tr', { has: screen.page.locator( 'code', { hasText: field } ) } );
		expect( /plan\s+changes\b.*gold.*nothing stored.*gold/s.test( await row( 'plan' ).innerText() ), 'a word for what is not stored' );
		const mark = ( element ) => getComputedStyle( element.cells[ 0 ] ).boxShadow + getComputedStyle( element.cells[ 3 ] ).fontWeight;
		expect( await row( 'plan' ).evaluate( mark ) !== await row( 'user_email' ).evaluate( mark ), 'a mark at the row that changes' );
	},
};

/** In the page: controls of ours with too little room between them. */
function stuck( gap ) {
	const controls = [ ...document.querySelectorAll( '.wrap.agile-bridge :is(input:not([type=hidden], [type=checkbox], [type=radio]), select, .button)' ) ]
		.filter( ( control ) => control.checkVisibility() && control.getBoundingClientRect().width > 1 );
	const boxes = controls.map( ( control ) => control.getBoundingClientRect() );
	const name = ( { id, value, textContent } ) => id || textContent.trim().slice( 0, 40 ) || value;
	const found = [];
	boxes.forEach( ( one, first ) => boxes.slice( first + 1 ).forEach( ( other, later ) => {
		const across = Math.max( one.left, other.left ) - Math.min( one.right, other.right );
		const down = Math.max( one.top, other.top ) - Math.min( one.bottom, other.bottom );
		if ( Math.max( across, down ) < gap && Math.min( across, down ) < 0 ) {
			found.push( `${ name( controls[ first ] ) } and ${ name( controls[ first + 1 + later ] ) }: ${ Math.max( across, down ) } pixels` );
		}
	} ) );
	return found;
}

/** In the page: cells of tables that are read, in which hardly a word has room. */
function squeezed() {
	return [ ...document.querySelectorAll( '.wrap.agile-bridge .widefat:not(.agile-bridge-map) tbody td' ) ]
		.filter( ( cell ) => cell.checkVisibility() && cell.scrollHeight > 3 * cell.clientWidth )
		.map( ( cell ) => `${ cell.textContent.trim().slice( 0, 40 ) } stands in ${ cell.clientWidth } pixels` );
}

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( `glance-${ name }`, scenarios[ name ] );
