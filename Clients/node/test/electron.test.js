// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { test } = require('node:test');
const { bridgeRenderer, preloadPath } = require('../electron');
const { relay, pageScript } = require('../preload');
const { ScriptedDaemon, folderFor } = require('../support/scriptedDaemon');
const { FakeMessageChannelMain, FakeContents, FakeWindow, fakeIpcRenderer } = require('../support/fakeElectron');
const { mailboxOf, eventsOf } = require('../support/mailbox');

/** The globals of a page that the page's half of the bridge uses. There are no globals of Node. */
const pageGlobals = { EventTarget, Event, MessageEvent, DOMException, structuredClone, setTimeout, clearTimeout };

/** A window with the preload script and, by default, a bridge in the main process. */
function openWindow(test, { socket, senderFrame, bridge = true, globals = {}, native, ...options }) {
  const contents = new FakeContents();
  const reconnect = { first: 5, longest: 20 };
  const settings = { socket, MessageChannelMain: FakeMessageChannelMain, reconnect, ...options };
  const handle = bridge ? bridgeRenderer({ webContents: contents }, settings) : { close() {} };
  test.after(handle.close);
  const page = new FakeWindow();
  page.SharedWorker = native;
  relay(page, fakeIpcRenderer(contents, senderFrame));
  vm.runInNewContext(pageScript(), { ...pageGlobals, ...globals, window: page });
  return { contents, page, handle };
}

test('a page posts and receives messages, gets Date objects, and closes', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const worker = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  worker.port.postMessage({ event: 'configure', data: { at: new Date(0) } });
  const messages = mailboxOf(worker.port);
  const peer = await daemon.greeted();
  assert.equal((await peer.next('configure')).data.at, '1970-01-01T00:00:00.000Z');
  await messages.next('acknowledge');
  peer.send('agent::update', { snapshot: { snapshotTimestamp: '2026-11-20T20:33:29.243Z' } });
  const update = await messages.next('agent::update');
  assert.deepEqual(update.data.snapshot.snapshotTimestamp, new Date('2026-11-20T20:33:29.243Z'));
  worker.port.postMessage({ event: 'close' });
  worker.port.close();
  await peer.gone();
  assert.deepEqual(peer.events, ['configure', 'close']);
});

test('onmessage starts the page\'s port', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const worker = new page.SharedWorker('worker.js', { name: 'ConnectSharedWorker' });
  const greeting = new Promise(resolve => (worker.port.onmessage = resolve));
  await daemon.greeted({ id: 'p' });
  assert.equal((await greeting).data.data.id, 'p');
  worker.port.close();
});

test('each worker has its own connection', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const workers = [1, 2].map(() => new page.SharedWorker('worker.js', 'ConnectSharedWorker'));
  const mailboxes = workers.map(worker => mailboxOf(worker.port));
  await daemon.greeted();
  await daemon.greeted();
  for (const mailbox of mailboxes) await mailbox.next('acknowledge');
});

test('shared workers with other names are created by the browser', t => {
  class Native {
    constructor(...given) {
      this.given = given;
    }
  }
  const { page } = openWindow(t, { socket: '/none', native: Native });
  assert.deepEqual(new page.SharedWorker('other.js', 'Other').given, ['other.js', 'Other']);
});

test('the daemon is not running → an error event of the page\'s worker', async t => {
  const { page } = openWindow(t, { socket: path.join(folderFor(t), 'none') });
  const worker = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  const troubles = eventsOf(worker, 'error');
  worker.port.start();
  const trouble = await troubles.next();
  assert.equal(trouble.code, 'ENOENT');
  assert.match(trouble.message, /Start it/);
});

test('a value that crosses processes but not the socket → messageerror', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const worker = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  const losses = eventsOf(worker.port, 'messageerror');
  worker.port.start();
  worker.port.postMessage({ event: 'x', data: new Map() });
  worker.port.postMessage({ event: 'y' });
  assert.match((await losses.next()).message, /message\.data is a Map/);
  const peer = await daemon.greeted();
  await peer.next('y');
});

