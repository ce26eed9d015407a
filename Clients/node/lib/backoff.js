// SPDX-License-Identifier: Apache-2.0
'use strict';

/** The pauses between connection attempts: exponential back-off up to `longest`, with 25 % of jitter. */
class Backoff {
  #first;
  #longest;
  #random;
  #next;

  /**
   * @param {{first?: number, longest?: number}} [pauses] in milliseconds
   * @param {() => number} [random] from 0 to 1
   */
  constructor({ first = 100, longest = 5000 } = {}, random = Math.random) {
    this.#first = first;
    this.#longest = Math.max(first, longest);
    this.#random = random;
    this.#next = first;
  }

  /** Milliseconds. A connection that lasts longer than this resets the back-off. */
  get longest() {
    return this.#longest;
  }

  /** The pause before the next attempt, in milliseconds. */
  pause() {
    const pause = this.#next;
    this.#next = Math.min(pause * 2, this.#longest);
    // Without jitter all clients of a restarted daemon would reconnect at the same time.
    return pause * (0.75 + this.#random() / 2);
  }

  reset() {
    this.#next = this.#first;
  }
}

module.exports = { Backoff };
