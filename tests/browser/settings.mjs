// The settings screen in a real browser, on a real site.
//
//   node settings.mjs SCENARIO
//
// Environment: SITE_URL SITE_USER SITE_PASSWORD (an administrator), CRM_URL CRM_EMAIL CRM_API_KEY (the sandbox, to which
// AGILE_BRIDGE_API_URL of the site points), optionally CHROMIUM, and SCREENSHOTS (a folder).
//
// Scenarios:
//   stored        a new site without any constant but AGILE_BRIDGE_API_URL: everything is set on the screen
//   salts         the same site after its AUTH_KEY was changed
//   constants     a site with the four connection constants and AGILE_BRIDGE_RETURN_PASSWORD_FIELD
//   no-extension  a site whose PHP has no extension
//   wp-fusion     a site on which the full WP Fusion is active with Agile CRM; it answers webhooks with status 299
//   users         a site with the connection constants; what new users get
//   inbox         a site with the connection constants, on which one webhook was given up

import assert from 'node:assert/strict';
import { asAdmin, given } from './browser.mjs';

const scenarios = {
	async stored( screen ) {
		await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/plugins.php` );
		await screen.page.locator( 'tr[data-plugin^="bridge-for-agile-crm/"]' ).getByText( 'Settings' ).click();
		await screen.page.waitForURL( /page=bridge-for-agile-crm/ );
		await screen.picture( 'new' );

		await nothingIsTestedBeforeItIsConfigured( screen );
		await badInputChangesNothing( screen );
		await theAccountIsSaved( screen );
		await theConnectionTestTellsWhatIsWrong( screen );
		await copiedUrlsWork( screen );
		await aKeyOfOnesOwn( screen );
		await theFieldMap( screen );
		await everythingFitsOnAPhone( screen );
	},

	async salts( screen ) {
		await screen.open();
		assert.match( await screen.status(), /API key has to be entered again/ );
		assert.match( await screen.notices(), /Enter the API key again/ );
		await screen.picture( 'salts' );
		await screen.open( 'webhooks' );
		assert.match( await screen.notices(), /access key cannot be shown any more/ );
		assert.equal( await status( webhook( 'test', 'short-but-works' ) ), 200, 'webhooks go on working' );
		await screen.connect();
		assert.match( await screen.notices(), /Enter the API key again/ );

		await screen.connect( { 'API key': given( 'CRM_API_KEY' ) } );
		assert.match( await screen.notices(), /Tested: / );
		await screen.open( 'webhooks' );
		await screen.press( 'New key' );
		assert.equal( await status( asTest( await addUrl( screen ) ) ), 200 );
	},

	async constants( screen ) {
		const fixed = {
			connect: { Subdomain: 'DOMAIN', 'E-mail address': 'EMAIL', 'API key': 'API_KEY' },
			users: { 'Custom field': 'RETURN_PASSWORD_FIELD' },
		};
		for ( const [ tab, fields ] of Object.entries( fixed ) ) {
			await screen.open( tab );
			await screen.picture( `constants-${ tab }` );
			const text = await screen.page.locator( '.wrap' ).innerText();
			for ( const [ label, name ] of Object.entries( fields ) ) {
				assert.notEqual( await screen.field( label ).getAttribute( 'readonly' ), null, label );
				assert.equal( await screen.field( label ).getAttribute( 'name' ), null, `${ label } is not even sent` );
				assert.ok( text.includes( `Set by AGILE_BRIDGE_${ name } in wp-config.php` ), name );
			}
			assert.ok( ! ( await screen.page.content() ).includes( given( 'CRM_API_KEY' ) ), 'the API key is never shown' );
		}
		await screen.save( {} );
		assert.match( await screen.notices(), /Settings saved/ );

		await screen.open( 'webhooks' );
		await screen.picture( 'constants-webhooks' );
		assert.match( await screen.page.locator( '.wrap' ).innerText(), /Set by AGILE_BRIDGE_ACCESS_KEY in wp-config\.php/ );
		for ( const button of [ 'New key', 'Use this key', 'Revoke this key' ] ) {
			assert.equal( await screen.button( button ).count(), 0, button );
		}

		await screen.connect();
		assert.match( await screen.notices(), /Tested: / );
		assert.match( await screen.status(), /^Connected to ".*" as .* · no webhook yet: put one into Agile CRM$/ );
		await screen.open( 'webhooks' );
		assert.equal( await status( asTest( await addUrl( screen ) ) ), 200 );
	},

	async users( screen ) {
		await screen.open( 'users' );
		await whatTheContactGetsBack( screen );
		await whichFormALoginHas( screen );
		await whichRolesWebhooksMayName( screen );
		await whichTagGivesWhichRole( screen );
		await whatWouldHappenIsShown( screen );
		await everythingFitsOnAPhone( screen );
	},

	async inbox( screen ) {
		await whatWasGivenUpIsProcessedAgain( screen );
		await whatIsPausedWaits( screen );
		await howManyAreProcessedAtOnce( screen );
		await harmlessRolesForDeletedContacts( screen );
		await theDashboardSaysThatTheCrmRefusesUs( screen );
	},

	async 'no-extension'( screen ) {
		for ( const page of [ 'index.php', 'plugins.php', 'options-general.php?page=bridge-for-agile-crm' ] ) {
			await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/${ page }` );
			const notice = await screen.page.locator( '#agile-bridge-extension' ).innerText();
			assert.match( notice, /agile_bridge is not loaded/ );
			assert.match( notice, /No build for PHP \d+\.\d+ of the web server was found/ );
			assert.match( notice, /sudo apt-get install \.\/agile-bridge_\d+\.\d+\.\d+_(amd64|arm64)\.deb/ );
		}
		await screen.picture( 'no-extension' );
		assert.match( await screen.status(), /^The PHP extension is missing/ );
		assert.equal( await screen.button( 'Save and test connection' ).count(), 0 );
		await screen.save( { Subdomain: 'https://demo.agilecrm.com/' } );
		assert.match( await screen.notices(), /Settings saved/ );
		assert.equal( await screen.field( 'Subdomain' ).inputValue(), 'demo' );
		assert.equal( await status( `${ given( 'SITE_URL' ) }/` ), 200, 'the site itself is not affected' );
	},

	async 'wp-fusion'( screen ) {
		await screen.open( 'webhooks' );
		await screen.picture( 'wp-fusion' );
		const url = asTest( await addUrl( screen ) );
		assert.match( await screen.notices(), /WP Fusion answers webhooks now/ );
		assert.ok( await screen.field( 'WP Fusion, as until now' ).isChecked(), 'nothing changes by itself' );
		assert.equal( await status( url ), 299 );

		await screen.field( 'Bridge for Agile CRM' ).check();
		await screen.save( {} );
		assert.doesNotMatch( await screen.notices(), /WP Fusion answers/ );
		assert.ok( await screen.field( 'Bridge for Agile CRM' ).isChecked() );
		assert.equal( await status( url ), 200 );
	},
};

