'use strict';

const answers = new Map([
  ['api_request', 'api_response'],
  ['master_request', 'master_response'],
  ['partyline::request', 'partyline::response'],
]);

// Nothing is lost by forgetting the oldest but the dates of its answer; a daemon that does not answer costs no memory.
const limit = 1000;

/** The requests that were sent and not answered: whose answers are due, and what they asked for. */
class OpenRequests {
  #open = new Map();

  static isRequest(message) {
    return answers.has(message?.event) && message.data?.requestId !== undefined;
  }

  sent(message) {
    if (!OpenRequests.isRequest(message)) return;
    const { event, data } = message;
    if (this.#open.size >= limit) this.#open.delete(this.#open.keys().next().value);
    const { requestId, method } = data;
    this.#open.set(key(answers.get(event), requestId), { event, data: { requestId, method } });
  }

  /** The request that a message answers, which is then no longer open. */
  answered(message) {
    const id = key(message.event, message.data?.requestId);
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }

  /** All that are open, which then are not. */
  abandon() {
    const requests = [...this.#open.values()];
    this.#open.clear();
    return requests;
  }
}

/** The answer to a request that will get none: the daemon's own words and form, so that no callback waits for ever. */
function unavailable(request, message) {
  const { requestId } = request.data;
  const event = answers.get(request.event);
  if (event === 'partyline::response') {
    return { event, data: { requestId, data: null, err: { code: 'unavailable', message, retryable: true } } };
  }
  const err = JSON.stringify({ type: 'unavailable', message, stack: [], retryStatus: 'none' });
  return { event, data: { event, requestId, data: null, err } };
}

function key(event, requestId) {
  return `${event} ${typeof requestId} ${requestId}`;
}

module.exports = { OpenRequests, unavailable };
