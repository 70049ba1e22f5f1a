<?php
// What the extension agile_bridge gives to PHP, for editors and analysers. Made by php/stubs.php; never loaded.

namespace AgileBridge;

/** The extension's version. */
const VERSION = '0.1.0';

/** The newest interface of a plugin that is served. */
const INTERFACE_NUMBER = 4;

/** The oldest one. A plugin whose number lies between, or is one more than the newest, takes this extension. */
const OLDEST_INTERFACE = 3;

/** A new access key: 43 URL-safe characters, 256 bits from the operating system. */
function generate_access_key(): string {}

/** A new password: 24 letters and digits from the operating system. */
function generate_password(): string {}

/**
 * Reads a raw request, checks its access key in constant time, and says what becomes of it. Never throws: its arguments
 * hold the access key, and arguments show in traces.
 *
 * @param string       $method       As the web server gave it.
 * @param string       $query        The raw query string.
 * @param string       $content_type The header, '' if none.
 * @param string       $body         At most 1 MiB + 1 byte; more than 1 MiB is too large.
 * @param list<string> $key_digests  The SHA-256 of each valid key, in lowercase hex.
 * @return array{ours: false}
 *       | array{ours: true, authentic: bool, refusal: array{status: int, code: string, message: string}}
 *       | array{ours: true, authentic: true, webhook: array{action: 'add'|'update'|'update_tags'|'test',
 *           contact_id: ?string, email: ?string, role: ?string, send_notification: ?bool, async: bool,
 *           ignored: 'deal_event'|'not_a_person'|null}}
 */
function receive_webhook(string $method, string $query, string $content_type, string $body, array $key_digests): array {}

/**
 * Reads a request that the plugin has kept while this extension was missing: it has checked the access key, and taken it out.
 * Says what receive_webhook() would have said of the request as it came. Never throws.
 *
 * @since interface 4
 *
 * @param string $method       As the web server gave it.
 * @param string $query        The raw query string, without the access key.
 * @param string $content_type The header, '' if none.
 * @param string $body         Without the access key; at most 1 MiB.
 * @return array{ours: false}
 *       | array{ours: true, authentic: bool, refusal: array{status: int, code: string, message: string}}
 *       | array{ours: true, authentic: true, webhook: array{action: 'add'|'update'|'update_tags'|'test',
 *           contact_id: ?string, email: ?string, role: ?string, send_notification: ?bool, async: bool,
 *           ignored: 'deal_event'|'not_a_person'|null}} authentic: false for a method that is not answered.
 */
function read_kept_webhook(string $method, string $query, string $content_type, string $body): array {}

/**
 * Contact + field map = user data. '' in data empties the user meta of that key.
 *
 * @param array<string, mixed> $contact   As AgileCrm::contact() gives it.
 * @param list<mixed>          $field_map The option agile_bridge_field_map.
 * @param string               $time_zone As wp_timezone_string() gives it.
 * @return array{data: array<string, string|list<string>>, text: list<string>, emails: list<string>, emails_whole: bool,
 *     email_problem: 'email_missing'|'email_invalid'|null, notes: list<string>} text: empty, for a plugin of
 *     interface 3; emails: the first 20 addresses, those that are valid, normalised; emails_whole: false where there is another
 *     one that nobody can read, or more than 20; notes: value_refused:<key>, password_refused
 */
function user_data(array $contact, array $field_map, string $time_zone): array {}

/**
 * The guards of the field map, for what a filter of the site returns.
 *
 * @param array<string, mixed> $data
 * @return array{data: array<string, string|list<string>>, notes: list<string>} notes: value_refused:<key>
 */
function guard_user_data(array $data): array {}

/**
 * The rules of a field map that work, and those that are left out, with reasons.
 *
 * @param list<mixed> $map
 * @return array{entries: list<array{crm: string, wp: string, type: string, when_empty: 'keep'|'clear'}>,
 *     refused: list<array{index: int, wp: string, reason: string}>}
 */
function check_field_map(array $map): array {}

/**
 * Logins to try in order when the e-mail cannot be the login; the last ones carry random letters.
 *
 * @return list<string> At most 60 bytes each, of a-z, 0-9, '.', '_' and '-'.
 */
function login_candidates(string $email, string $contact_id): array {}

/** The name the public sees, at most 250 characters; it never shows an e-mail address. */
function display_name(string $first_name, string $last_name, string $login): string {}

/** The address trimmed and ASCII lower-cased, or null if it is not a plain ASCII address of at most 100 characters. */
function normalize_email(string $email): ?string {}

/**
 * Seconds until an event that failed so often is tried again: 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, 24 h, each a fifth
 * shorter or longer at random.
 *
 * @param int  $attempts    Failed attempts so far, from 1.
 * @param ?int $retry_after Seconds that the CRM asked to wait: obeyed up to ten times the step and up to an hour, and never
 *                          undercut.
 * @return ?float Null after the seventh step: the event is dead.
 */
function retry_delay(int $attempts, ?int $retry_after = NULL): ?float {}

/**
 * The same for a contact named by an e-mail address that the search does not find, as it trails behind writes: 10 s, 1 min,
 * 5 min, then null.
 */
function not_found_delay(int $attempts): ?float {}

/** Agile CRM gave no usable answer. getCode() is the HTTP status to answer the webhook with. */
class Exception extends \Exception {}

/** Stop and tell the admin: subdomain, e-mail or API key are missing or malformed. 503. */
class NotConfigured extends \AgileBridge\Exception {}

/** Nothing to do: the account has no such contact. 404. */
class ContactNotFound extends \AgileBridge\Exception {}

