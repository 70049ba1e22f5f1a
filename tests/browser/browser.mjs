// A headless Chromium, logged in to a WordPress, and what the scenarios look at.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** The environment variable, which has to be there. */
export function given( name ) {
	const value = process.env[ name ];
	if ( ! value ) {
		throw new Error( `the environment variable ${ name } is missing` );
	}
	return value;
}

/** Runs one scenario on a page of an administrator, in a browser with these options; a failure leaves a picture if SCREENSHOTS names a folder. */
export async function asAdmin( name, scenario, options = {} ) {
	const profile = mkdtempSync( join( tmpdir(), 'bridge-chromium-' ) );
	const browser = await chromium.launchPersistentContext( profile, {
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		viewport: { width: 1200, height: 900 },
		// WordPress 7 blends from page to page, and a click into that goes nowhere.
		reducedMotion: 'reduce',
		permissions: [ 'clipboard-read', 'clipboard-write' ],
		args: [
			'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync',
		],
		...options,
	} );
	try {
		const page = await browser.newPage();
		page.setDefaultTimeout( 30_000 );
		try {
			await logIn( page );
			await scenario( new Screen( page ) );
		} catch ( failure ) {
			await picture( page, `${ name }-failed` );
			throw failure;
		}
	} finally {
		await browser.close();
		rmSync( profile, { recursive: true, force: true } );
	}
}

async function logIn( page ) {
	await page.goto( `${ given( 'SITE_URL' ) }/wp-login.php` );
	await page.fill( '#user_login', given( 'SITE_USER' ) );
	await page.fill( '#user_pass', given( 'SITE_PASSWORD' ) );
	await page.click( '#wp-submit' );
	await page.waitForURL( /wp-admin/ );
}

async function picture( page, name ) {
	if ( process.env.SCREENSHOTS ) {
		await rest( page );
		await page.screenshot( { path: join( process.env.SCREENSHOTS, `${ name }.png` ), fullPage: true } );
	}
}

/** Takes the mouse to the margin, where it points at nothing: what waits for it is not shown, and nothing has another colour. */
export async function rest( page ) {
	const [ width, isRtl ] = await page.evaluate( () => [ innerWidth, 'rtl' === document.dir ] );
	await page.mouse.move( isRtl ? 3 : width - 3, 500 );
}

/** The settings screen, as a person uses it: by labels and buttons. */
export class Screen {
	constructor( page ) {
		this.page = page;
	}

	/** A tab, by its name in the address. */
	async open( tab = 'connect' ) {
		await this.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=${ tab }` );
	}

	/** Saves the account, on the first tab, and asks Agile CRM with it. */
	async connect( values = {} ) {
		await this.open();
		await this.fill( values );
		await this.press( 'Save and test connection' );
	}

	field( label ) {
		return this.page.getByLabel( label, { exact: true } );
	}

	button( label ) {
		return this.page.getByRole( 'button', { name: label, exact: true } );
	}

	/** Does what leads to another page, and waits for that page: the present one is let load first, or its load is taken for the other's. */
	async leave( action ) {
		await this.page.waitForLoadState();
		await Promise.all( [ this.page.waitForEvent( 'load' ), action() ] );
	}

	/** Presses a button that sends a form, and waits for the page that answers. */
	press( label ) {
		return this.leave( () => this.button( label ).click() );
	}

	async fill( values ) {
		for ( const [ label, value ] of Object.entries( values ) ) {
			await this.field( label ).fill( value );
		}
	}

	/** Types into the fields of this tab and saves. */
	async save( values ) {
		await this.fill( values );
		await this.press( 'Save Changes' );
	}

	/** The line under the title. */
	async status() {
		return ( await this.page.locator( '#agile-bridge-status' ).innerText() ).trim();
	}

	/** The texts of all notices. */
	async notices() {
		return ( await this.page.locator( '.notice' ).allInnerTexts() ).join( '\n' );
	}

	/** The line that counts webhooks. */
	inbox() {
		return this.page.locator( '#agile-bridge-inbox' ).innerText();
	}

	/** Opens the screen until that line is as it should be: a worker of the web server is at it. */
	async inboxSays( expected ) {
		const patience = Date.now() + 30_000;
		do {
			await this.open( 'advanced' );
			if ( expected.test( await this.inbox() ) ) {
				return;
			}
		} while ( Date.now() < patience );
		throw new Error( `${ await this.inbox() } is not ${ expected }` );
	}

	/** What the copy button puts on the clipboard. */
	async copy( what ) {
		await this.button( `Copy: ${ what }` ).click();
		await this.page.getByRole( 'button', { name: `Copy: ${ what }` } ).getByText( 'Copied' ).waitFor();
		return this.page.evaluate( () => navigator.clipboard.readText() );
	}

	picture( name ) {
		return picture( this.page, name );
	}
}
