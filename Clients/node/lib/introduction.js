'use strict';

/**
 * What a page says once and a daemon has to know for good. Streams' worker lives as long as its pages, so they never
 * say it again; a daemon may be started anew in between.
 */
class Introduction {
  #epoch;
  #configure = null;
  #tab = null;
  #topics = new Set();

  /** Remembers what a message that was sent says. */
  said(message) {
    if (message?.event === 'configure') this.#configure = message;
    else if (message?.event === 'tab_id') this.#tab = message;
    else if (message?.event === 'webSocket::subscribe') this.#remember(message.data);
  }

  /**
   * What has to be said again to a daemon that has just greeted this port. To the same run of the daemon only what it
   * knows by port: it may hold a newer token than the one that the page once brought.
   *
   * @param {string | undefined} epoch names the run of the daemon
   */
  again(epoch) {
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

module.exports = { Introduction };
