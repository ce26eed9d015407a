// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Backoff } = require('../lib/backoff');
const { PageState } = require('../lib/pageState');
const { LineReader } = require('../lib/lines');
const { OpenRequests, failure } = require('../lib/openRequests');
const { Outbox } = require('../lib/outbox');
const { advice } = require('../lib/advice');
const { socketPath } = require('../lib/socketPath');

test('lines are assembled from chunks, empty lines are dropped', () => {
  const lines = [];
  const reader = new LineReader(line => lines.push(line));
  for (const chunk of ['{"a', '":1', '}\n\n{"b":2}\n{"c"', ':3}', '\n', 'cut']) reader.push(chunk);
  assert.deepEqual(lines, ['{"a":1}', '{"b":2}', '{"c":3}']);
});

test('the socket path: the option, else PARTYLINE_SOCKET, else XDG_RUNTIME_DIR, else an error', () => {
  const environment = { PARTYLINE_SOCKET: '/a', XDG_RUNTIME_DIR: '/run/user/1' };
  assert.equal(socketPath('/b', environment), '/b');
  assert.equal(socketPath(undefined, environment), '/a');
  assert.equal(socketPath(undefined, { XDG_RUNTIME_DIR: '/run/user/1' }), '/run/user/1/partyline/partyline.sock');
  assert.throws(() => socketPath(undefined, {}), /Set PARTYLINE_SOCKET, or give the option \{socket\}/);
});

test('pauses double up to the longest, with 25 % of jitter, and reset restarts them', () => {
  const middle = new Backoff({ first: 100, longest: 500 }, () => 0.5);
  assert.deepEqual([1, 2, 3, 4, 5].map(() => middle.pause()), [100, 200, 400, 500, 500]);
  middle.reset();
  assert.equal(middle.pause(), 100);
  assert.equal(new Backoff({ first: 100 }, () => 0).pause(), 75);
  assert.equal(new Backoff({ first: 100 }, () => 1).pause(), 125);
});

test('an outbox keeps the order and only the newest heartbeat', () => {
  const outbox = new Outbox(undefined, assert.fail);
  const sent = [];
  for (const event of ['synchronize', 'a', 'synchronize', 'b', 'synchronize']) outbox.keep({ event }, event);
  outbox.empty((message, text) => sent.push(text));
  assert.deepEqual(sent, ['a', 'b', 'synchronize']);
  assert.ok(outbox.isEmpty);
});

test('an outbox drops messages beyond its number or length', () => {
  const refused = [];
  const full = new Outbox({ messages: 2 }, message => refused.push(message.event));
  for (const event of ['a', 'b', 'c']) full.keep({ event }, event);
  const long = new Outbox({ length: 3 }, message => refused.push(message.event));
  for (const event of ['xx', 'yy', 'z']) long.keep({ event }, event);
  assert.deepEqual(refused, ['c', 'yy']);
});

test('an outbox drops a request after its time limit, other messages stay', t => {
  t.mock.timers.enable();
  const refused = [];
  const outbox = new Outbox({ milliseconds: 100 }, (message, why) => refused.push([message.event, why]));
  outbox.keep({ event: 'api_request', data: { requestId: 1 } }, '{}');
  outbox.keep({ event: 'broadcast' }, '{}');
  t.mock.timers.tick(100);
  assert.deepEqual(refused, [['api_request', 'partylined was away for 100 ms']]);
  assert.ok(!outbox.isEmpty);
});

test('a request is open until an answer with its event and id', () => {
  const open = new OpenRequests();
  const sent = [['api_request', 1], ['api_request', '1'], ['master_request', 1], ['broadcast', 1]];
  for (const [event, requestId] of sent) {
    open.add({ event, data: { requestId, method: `${event} ${typeof requestId}` } });
  }
  assert.equal(open.take({ event: 'api_response', data: { requestId: '1' } }).data.method, 'api_request string');
  assert.equal(open.take({ event: 'api_response', data: { requestId: '1' } }), undefined);
  assert.deepEqual(open.takeAll().map(request => request.event), ['api_request', 'master_request']);
  assert.deepEqual(open.takeAll(), []);
});

test('a failure has the form of the request\'s answer', () => {
  const api = failure({ event: 'api_request', data: { requestId: 7 } }, 'Gone.', 'unavailable');
  const { err, ...rest } = api.data;
  assert.deepEqual([api.event, rest], ['api_response', { event: 'api_response', requestId: 7, data: null }]);
  assert.deepEqual(JSON.parse(err), { type: 'unavailable', message: 'Gone.', stack: [], retryStatus: 'none' });
  assert.deepEqual(failure({ event: 'partyline::request', data: { requestId: 'r' } }, 'Gone.', 'unavailable').data, {
    requestId: 'r',
    data: null,
    err: { code: 'unavailable', message: 'Gone.', retryable: true },
  });
});

test('tab_id is sent again on each connection, configure and subscriptions only to another run of the daemon', () => {
  const page = new PageState();
  assert.deepEqual(page.messagesToResend('e1'), []);
  page.recordSent({ event: 'configure', data: { authToken: 'old' } });
  page.recordSent({ event: 'configure', data: { authToken: 'new' } });
  page.recordSent({ event: 'tab_id', data: { tabId: 't' } });
  page.recordSent({ event: 'webSocket::subscribe', data: ['aws/chat'] });
  page.recordSent({ event: 'webSocket::subscribe', data: ['aws/chat', 'aws/task'] });
  assert.deepEqual(page.messagesToResend('e1').map(message => message.event), ['tab_id']);
  assert.deepEqual(page.messagesToResend('e2'), [
    { event: 'configure', data: { authToken: 'new' } },
    { event: 'tab_id', data: { tabId: 't' } },
    { event: 'webSocket::subscribe', data: ['aws/chat', 'aws/task'] },
  ]);
});

test('each connection error has a message with the next step', () => {
  const about = code => advice('/p.sock', Object.assign(new Error('e'), { code }), null).message;
  assert.match(about('ENOENT'), /no socket at \/p\.sock.*systemctl --user start partyline\.socket.*PARTYLINE_SOCKET/);
  assert.match(about('ECONNREFUSED'), /not running\. Start it/);
  assert.match(about('EACCES'), /may not open the socket \/p\.sock.*join the socket's group/);
  assert.match(about('EINVAL'), /107 bytes/);
  assert.match(about('EMFILE'), /failed: e\./);
  assert.match(advice('/p', null, { event: 'partyline::bye', data: { reason: 'later' } }).message, /\(later\)/);
});
