'use strict';

const { getEventListeners } = require('node:events');
const { defineHandler } = require('./handlers');
const { Port } = require('./port');
const { TroubleEvent } = require('./events');
const { socketPath } = require('./socketPath');

/** Looks like a page's SharedWorker; the worker that all share is the daemon. */
class SharedWorker extends EventTarget {
  #port;
  #name;

  /**
   * @param {string | URL} [url] ignored: there is one worker, and it runs already
   * @param {string | import('../index').SharedWorkerOptions} [nameOrOptions]
   */
  constructor(url, nameOrOptions = {}) {
    super();
    const hasOptions = typeof nameOrOptions === 'object' && nameOrOptions !== null;
    const options = hasOptions ? nameOrOptions : { name: nameOrOptions };
    const { name = '', socket, reconnect, keep } = options;
    this.#name = String(name);
    this.#port = new Port({ path: socketPath(socket), reconnect, keep }, trouble => this.#tell(trouble));
  }

  /** The way to the daemon. */
  get port() {
    return this.#port;
  }

  get name() {
    return this.#name;
  }

  #tell(trouble) {
    // A browser writes what nobody listens to on the console; silence would leave a program waiting without a reason.
    if (getEventListeners(this, 'error').length === 0) {
      process.emitWarning(trouble.message, { type: 'PartylineWarning', code: trouble.code });
    }
    this.dispatchEvent(new TroubleEvent('error', trouble));
  }
}

defineHandler(SharedWorker.prototype, 'error');

module.exports = { SharedWorker };
