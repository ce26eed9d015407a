// SPDX-License-Identifier: Apache-2.0
'use strict';

const { types } = require('node:util');

/**
 * Encodes a message as JSON, with the rules of a port's structured clone where JSON allows it: dates become ISO text,
 * undefined members are omitted, and `toJSON` is not called.
 *
 * @param {unknown} message
 * @returns {string}
 * @throws {DOMException} `DataCloneError` for values that JSON cannot represent
 */
function encode(message) {
  return JSON.stringify(plain(message, 'the message', new Set())) ?? 'null';
}

/**
 * Copies a value to plain JSON types. `ancestors` has the enclosing objects: only they make a cycle; the same object in
 * two places does not.
 */
function plain(value, path, ancestors) {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw cannotClone(path, `a ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (types.isBoxedPrimitive(value)) return plain(value.valueOf(), path, ancestors);
  if (ancestors.has(value)) throw cannotClone(path, 'a cycle');
  ancestors.add(value);
  const copy = members(value, path, ancestors);
  ancestors.delete(value);
  return copy;
}

function members(value, path, ancestors) {
  if (Array.isArray(value)) return Array.from(value, (item, index) => plain(item, `${path}[${index}]`, ancestors));
  // Structured clone keeps these three members of an error, which are not enumerable.
  if (types.isNativeError(value)) return { name: value.name, message: value.message, stack: value.stack };
  const kind = unsupported.find(([is]) => is(value))?.[1];
  if (kind) throw cannotClone(path, kind);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, `${path}.${key}`, ancestors)]));
}

// A real port clones some of these. JSON.stringify would silently send them as empty objects.
const unsupported = [
  [types.isMap, 'a Map'],
  [types.isSet, 'a Set'],
  [types.isWeakMap, 'a WeakMap'],
  [types.isWeakSet, 'a WeakSet'],
  [types.isPromise, 'a Promise'],
  [types.isRegExp, 'a RegExp'],
  [types.isAnyArrayBuffer, 'an ArrayBuffer'],
  [types.isArrayBufferView, 'a view of an ArrayBuffer'],
];

function cannotClone(path, kind) {
  return new DOMException(`${path} is ${kind}, which cannot be sent to partylined.`, 'DataCloneError');
}

module.exports = { encode, cannotClone };
