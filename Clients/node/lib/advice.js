// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * Describes why a connection failed or ended, and what the user can do about it.
 *
 * @param {string} path the socket's path
 * @param {(Error & {code?: string}) | null} cause the socket's error; null if the daemon closed the connection
 * @param {{event: string, data?: any} | null} closeReason the daemon's partyline::bye or partyline::error, if it sent one
 * @returns {{code: string, message: string}}
 */
function advice(path, cause, closeReason) {
  if (closeReason?.event === 'partyline::bye') return aboutBye(closeReason.data ?? {});
  if (closeReason) return aboutRefusal(closeReason.data ?? {});
  const code = cause?.code ?? 'CLOSED';
  const text = byCode[code]?.(path) ?? `The connection to partylined at ${path} failed: ${cause?.message}.`;
  return { code, message: `${text} Trying again.` };
}

const start = 'Start it (systemctl --user start partyline.socket, or partylined)';

const byCode = {
  ENOENT: path =>
    `There is no socket at ${path}: partylined is not running, or listens elsewhere. ` +
    `${start}, or set PARTYLINE_SOCKET to the path that "partyline socket-path" prints.`,
  ECONNREFUSED: path => `The socket ${path} exists, but partylined is not running. ${start}.`,
  EACCES: path =>
    `This user may not open the socket ${path}. Run as partylined's user, or join the socket's group ` +
    '(and sign in again for the new group to take effect).',
  EINVAL: path => `The socket's path ${path} is too long: the limit is 107 bytes. Use a shorter path.`,
  CLOSED: path => `partylined closed the connection at ${path}; it may be restarting.`,
};
byCode.ENAMETOOLONG = byCode.EINVAL;

const byReason = {
  shutdown: 'partylined is shutting down. Start it again if this was not intended.',
  slow:
    'partylined closed the connection because this program left too many answers unread. ' +
    'Do less work in the message handler, or send fewer requests at a time.',
  bad_lines:
    'partylined closed the connection because of 100 bad messages in a row. ' +
    'Post objects with an "event"; the partyline::error messages describe each error.',
};

function aboutBye({ reason = 'bye', message }) {
  const text = byReason[reason] ?? `partylined closed the connection (${reason}): ${message ?? 'no message'}.`;
  return { code: reason, message: `${text} Connecting again.` };
}

function aboutRefusal({ code = 'refused', message = 'no message', hint }) {
  return { code, message: `partylined refused the connection: ${message}${hint ? ` (${hint})` : ''}. Trying again.` };
}

module.exports = { advice };
