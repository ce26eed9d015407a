// SPDX-License-Identifier: Apache-2.0
'use strict';

const answers = new Map([
  ['api_request', 'api_response'],
  ['master_request', 'master_response'],
  ['partyline::request', 'partyline::response'],
]);

// Bounds the memory if the daemon does not answer. A forgotten request's answer is delivered without Date objects, and the
// request is not answered with `unavailable` if the connection is lost.
const limit = 1000;

/** The requests that were sent and not answered yet, by the event and id of their answer. */
class OpenRequests {
  #open = new Map();

  static isRequest(message) {
    return answers.has(message?.event) && message.data?.requestId !== undefined;
  }

  add(message) {
    if (!OpenRequests.isRequest(message)) return;
    const { event, data } = message;
    if (this.#open.size >= limit) this.#open.delete(this.#open.keys().next().value);
    const { requestId, method } = data;
    this.#open.set(key(answers.get(event), requestId), { event, data: { requestId, method } });
  }

  /** Removes and returns the request that a message answers; undefined if the message is no answer. */
  take(message) {
    const id = key(message.event, message.data?.requestId);
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }

  /** Removes and returns all requests. */
  takeAll() {
    const requests = [...this.#open.values()];
    this.#open.clear();
    return requests;
  }
}

/** The error answer to a request that the daemon will not answer, in the daemon's form, so that callbacks complete. */
function failure(request, message, code) {
  const { requestId } = request.data;
  const event = answers.get(request.event);
  if (event === 'partyline::response') {
    return { event, data: { requestId, data: null, err: { code, message, retryable: code === 'unavailable' } } };
  }
  const err = JSON.stringify({ type: code, message, stack: [], retryStatus: 'none' });
  return { event, data: { event, requestId, data: null, err } };
}

function key(event, requestId) {
  return `${event} ${typeof requestId} ${requestId}`;
}

module.exports = { OpenRequests, failure };