async function whatTheContactGetsBack( screen ) {
	await screen.field( 'A link to set the password (recommended)' ).check();
	assert.match( await screen.page.locator( '#agile-bridge-returns-link-help' ).innerText(), /works once and for 2 days/ );
	await screen.save( { 'Custom field': 'WP Password' } );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.ok( await screen.field( 'A link to set the password (recommended)' ).isChecked() );
}

async function whichFormALoginHas( screen ) {
	const choices = () => screen.field( 'Login name' ).locator( 'option' ).allInnerTexts();
	assert.equal( await screen.field( 'Login name' ).inputValue(), 'email' );
	assert.equal( ( await choices() ).length, 2, 'nothing is mapped yet' );
	await screen.open( 'fields' );
	await screen.button( 'Add a field' ).click();
	await screen.save( {
		'Agile CRM field, row 1': 'Number',
		'WordPress field, row 1': 'customer_number',
		'Agile CRM field, row 2': 'Secret',
		'WordPress field, row 2': 'user_pass',
	} );
	await screen.open( 'users' );
	assert.ok( ! ( await choices() ).some( ( choice ) => choice.includes( 'user_pass' ) ), 'a password is no login' );
	await screen.field( 'Login name' ).selectOption( 'field:customer_number' );
	await screen.save( {} );
	assert.equal( await screen.field( 'Login name' ).inputValue(), 'field:customer_number' );

	await screen.open( 'fields' );
	await screen.save( { 'Agile CRM field, row 1': '', 'WordPress field, row 1': '' } );
	await screen.open( 'users' );
	assert.match( ( await choices() ).join(), /field:customer_number, which is not mapped/ );
	await screen.field( 'Login name' ).selectOption( 'first.last' );
	await screen.save( {} );
	assert.equal( ( await choices() ).length, 2 );
}

