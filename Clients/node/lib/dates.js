'use strict';

// Where Streams expects Date objects: every output member that the service's model calls a timestamp. The worker's port
// clones them; over the socket they come as RFC 3339 text. `localTimestamp` and `skew` are numbers there and here.

const snapshot = [
  'snapshotTimestamp',
  'state.startTimestamp',
  'nextState.startTimestamp',
  'agentAvailabilityState.timeStamp',
  'contacts[].state.timestamp',
  'contacts[].status.timestamp', // the alias of state that agent::update has
  'contacts[].queueTimestamp',
  'contacts[].connections[].state.timestamp',
  'contacts[].connections[].monitoringInfo.joinTimeStamp',
];

const below = (member, paths) => paths.map(path => `${member}.${path}`);
const steps = path => path.replaceAll('[]', '.[]').split('.');

const byEvent = new Map([
  ['agent::update', [...below('snapshot', snapshot), 'configuration.agentStates[].startTimestamp'].map(steps)],
]);

const byMethod = new Map([
  ['getAgentSnapshot', below('snapshot', snapshot).map(steps)],
  ['getAgentStates', ['states[].startTimestamp'].map(steps)],
  ['getNewAuthToken', ['expirationDateTime'].map(steps)],
]);

/**
 * Makes dates of a message's instants, in place.
 *
 * @param {{event: string, data?: any}} message
 * @param {string} [method] what the message answers, if it is an api_response
 */
function reviveDates(message, method) {
  if (message.event === 'api_response') revive(message.data?.data, byMethod.get(method));
  else revive(message.data, byEvent.get(message.event));
}

function revive(data, paths = []) {
  for (const path of paths) descend(data, path, 0);
}

/** Follows a path as far as the data has it. */
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

/** What is no instant stays what it is: unknown values pass through. */
function instant(text) {
  const date = rfc3339.test(text) ? new Date(text) : null;
  return date && !Number.isNaN(date.getTime()) ? date : text;
}

module.exports = { reviveDates };
