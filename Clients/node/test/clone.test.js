// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { encode } = require('../lib/clone');

const decoded = value => JSON.parse(encode(value));

test('dates become ISO text, at any depth', () => {
  const date = new Date('2026-11-20T20:00:00.123Z');
  assert.deepEqual(decoded({ data: [{ at: date }] }), { data: [{ at: '2026-11-20T20:00:00.123Z' }] });
  assert.deepEqual(decoded({ at: new Date(NaN) }), { at: null });
});

test('undefined members are omitted', () => {
  assert.equal(encode({ event: 'x', data: undefined, null: null }), '{"event":"x","null":null}');
  assert.equal(encode([undefined]), '[null]');
  assert.equal(encode(undefined), 'null');
});

test('toJSON and getters are ignored, as by a port', () => {
  class Thing {
    member = 1;
    get ignored() {
      return 2;
    }
  }
  assert.deepEqual(decoded({ thing: new Thing() }), { thing: { member: 1 } });
  assert.throws(() => encode({ toJSON: () => 'x' }), { name: 'DataCloneError' });
});

test('errors keep their name, message and stack', () => {
  const { error } = decoded({ error: new RangeError('too far') });
  assert.deepEqual([error.name, error.message, typeof error.stack], ['RangeError', 'too far', 'string']);
});

test('the same object in two places is not a cycle', () => {
  const shared = { a: 1 };
  assert.deepEqual(decoded([shared, shared]), [{ a: 1 }, { a: 1 }]);
});

test('a value that JSON cannot represent → DataCloneError with its path', () => {
  const cycle = { event: 'x' };
  cycle.data = { back: cycle };
  const refused = [
    [{ data: { call: () => {} } }, 'the message.data.call is a function'],
    [{ data: [Symbol('s')] }, 'the message.data[0] is a symbol'],
    [{ data: 1n }, 'the message.data is a bigint'],
    [cycle, 'the message.data.back is a cycle'],
    [{ data: new Map() }, 'the message.data is a Map'],
    [{ data: new Uint8Array(1) }, 'the message.data is a view of an ArrayBuffer'],
    [{ data: Promise.resolve() }, 'the message.data is a Promise'],
  ];
  for (const [message, words] of refused) {
    assert.throws(
      () => encode(message),
      error => error instanceof DOMException && error.name === 'DataCloneError' && error.message.startsWith(words),
      words,
    );
  }
});