async function whichRolesWebhooksMayName( screen ) {
	for ( const [ role, there ] of [ [ 'Author', 1 ], [ 'Gold & "Silver"', 1 ], [ 'Editor', 0 ], [ 'Administrator', 0 ] ] ) {
		assert.equal( await screen.field( role ).count(), there, role );
	}
	await screen.field( 'Only the roles ticked here' ).check();
	await screen.field( 'Gold & "Silver"' ).check();
	await screen.field( 'A webhook may change their role' ).uncheck();
	await screen.save( {} );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.ok( await screen.field( 'Only the roles ticked here' ).isChecked() );
	assert.ok( await screen.field( 'Gold & "Silver"' ).isChecked() );
	assert.ok( ! await screen.field( 'Author' ).isChecked() );
	assert.ok( ! await screen.field( 'A webhook may change their role' ).isChecked() );

	await screen.field( 'Gold & "Silver"' ).uncheck();
	await screen.save( {} );
	assert.ok( ! await screen.field( 'Gold & "Silver"' ).isChecked(), 'a list may be empty' );
}

async function whichTagGivesWhichRole( screen ) {
	await screen.save( { 'Tag, rule 1': 'VIP <b>"1"</b>' } );
	assert.match( await screen.notices(), /rule for the tag "VIP <b>"1"<\/b>" names no role.*Nothing was saved/ );

	await screen.field( 'Role, rule 1' ).selectOption( 'gold' );
	await screen.button( 'Add a rule' ).click();
	await screen.field( 'Role, rule 2' ).selectOption( 'author' );
	await screen.save( { 'Tag, rule 1': 'VIP <b>"1"</b>', 'Tag, rule 2': ' Lead ' } );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.equal( await screen.field( 'Tag, rule 1' ).inputValue(), 'VIP <b>"1"</b>' );
	assert.equal( await screen.field( 'Role, rule 1' ).inputValue(), 'gold' );
	assert.equal( await screen.field( 'Tag, rule 2' ).inputValue(), 'Lead' );
	await screen.picture( 'roles' );

	await screen.field( 'Role, rule 3' ).selectOption( 'gold' );
	await screen.save( { 'Tag, rule 3': 'Lead' } );
	assert.match( await screen.notices(), /"Lead" has two rules.*Nothing was saved/ );

	await screen.save( { 'Tag, rule 1': '' } );
	assert.equal( await screen.field( 'Tag, rule 1' ).inputValue(), 'Lead' );
	assert.equal( await screen.field( 'Role, rule 1' ).inputValue(), 'author' );
	assert.equal( await screen.field( 'Tag, rule 2' ).inputValue(), '' );
}

async function whatWouldHappenIsShown( screen ) {
	await addedBy( '', 'try@example.com' );
	await screen.open( 'try' );
	await screen.field( 'E-mail address or contact id' ).fill( 'try@example.com' );
	await screen.leave( () => screen.page.keyboard.press( 'Enter' ) );
	await screen.page.locator( '#agile-bridge-preview' ).getByText( 'would be created' ).waitFor();
	await screen.picture( 'try' );
	await screen.press( 'Do it now' );
	assert.match( await screen.notices(), /The event is stored, and processed at once/ );
	await screen.page.locator( '#agile-bridge-preview' ).getByText( 'linked by contact id' ).waitFor();
}

