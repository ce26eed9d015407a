// SPDX-License-Identifier: Apache-2.0
'use strict';

// The members that Streams expects as Date objects: all timestamps in the outputs of the service's model. The shared
// worker's port clones Date objects; the socket carries RFC 3339 text. `localTimestamp` and `skew` are numbers in both.

const snapshot = [
  'snapshotTimestamp',
  'state.startTimestamp',
  'nextState.startTimestamp',
  'agentAvailabilityState.timeStamp',
  'contacts[].state.timestamp',
  'contacts[].status.timestamp', // alias of `state` in agent::update
  'contacts[].queueTimestamp',
  'contacts[].connections[].state.timestamp',
  'contacts[].connections[].monitoringInfo.joinTimeStamp',
];

const prefixed = (member, paths) => paths.map(path => `${member}.${path}`);
const steps = path => path.replaceAll('[]', '.[]').split('.');

const byEvent = new Map([
  ['agent::update', [...prefixed('snapshot', snapshot), 'configuration.agentStates[].startTimestamp'].map(steps)],
]);

const byMethod = new Map([
  ['getAgentSnapshot', prefixed('snapshot', snapshot).map(steps)],
  ['getAgentStates', ['states[].startTimestamp'].map(steps)],
  ['getNewAuthToken', ['expirationDateTime'].map(steps)],
]);

/**
 * Replaces a message's timestamps by Date objects, in place.
 *
 * @param {{event: string, data?: any}} message
 * @param {string} [method] the request's method, if the message is an api_response
 */
function reviveDates(message, method) {
  if (message.event === 'api_response') revive(message.data?.data, byMethod.get(method));
  else revive(message.data, byEvent.get(message.event));
}

function revive(data, paths = []) {
  for (const path of paths) descend(data, path, 0);
}

/** Converts the text at the end of the path. Missing members are skipped. */
function descend(value, path, depth) {
  if (typeof value !== 'object' || value === null) return;
  const step = path[depth];
  if (step === '[]') {
    if (Array.isArray(value)) for (const item of value) descend(item, path, depth + 1);
  } else if (depth === path.length - 1) {
    if (typeof value[step] === 'string') value[step] = instant(value[step]);
  } else {
    descend(value[step], path, depth + 1);
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** The text as a Date; text in any other form is returned unchanged. */
function instant(text) {
  const date = rfc3339.test(text) ? new Date(text) : null;
  return date && !Number.isNaN(date.getTime()) ? date : text;
}

module.exports = { reviveDates };
