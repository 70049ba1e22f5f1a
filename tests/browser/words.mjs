// A pseudo-locale brackets every string that is translated, WordPress' own and ours, also those of scripts. What a screen of ours
// shows without brackets is either data or was never given to a translator. Data is known: it is given, or it is code.
//
//   node words.mjs SCENARIO
//
// Environment: as for settings.mjs; DATA (a line each), and for 'all' EVENTS (ids) and USER (an id).
//
// Scenarios:
//   settings   the tabs of the settings
//   all        every screen of ours

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const ADMIN = `${ given( 'SITE_URL' ) }/wp-admin`;
const SETTINGS = `${ ADMIN }/options-general.php?page=bridge-for-agile-crm&tab=`;
const ACTIVITY = `${ ADMIN }/tools.php?page=agile-bridge-activity`;

const isAll = 'all' === process.argv[ 2 ];

const TABS = [ 'connect', 'webhooks', 'fields', 'users', 'try&who=ana@example.com', 'advanced' ].map( ( tab ) => [ SETTINGS + tab, '#wpbody-content' ] );

/** A screen by its address, and what on it is ours. */
const SCREENS = ! isAll ? TABS : [
	...TABS,
	[ ACTIVITY, '#wpbody-content' ],
	...given( 'EVENTS' ).split( ',' ).map( ( id ) => [ `${ ACTIVITY }&event=${ id }`, '#wpbody-content' ] ),
	[ `${ ADMIN }/index.php`, '.notice[id^="agile-bridge"]' ],
	[ `${ ADMIN }/users.php`, '.column-agile_bridge_contact, .column-agile_bridge_tags, .notice[id^="agile-bridge"], [name^="agile_bridge"]' ],
	[ `${ ADMIN }/user-edit.php?user_id=${ given( 'USER' ) }`, '[id^="agile-bridge"]' ],
];

/** Of contacts, users and settings: what somebody has typed. The longest first. */
const DATA = given( 'DATA' ).split( '\n' ).sort( ( one, other ) => other.length - one.length );

/** In the page: the texts and attributes of these elements, as far as they are not bracketed, code, or hidden from everybody. */
function bare( selector ) {
	const found = [];
	const outside = ( text ) => {
		let depth = 0;
		let rest = '';
		for ( const character of text ) {
			depth += '⟦' === character ? 1 : 0;
			rest += depth > 0 ? ' ' : character;
			depth -= '⟧' === character ? 1 : 0;
		}
		return rest;
	};
	// (A text box holds what was typed; what is not ours to translate says in which language it is.)
	const skipped = 'script, style, code, pre, kbd, textarea, datalist, svg title, [lang], .screen-reader-shortcut';
	const block = 'p, div, li, td, th, tr, h1, h2, h3, label, legend, option, button, dt, dd, summary, a, fieldset, select';
	const flatten = ( node ) => {
		if ( Node.TEXT_NODE === node.nodeType ) {
			return node.data;
		}
		if ( Node.ELEMENT_NODE !== node.nodeType || node.matches( skipped ) ) {
			return ' ';
		}
		const inner = [ ...node.childNodes ].map( flatten ).join( '' );
		return node.matches( block ) ? `\n${ inner }\n` : inner;
	};
	for ( const element of document.querySelectorAll( selector ) ) {
		found.push( ...outside( flatten( element ) ).split( '\n' ) );
		for ( const one of [ element, ...element.querySelectorAll( '*' ) ] ) {
			for ( const name of [ 'aria-label', 'title', 'alt', 'placeholder' ] ) {
				found.push( outside( one.getAttribute( name ) ?? '' ) );
			}
			if ( one.matches( 'input[type=submit], input[type=button]' ) ) {
				found.push( outside( one.value ) );
			}
		}
	}
	return found.map( ( text ) => text.trim() ).filter( ( text ) => /\p{L}{2}/u.test( text ) );
}

await asAdmin( 'words', async ( screen ) => {
	const wrong = [];
	let seen = 0;
	for ( const [ address, selector ] of SCREENS ) {
		await screen.page.goto( address );
		seen += ( await screen.page.locator( selector ).allInnerTexts() ).join( '' ).split( '⟦' ).length - 1;
		for ( const text of await screen.page.evaluate( bare, selector ) ) {
			const rest = DATA.reduce( ( left, known ) => left.replaceAll( known, '' ), text );
			if ( /\p{L}{2}/u.test( rest ) ) {
				wrong.push( `${ address.split( '/wp-admin/' )[ 1 ] }: ${ text }` );
			}
		}
	}
	assert.ok( seen > ( isAll ? 300 : 100 ), `${ seen } strings are bracketed: the pseudo-locale is not at work` );
	assert.deepEqual( [ ...new Set( wrong ) ], [] );
} );
