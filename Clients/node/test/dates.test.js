// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { reviveDates } = require('../lib/dates');

const text = '2026-11-20T20:33:29.243Z';
const date = new Date(text);

/** A snapshot with every timestamp member. */
const snapshot = at => ({
  snapshotTimestamp: at,
  localTimestamp: 1795206809619,
  skew: -5,
  state: { name: 'Busy', startTimestamp: at },
  nextState: { name: 'Lunch', startTimestamp: at },
  agentAvailabilityState: { state: 'Busy', timeStamp: at },
  contacts: [
    {
      contactId: 'c1',
      name: text,
      state: { type: 'connected', timestamp: at },
      status: { type: 'connected', timestamp: at },
      queueTimestamp: at,
      connections: [{ state: { type: 'connected', timestamp: at }, monitoringInfo: { joinTimeStamp: at } }],
    },
  ],
});

test('agent::update: exactly the timestamps of the model become Date objects', () => {
  const update = at => ({
    event: 'agent::update',
    data: { snapshot: snapshot(at), configuration: { name: text, agentStates: [{ startTimestamp: at }] } },
  });
  const message = update(text);
  reviveDates(message);
  assert.deepEqual(message, update(date));
});

test('answers: the request\'s method determines which members become Date objects', () => {
  const answer = (method, data) => {
    const message = { event: 'api_response', data: { requestId: 1, data, err: null } };
    reviveDates(message, method);
    return message.data.data;
  };
  assert.deepEqual(answer('getAgentSnapshot', { snapshot: snapshot(text) }), { snapshot: snapshot(date) });
  const states = at => ({ states: [{ startTimestamp: at }, {}] });
  assert.deepEqual(answer('getAgentStates', states(text)), states(date));
  assert.deepEqual(answer('getNewAuthToken', { expirationDateTime: text }), { expirationDateTime: date });
  assert.deepEqual(answer('createTransport', { expiry: text }), { expiry: text });
  assert.equal(answer('getAgentSnapshot', null), null);
});

test('absent members, null and other text stay unchanged', () => {
  const message = {
    event: 'agent::update',
    data: {
      snapshot: { snapshotTimestamp: 'soon', state: null, nextState: { startTimestamp: null }, contacts: [null, {}] },
    },
  };
  const before = structuredClone(message);
  reviveDates(message);
  assert.deepEqual(message, before);
  reviveDates({ event: 'agent::update' });
});