async function whatWasGivenUpIsProcessedAgain( screen ) {
	await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/index.php` );
	assert.match( await screen.notices(), /1 webhook was given up/ );
	await screen.open( 'advanced' );
	assert.match( await screen.status(), /1 given up · Activity$/ );
	assert.match( await screen.inbox(), /Waiting: 0\..*Given up: 1\./ );
	assert.match( await screen.page.locator( '#agile-bridge-given-up tbody' ).innerText(), /\d{10,}\s+add\s+.*Agile CRM/ );
	await screen.picture( 'given-up' );

	// Paused, so that it can be seen waiting.
	await screen.field( 'Store webhooks without processing them' ).check();
	await screen.save( {} );
	assert.match( await screen.notices(), /is paused.*0 webhooks wait/s );
	await screen.press( 'Process those given up again' );
	const notices = await screen.notices();
	assert.match( notices, /given up are stored anew/ );
	assert.match( notices, /is paused.*1 webhook waits; none is lost/s );
	assert.doesNotMatch( notices, /was given up/ );
	assert.match( await screen.inbox(), /Waiting: 1\..*Given up: 0\./ );
	assert.equal( await screen.button( 'Process those given up again' ).count(), 0 );
}

async function whatIsPausedWaits( screen ) {
	const add = await addedBy( await addUrl( screen ), 'paused@example.com' );
	assert.equal( await status( add ), 202 );
	await screen.open( 'advanced' );
	assert.match( await screen.status(), /^Paused.*last webhook .* ago · 2 waiting/ );
	assert.match( await screen.notices(), /is paused.*2 webhooks wait/s );
	await screen.picture( 'paused' );

	await screen.field( 'Store webhooks without processing them' ).uncheck();
	await screen.save( {} );
	assert.doesNotMatch( await screen.notices(), /is paused/ );
	// The next webhook brings all of them on.
	assert.equal( await status( add ), 202 );
	await screen.inboxSays( /Waiting: 0\. Processed in the last 14 days: 3\. Given up: 0\./ );
	assert.equal( await status( add ), 200 );
}

async function howManyAreProcessedAtOnce( screen ) {
	await screen.field( 'Processed at once' ).evaluate( ( field ) => field.removeAttribute( 'max' ) );
	await screen.save( { 'Processed at once': '65' } );
	assert.match( await screen.notices(), /a number from 0 to 64.*Nothing was saved/s );
	await screen.save( { 'Processed at once': '0' } );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.equal( await status( await addedBy( await addUrl( screen ), 'later@example.com' ) ), 202 );
	await screen.inboxSays( /Waiting: 0\./ );
	await screen.open( 'advanced' );
	await screen.field( 'Keep the values of fields that changed, with the activity' ).check();
	await screen.save( { 'Processed at once': '2' } );
	assert.ok( await screen.field( 'Keep the values of fields that changed, with the activity' ).isChecked() );
}

async function harmlessRolesForDeletedContacts( screen ) {
	await screen.open( 'users' );
	const choices = await screen.field( 'Deleted contacts' ).locator( 'option' ).allInnerTexts();
	assert.ok( choices.includes( 'Change nothing' ) && choices.includes( 'Set the role Subscriber' ), choices );
	assert.ok( ! choices.some( ( choice ) => choice.includes( 'Administrator' ) ), choices );
	await screen.field( 'Deleted contacts' ).selectOption( 'unlink' );
	await screen.save( {} );
	assert.equal( await screen.field( 'Deleted contacts' ).inputValue(), 'unlink' );
}

async function theDashboardSaysThatTheCrmRefusesUs( screen ) {
	const add = await addedBy( await addUrl( screen ), 'refused@example.com' );
	await setFaults( { unauthorized: 'json' } );
	assert.equal( await status( add ), 202 );
	const refusal = screen.page.locator( '.notice-error', { hasText: 'refuses the credentials' } );
	for ( const page of [ 'index.php', 'options-general.php?page=bridge-for-agile-crm' ] ) {
		await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/${ page }` );
		assert.match( await refusal.innerText(), /Since .*1 webhook waits; none is lost.*status 401/s, page );
	}
	await screen.picture( 'refused' );
	await screen.page.goto( `${ given( 'SITE_URL' ) }/wp-admin/plugins.php` );
	assert.equal( await refusal.count(), 0, 'nowhere else' );
	await setFaults( {} );
}

async function nothingIsTestedBeforeItIsConfigured( screen ) {
	await screen.connect();
	assert.match( await screen.status(), /^Not connected yet · next: enter your account below$/ );
	assert.match( await screen.notices(), /Not tested.*Missing or malformed: Subdomain, E-mail address, API key\./s );
}

async function badInputChangesNothing( screen ) {
	await screen.connect( { Subdomain: 'not a <b>subdomain</b>', 'E-mail address': given( 'CRM_EMAIL' ) } );
	assert.match( await screen.notices(), /"not a <b>subdomain<\/b>" is not an Agile CRM subdomain.*Nothing was saved/ );
	assert.equal( await screen.field( 'E-mail address' ).inputValue(), '' );
}

