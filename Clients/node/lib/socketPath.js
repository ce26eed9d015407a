// SPDX-License-Identifier: Apache-2.0
'use strict';

const path = require('node:path');

/**
 * The path of the daemon's socket: the option, else `$PARTYLINE_SOCKET`, else the user service's socket.
 *
 * @param {string} [option] a path given by the program
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string}
 */
function socketPath(option, environment = process.env) {
  if (option) return option;
  if (environment.PARTYLINE_SOCKET) return environment.PARTYLINE_SOCKET;
  // A relative path is invalid and must be ignored, by the variable's specification.
  if (environment.XDG_RUNTIME_DIR?.startsWith('/')) {
    return path.join(environment.XDG_RUNTIME_DIR, 'partyline', 'partyline.sock');
  }
  throw new Error(
    'The path of partylined\'s socket is unknown: neither PARTYLINE_SOCKET nor XDG_RUNTIME_DIR is set. ' +
      'Set PARTYLINE_SOCKET, or give the option {socket}.',
  );
}

module.exports = { socketPath };
