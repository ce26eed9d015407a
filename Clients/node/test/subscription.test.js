// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { RequestError, Subscription } = require('..');
const { ScriptedDaemon, folderFor } = require('../support/scriptedDaemon');
const { within } = require('../support/deadline');

function subscribe(t, socket, patterns, options) {
  const troubles = [];
  const subscription = new Subscription(patterns, {
    socket, onTrouble: trouble => troubles.push(trouble), reconnect: { first: 1, longest: 10 }, ...options,
  });
  t.after(() => subscription.close());
  const next = async () => (await within(subscription.next(), 'an event')).value;
  return { subscription, troubles, next };
}

/** Awaits the next `subscribe` of the client and answers it. */
async function accept(peer, data) {
  const { data: request } = await peer.next('partyline::request', ({ data }) => data.method === 'subscribe');
  peer.send('partyline::response', { requestId: request.requestId, data, err: null });
  return request.params;
}

const line = (peer, members) => peer.raw(JSON.stringify(members) + '\n');

test('subscribes with the options, and yields the answer, what was there already, and events with their marks', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next, subscription } = subscribe(t, daemon.socket, ['contact::*'], { existing: true, mode: 'latest' });
  const peer = await daemon.greeted();
  peer.send('update_connected_ccps', { length: 1 });
  peer.send('agent::update', { snapshot: {} });
  const params = await accept(peer, { clock: 'c1', fresh: true, stale: true });
  assert.deepEqual(params, { events: ['contact::*'], mode: 'latest', existing: true });
  assert.deepEqual(await next(), { event: 'partyline::subscribed', data: { clock: 'c1', fresh: true, stale: true } });
  const existing = { event: 'contact::init', data: { contactId: '1' }, existing: true };
  line(peer, existing);
  assert.deepEqual(await next(), existing);
  assert.equal(subscription.clock, 'c1');
  const event = { event: 'contact::ended', data: {}, by: { port: 'p', program: 'crm' }, clock: 'c2', time: 't' };
  peer.send('api_metric', {});
  line(peer, event);
  assert.deepEqual(await next(), event, 'lines without a clock are no events of the subscription');
  assert.equal(subscription.clock, 'c2');
});

test('a lost connection → subscribes again since the last clock; lines before the answer do not count', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next, troubles } = subscribe(t, daemon.socket, 'agent::*');
  let peer = await daemon.greeted();
  await accept(peer, { clock: 'c1', fresh: true });
  await next();
  line(peer, { event: 'agent::acw', data: {}, clock: 'c2', time: 't' });
  await next();
  peer.end('{"event":"agent::rout');
  peer = await daemon.greeted({ epoch: 'e2' });
  line(peer, { event: 'agent::acw', data: 'of another subscription', clock: 'c9', time: 't' });
  assert.equal((await accept(peer, { clock: 'c2', fresh: false })).since, 'c2');
  assert.deepEqual(await next(), { event: 'partyline::subscribed', data: { clock: 'c2', fresh: false } });
  assert.deepEqual(troubles.map(({ code }) => code), ['CLOSED']);
});

test('another daemon takes over the connection → subscribes again since the last clock', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next } = subscribe(t, daemon.socket, 'agent::*');
  const peer = await daemon.greeted();
  await accept(peer, { clock: 'c1', fresh: true });
  await next();
  peer.raw('\n');
  peer.greet({ epoch: 'e2', resumed: true });
  assert.equal((await accept(peer, { clock: 'c1', fresh: false })).since, 'c1');
  assert.equal((await next()).data.fresh, false);
});

test('partyline::lagged is yielded, and its clock is the one to resume from', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next, subscription } = subscribe(t, daemon.socket, '*');
  const peer = await daemon.greeted();
  await accept(peer, { clock: 'c1', fresh: true });
  await next();
  peer.send('partyline::lagged', { from: 'c2', to: 'c8', fresh: true, clock: 'c8' });
  assert.equal((await next()).event, 'partyline::lagged');
  assert.equal(subscription.clock, 'c8');
});

test('a refused subscription → next() throws the error with its hint, once, then the iteration has ended', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription } = subscribe(t, daemon.socket, 'a*b');
  const peer = await daemon.greeted();
  const { data } = await peer.next('partyline::request');
  const err = { code: 'invalid_params', message: 'no such pattern', hint: 'try agent::*', retryable: false };
  peer.send('partyline::response', { requestId: data.requestId, data: null, err });
  await assert.rejects(subscription.next(), error => {
    assert.ok(error instanceof RequestError);
    assert.equal(error.message, 'no such pattern (try agent::*)');
    assert.equal(error.code, 'invalid_params');
    return true;
  });
  assert.deepEqual(await subscription.next(), { done: true, value: undefined });
  await peer.gone();
});

test('a subscription that may succeed later is tried again after the time that the daemon gives', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next, troubles } = subscribe(t, daemon.socket, '*');
  const peer = await daemon.greeted();
  const { data } = await peer.next('partyline::request');
  const err = { code: 'too_many', message: 'too fast', retryable: true, retryAfterMs: 1 };
  peer.send('partyline::response', { requestId: data.requestId, data: null, err });
  await accept(peer, { clock: 'c1', fresh: true });
  await next();
  assert.deepEqual(troubles.map(({ code }) => code), ['too_many']);
});