async function theAccountIsSaved( screen ) {
	await screen.connect( {
		Subdomain: ' https://Demo.agilecrm.com/#dashboard ',
		'E-mail address': given( 'CRM_EMAIL' ),
		'API key': given( 'CRM_API_KEY' ),
	} );
	const notices = await screen.notices();
	assert.ok( notices.includes( 'Tested: ' ) && notices.includes( given( 'CRM_EMAIL' ) ), notices );
	assert.equal( await screen.field( 'Subdomain' ).inputValue(), 'demo' );
	assert.equal( await screen.field( 'API key' ).inputValue(), '', 'a stored key is never shown' );
	assert.ok( ! ( await screen.page.content() ).includes( given( 'CRM_API_KEY' ) ), 'not even in the source' );

	assert.match( await screen.status(), /^Connected to "demo" as .* · no webhook yet/ );
	assert.match( await screen.page.locator( '#agile-bridge-checklist' ).innerText(), /3 of 5 done/ );
	await screen.picture( 'connected' );

	await screen.open( 'users' );
	await screen.field( 'The password itself' ).check();
	await screen.save( { 'Custom field': 'WP Password' } );
	await screen.connect();
	assert.match( await screen.notices(), /Tested: /, 'an empty field keeps the stored key' );
}

async function theConnectionTestTellsWhatIsWrong( screen ) {
	const cases = [
		[ { unauthorized: 'json' }, /status 401.*e-mail address and the API key do not fit/s ],
		[ { redirect: 'https://www.agilecrm.com/' }, /subdomain "demo" is wrong/ ],
		[ { hang_up: true }, /could not be reached or is out of order/ ],
		[ { stalled_headers: true }, /did not answer in time.*too slow/s ],
		[ { html_200: true }, /could not be reached or is out of order/ ],
	];
	for ( const [ faults, expected ] of cases ) {
		await setFaults( faults );
		await screen.connect();
		assert.match( await screen.notices(), expected );
		await screen.picture( `fault-${ Object.keys( faults )[ 0 ] }` );
	}
	await setFaults( {} );

	await screen.connect( { 'API key': 'not-the-key' } );
	assert.match( await screen.notices(), /status 401/ );
	await screen.open();
	assert.match( await screen.status(), /^The connection is not confirmed yet/, 'what was proven was another key' );
	await screen.connect( { 'API key': given( 'CRM_API_KEY' ) } );
}

async function copiedUrlsWork( screen ) {
	await screen.open( 'webhooks' );
	const shown = () => screen.page.locator( '#agile-bridge-recipe' ).innerText();
	const key = await screen.copy( 'access_key' );
	assert.match( key, /^[\w-]{43}$/ );
	assert.ok( ! ( await shown() ).includes( key ), 'nobody who looks over a shoulder sees it' );
	assert.equal( await screen.copy( 'URL' ), `${ given( 'SITE_URL' ) }/` );
	assert.equal( await screen.copy( 'wpf_action' ), 'add' );
	assert.equal( await screen.copy( 'contact_id' ), '{{id}}' );
	const form = new URLSearchParams( { wpf_action: 'test', access_key: key } );
	assert.equal( ( await fetch( `${ given( 'SITE_URL' ) }/`, { method: 'POST', body: form } ) ).status, 200 );
	await screen.picture( 'builder' );

	// What one chooses is shown at once, and the address of the page says it too.
	await screen.field( 'Only keep existing users current' ).check();
	await screen.field( 'Role' ).selectOption( 'author' );
	await screen.button( 'Copy: role' ).waitFor();
	assert.equal( await screen.copy( 'wpf_action' ), 'update' );
	assert.equal( await screen.copy( 'role' ), 'author' );
	await screen.field( 'The whole account: every contact that is created or changed' ).check();
	await screen.page.getByText( 'Admin Settings → API & Analytics → Webhooks, paste' ).waitFor();
	await screen.page.reload();
	assert.equal( await screen.copy( 'URL' ), `${ given( 'SITE_URL' ) }/?wpf_action=update&role=author&access_key=${ key }` );
	await screen.field( 'Only their tags' ).check();
	await screen.page.waitForURL( /do=update_tags/ );
	assert.ok( ! await screen.field( 'Role' ).isVisible(), 'a role would mean nothing' );
	assert.equal( await screen.copy( 'URL' ), webhook( 'update_tags', key ) );

	assert.equal( await addUrl( screen ), webhook( 'add', key ) );
	assert.equal( await status( webhook( 'test', key ) ), 200 );

	assert.equal( await status( webhook( 'test', 'a-wrong-key' ) ), 403 );
	await screen.open( 'webhooks' );
	assert.match( await screen.page.locator( '#agile-bridge-refusals' ).innerText(), /wrong access key at least 1 time today/ );
}

