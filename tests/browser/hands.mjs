// How a person uses a screen: by mouse, or by the keyboard alone, with scripts or without.
//
// Environment, all optional: WIDTH (in pixels, 1280 if it is not said), KEYBOARD=1, WITHOUT_SCRIPT=1.

import assert from 'node:assert/strict';

export const width = Number( process.env.WIDTH ?? 1280 );
export const hasScript = '1' !== process.env.WITHOUT_SCRIPT;
const byKeys = '1' === process.env.KEYBOARD;

/** What the browser is started with. */
export const options = { viewport: { width, height: 900 }, javaScriptEnabled: hasScript };

/** In the page: how an element tells that it has the focus, '' if nothing can be seen of it. */
function mark( element ) {
	const style = getComputedStyle( element );
	const hasOutline = 'none' !== style.outlineStyle && ! /rgba\(.*, 0\)|transparent/.test( style.outlineColor );
	return [ hasOutline ? style.outline : '', 'none' === style.boxShadow ? '' : style.boxShadow ].join( '' );
}

/** Tries until it holds: a worker of the web server, or a transition, may be at it. */
export async function until( holds, what ) {
	const patience = Date.now() + 30_000;
	while ( ! await holds() ) {
		assert.ok( Date.now() < patience, what );
	}
}

export class Hands {
	constructor( screen ) {
		this.screen = screen;
		this.page = screen.page;
	}

	/** Gives it the focus, and asserts that one who uses the keyboard can reach it and sees where they are. */
	async reach( control ) {
		const name = await control.evaluate( ( element ) => element.outerHTML.slice( 0, 200 ) );
		// (Where Tab has led to it the focus is there already.)
		const before = await control.evaluate( ( element ) => element === document.activeElement ) ? '' : await control.evaluate( mark );
		assert.ok( await control.evaluate( ( element ) => element.tabIndex >= 0 && ! element.disabled ), `no key reaches ${ name }` );
		await control.focus();
		await until( async () => ! [ '', before ].includes( await control.evaluate( mark ) ), `nothing shows that ${ name } has the focus` );
		assert.ok( await control.isVisible(), `${ name } is hidden though it has the focus` );
	}

	async fill( values ) {
		for ( const [ label, value ] of Object.entries( values ) ) {
			const field = this.screen.field( label );
			if ( ! byKeys ) {
				await field.fill( value );
				await field.blur();
				continue;
			}
			await this.reach( field );
			await this.page.keyboard.press( 'Control+A' );
			await this.page.keyboard.type( value );
			await this.page.keyboard.press( 'Tab' );
			assert.equal( await field.inputValue(), value, label );
		}
	}

	async check( label ) {
		const box = this.screen.field( label );
		await this.do( box, 'Space' );
		assert.ok( await box.isChecked(), label );
	}

	async choose( label, choice ) {
		const list = this.screen.field( label );
		if ( ! byKeys ) {
			await list.selectOption( { label: choice } );
			return;
		}
		await this.reach( list );
		const steps = await list.evaluate( ( { options, selectedIndex }, text ) => [ ...options ].findIndex( ( { label } ) => label === text ) - selectedIndex, choice );
		for ( let step = 0; step < Math.abs( steps ); step++ ) {
			await this.page.keyboard.press( steps > 0 ? 'ArrowDown' : 'ArrowUp' );
		}
		assert.equal( await list.evaluate( ( { selectedOptions } ) => selectedOptions[ 0 ].label ), choice, label );
	}

	/** Clicks it, or does what a click would by this key. */
	async do( control, key = 'Enter' ) {
		if ( ! byKeys ) {
			await control.click();
			return;
		}
		await this.reach( control );
		await this.page.keyboard.press( key );
	}

	/** A link or a button, until the page is there to which it leads. */
	leave( control ) {
		return this.screen.leave( () => this.do( control ) );
	}

	press( label ) {
		return this.leave( this.screen.button( label ) );
	}

	/** What the button copies; without scripts one reads the field. */
	async copy( what ) {
		if ( hasScript ) {
			await this.do( this.screen.button( `Copy: ${ what }` ) );
			await this.page.getByRole( 'button', { name: `Copy: ${ what }` } ).getByText( 'Copied' ).waitFor();
			return this.page.evaluate( () => navigator.clipboard.readText() );
		}
		const whole = this.screen.field( `${ what }, whole` );
		if ( 0 === await whole.count() ) {
			return this.screen.field( what ).inputValue();
		}
		await this.do( this.page.getByText( 'Show the access key' ).first() );
		return whole.inputValue();
	}

	/** One of the tabs at the top. */
	tab( name ) {
		return this.leave( this.page.locator( '.nav-tab-wrapper' ).getByRole( 'link', { name, exact: true } ) );
	}

	/** A page of the menu, which is folded away on a phone; what is to be done may be counted behind its name. */
	async menu( name ) {
		const link = this.page.locator( '#adminmenu' ).getByRole( 'link', { name: new RegExp( `^${ name }` ), includeHidden: true } );
		await this.page.goto( await link.last().evaluate( ( { href } ) => href ) );
	}
}