test('request: data, the error of the daemon, unavailable for a lost connection', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription } = subscribe(t, daemon.socket, '*');
  const seat = subscription.request('getSeat');
  const peer = await daemon.greeted();
  const asked = await peer.next('partyline::request', ({ data }) => data.method === 'getSeat');
  peer.send('partyline::response', { requestId: asked.data.requestId, data: { seat: {} }, err: null });
  assert.deepEqual(await seat, { seat: {} });
  const patch = subscription.request('updateSettings', { patch: 1 });
  const refused = await peer.next('partyline::request', ({ data }) => data.method === 'updateSettings');
  assert.deepEqual(refused.data.params, { patch: 1 });
  const err = { code: 'not_permitted', message: 'no', retryable: false };
  peer.send('partyline::response', { requestId: refused.data.requestId, data: null, err });
  await assert.rejects(patch, { code: 'not_permitted' });
  const lost = subscription.request('sync');
  await peer.next('partyline::request', ({ data }) => data.method === 'sync');
  peer.cut();
  await assert.rejects(lost, { code: 'unavailable', retryable: true });
});

test('leaving the loop closes the connection; requests that are open and later ones are rejected', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription } = subscribe(t, daemon.socket, '*');
  const peer = await daemon.greeted();
  const open = assert.rejects(subscription.request('sync'), { code: 'unavailable' });
  await accept(peer, { clock: 'c1', fresh: true });
  for await (const { event } of subscription) {
    assert.equal(event, 'partyline::subscribed');
    break;
  }
  await open;
  await peer.gone();
  await assert.rejects(subscription.request('sync'), { code: 'unavailable' });
  assert.equal((await subscription.next()).done, true);
});

test('a reader that waits while the subscription is closed → the iteration ends', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription } = subscribe(t, daemon.socket, '*');
  const readers = [subscription.next(), subscription.next()];
  subscription.close();
  for (const { done } of await within(Promise.all(readers), 'the end')) assert.equal(done, true);
});

/** A program that has more events than it reads: the daemon's end of the connection is full. */
async function behind(t) {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription, next } = subscribe(t, daemon.socket, '*');
  const peer = await daemon.greeted();
  await accept(peer, { clock: 'c0', fresh: true });
  await next();
  const count = 20_000;
  const data = 'x'.repeat(1000);
  for (let i = 1; i <= count; i += 1) line(peer, { event: 'x', data, clock: `c${i}`, time: 't' });
  await within(peer.stalled(), 'the connection is full');
  return { subscription, next, peer, count };
}

test('a program that reads slowly → the daemon has to wait, and nothing is lost', async t => {
  const { subscription, next, count } = await behind(t);
  assert.notEqual(subscription.clock, `c${count}`);
  for (let i = 1; i <= count; i += 1) assert.equal((await next()).clock, `c${i}`);
});

test('a program that is behind gets the answer to its request', async t => {
  const { subscription, next, peer, count } = await behind(t);
  const answer = subscription.request('getSeat');
  const asked = await peer.next('partyline::request', ({ data }) => data.method === 'getSeat');
  peer.send('partyline::response', { requestId: asked.data.requestId, data: { seat: {} }, err: null });
  assert.deepEqual(await within(answer, 'the answer'), { seat: {} });
  for (let i = 1; i <= count; i += 1) assert.equal((await next()).clock, `c${i}`);
});

test('a request that cannot be sent fails at once: too long, too many, no JSON', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription } = subscribe(t, daemon.socket, '*', { keep: { messages: 2 } });
  const kept = [1, 2].map(() => subscription.request('sync'));
  for (const request of kept) request.catch(() => {});
  await assert.rejects(subscription.request('sync'), { code: 'unavailable' });
  await assert.rejects(subscription.request('call', { method: () => 1 }), { name: 'DataCloneError' });
  const peer = await daemon.greeted({ lineBytes: 1000 });
  await accept(peer, { clock: 'c1', fresh: true });
  await assert.rejects(subscription.request('call', { method: 'x'.repeat(2000) }), { code: 'line_too_long' });
  await assert.rejects(subscription.request('subscribe', { events: ['*'] }), TypeError);
  assert.throws(() => new Subscription([() => 1], { socket: daemon.socket }), { name: 'DataCloneError' });
});

test('a lag of the Streams dialect, before the answer to subscribe, does not count', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { next } = subscribe(t, daemon.socket, '*');
  let peer = await daemon.greeted();
  await accept(peer, { clock: 'c5', fresh: true });
  await next();
  peer.cut();
  peer = await daemon.greeted();
  peer.send('partyline::lagged', { from: 'a', to: 'b' });
  assert.equal((await accept(peer, { clock: 'c5', fresh: false })).since, 'c5');
  assert.equal((await next()).event, 'partyline::subscribed');
});

test('setLogs: the entries arrive, and a new connection asks for them again', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { subscription, next } = subscribe(t, daemon.socket, 'x');
  let peer = await daemon.greeted();
  await accept(peer, { clock: 'c1', fresh: true });
  await next();
  const accepted = subscription.request('setLogs', { level: 'info' });
  const { data } = await peer.next('partyline::request', ({ data }) => data.method === 'setLogs');
  peer.send('partyline::response', { requestId: data.requestId, data: { level: 'info' }, err: null });
  await accepted;
  peer.send('log', { text: 'a line' });
  assert.deepEqual(await next(), { event: 'log', data: { text: 'a line' } });
  peer.cut();
  peer = await daemon.greeted();
  await accept(peer, { clock: 'c1', fresh: false });
  const again = await peer.next('partyline::request', ({ data }) => data.method === 'setLogs');
  assert.deepEqual(again.data.params, { level: 'info' });
});

test('without a daemon → a process warning by default; the socket path is found as for SharedWorker', async t => {
  const warning = new Promise(resolve => process.once('warning', resolve));
  const subscription = new Subscription('*', { socket: path.join(folderFor(t), 'none') });
  t.after(() => subscription.close());
  const { name, code } = await within(warning, 'a warning');
  assert.deepEqual([name, code], ['PartylineWarning', 'ENOENT']);
});
