// SPDX-License-Identifier: Apache-2.0
'use strict';

/** Splits a stream of chunks into lines. Text after the last newline is kept for the next chunk; empty lines are dropped. */
class LineReader {
  #rest = [];
  #onLine;

  /** @param {(line: string) => void} onLine */
  constructor(onLine) {
    this.#onLine = onLine;
  }

  /** @param {string} chunk */
  push(chunk) {
    let start = 0;
    for (let end; (end = chunk.indexOf('\n', start)) >= 0; start = end + 1) {
      this.#finish(chunk.slice(start, end));
    }
    // Kept as an array: concatenating each chunk of a long line would take quadratic time.
    if (start < chunk.length) this.#rest.push(chunk.slice(start));
  }

  #finish(end) {
    const line = this.#rest.length > 0 ? this.#rest.join('') + end : end;
    this.#rest = [];
    if (line !== '') this.#onLine(line);
  }
}

module.exports = { LineReader };
