// What one sees of the activity and of the list of users without a click and without a hover, on a desk and on a phone, from left to
// right and from right to left.
//
//   node what-is-wrong.mjs SCENARIO
//
// Environment: as for activity.mjs. The parameter `rtl` makes a page one that is read from right to left.
//
// Scenarios:
//   all  the site of tests/promises/admin/what_is_wrong_is_seen_at_a_glance.rs; every check is made, and those that fail are told together

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';
import { fits } from './fits.mjs';

const ADMIN = `${ given( 'SITE_URL' ) }/wp-admin`;
const LIST = `${ ADMIN }/tools.php?page=agile-bridge-activity`;
const WIDTHS = [ 1280, 390 ];

const row = ( screen, text ) => screen.page.locator( '#the-list > tr' ).filter( { hasText: text } );

async function open( screen, address, width = 1280 ) {
	await screen.page.setViewportSize( { width, height: 900 } );
	await screen.page.goto( address );
}

/** Whether it can be seen now: what waits for the mouse WordPress keeps far outside. */
async function isSeen( locator ) {
	const box = await locator.boundingBox();
	return null !== box && box.x >= 0 && box.width > 1;
}

/** How thick and of which colour the edge is at which reading begins. */
function edge( locator ) {
	return locator.locator( '.check-column' ).evaluate( ( cell ) => {
		const style = getComputedStyle( cell );
		return [ parseFloat( style.borderInlineStartWidth ), style.borderInlineStartColor ];
	} );
}

/** In the page: where two buttons or controls beside each other leave less than 8 pixels between them. */
function tight( selector ) {
	const boxes = [ ...document.querySelectorAll( selector ) ].flatMap( ( place ) => {
		const controls = [ ...place.querySelectorAll( 'input:not([type=hidden]):not([type=checkbox]), select, .button' ) ].filter( ( one ) => one.checkVisibility() );
		return [ controls.map( ( one ) => [ one.outerHTML.slice( 0, 80 ), one.getBoundingClientRect() ] ) ];
	} );
	const found = [];
	for ( const together of boxes ) {
		for ( const [ name, one ] of together ) {
			for ( const [ , other ] of together ) {
				const isBeside = one !== other && one.right <= other.left + 4 && one.top < other.bottom && other.top < one.bottom;
				const isUnder = one !== other && one.bottom <= other.top + 4 && one.left < other.right && other.left < one.right;
				if ( ( isBeside && other.left - one.right < 7.5 ) || ( isUnder && other.top - one.bottom < 7.5 ) ) {
					found.push( name );
				}
			}
		}
	}
	return found;
}