test('a message that cannot be cloned throws in the page, before and after the port arrives', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const { port } = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  assert.throws(() => port.postMessage({ event: 'x', data: () => {} }), { name: 'DataCloneError' });
  const messages = mailboxOf(port);
  await daemon.greeted();
  await messages.next('acknowledge');
  assert.throws(() => port.postMessage({ event: 'x', data: () => {} }), { name: 'DataCloneError' });
  assert.throws(() => port.postMessage({ event: 'x' }, [new ArrayBuffer(1)]), { name: 'DataCloneError' });
});

test('an embedded frame gets a port only if `allow` permits it', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const contents = new FakeContents();
  const frame = { parent: {}, postMessage: (...message) => contents.postMessage(...message) };
  const refused = [];
  const options = { socket: daemon.socket, MessageChannelMain: FakeMessageChannelMain };
  contents.renderer.on('partyline:refused', (event, answer) => refused.push(answer));
  const first = bridgeRenderer(contents, options);
  t.after(first.close);
  contents.ipc.emit('partyline:connect', { senderFrame: frame }, { id: 'i', name: '' });
  assert.equal(refused[0].id, 'i');
  assert.match(refused[0].message, /allow/);
  first.close();
  const second = bridgeRenderer(contents, { ...options, allow: event => event.senderFrame === frame });
  t.after(second.close);
  contents.ipc.emit('partyline:connect', { senderFrame: frame }, { id: 'i', name: '' });
  await daemon.peer();
  assert.equal(refused.length, 1);
});

test('`allow` rejects the page → an error event of its worker', async t => {
  const { page } = openWindow(t, { socket: '/none', allow: () => false });
  const worker = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  assert.equal((await eventsOf(worker, 'error').next()).code, 'not_permitted');
});

test('no bridge in the main process → an error event with code no_bridge', async t => {
  const globals = { setTimeout: setImmediate, clearTimeout: clearImmediate };
  const { page } = openWindow(t, { bridge: false, globals });
  const worker = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  const trouble = await eventsOf(worker, 'error').next();
  assert.equal(trouble.code, 'no_bridge');
  assert.match(trouble.message, /bridgeRenderer\(window\)/);
});

test('closing a port or destroying the window closes the connections', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { contents, page } = openWindow(t, { socket: daemon.socket });
  const [first, second] = [1, 2].map(() => new page.SharedWorker('worker.js', 'ConnectSharedWorker').port);
  const [one, two] = [await daemon.greeted(), await daemon.greeted()];
  await mailboxOf(first).next('acknowledge');
  await mailboxOf(second).next('acknowledge');
  // The first connection is the first worker's: the page requested the ports in this order.
  first.close();
  await one.gone();
  contents.emit('destroyed');
  await two.gone();
  assert.equal(contents.ipc.listenerCount('partyline:connect'), 0);
});

test('a page that closes its port before it arrives still sends the posted messages', async t => {
  const daemon = await ScriptedDaemon.start(t);
  const { page } = openWindow(t, { socket: daemon.socket });
  const { port } = new page.SharedWorker('worker.js', 'ConnectSharedWorker');
  port.postMessage({ event: 'tab_id' });
  port.close();
  const peer = await daemon.greeted();
  await peer.gone();
  assert.deepEqual(peer.events, ['tab_id', 'close']);
});

test('an Electron without webContents.ipc → an error that names the required version', () => {
  assert.throws(() => bridgeRenderer({ webContents: {} }), /17\.1/);
});

test('the preload script requires only electron, as a sandboxed renderer must', () => {
  const text = fs.readFileSync(preloadPath, 'utf8');
  const required = [...text.matchAll(/require\('([^']+)'\)/g)].map(match => match[1]);
  assert.deepEqual(required, ['electron']);
});
