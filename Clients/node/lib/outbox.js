// SPDX-License-Identifier: Apache-2.0
'use strict';

const { OpenRequests } = require('./openRequests');

/**
 * The messages that were posted without a connection, in order. Bounded in number and size. Requests also expire: a late
 * `acceptContact` would accept a call that no longer rings.
 */
class Outbox {
  #entries = new Set();
  #length = 0;
  #limits;
  #dropped;

  /**
   * @param {{messages?: number, length?: number, milliseconds?: number}} limits
   * @param {(message: object, reason: string) => void} dropped called for each message that will not be sent
   */
  constructor({ messages = 1000, length = 8 * 1024 * 1024, milliseconds = 30_000 } = {}, dropped) {
    this.#limits = { messages, length, milliseconds };
    this.#dropped = dropped;
  }

  get isEmpty() {
    return this.#entries.size === 0;
  }

  keep(message, text) {
    if (message?.event === 'synchronize') this.#removeHeartbeats();
    if (this.#entries.size >= this.#limits.messages || this.#length + text.length > this.#limits.length) {
      this.#dropped(message, 'too much was posted while partylined was away');
      return;
    }
    const entry = { message, text, timer: null };
    if (OpenRequests.isRequest(message)) {
      entry.timer = setTimeout(() => this.#expire(entry), this.#limits.milliseconds);
    }
    this.#entries.add(entry);
    this.#length += text.length;
  }

  /** Removes all messages and passes each to `send`, oldest first. */
  empty(send) {
    for (const entry of [...this.#entries]) {
      this.#remove(entry);
      send(entry.message, entry.text);
    }
  }

  /** Only the newest heartbeat is kept: one answer after the reconnection is enough. */
  #removeHeartbeats() {
    for (const entry of this.#entries) {
      if (entry.message?.event === 'synchronize') this.#remove(entry);
    }
  }

  #expire(entry) {
    this.#remove(entry);
    this.#dropped(entry.message, `partylined was away for ${this.#limits.milliseconds} ms`);
  }

  #remove(entry) {
    clearTimeout(entry.timer);
    this.#entries.delete(entry);
    this.#length -= entry.text.length;
  }
}

module.exports = { Outbox };
