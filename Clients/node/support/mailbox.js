'use strict';

const { within } = require('./deadline');

/** Things that arrive, and somebody who waits for the one he wants. */
class Mailbox {
  all = [];
  #taken = new Set();
  #waiting = new Set();

  add(item) {
    this.all.push(item);
    for (const look of this.#waiting) look();
  }

  /** The first that fits and was not taken before. */
  take(fits, what) {
    return within(
      new Promise(resolve => {
        const look = () => {
          const item = this.all.find(item => !this.#taken.has(item) && fits(item));
          if (item === undefined) return;
          this.#taken.add(item);
          this.#waiting.delete(look);
          resolve(item);
        };
        this.#waiting.add(look);
        look();
      }),
      () => `${what}; arrived: ${JSON.stringify(this.all).slice(0, 1000)}`,
    );
  }

  /** The next message of an event. */
  next(event, fits = () => true) {
    return this.take(message => message.event === event && fits(message), `the message ${event}`);
  }

  /** Which events came, in order. */
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
