'use strict';

const { OpenRequests } = require('./openRequests');

/**
 * What was posted while there was no daemon, in order. Bounded in number, size and, for requests, in time: nobody wants
 * a call accepted that rang a minute ago.
 */
class Outbox {
  #letters = new Set();
  #length = 0;
  #limits;
  #refused;

  /**
   * @param {{messages?: number, length?: number, milliseconds?: number}} limits
   * @param {(message: object, why: string) => void} refused told of each message that will not be sent
   */
  constructor({ messages = 1000, length = 8 * 1024 * 1024, milliseconds = 30_000 } = {}, refused) {
    this.#limits = { messages, length, milliseconds };
    this.#refused = refused;
  }

  get isEmpty() {
    return this.#letters.size === 0;
  }

  keep(message, text) {
    if (message?.event === 'synchronize') this.#forgetHeartbeats();
    if (this.#letters.size >= this.#limits.messages || this.#length + text.length > this.#limits.length) {
      this.#refused(message, 'too much was posted while partylined was away');
      return;
    }
    const letter = { message, text, timer: null };
    if (OpenRequests.isRequest(message)) {
      letter.timer = setTimeout(() => this.#expire(letter), this.#limits.milliseconds);
    }
    this.#letters.add(letter);
    this.#length += text.length;
  }

  /** Gives everything away, oldest first. */
  empty(send) {
    for (const letter of [...this.#letters]) {
      this.#remove(letter);
      send(letter.message, letter.text);
    }
  }

  /** A heartbeat asks for now: the last one is as good as a minute of them. */
  #forgetHeartbeats() {
    for (const letter of this.#letters) {
      if (letter.message?.event === 'synchronize') this.#remove(letter);
    }
  }

  #expire(letter) {
    this.#remove(letter);
    this.#refused(letter.message, `partylined was away for ${this.#limits.milliseconds} ms`);
  }

  #remove(letter) {
    clearTimeout(letter.timer);
    this.#letters.delete(letter);
    this.#length -= letter.text.length;
  }
}

module.exports = { Outbox };
