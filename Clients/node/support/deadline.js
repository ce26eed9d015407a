// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * Rejects if a promise does not settle in time.
 *
 * @param {Promise<any>} promise
 * @param {string | (() => string)} what the awaited event, for the error message; a function is called on a timeout only
 */
function within(promise, what, milliseconds = 10_000) {
  let timer;
  const late = new Promise((_, reject) => {
    const text = () => (typeof what === 'function' ? what() : what);
    timer = setTimeout(() => reject(new Error(`timed out after ${milliseconds} ms: ${text()}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

module.exports = { within };