const checks = {
	async 'what was given up is marked in the list, with what to do and its actions'( screen ) {
		for ( const width of WIDTHS ) {
			await open( screen, LIST, width );
			const bad = row( screen, 'Given up.' );
			assert.equal( await bad.count(), 1 );
			const [ thick, colour ] = await edge( bad );
			assert.ok( thick >= 4 && colour !== ( await edge( row( screen, 'A user was created' ).first() ) )[ 1 ], `${ thick } ${ colour }` );
			assert.ok( await isSeen( bad.locator( '.dashicons-warning' ).filter( { visible: true } ).first() ), 'the mark' );
			assert.match( await bad.innerText(), /Given up\. Agile CRM gave no usable answer\..*process it again/s );
			for ( const name of [ 'Process again', 'View' ] ) {
				assert.ok( await isSeen( bad.getByText( name, { exact: true } ) ), `${ name } at ${ width }` );
			}
			await fits( screen.page, `${ width }` );
			await screen.picture( `glance-list-${ width }` );
		}
	},

	async 'and on its own page, where processing it again comes next'( screen ) {
		for ( const width of WIDTHS ) {
			await open( screen, LIST, width );
			await screen.leave( () => row( screen, 'Given up.' ).getByText( 'View', { exact: true } ).click() );
			const outcome = screen.page.locator( '.agile-bridge-detail .notice-error' );
			assert.match( await outcome.innerText(), /Given up\. Agile CRM gave no usable answer\..*process it again/s );
			assert.ok( await isSeen( outcome.locator( '.dashicons-warning' ) ), 'the mark' );
			assert.match( await outcome.getByRole( 'button', { name: 'Process again' } ).getAttribute( 'class' ), /button-primary/ );
			await fits( screen.page, `${ width }` );
			await screen.picture( `glance-given-up-${ width }` );
		}
	},

	async 'what went well asks for nothing'( screen ) {
		await open( screen, `${ LIST }&event=1` );
		const again = screen.page.getByRole( 'button', { name: 'Process again' } );
		assert.doesNotMatch( await again.getAttribute( 'class' ), /button-primary/ );
		assert.equal( await screen.page.locator( '.notice-error' ).count(), 0 );
	},

	async 'a time line tells each step by the second'( screen ) {
		for ( const width of WIDTHS ) {
			await open( screen, `${ LIST }&event=1`, width );
			const text = await screen.page.locator( '.agile-bridge-detail' ).innerText();
			assert.match( text, /Timeline\s.*Received.*\d:\d\d:\d\d.*Taken up.*\d:\d\d:\d\d.*Finished.*\d:\d\d:\d\d.*, \S+ m?s later/s );
			assert.doesNotMatch( text, /\bWay\b|\bTook\b/ );
			await screen.picture( `glance-event-${ width }` );
		}
		await open( screen, LIST );
		await screen.leave( () => row( screen, 'Was given up, and processed again' ).getByRole( 'link' ).first().click() );
		assert.match( await screen.page.locator( '.agile-bridge-detail' ).innerText(), /Timeline\s.*Processed again/s );
	},

	async 'each view holds as many as it says, of that kind'( screen ) {
		await open( screen, LIST );
		const views = await screen.page.locator( '.subsubsub a' ).evaluateAll( ( links ) => links.map( ( link ) => [ link.href, link.textContent ] ) );
		assert.match( views.map( ( [ , text ] ) => text ).join( ' ' ), /Given up \(1\) .*Refused \(1\) .*Passwords not returned \(1\)/ );
		for ( const [ address, text ] of views ) {
			await open( screen, address );
			const rows = await screen.page.locator( '#the-list > tr:not(.no-items)' ).count();
			assert.equal( rows, Number( text.match( /\((\d+)\)/ )[ 1 ] ), text );
		}
		await open( screen, `${ LIST }&view=refused` );
		assert.match( await row( screen, 'email_conflict' ).innerText(), /belongs to a user who is linked to another contact/ );
		const edge = await row( screen, 'email_conflict' ).locator( '.check-column' ).evaluate( ( cell ) => getComputedStyle( cell ).borderInlineStartColor );
		assert.equal( edge, 'rgb(219, 166, 23)', 'the yellow of warnings' );
	},

	async 'the line on top of the settings leads to what it counts'( screen ) {
		await screen.open();
		const line = screen.page.locator( '#agile-bridge-status' );
		assert.match( await line.innerText(), /0 waiting/ );
		assert.match( await line.getAttribute( 'class' ), /agile-bridge-is-look/, 'no green tick beside what was given up' );
		assert.deepEqual( await line.getByRole( 'link' ).allInnerTexts(), [ '1 given up', 'Activity' ], 'of nothing there is nothing to see' );
		await screen.leave( () => line.getByRole( 'link', { name: 'given up' } ).click() );
		assert.equal( await screen.page.locator( '#the-list > tr:not(.no-items)' ).count(), 1 );
	},

	async 'the filters stand together and are wide enough'( screen ) {
		for ( const direction of [ 'ltr', 'rtl' ] ) {
			for ( const width of WIDTHS ) {
				await open( screen, `${ LIST }${ 'rtl' === direction ? '&rtl=1' : '' }`, width );
				if ( width < 783 ) {
					await screen.page.getByText( 'Search and filter' ).click();
				}
				const [ from, to ] = await Promise.all( [ 'From', 'To' ].map( ( label ) => screen.field( label ).boundingBox() ) );
				assert.equal( from.y, to.y, `${ direction } ${ width }: From and To are one row` );
				for ( const label of [ 'From', 'To', 'Contact or user' ] ) {
					const field = await screen.field( label ).boundingBox();
					const said = await screen.page.locator( '.agile-bridge-filters label' ).filter( { hasText: new RegExp( `^${ label }$` ) } ).boundingBox();
					const isAbove = said.y + said.height <= field.y + 1 && Math.abs( 'rtl' === direction ? said.x + said.width - field.x - field.width : said.x - field.x ) < 8;
					const isBefore = said.y < field.y + field.height && field.y < said.y + said.height;
					assert.ok( isAbove || isBefore, `${ direction } ${ width }: ${ label } stands by its field` );
				}
				const search = screen.field( 'Contact or user' );
				await search.fill( 'wilhelmina.featherstone@example.com' );
				const [ content, room ] = await search.evaluate( ( field ) => [ field.scrollWidth, field.clientWidth ] );
				assert.ok( content <= room, `${ direction } ${ width }: an address of ${ content } pixels in ${ room }` );
				await search.fill( '' );
				assert.deepEqual( await screen.page.evaluate( tight, '.agile-bridge-filters, .agile-bridge-activity .tablenav .actions:not(.bulkactions)' ), [], `${ direction } ${ width }` );
				await fits( screen.page, `${ direction } ${ width }` );
				await screen.picture( `glance-filters-${ direction }-${ width }` );
			}
		}
	},

	async 'in the list of users an address is one line, and the contact a click away'( screen ) {
		for ( const [ direction, width ] of [ [ 'ltr', 1280 ], [ 'ltr', 1200 ], [ 'rtl', 1280 ] ] ) {
			await open( screen, `${ ADMIN }/users.php${ 'rtl' === direction ? '?rtl=1' : '' }`, width );
			const ana = row( screen, 'ana@example.com' );
			const lines = ( selector ) => ana.locator( selector ).first().evaluate( ( element ) => {
				const range = document.createRange();
				range.selectNodeContents( element );
				return new Set( [ ...range.getClientRects() ].map( ( box ) => Math.round( box.top ) ) ).size;
			} );
			for ( const selector of [ '.column-email a', '.column-username strong a', '.column-agile_bridge_contact a' ] ) {
				assert.equal( await lines( selector ), 1, `${ direction } ${ width }: ${ selector }` );
			}
			const contact = ana.locator( '.column-agile_bridge_contact a' );
			assert.equal( ( await contact.innerText() ).trim(), 'Open contact' );
			assert.match( await contact.getAttribute( 'aria-label' ), /Open contact \d{16}/ );
			// No tag is cut in two.
			const broken = await ana.locator( '.column-agile_bridge_tags span' ).evaluateAll( ( tags ) => tags.filter( ( tag ) => {
				const range = document.createRange();
				range.selectNodeContents( tag );
				return new Set( [ ...range.getClientRects() ].map( ( box ) => Math.round( box.top ) ) ).size > 1;
			} ).map( ( tag ) => tag.textContent ) );
			assert.deepEqual( broken, [], direction );
			assert.equal( await ana.locator( '.column-agile_bridge_tags span' ).count(), 4 );
			await screen.picture( `glance-users-${ direction }-${ width }` );
		}
		await open( screen, `${ ADMIN }/users.php`, 390 );
		await fits( screen.page, 'users' );
		await row( screen, 'ana@example.com' ).locator( '.toggle-row' ).click();
		await screen.picture( 'glance-users-390' );
		await screen.leave( () => row( screen, 'ana@example.com' ).getByRole( 'link', { name: 'ana@example.com' } ).first().click() );
		await screen.page.setViewportSize( { width: 390, height: 900 } );
		await fits( screen.page, 'profile' );
		await screen.page.locator( '#agile-bridge-profile' ).scrollIntoViewIfNeeded();
		await screen.picture( 'glance-profile-390' );
	},
};

const scenarios = {
	async all( screen ) {
		const failed = [];
		for ( const [ what, check ] of Object.entries( checks ) ) {
			await check( screen ).catch( ( failure ) => failed.push( `${ what }: ${ failure.message }` ) );
		}
		assert.equal( failed.join( '\n\n' ), '' );
	},
};

const name = process.argv[ 2 ];
if ( ! Object.hasOwn( scenarios, name ?? '' ) ) {
	throw new Error( `which scenario? ${ Object.keys( scenarios ).join( ', ' ) }` );
}
await asAdmin( name, scenarios[ name ] );
