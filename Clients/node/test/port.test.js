// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { SharedWorker } = require('..');
const { ScriptedDaemon, folderFor } = require('../support/scriptedDaemon');
const { mailboxOf } = require('../support/mailbox');
const { within } = require('../support/deadline');
const { workerFor, listeningWorkerFor } = require('../support/workers');

test('a worker is made with a url and a name, or options', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { worker } = workerFor(t, daemon.socket, { name: 'ConnectSharedWorker' });
  assert.equal(worker.name, 'ConnectSharedWorker');
  process.env.PARTYLINE_SOCKET = daemon.socket;
  t.after(() => delete process.env.PARTYLINE_SOCKET);
  const named = new SharedWorker(new URL('https://localhost/worker.js'), 'ConnectSharedWorker');
  t.after(() => named.port.close());
  assert.equal(named.name, 'ConnectSharedWorker');
  assert.ok(named.port instanceof EventTarget && named instanceof EventTarget);
  await daemon.greeted();
  await daemon.greeted();
});

test('without a socket path, new SharedWorker throws an error that names PARTYLINE_SOCKET', t => {
  const { PARTYLINE_SOCKET, XDG_RUNTIME_DIR } = process.env;
  t.after(() => Object.assign(process.env, JSON.parse(JSON.stringify({ PARTYLINE_SOCKET, XDG_RUNTIME_DIR }))));
  delete process.env.PARTYLINE_SOCKET;
  delete process.env.XDG_RUNTIME_DIR;
  assert.throws(() => new SharedWorker('worker.js', 'x'), /Set PARTYLINE_SOCKET/);
});

test('messages are held until start and delivered in order as message events', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const seen = [];
  port.addEventListener('message', event => seen.push(event));
  const peer = await daemon.greeted();
  peer.send('one', { a: 1 });
  // When another, started port has received its message, this port would have received its own as well.
  const { messages: others } = listeningWorkerFor(t, daemon.socket);
  (await daemon.greeted()).send('other');
  await others.next('other');
  assert.equal(seen.length, 0);
  const messages = mailboxOf(port);
  await messages.next('one');
  assert.deepEqual(messages.events, ['acknowledge', 'one']);
  assert.deepEqual(seen.map(event => event.type), ['message', 'message']);
  assert.deepEqual(seen[1].data, { event: 'one', data: { a: 1 } });
});

test('a port that is not started stops reading at its limit; start delivers everything', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  const total = 5000;
  for (let index = 0; index < total; index += 1) peer.send('filler', { index });
  const messages = mailboxOf(port);
  await messages.next('filler', ({ data }) => data.index === total - 1);
  assert.equal(messages.all.length, total + 1);
});

test('onmessage starts the port and can be replaced and removed', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const first = [];
  assert.equal(port.onmessage, null);
  port.onmessage = event => first.push(event.data.event);
  const peer = await daemon.greeted();
  peer.send('one');
  const messages = mailboxOf(port);
  await messages.next('one');
  const second = [];
  port.onmessage = event => second.push(event.data.event);
  peer.send('two');
  await messages.next('two');
  port.onmessage = null;
  peer.send('three');
  await messages.next('three');
  assert.deepEqual([first, second], [['acknowledge', 'one'], ['two']]);
});

test('a listener added twice is called once, and not after its removal', t => {
  const { port } = workerFor(t, path.join(folderFor(t), 'none'));
  let calls = 0;
  const listener = () => (calls += 1);
  port.addEventListener('message', listener);
  port.addEventListener('message', listener);
  port.dispatchEvent(new MessageEvent('message', { data: 1 }));
  port.removeEventListener('message', listener);
  port.dispatchEvent(new MessageEvent('message', { data: 1 }));
  assert.equal(calls, 1);
});

test('a handler\'s microtasks run before the next message is delivered', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const order = [];
  const done = new Promise(resolve => {
    port.onmessage = async ({ data }) => {
      order.push(`${data.event} begins`);
      await null;
      order.push(`${data.event} ends`);
      if (data.event === 'two') resolve();
    };
  });
  const peer = await daemon.greeted();
  peer.raw('{"event":"one"}\n{"event":"two"}\n');
  await within(done, 'both messages');
  assert.deepEqual(order.slice(2), ['one begins', 'one ends', 'two begins', 'two ends']);
});

