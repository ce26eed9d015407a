'use strict';

/** An event that says what is wrong, and what to do: a worker's `error`, a port's `messageerror`. */
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
