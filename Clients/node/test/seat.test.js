// SPDX-License-Identifier: Apache-2.0
'use strict';

// What a subscription hears of the seat, with the real daemon and the simulator.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { after, before, describe, test } = require('node:test');
const { SharedWorker, Subscription } = require('..');
const { mailboxOf, Mailbox } = require('../support/mailbox');
const { within } = require('../support/deadline');
const { Stage, skip } = require('../support/stage');

/** Enough for the first authorization on a busy machine. */
const slow = { timeout: 60_000 };

describe('a subscription to the real daemon', { skip }, () => {
  let stage;

  before(async () => {
    stage = await Stage.start();
  }, slow);

  after(() => stage?.end());

  function openPage(t) {
    const worker = new SharedWorker('connect-streams-worker.js', { name: 'ConnectSharedWorker', socket: stage.socket });
    worker.onerror = () => {};
    t.after(() => worker.port.close());
    return { port: worker.port, messages: mailboxOf(worker.port) };
  }

  /** Subscribes, and collects the events. */
  function subscribe(t, patterns, options) {
    const subscription = new Subscription(patterns, { socket: stage.socket, onTrouble() {}, ...options });
    t.after(() => subscription.close());
    const events = new Mailbox();
    const read = async () => {
      for await (const event of subscription) events.add(event);
    };
    return { subscription, events, ended: read() };
  }

  /** A state without contacts, once the restarted daemon has signed in. */
  async function idleState(subscription) {
    for (;;) {
      const answer = await subscription.request('getAgent').catch(error => assert.ok(error.retryable, error.message));
      const state = answer?.agent.configuration.agentStates.find(({ type }) => type === 'not_routable');
      if (state) return state;
    }
  }

  async function becomeAvailable({ messages }, subscription) {
    const { data } = await messages.next('agent::update');
    const state = data.configuration.agentStates.find(({ type }) => type === 'routable');
    await subscription.request('call', { method: 'putAgentState', params: { state }, confirm: true });
  }

  test('one that comes in the middle hears contacts, the seat, the link, the ports, and who acts', slow, async t => {
    const page = openPage(t);
    const crm = subscribe(t, 'contact::*');
    await crm.events.next('partyline::subscribed');
    await becomeAvailable(page, crm.subscription);
    const { contactId } = await stage.play('/contacts', { type: 'voice', customer: '+12065550123' });
    await crm.events.next('contact::connecting');
    page.port.postMessage({ event: 'broadcast', data: { event: 'agent::mute_toggle', data: { muted: true } } });
    page.port.postMessage({ event: 'broadcast', data: { event: 'contact::view', data: { contactId } } });
    await page.messages.next('contact::view');

    const late = subscribe(t, '*', { existing: true });
    const { data } = await late.events.next('partyline::subscribed');
    assert.deepEqual([data.fresh, data.stale, typeof data.ageMs], [true, false, 'number']);
    assert.equal(data.seat.mute.data.muted, true);
    assert.equal(data.seat.contactView.data.contactId, contactId);
    for (const event of ['contact::init', 'contact::connecting', 'agent::mute_toggle', 'contact::view']) {
      const line = await late.events.next(event);
      assert.equal(line.existing, true, event);
    }
    assert.equal((await late.events.next('partyline::link')).data.state, 'up');
    assert.equal((await late.events.next('partyline::ports')).data.count, 3);
    assert.deepEqual((await late.subscription.request('getSeat')).seat.mute.data, { muted: true });

    await crm.subscription.request('call', { method: 'acceptContact', params: { contactId }, confirm: true });
    const connected = await late.events.next('contact::connected');
    const { events } = await crm.subscription.request('getStatus').then(() => crm);
    const own = await events.next('contact::connected');
    assert.deepEqual(own.by, connected.by);
    assert.match(connected.by.program, /^node/);
    assert.equal(typeof connected.data.skew, 'number');
    assert.equal(connected.data.contact.state.type, 'connected');

    page.port.close();
    const { contact } = (await late.events.next('contact::view', ({ existing }) => !existing)).data;
    assert.equal(contact, null, 'a contact in view ends with its page');
    assert.equal((await late.events.next('partyline::ports', ({ data }) => data.left)).data.count, 2);
    await stage.play(`/contacts/${contactId}/customer-hangs-up`);
    await crm.subscription.request('call', { method: 'clearContact', params: { contactId }, confirm: true });
    await late.events.next('contact::destroyed');
  });

  test('a restart of the daemon → resumes without a gap; the next change arrives once', slow, async t => {
    const page = openPage(t);
    const { subscription, events } = subscribe(t, 'agent::state_change', { existing: true });
    await events.next('partyline::subscribed');
    await becomeAvailable(page, subscription);
    await stage.stopDaemon();
    stage.startDaemon();
    await events.next('partyline::subscribed');
    const state = await idleState(subscription);
    await subscription.request('call', { method: 'putAgentState', params: { state }, confirm: true });
    await events.next('agent::state_change', ({ data }) => data.newState === state.name);
    assert.equal(events.all.filter(({ data }) => data.newState === state.name).length, 1);
  });

  test("the README's screen pop prints the contact that rings already", slow, async t => {
    const page = openPage(t);
    const { subscription } = subscribe(t, 'contact::*');
    await becomeAvailable(page, subscription);
    const { contactId } = await stage.play('/contacts', { type: 'voice', customer: '+12065550123' });
    await page.messages.next('agent::update', ({ data }) => data.snapshot.contacts[0]?.contactId === contactId);
    const readme = fs.readFileSync(path.join(__dirname, '../README.md'), 'utf8');
    const [, example] = readme.match(/```js\n([^`]*new Subscription[^`]*)```/);
    const environment = { ...process.env, PARTYLINE_SOCKET: stage.socket };
    const program = spawn(process.execPath, ['-e', example], { cwd: __dirname, env: environment, stdio: 'pipe' });
    t.after(() => program.kill());
    const [output] = await within(once(program.stdout.setEncoding('utf8'), 'data'), 'the first line');
    assert.equal(output, `already ringing: ${contactId}\n`);
    await stage.play(`/contacts/${contactId}/customer-hangs-up`);
  });

  test('quick connects and settings; an error names the method', slow, async t => {
    const { subscription } = subscribe(t, 'partyline::*');
    const { endpoints, addresses } = await subscription.request('getQuickConnects');
    assert.ok(endpoints.length > 0);
    assert.deepEqual(addresses, endpoints);
    const { configuration } = await subscription.request('updateSettings', { patch: { softphoneAutoAccept: true } });
    assert.equal(configuration.softphoneAutoAccept, true);
    await assert.rejects(subscription.request('getSeats'), { code: 'unknown_method' });
  });

  test('a pattern that the daemon refuses → the loop throws its error', slow, async t => {
    const { ended } = subscribe(t, 'agent::st*');
    await assert.rejects(ended, { code: 'invalid_params' });
  });
});
