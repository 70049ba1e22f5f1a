// The page's only script. What contacts hold is written as text, never as HTML.
'use strict';

const $ = (id) => document.getElementById(id);
let picked = null;
let shown = '';

async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch('/sandbox/' + path, options);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function trouble(error) {
  $('trouble').textContent = error.message;
  $('trouble').hidden = false;
  setTimeout(() => { $('trouble').hidden = true; }, 5000);
}

const act = (work) => async (event) => {
  event.preventDefault();
  try { await work(event); await refresh(); } catch (error) { trouble(error); }
};

const values = (form) => Object.fromEntries(new FormData(form));
const list = (value) => (Array.isArray(value) ? value : []);

function property(contact, name) {
  const held = list(contact.properties).find((one) => one && one.name === name);
  return held ? String(held.value ?? '') : '';
}

function title(contact) {
  const name = [property(contact, 'first_name'), property(contact, 'last_name')].map((part) => part.trim()).join(' ').trim();
  return name || property(contact, 'name') || property(contact, 'email') || '(no name)';
}

// Contacts

function pick(id) {
  picked = id;
  shown = '';
  document.forms['run-node'].contact.value = id;
  refresh().catch(trouble);
}

function showContacts(all) {
  $('contact-rows').replaceChildren(...all.map(({ id, contact }) => el('tr',
    { class: id === picked ? 'pick picked' : 'pick', onclick: () => pick(id) },
    el('td', { class: 'name' }, title(contact), el('div', { class: 'quiet' }, property(contact, 'email'))),
    el('td', {}, String(contact.type ?? '')),
    el('td', {}, el('span', { class: 'tags' }, ...list(contact.tags).map((tag) => el('span', { class: 'tag' }, String(tag))))),
    el('td', {}, when(contact)))));
  const select = document.forms['run-node'].contact;
  const options = all.map(({ id, contact }) => el('option', { value: id, selected: id === select.value }, title(contact)));
  const before = select.value;
  select.replaceChildren(...options);
  if (all.some(({ id }) => id === before)) select.value = before;
}

function when(contact) {
  const time = contact.updated_time || contact.created_time;
  return time ? new Date(time * 1000).toLocaleTimeString() : '';
}

// Not drawn anew while it shows the same contact unchanged: somebody may be typing.
function showContact(all) {
  const held = all.find(({ id }) => id === picked);
  $('contact').hidden = !held;
  if (!held || shown === JSON.stringify(held)) return;
  shown = JSON.stringify(held);
  const { id, contact } = held;
  $('contact-title').textContent = title(contact);
  $('contact-id').textContent = id;
  $('property-rows').replaceChildren(...list(contact.properties).map((one) => {
    const input = el('input', { 'aria-label': one.name });
    input.value = String(one.value ?? '');
    const set = (value) => act(() => ask('POST', `contacts/${id}/property`,
      { type: one.type ?? '', name: one.name, subtype: one.subtype ?? '', value: value() }));
    input.addEventListener('change', set(() => input.value));
    return el('tr', {},
      el('td', { class: 'name' }, one.name, one.subtype ? el('span', { class: 'quiet' }, ' ' + one.subtype) : null),
      el('td', {}, input),
      el('td', {}, el('button', { class: 'plain', title: 'remove', onclick: set(() => '') }, '×')));
  }));
  $('tags').replaceChildren(...list(contact.tags).map((tag) => el('span', { class: 'tag' }, String(tag),
    el('button', { class: 'plain', title: 'remove',
      onclick: act(() => ask('DELETE', `contacts/${id}/tags/${encodeURIComponent(tag)}`)) }, '×'))));
}

$('create').addEventListener('submit', act(async ({ target }) => {
  const { email, first_name, last_name } = values(target);
  const properties = [{ type: 'SYSTEM', name: 'email', subtype: 'work', value: email },
    { type: 'SYSTEM', name: 'first_name', value: first_name }, { type: 'SYSTEM', name: 'last_name', value: last_name }];
  picked = (await ask('POST', 'contacts', { type: 'PERSON', tags: [], properties })).id;
  target.reset();
}));
$('delete').addEventListener('click', act(() => ask('DELETE', `contacts/${picked}`)));
$('add-property').addEventListener('submit', act(async ({ target }) => {
  await ask('POST', `contacts/${picked}/property`, values(target));
  target.reset();
}));
$('add-tag').addEventListener('submit', act(async ({ target }) => {
  await ask('PUT', `contacts/${picked}/tags/${encodeURIComponent(values(target).tag)}`);
  target.reset();
}));

// The campaign node

function parameter(name, value) {
  const row = el('tr', {},
    el('td', { class: 'name' }, el('input', { value: name, 'aria-label': 'Parameter' })),
    el('td', {}, el('input', { value, 'aria-label': 'Value' })),
    el('td', {}, el('button', { type: 'button', class: 'plain', title: 'remove', onclick: () => row.remove() }, '×')));
  $('parameter-rows').append(row);
}

