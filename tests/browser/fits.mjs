// Whether a page fits into its window: it need not be moved sideways, and nothing of ours is cut off.

import assert from 'node:assert/strict';

/** In the page: what of ours is outside of the window, or of what holds it. */
function cut() {
	const found = [];
	for ( const element of document.querySelectorAll( '.wrap.agile-bridge *, .wrap.agile-bridge-activity *, [id^="agile-bridge"]' ) ) {
		const box = element.getBoundingClientRect();
		const isSeen = element.checkVisibility( { visibilityProperty: true, opacityProperty: true } ) && box.width > 1 && box.height > 1;
		// (Actions of rows wait far outside until one comes near; what only readers of screens hear has one pixel.)
		if ( ! isSeen || element.closest( '.screen-reader-text, .row-actions, svg' ) ) {
			continue;
		}
		const isOutside = box.left < -1 || box.right > innerWidth + 1;
		const hides = 'hidden' === getComputedStyle( element ).overflowX && element.scrollWidth > element.clientWidth + 1;
		if ( isOutside || ( hides && ! element.matches( 'input, select, textarea' ) ) ) {
			found.push( `${ element.outerHTML.slice( 0, 120 ) } (${ Math.round( box.left ) } to ${ Math.round( box.right ) })` );
		}
	}
	return found;
}

export async function fits( page, name ) {
	const [ content, window, isRtl ] = await page.evaluate( () => [ document.scrollingElement.scrollWidth, innerWidth, 'rtl' === document.dir ] );
	// (Some of WordPress' own pages are a pixel too wide from right to left.)
	assert.ok( content <= window + ( isRtl ? 1 : 0 ), `${ name }: ${ content } pixels wide on a window of ${ window }` );
	assert.deepEqual( await page.evaluate( cut ), [], `${ name }: cut off` );
}
