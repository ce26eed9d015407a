// SPDX-License-Identifier: Apache-2.0
'use strict';

// How many messages are held before the connection is no longer read.
const limit = 1000;

/** The messages of an async iterator: those that have arrived, or those who wait for one. */
class Inbox {
  #messages = [];
  #readers = [];
  #flow;
  #isFull = false;
  #error = null;
  isEnded = false;

  /** @param {{full: () => void, drained: () => void}} flow called at the limit, and when half of the messages are read */
  constructor(flow) {
    this.#flow = flow;
  }

  add(value) {
    if (this.isEnded) return;
    const reader = this.#readers.shift();
    if (reader) return reader.resolve({ done: false, value });
    this.#messages.push(value);
    if (this.#isFull || this.#messages.length < limit) return;
    this.#isFull = true;
    this.#flow.full();
  }

  /** The next message, as the `next` of an iterator. After the end: its error, once; then `done`. */
  async next() {
    if (this.#messages.length > 0) return { done: false, value: this.#take() };
    if (!this.isEnded) return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
    return { done: true, value: undefined };
  }

  /** With an error, the messages that have arrived can still be read; without one they are dropped. */
  end(error) {
    if (this.isEnded) return;
    this.isEnded = true;
    if (!error) this.#messages = [];
    const [first, ...others] = this.#readers;
    if (first && error) first.reject(error);
    else if (first) first.resolve({ done: true, value: undefined });
    for (const reader of others) reader.resolve({ done: true, value: undefined });
    this.#error = first ? null : (error ?? null);
  }

  #take() {
    const value = this.#messages.shift();
    if (this.#isFull && this.#messages.length <= limit / 2) {
      this.#isFull = false;
      this.#flow.drained();
    }
    return value;
  }
}

module.exports = { Inbox };
