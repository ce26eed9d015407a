// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * The messages that a page sends only once and a restarted daemon needs again. Streams' worker lives as long as its
 * pages, so pages never repeat them.
 */
class PageState {
  #epoch;
  #configure = null;
  #tab = null;
  #topics = new Set();

  recordSent(message) {
    if (message?.event === 'configure') this.#configure = message;
    else if (message?.event === 'tab_id') this.#tab = message;
    else if (message?.event === 'webSocket::subscribe') this.#remember(message.data);
  }

  /**
   * The messages to send again on a new connection. The same run of the daemon gets only the state it keeps per port:
   * the page's `configure` may contain an older token than the daemon has.
   *
   * @param {string | undefined} epoch the daemon's run
   */
  messagesToResend(epoch) {
    const isAnother = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    const messages = isAnother ? [this.#configure, this.#tab, this.#subscription()] : [this.#tab];
    return messages.filter(message => message !== null);
  }

  #remember(topics) {
    if (Array.isArray(topics)) for (const topic of topics) this.#topics.add(topic);
  }

  #subscription() {
    return this.#topics.size > 0 ? { event: 'webSocket::subscribe', data: [...this.#topics] } : null;
  }
}

module.exports = { PageState };