$('add-parameter').addEventListener('click', () => parameter('', ''));
$('run-node').addEventListener('submit', act(async ({ target }) => {
  const parameters = [...$('parameter-rows').rows]
    .map((row) => [...row.querySelectorAll('input')].map((input) => input.value))
    .filter(([name]) => name !== '');
  const { url, method, contact } = values(target);
  sessionStorage.setItem('node', JSON.stringify({ url, method, parameters }));
  const delivery = await ask('POST', 'node', { url, method, contact, parameters });
  $('node-answer').replaceChildren(el('p', {}, outcome(delivery), ' ', branch(delivery)), el('pre', {}, answer(delivery)));
}));

// The webhook and the faults

$('set-webhook').addEventListener('submit', act(({ target }) => {
  if (target.url.value === '') return ask('DELETE', 'webhook');
  return ask('PUT', 'webhook', { url: target.url.value, contact: target.contact.checked, deal: target.deal.checked });
}));
$('set-faults').addEventListener('submit', act(({ target }) => ask('PUT', 'faults', JSON.parse(target.faults.value))));
$('clear-faults').addEventListener('click', act(async () => { await ask('DELETE', 'faults'); await showFaults(); }));

async function showFaults() {
  document.forms['set-faults'].faults.value = JSON.stringify(await ask('GET', 'faults'), null, 1);
}

// The log

function outcome(delivery) {
  const good = delivery.status !== null && delivery.status < 400;
  return el('span', { class: 'badge ' + (good ? 'good' : 'bad') }, delivery.status === null ? 'no answer' : String(delivery.status));
}

// Only a campaign has branches.
function branch(delivery) {
  if (delivery.sender !== 'node') return '';
  return el('span', { class: 'badge ' + (delivery.branch === 'success' ? 'good' : 'bad') }, delivery.branch);
}

function answer(delivery) {
  if (delivery.error) return delivery.error;
  return pretty(delivery.body).slice(0, 8000) || '(empty)';
}

function showLog(deliveries) {
  const open = new Set([...$('log-rows').querySelectorAll('details[open]')].map((one) => one.dataset.place));
  const rows = deliveries.map((delivery, place) => {
    const fold = (name, label, text) => el('details', { 'data-place': place + name, open: open.has(place + name) ? '' : false },
      el('summary', {}, label), el('pre', {}, text));
    const from = { node: 'Campaign node', webhook: delivery.subject, hand: delivery.subject + ' (by hand)' }[delivery.sender];
    const short = delivery.error || (delivery.body.length <= 200 ? delivery.body.trim() : '');
    return el('tr', {},
      el('td', {}, from),
      el('td', {}, `${delivery.method} ${delivery.url}`, delivery.sent ? fold('sent', 'body', pretty(delivery.sent)) : null),
      el('td', {}, outcome(delivery), ' ', delivery.message ?? '', short
        ? el('div', {}, el('code', {}, short)) : fold('body', 'answer', answer(delivery))),
      el('td', {}, branch(delivery)),
      el('td', { class: 'number' }, String(delivery.elapsed_ms)));
  });
  $('log-rows').replaceChildren(...rows.reverse().slice(0, 100));
  if (rows.length === 0) {
    $('log-rows').replaceChildren(el('tr', {}, el('td', { colspan: 5, class: 'quiet' }, 'Nothing yet.')));
  }
}

// A number of 17 digits would be rounded by a browser: such text stays as it came.
function pretty(text) {
  if (/\d{17}/.test(text)) return text;
  try { return JSON.stringify(JSON.parse(text), null, 1); } catch { return text; }
}

$('clear-log').addEventListener('click', act(() => ask('DELETE', 'deliveries')));

let logged = '';
async function refresh() {
  const [all, deliveries, counts] = await Promise.all([ask('GET', 'contacts'), ask('GET', 'deliveries'), ask('GET', 'counts')]);
  showContacts(all);
  showContact(all);
  if (logged !== JSON.stringify(deliveries)) {
    logged = JSON.stringify(deliveries);
    showLog(deliveries);
  }
  $('total').textContent = counts.total;
  $('connections').textContent = counts.connections_opened;
  $('most').textContent = counts.in_flight_max;
}

// A node for the site that the webhook names, with the same access key.
function guess(url) {
  const key = url ? url.searchParams.get('access_key') || '' : '';
  return { url: url ? url.origin + url.pathname : '', method: 'GET',
    parameters: [['wpf_action', 'add'], ['access_key', key], ['contact_id', '{{id}}']] };
}

async function begin() {
  const account = await ask('GET', 'account');
  $('account').textContent = `${account.domain} · ${account.email}`;
  const webhook = await ask('GET', 'webhook');
  if (webhook) {
    const form = document.forms['set-webhook'];
    form.url.value = webhook.url;
    form.contact.checked = webhook.contact;
    form.deal.checked = webhook.deal;
  }
  const names = (await ask('GET', 'custom-fields')).map((field) => field.field_label);
  $('field-names').replaceChildren(...names.map((name) => el('option', { value: name })));
  const kept = JSON.parse(sessionStorage.getItem('node') || 'null');
  const node = kept || guess(webhook ? new URL(webhook.url) : null);
  document.forms['run-node'].url.value = node.url;
  document.forms['run-node'].method.value = node.method;
  node.parameters.forEach(([name, value]) => parameter(name, value));
  const first = (await ask('GET', 'contacts'))[0];
  picked = first ? first.id : null;
  await showFaults();
  await refresh();
  setInterval(() => refresh().catch(trouble), 1500);
}

begin().catch(trouble);
