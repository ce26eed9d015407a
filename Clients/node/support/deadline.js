'use strict';

/**
 * A promise that has to come true in time, or the test fails and says for what it waited.
 *
 * @param {Promise<any>} promise
 * @param {string | (() => string)} what asked for only when it is late
 */
function within(promise, what, milliseconds = 10_000) {
  let timer;
  const late = new Promise((_, reject) => {
    const words = () => (typeof what === 'function' ? what() : what);
    timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms: ${words()}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

module.exports = { within };
