'use strict';

const { types } = require('node:util');

/**
 * The text of a message, as a port would clone it: dates become ISO text, members that are undefined are absent,
 * `toJSON` is not asked, and what JSON cannot carry throws the DataCloneError that a port throws for what it cannot
 * clone.
 *
 * @param {unknown} message
 * @returns {string}
 */
function encode(message) {
  return JSON.stringify(plain(message, 'the message', new Set())) ?? 'null';
}

/** A copy of JSON's own kinds. `above` holds the objects around this one, since only they make a cycle. */
function plain(value, path, above) {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw cannotClone(path, `a ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (types.isBoxedPrimitive(value)) return plain(value.valueOf(), path, above);
  if (above.has(value)) throw cannotClone(path, 'a cycle');
  above.add(value);
  const copy = members(value, path, above);
  above.delete(value);
  return copy;
}

function members(value, path, above) {
  if (Array.isArray(value)) return Array.from(value, (item, index) => plain(item, `${path}[${index}]`, above));
  // A port clones an error with these three, which are not enumerable.
  if (types.isNativeError(value)) return { name: value.name, message: value.message, stack: value.stack };
  const kind = uncarried.find(([is]) => is(value))?.[1];
  if (kind) throw cannotClone(path, kind);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, `${path}.${key}`, above)]));
}

// A real port clones some of these; as JSON they would arrive as empty objects, which is worse than not at all.
const uncarried = [
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
