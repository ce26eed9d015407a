// SPDX-License-Identifier: Apache-2.0
'use strict';

const { within } = require('./deadline');

/** Collects items as they arrive. Tests await the next item that matches a predicate. */
class Mailbox {
  all = [];
  #taken = new Set();
  #waiting = new Set();

  add(item) {
    this.all.push(item);
    for (const check of this.#waiting) check();
  }

  /** Awaits the first matching item that was not taken before. `what` describes it if the wait times out. */
  take(fits, what) {
    return within(
      new Promise(resolve => {
        const check = () => {
          const item = this.all.find(item => !this.#taken.has(item) && fits(item));
          if (item === undefined) return;
          this.#taken.add(item);
          this.#waiting.delete(check);
          resolve(item);
        };
        this.#waiting.add(check);
        check();
      }),
      () => `${what}; arrived: ${JSON.stringify(this.all).slice(0, 1000)}`,
    );
  }

  /** Awaits the next message with that event. */
  next(event, fits = () => true) {
    return this.take(message => message.event === event && fits(message), `the message ${event}`);
  }

  /** The events of all messages, in order. */
  get events() {
    return this.all.map(message => message.event);
  }
}

/** Starts a port and collects its messages. */
function mailboxOf(port) {
  const mailbox = new Mailbox();
  port.addEventListener('message', event => mailbox.add(event.data));
  port.start();
  return mailbox;
}

/** Collects the events of a type. */
function eventsOf(target, type) {
  const mailbox = new Mailbox();
  target.addEventListener(type, event => mailbox.add(event));
  return { mailbox, next: () => mailbox.take(() => true, `the event ${type}`) };
}

module.exports = { Mailbox, mailboxOf, eventsOf };
