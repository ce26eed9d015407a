// SPDX-License-Identifier: Apache-2.0
'use strict';

/** An event with a description of a problem: a worker's `error`, a port's `messageerror`. */
class TroubleEvent extends Event {
  /**
   * @param {string} type
   * @param {{message: string, code?: string, data?: unknown}} trouble
   */
  constructor(type, { message, code, data = null }) {
    super(type, { cancelable: true });
    this.message = message;
    this.code = code;
    this.data = data;
  }
}

module.exports = { TroubleEvent };
