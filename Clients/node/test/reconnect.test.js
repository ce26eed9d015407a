// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { once } = require('node:events');
const { test } = require('node:test');
const { SharedWorker } = require('..');
const { ScriptedDaemon, folderFor } = require('../support/scriptedDaemon');
const { within } = require('../support/deadline');
const { listeningWorkerFor } = require('../support/workers');

test('a worker started before the daemon → one error that names the next step, then it connects', async t => {
  const socket = path.join(folderFor(t), 'p.sock');
  const { port, messages, troubles } = listeningWorkerFor(t, socket);
  const trouble = await troubles.next();
  assert.equal(trouble.type, 'error');
  assert.equal(trouble.code, 'ENOENT');
  assert.match(trouble.message, /Start it/);
  port.postMessage({ event: 'broadcast', data: { event: 'x' } });
  const daemon = await ScriptedDaemon.start(t, socket);
  const peer = await daemon.greeted();
  await messages.next('acknowledge');
  await peer.next('broadcast');
  assert.equal(troubles.mailbox.all.length, 1, 'the same error is reported once');
});

test('an error without a listener becomes a process warning', async t => {
  const warning = once(process, 'warning');
  const worker = new SharedWorker('w', { socket: path.join(folderFor(t), 'none') });
  t.after(() => worker.port.close());
  const [{ name, message }] = await within(warning, 'a warning');
  assert.equal(name, 'PartylineWarning');
  assert.match(message, /no socket at/);
});

test('onerror is called', async t => {
  const worker = new SharedWorker('w', { socket: path.join(folderFor(t), 'none') });
  t.after(() => worker.port.close());
  const trouble = await within(new Promise(resolve => (worker.onerror = resolve)), 'an error');
  assert.equal(trouble.code, 'ENOENT');
});

test('after a restart the new greeting and agent are delivered; there is one connection at a time', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages, troubles } = listeningWorkerFor(t, daemon.socket);
  await daemon.greeted({ id: 'a' });
  await messages.next('acknowledge');
  await daemon.stop();
  assert.equal((await troubles.next()).code, 'CLOSED');
  port.postMessage({ event: 'broadcast', data: { event: 'meanwhile' } });
  await daemon.listen();
  const peer = await daemon.greeted({ id: 'b' });
  peer.send('agent::update', { snapshot: {}, configuration: {} });
  assert.equal((await messages.next('acknowledge')).data.id, 'b');
  await messages.next('agent::update');
  await peer.next('broadcast');
  assert.equal(daemon.peers.length, 2);
});

test('a line cut off by the end of the connection is dropped without a messageerror', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { messages, losses } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted({ id: 'a' });
  await messages.next('acknowledge');
  peer.end('{"event":"whole"}\n{"event":"agent::update","data":{"sna');
  await messages.next('whole');
  await daemon.greeted({ id: 'b' });
  await messages.next('acknowledge', ({ data }) => data.id === 'b');
  assert.deepEqual(messages.events, ['acknowledge', 'whole', 'acknowledge']);
  assert.deepEqual(losses.mailbox.all, []);
});

test('another daemon takes over the connection → open requests are unavailable, configure is sent again', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted({ epoch: 'e1' });
  await messages.next('acknowledge');
  port.postMessage({ event: 'configure', data: { authToken: 't' } });
  port.postMessage({ event: 'api_request', data: { requestId: 5, method: 'acceptContact' } });
  await peer.next('api_request');
  await peer.next('configure');
  peer.raw('{"event":"agent::upd\n');
  peer.greet({ id: 'b', epoch: 'e2', resumed: true });
  const { data } = await messages.next('api_response');
  assert.equal(data.requestId, 5);
  assert.equal(JSON.parse(data.err).type, 'unavailable');
  assert.deepEqual((await peer.next('configure')).data, { authToken: 't' });
  assert.equal(daemon.peers.length, 1);
});