async function aKeyOfOnesOwn( screen ) {
	await screen.open( 'webhooks' );
	const former = asTest( await addUrl( screen ) );
	const bring = async ( key ) => {
		await screen.page.getByText( 'Use a key of your own' ).click();
		await screen.field( 'Key of your own' ).evaluate( ( field ) => field.removeAttribute( 'minlength' ) );
		await screen.field( 'Key of your own' ).fill( key );
		await screen.press( 'Use this key' );
	};
	await bring( 'short' );
	assert.match( await screen.notices(), /at least 8 characters.*Nothing was changed/s );

	await bring( 'short-but-works' );
	assert.match( await screen.notices(), /The key •+ is weak/ );
	assert.equal( await status( webhook( 'test', 'short-but-works' ) ), 200 );
	await screen.page.getByText( 'Revoke…' ).last().click();
	await screen.leave( () => screen.button( 'Revoke this key' ).last().click() );
	assert.match( await screen.notices(), /no longer valid/ );
	assert.deepEqual( [ await status( former ), await status( webhook( 'test', 'short-but-works' ) ) ], [ 403, 200 ] );
}

async function theFieldMap( screen ) {
	await screen.open( 'fields' );
	await screen.button( 'Add a field' ).click();
	await screen.button( 'Add a field' ).click();
	await screen.save( {
		'Agile CRM field, row 1': 'Plan "Plus"',
		'WordPress field, row 1': 'plan',
		'Agile CRM field, row 2': 'Rights',
		'WordPress field, row 2': 'wp_capabilities',
		'Agile CRM field, row 3': 'phone+work',
		'WordPress field, row 3': 'billing_phone',
	} );
	const notices = await screen.notices();
	assert.match( notices, /"Rights → wp_capabilities" was not saved.*Everything else was/ );
	assert.doesNotMatch( notices, /no longer valid/, 'what was done before is not told again' );
	await screen.picture( 'field-map' );
	assert.equal( await screen.field( 'Agile CRM field, row 1' ).inputValue(), 'Plan "Plus"' );
	assert.equal( await screen.field( 'WordPress field, row 2' ).inputValue(), 'wp_capabilities', 'nothing typed is lost' );

	await screen.open( 'fields' );
	assert.equal( await screen.field( 'WordPress field, row 2' ).inputValue(), 'billing_phone' );
	await screen.field( 'Type, row 1' ).selectOption( 'date' );
	await screen.field( 'When it is empty, row 1' ).selectOption( 'clear' );
	await screen.save( { 'Agile CRM field, row 2': '', 'WordPress field, row 2': '' } );
	assert.match( await screen.notices(), /Settings saved/ );
	assert.equal( await screen.field( 'Type, row 1' ).inputValue(), 'date' );
	assert.equal( await screen.field( 'When it is empty, row 1' ).inputValue(), 'clear' );
	assert.equal( await screen.field( 'WordPress field, row 2' ).inputValue(), '' );
}

async function everythingFitsOnAPhone( screen ) {
	await screen.page.setViewportSize( { width: 390, height: 800 } );
	for ( const tab of [ 'connect', 'webhooks', 'fields', 'users', 'try', 'advanced' ] ) {
		await screen.open( tab );
		const [ content, window ] = await screen.page.evaluate( () => [ document.documentElement.scrollWidth, innerWidth ] );
		assert.ok( content <= window, `${ tab }: ${ content } pixels wide on a window of ${ window }` );
		await screen.picture( `phone-${ tab }` );
	}
}

/** The address that creates users, as the tab Webhooks gives it. */
async function addUrl( screen ) {
	await screen.open( 'webhooks&way=get' );
	return screen.copy( 'URL' );
}

function webhook( action, key ) {
	return `${ given( 'SITE_URL' ) }/?wpf_action=${ action }&access_key=${ key }`;
}

/** The same URL with the action that changes nothing. */
function asTest( url ) {
	return url.replace( /wpf_action=\w+/, 'wpf_action=test' );
}

/** A webhook about a new contact. */
async function addedBy( url, email ) {
	const contact = { type: 'PERSON', properties: [ { type: 'SYSTEM', name: 'email', subtype: 'work', value: email } ], tags: [] };
	const answer = await sandbox( 'contacts', 'POST', contact );
	return `${ url }&contact_id=${ ( await answer.json() ).id }`;
}

async function status( url ) {
	return ( await fetch( url ) ).status;
}

async function setFaults( faults ) {
	assert.equal( ( await sandbox( 'faults', 'PUT', faults ) ).status, 204 );
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
await asAdmin( name, scenarios[ name ] );
