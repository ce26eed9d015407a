// SPDX-License-Identifier: Apache-2.0
'use strict';

// The parts of SharedWorker that Streams uses, with the real daemon and the simulator.

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { bridgeRenderer } = require('../electron');
const { SharedWorker } = require('..');
const { FakeMessageChannelMain, FakeContents } = require('../support/fakeElectron');
const { mailboxOf, eventsOf } = require('../support/mailbox');
const { Stage, skip } = require('../support/stage');

/** Enough for the first authorization on a busy machine. */
const slow = { timeout: 60_000 };

describe('with the real daemon', { skip }, () => {
  let stage;
  let request = 0;

  before(async () => {
    stage = await Stage.start();
    process.env.PARTYLINE_SOCKET = stage.socket;
  }, slow);

  after(async () => {
    delete process.env.PARTYLINE_SOCKET;
    await stage?.end();
  });

  /** Creates a worker as Streams does. */
  function openPage(t) {
    const worker = new SharedWorker('connect-streams-worker.js', 'ConnectSharedWorker');
    t.after(() => worker.port.close());
    // Workers retry until the daemon listens.
    return { port: worker.port, troubles: eventsOf(worker, 'error'), messages: mailboxOf(worker.port) };
  }

  /** Sends a request in Streams' form and awaits the answer's data. */
  async function call({ port, messages }, method, params = {}) {
    const requestId = `request-${(request += 1)}`;
    port.postMessage({ event: 'api_request', data: { event: 'api_request', requestId, method, params } });
    return (await messages.next('api_response', ({ data }) => data.requestId === requestId)).data;
  }

  /** Awaits the next agent::update whose snapshot matches. */
  async function snapshot({ messages }, fits) {
    return (await messages.next('agent::update', ({ data }) => fits(data.snapshot))).data.snapshot;
  }

  test('the first messages: acknowledge with an id, the count of ports, the agent', slow, async t => {
    const page = openPage(t);
    const { data } = await page.messages.next('acknowledge');
    assert.match(data.id, /^\d+-[0-9a-z]+$/);
    assert.equal((await page.messages.next('update_connected_ccps')).data.length, 1);
    await page.messages.next('agent::update');
    assert.deepEqual(page.messages.events.slice(0, 2), ['acknowledge', 'update_connected_ccps']);
  });

  test('agent::update has Date objects', slow, async t => {
    const page = openPage(t);
    const { data } = await page.messages.next('agent::update');
    const { snapshotTimestamp, state, agentAvailabilityState, localTimestamp, skew } = data.snapshot;
    for (const date of [snapshotTimestamp, state.startTimestamp, agentAvailabilityState.timeStamp]) {
      assert.ok(date instanceof Date && !Number.isNaN(date.getTime()), String(date));
    }
    // Streams computes the duration of a state on the service's clock from these.
    assert.ok(Math.abs(snapshotTimestamp.getTime() - skew - localTimestamp) < 2);
    assert.ok(snapshotTimestamp - state.startTimestamp >= 0);
    assert.ok(data.configuration.agentStates.length > 0);
  });

  test('synchronize is answered with acknowledge', slow, async t => {
    const page = openPage(t);
    await page.messages.next('acknowledge');
    page.port.postMessage({ event: 'synchronize' });
    assert.deepEqual(await page.messages.next('acknowledge'), { event: 'acknowledge' });
  });

  test('requests are answered with data that has Date objects, or with an error as JSON text', slow, async t => {
    const page = openPage(t);
    await page.messages.next('agent::update');
    const { data, err } = await call(page, 'getAgentSnapshot', { timeout: 0 });
    assert.equal(err, null);
    assert.ok(data.snapshot.snapshotTimestamp instanceof Date);
    const states = await call(page, 'getAgentStates', { maxResults: 100 });
    assert.ok(states.data.states.length > 0);
    const token = await call(page, 'getNewAuthToken', { refreshToken: 'any' });
    assert.ok(token.data.expirationDateTime instanceof Date);
    const failed = await call(page, 'acceptContact', { contactId: 'none' });
    assert.equal(JSON.parse(failed.err).type, 'ContactNotFoundException');
  });

  test('a Date object in a request is accepted as a timestamp', slow, async t => {
    const page = openPage(t);
    const { data } = await page.messages.next('agent::update');
    const available = data.configuration.agentStates.find(state => state.type === 'routable');
    const { err } = await call(page, 'putAgentState', { state: { ...available, startTimestamp: new Date() } });
    assert.equal(err, null);
    await snapshot(page, ({ state }) => state.name === available.name);
  });

  test('broadcasts reach every page, including the sender', slow, async t => {
    const [one, two] = [openPage(t), openPage(t)];
    await one.messages.next('acknowledge');
    await two.messages.next('acknowledge');
    one.port.postMessage({ event: 'broadcast', data: { event: 'mute', data: { mute: true } } });
    for (const { messages } of [one, two]) assert.deepEqual((await messages.next('mute')).data, { mute: true });
  });

  test('two workers share one session: both see a call that one accepts', slow, async t => {
    const [one, two] = [openPage(t), openPage(t)];
    const first = await one.messages.next('agent::update');
    await two.messages.next('agent::update');
    const available = first.data.configuration.agentStates.find(state => state.type === 'routable');
    await call(one, 'putAgentState', { state: available });
    const { contactId } = await stage.play('/contacts', { type: 'voice', customer: '+12065550123' });
    const ours = snapshot => snapshot.contacts.find(contact => contact.contactId === contactId);
    const inState = type => snapshot => ours(snapshot)?.state.type === type;
    const contact = ours(await snapshot(two, inState('connecting')));
    for (const { state } of [contact, { state: contact.status }, ...contact.connections]) {
      assert.ok(state.timestamp instanceof Date);
    }
    assert.ok(contact.queueTimestamp instanceof Date);
    assert.equal((await call(one, 'acceptContact', { contactId })).err, null);
    await snapshot(one, inState('connected'));
    await snapshot(two, inState('connected'));
    const { data } = await call(two, 'getAgentSnapshot', { timeout: 0 });
    assert.ok(data.snapshot.contacts[0].connections[0].state.timestamp instanceof Date);
    await stage.play(`/contacts/${contactId}/customer-hangs-up`);
    await snapshot(one, inState('ended'));
    await call(one, 'clearContact', { contactId });
    await snapshot(two, ({ contacts }) => contacts.length === 0);
  });

  test('a page closes its port → the others receive the new number of ports', slow, async t => {
    const one = openPage(t);
    await one.messages.next('update_connected_ccps', ({ data }) => data.length === 1);
    const two = openPage(t);
    await two.messages.next('update_connected_ccps');
    await one.messages.next('update_connected_ccps', ({ data }) => data.length === 2);
    // Streams does this when its window is unloaded.
    two.port.postMessage({ event: 'close' });
    two.port.close();
    await one.messages.next('update_connected_ccps', ({ data }) => data.length === 1);
  });

  test('a page in Electron receives the agent and sends requests', slow, async t => {
    const contents = new FakeContents();
    const bridge = bridgeRenderer(contents, { MessageChannelMain: FakeMessageChannelMain });
    t.after(bridge.close);
    const granted = new Promise(resolve => contents.renderer.once('partyline:port', event => resolve(event.ports[0])));
    contents.ipc.emit('partyline:connect', {}, { id: '1', name: 'ConnectSharedWorker' });
    const port = await granted;
    const page = { port, messages: mailboxOf(port) };
    const { data } = await page.messages.next('agent::update');
    assert.ok(data.snapshot.snapshotTimestamp instanceof Date);
    assert.equal((await call(page, 'getAgentStates')).err, null);
  });

  test('a restart of the daemon → bye, then a greeting and the agent from the new run', slow, async t => {
    const page = openPage(t);
    await page.messages.next('agent::update');
    const { data: before } = await page.messages.next('acknowledge');
    await stage.stopDaemon();
    assert.equal((await page.messages.next('partyline::bye')).data.reason, 'shutdown');
    assert.equal((await page.troubles.next()).code, 'shutdown');
    page.port.postMessage({ event: 'broadcast', data: { event: 'kept' } });
    stage.startDaemon();
    const { data: fresh } = await page.messages.next('acknowledge');
    assert.notEqual(fresh.partyline.epoch, before.partyline.epoch);
    await page.messages.next('kept');
    await snapshot(page, ({ snapshotTimestamp }) => snapshotTimestamp instanceof Date);
  });
});
