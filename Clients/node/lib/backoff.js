'use strict';

/** The pauses between attempts: each twice as long as the one before, up to the longest, all a little random. */
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

  /** Milliseconds. A connection that lived so long was a good one. */
  get longest() {
    return this.#longest;
  }

  /** The pause before the next attempt, in milliseconds. */
  pause() {
    const pause = this.#next;
    this.#next = Math.min(pause * 2, this.#longest);
    // Or all programs that lost the same daemon would come back in the same millisecond.
    return pause * (0.75 + this.#random() / 2);
  }

  reset() {
    this.#next = this.#first;
  }
}

module.exports = { Backoff };