/** Stop and tell the admin: Agile CRM refuses the credentials or does not know the subdomain. 502. */
class CrmUnauthorized extends \AgileBridge\Exception {}

/**
 * Ask in another way: the account does not list contacts by when they changed, see AgileCrm::changedBetween(). 502. As nobody
 * documents how an account says so, a status 500 counts, twice in a row: it may pass, so ask again another day.
 */
class FilterRefused extends \AgileBridge\Exception {}

/** Ask for less: a page of a list comes too slowly, or is too large. 502, or 504 for a time-out. */
class PageTooHeavy extends \AgileBridge\Exception {}

/** Try again later: no answer, or not one to build on. 502, or 504 for a time-out. */
class CrmUnavailable extends \AgileBridge\Exception {}

/** It is larger than is read: that is about this contact alone, and no outage. 502. */
class AnswerTooLarge extends \AgileBridge\CrmUnavailable {}

/**
 * One account of Agile CRM. All instances share the worker's kept-alive connections: one, or as many as fetches were ever
 * in flight at once.
 *
 * A contact is array{id: string, type: string, tags: ?list<string>, created_time: ?int, updated_time: ?int,
 * properties: ?list<array{type: string, name: string, subtype: ?string, value: ?string}>}; values are trimmed, times are
 * epoch seconds. tags and properties are null where the CRM did not say, or so that nobody can read it; so are a subtype and
 * a value that nobody can read. So is what is too much: more than 1,000 tags or one of more than 255 bytes, more than 2,000
 * properties, a value of more than 64 KiB; of e-mail addresses 21 are kept. Markup in tags is stripped. A contact in the CRM's
 * bin is none.
 */
final class AgileCrm {
	/**
	 * The contact with this id.
	 *
	 * @return array<string, mixed>
	 * @throws Exception
	 */
	public function contact(string $id): array {}

	/**
	 * The contact that carries this address.
	 *
	 * @return array<string, mixed>
	 * @throws Exception
	 */
	public function contactByEmail(string $email): array {}

	/**
	 * Begins to fetch a contact in the background, by its id or else by its address, and returns at once. Its time, 3 s and
	 * no later than the deadline of the settings, counts from here. Never throws: next() tells what is wrong, with an
	 * argument too.
	 *
	 * It goes on while any method waits. What has arrived while PHP was busy is read, however late.
	 *
	 * @param string  $key        The caller's name for it, given back by next().
	 * @param ?string $contact_id '' is none.
	 * @param ?string $email      '' is none.
	 */
	public function begin(string $key, ?string $contact_id = NULL, ?string $email = NULL): void {}

	/**
	 * Waits for whichever begun fetch is complete first; null if none is in flight. Never throws.
	 *
	 * @return array{key: string, contact: array<string, mixed>}
	 *       | array{key: string, error: 'not_configured'|'contact_not_found'|'crm_unauthorized'|'crm_unavailable',
	 *           message: string, status: int, retry_after: ?int, outage: bool}
	 *       | null status: as an exception's code; retry_after: seconds that the CRM asked to wait, at most 86400; outage:
	 *     it speaks of the CRM as a whole (a time-out, no connection, a 5xx or 429), not of this contact or request
	 */
	public function next(): ?array {}

	/** How many fetches were begun and not returned by next() yet. A forked child has none of its parent's. */
	public function pending(): int {}

	/**
	 * A page of people changed between two moments, in no order of change: ask until there is no cursor, and the next time
	 * from the moment when this list began. Who was never changed since they were created is not listed; nor is what is not
	 * whole. skipped: ids of contacts of more than 2 MiB, which are left out. Takes 10 s at most.
	 *
	 * @param int     $from      Milliseconds since the epoch.
	 * @param int     $until     The same for all pages of a list.
	 * @param ?string $cursor    Of the page before.
	 * @param ?int    $page_size 1 to 200; null is 200. Another one may go on with the same cursor.
	 * @return array{contacts: list<array<string, mixed>>, skipped: list<string>, cursor: ?string}
	 * @throws Exception
	 */
	public function changedBetween(int $from, int $until, ?string $cursor = NULL, ?int $page_size = NULL): array {}

	/**
	 * A page of all contacts, companies too, who was created last first.
	 *
	 * @param ?string $cursor    Of the page before.
	 * @param ?int    $page_size 1 to 200; null is 200.
	 * @return array{contacts: list<array<string, mixed>>, skipped: list<string>, cursor: ?string}
	 * @throws Exception
	 */
	public function newestContacts(?string $cursor = NULL, ?int $page_size = NULL): array {}

	/**
	 * The account's user whose API key it is: the connection test.
	 *
	 * @return array{email: ?string, name: ?string, domain: ?string}
	 * @throws Exception
	 */
	public function currentUser(): array {}

	/**
	 * The custom fields that the account has for contacts, at most 1,000, in the account's order. An account may refuse to tell.
	 *
	 * @since interface 4
	 *
	 * @return list<array{label: string, type: string}> label: the property's name; type: Agile CRM's word for it, such as `DATE`, ''
	 *     where nobody can read it.
	 * @throws Exception
	 */
	public function customFields(): array {}

	/** Null when stored, otherwise what went wrong. Never throws: the value is a password. */
	public function setCustomField(string $id, string $name, string $value): ?string {}

	/**
	 * Never throws: what is wrong with the settings is told by the first call.
	 *
	 * @param array{domain: string, email: string, api_key: string, api_url?: string, proxy?: string, deadline?: float} $settings
	 *     api_url: for development only; deadline: the microtime(true) by which every call has ended.
	 */
	public function __construct(array $settings) {}
}