test('messages posted before the greeting are sent after it, in order', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  port.postMessage({ event: 'configure', data: { at: new Date(0), absent: undefined } });
  port.postMessage({ event: 'tab_id' });
  const peer = await daemon.peer();
  assert.deepEqual(peer.all, []);
  peer.greet();
  await peer.next('tab_id');
  assert.deepEqual(peer.all, [{ event: 'configure', data: { at: '1970-01-01T00:00:00.000Z' } }, { event: 'tab_id' }]);
});

test('changing a message after postMessage has no effect', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const message = { event: 'broadcast', data: { event: 'x' } };
  port.postMessage(message);
  message.data.event = 'y';
  const peer = await daemon.greeted();
  assert.equal((await peer.next('broadcast')).data.event, 'x');
});

test('a message that cannot be cloned throws DataCloneError, the connection stays open', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  assert.throws(() => port.postMessage({ event: 'x', data: () => {} }), { name: 'DataCloneError' });
  assert.throws(() => port.postMessage({ event: 'x' }, [new ArrayBuffer(1)]), { name: 'DataCloneError' });
  port.postMessage({ event: 'x' }, []);
  assert.deepEqual(await peer.next('x'), { event: 'x' });
});

test('close sends the posted messages and close, ends the connection, and delivers no more messages', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages, troubles } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  await messages.next('acknowledge');
  port.postMessage({ event: 'broadcast', data: { event: 'last' } });
  port.close();
  port.close();
  port.postMessage({ event: 'late' });
  peer.send('late');
  peer.end();
  await peer.gone();
  assert.deepEqual(peer.events, ['broadcast', 'close']);
  assert.deepEqual(messages.events, ['acknowledge']);
  assert.equal(daemon.peers.length, 1);
  assert.deepEqual(troubles.mailbox.all, []);
});

test('a page that posts close and then closes its port, as Streams does, sends close once', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  await messages.next('acknowledge');
  port.postMessage({ event: 'close' });
  port.close();
  await peer.gone();
  assert.deepEqual(peer.events, ['close']);
});

test('a port closed before the greeting still sends the posted messages', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port } = workerFor(t, daemon.socket);
  port.postMessage({ event: 'broadcast', data: { event: 'x' } });
  port.close();
  const peer = await daemon.greeted();
  await peer.gone();
  assert.deepEqual(peer.events, ['broadcast', 'close']);
});

test('timestamps are Date objects in agent::update and in answers', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  const at = '2026-11-20T20:33:29.243Z';
  peer.send('agent::update', { snapshot: { snapshotTimestamp: at, contacts: [] }, configuration: {} });
  const update = await messages.next('agent::update');
  assert.deepEqual(update.data.snapshot.snapshotTimestamp, new Date(at));
  port.postMessage({ event: 'api_request', data: { requestId: 1, method: 'getNewAuthToken' } });
  await peer.next('api_request');
  peer.send('api_response', { requestId: 1, data: { expirationDateTime: at }, err: null });
  assert.deepEqual((await messages.next('api_response')).data.data.expirationDateTime, new Date(at));
});

test('a line that is not a message → messageerror, the connection stays open', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { messages, losses } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted();
  peer.raw('{"event":"agent::upd\n[]\n{"event":"one"}\n');
  await messages.next('one');
  assert.deepEqual(losses.mailbox.all.map(event => event.data), ['{"event":"agent::upd', '[]']);
  assert.match(losses.mailbox.all[0].message, /could not be read and was dropped/);
});

test('a message that is longer than the daemon accepts → its request fails with line_too_long at once, nothing is sent', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { port, messages, losses } = listeningWorkerFor(t, daemon.socket);
  const peer = await daemon.greeted({ lineBytes: 200 });
  await messages.next('acknowledge');
  const params = { text: 'x'.repeat(200) };
  port.postMessage({ event: 'api_request', data: { requestId: 1, method: 'sendClientLogs', params } });
  const { data } = await messages.next('api_response');
  assert.equal(data.requestId, 1);
  assert.equal(JSON.parse(data.err).type, 'line_too_long');
  port.postMessage({ event: 'partyline::request', data: { requestId: 2, method: 'call', params } });
  const answer = await messages.next('partyline::response');
  assert.deepEqual([answer.data.err.code, answer.data.err.retryable], ['line_too_long', false]);
  port.postMessage({ event: 'broadcast', data: { event: 'x', data: params } });
  assert.match((await losses.next()).message, /\(broadcast\) was not sent: it is 2\d\d bytes long/);
  port.postMessage({ event: 'synchronize' });
  await peer.next('synchronize');
  assert.deepEqual(peer.events, ['synchronize']);
});