test('the connection is lost during a request → it is answered with unavailable and not sent again', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  port.postMessage({ event: 'api_request', data: { requestId: 'r1', method: 'acceptContact' } });
  await peer.next('api_request');
  peer.cut();
  const { data } = await messages.next('api_response');
  assert.equal(data.requestId, 'r1');
  assert.match(JSON.parse(data.err).message, /may have been carried out/);
  const next = await daemon.greeted();
  port.postMessage({ event: 'synchronize' });
  await next.next('synchronize');
  assert.deepEqual(next.events, ['synchronize']);
});

test('a request that cannot be sent in time → it is answered with unavailable and not sent', async t => {
  const socket = path.join(folderFor(t), 'p.sock');
  const { port, messages } = listeningWorkerFor(t, socket, { keep: { milliseconds: 20 } });
  port.postMessage({ event: 'api_request', data: { requestId: 1, method: 'acceptContact' } });
  port.postMessage({ event: 'tab_id', data: {} });
  const { data } = await messages.next('api_response');
  assert.match(JSON.parse(data.err).message, /away for 20 ms/);
  const daemon = await ScriptedDaemon.start(t, socket);
  const peer = await daemon.greeted();
  await peer.next('tab_id');
  assert.deepEqual(peer.events, ['tab_id']);
});

test('too many messages posted without a connection → messageerror', async t => {
  const { port, losses } = listeningWorkerFor(t, path.join(folderFor(t), 'none'), { keep: { messages: 1 } });
  port.postMessage({ event: 'one' });
  port.postMessage({ event: 'two' });
  assert.match((await losses.next()).message, /\(two\) was not sent: too much was posted/);
});

test('each partyline::bye → a message, an error with its reason, and a new connection', async t => {
  const reasons = { shutdown: /shutting down/, slow: /too many answers unread/, bad_lines: /100 bad messages/ };
  const daemon = await ScriptedDaemon.start(t);
  const { messages, troubles } = listeningWorkerFor(t, daemon.socket);
  for (const [reason, words] of Object.entries(reasons)) {
    const peer = await daemon.greeted();
    await messages.next('acknowledge');
    peer.send('partyline::bye', { reason });
    peer.end();
    assert.equal((await messages.next('partyline::bye')).data.reason, reason);
    const trouble = await troubles.next();
    assert.equal(trouble.code, reason);
    assert.match(trouble.message, words);
  }
});

test('a rejected connection → an error with the daemon\'s hint', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { troubles } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.peer();
  peer.send('partyline::error', { code: 'not_permitted', message: 'uid 7 may not', hint: 'add a rule' });
  peer.end();
  const trouble = await troubles.next();
  assert.equal(trouble.code, 'not_permitted');
  assert.match(trouble.message, /uid 7 may not \(add a rule\)/);
});

test('a daemon that closes each connection at once → the pauses grow', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const pauses = { first: 20, longest: 10_000 };
  listeningWorkerFor(t, daemon.socket, { reconnect: pauses });
  const times = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const peer = await daemon.greeted();
    times.push(performance.now());
    peer.end();
  }
  // 20, 40 and 80 ms, each at most 25 % shorter. On a busy machine only the lower bound is reliable.
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  assert.ok(times[3] - times[0] >= 105 - 5, `the attempts are too fast: ${gaps}`);
  assert.ok(gaps[2] >= 55, `the third pause is no longer than the first: ${gaps}`);
});

test('a worker closed during a pause does not reconnect', async t => {
  const socket = path.join(folderFor(t), 'p.sock');
  const { port, troubles } = listeningWorkerFor(t, socket);
  await troubles.next();
  port.close();
  const daemon = await ScriptedDaemon.start(t, socket);
  // When another worker has connected, the closed one would have connected as well.
  listeningWorkerFor(t, socket);
  await daemon.greeted();
  assert.equal(daemon.peers.length, 1);
});
