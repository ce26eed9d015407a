// SPDX-License-Identifier: Apache-2.0
'use strict';

const { getEventListeners } = require('node:events');
const { defineHandler } = require('./handlers');
const { Port } = require('./port');
const { TroubleEvent } = require('./events');
const { socketPath } = require('./socketPath');

/** Has the interface of a page's SharedWorker; the shared worker is the daemon. */
class SharedWorker extends EventTarget {
  #port;
  #name;

  /**
   * @param {string | URL} [url] ignored: every worker connects to the daemon
   * @param {string | import('../index').SharedWorkerOptions} [nameOrOptions]
   */
  constructor(url, nameOrOptions = {}) {
    super();
    const hasOptions = typeof nameOrOptions === 'object' && nameOrOptions !== null;
    const options = hasOptions ? nameOrOptions : { name: nameOrOptions };
    const { name = '', socket, reconnect, keep } = options;
    this.#name = String(name);
    this.#port = new Port({ path: socketPath(socket), reconnect, keep }, trouble => this.#report(trouble));
  }

  get port() {
    return this.#port;
  }

  get name() {
    return this.#name;
  }

  #report(trouble) {
    // Without a listener the error must still be visible; a browser would write it to the console.
    if (getEventListeners(this, 'error').length === 0) {
      process.emitWarning(trouble.message, { type: 'PartylineWarning', code: trouble.code });
    }
    this.dispatchEvent(new TroubleEvent('error', trouble));
  }
}

defineHandler(SharedWorker.prototype, 'error');

module.exports = { SharedWorker };
