// SPDX-License-Identifier: Apache-2.0
'use strict';

// How many messages are held before the program counts as behind.
const limit = 1000;

/** The messages of an async iterator that were not read yet, or the readers that wait for one. */
class Inbox {
  #messages = [];
  #readers = [];
  #changed;
  #error = null;
  isEnded = false;
  /** True from the limit on until half of the messages are read. */
  isFull = false;

  /** @param {() => void} changed called when `isFull` has changed */
  constructor(changed) {
    this.#changed = changed;
  }

  add(value) {
    if (this.isEnded) return;
    const reader = this.#readers.shift();
    if (reader) return reader.resolve({ done: false, value });
    this.#messages.push(value);
    if (this.#messages.length === limit) this.#setFull(true);
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
    if (this.isFull && this.#messages.length <= limit / 2) this.#setFull(false);
    return value;
  }

  #setFull(isFull) {
    if (this.isFull === isFull) return;
    this.isFull = isFull;
    this.#changed();
  }
}

module.exports = { Inbox };
