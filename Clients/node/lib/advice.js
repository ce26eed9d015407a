'use strict';

/**
 * A problem in words that name what to do.
 *
 * @param {string} path the socket
 * @param {(Error & {code?: string}) | null} cause what the socket said
 * @param {{event: string, data?: any} | null} lastWord the daemon's bye or refusal, if it gave one
 * @returns {{code: string, message: string}}
 */
function advice(path, cause, lastWord) {
  if (lastWord?.event === 'partyline::bye') return aboutBye(lastWord.data ?? {});
  if (lastWord) return aboutRefusal(lastWord.data ?? {});
  const code = cause?.code ?? 'CLOSED';
  const words = byCode[code]?.(path) ?? `The connection to partylined at ${path} failed: ${cause?.message}.`;
  return { code, message: `${words} Trying again.` };
}

const start = 'Start it (systemctl --user start partyline.socket, or partylined)';

const byCode = {
  ENOENT: path =>
    `There is no socket at ${path}: partylined is not running, or listens elsewhere. ` +
    `${start}, or set PARTYLINE_SOCKET to what "partyline socket-path" prints.`,
  ECONNREFUSED: path => `The socket ${path} is there, but partylined is not running. ${start}.`,
  EACCES: path =>
    `This user may not open the socket ${path}. Run as the user of partylined, or join the socket's group ` +
    '(and sign in again for that to count).',
  EINVAL: path => `The socket's path ${path} is too long: a Unix socket's has at most 107 bytes. Use a shorter one.`,
  CLOSED: path => `partylined closed the connection at ${path}; it may be restarting.`,
};
byCode.ENAMETOOLONG = byCode.EINVAL;

const byReason = {
  shutdown: 'partylined is shutting down. Start it again if that was not meant.',
  slow:
    'partylined closed the connection because this program left too many answers unread. ' +
    'Do less in the message handler, or ask for less at a time.',
  bad_lines:
    'partylined closed the connection because of 100 bad messages in a row. ' +
    'Post objects with an "event"; the partyline::error messages say what was wrong.',
};

function aboutBye({ reason = 'bye', message }) {
  const words = byReason[reason] ?? `partylined closed the connection (${reason}): ${message ?? 'without a word'}.`;
  return { code: reason, message: `${words} Connecting again.` };
}

function aboutRefusal({ code = 'refused', message = 'without a word', hint }) {
  return { code, message: `partylined refused the connection: ${message}${hint ? ` (${hint})` : ''}. Trying again.` };
}

module.exports = { advice };
