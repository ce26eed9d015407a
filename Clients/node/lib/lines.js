'use strict';

/** Puts the chunks of a stream together to lines. What follows the last newline is not a line yet. */
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
    // Kept in pieces, because a long line comes in many chunks and joining them each time would cost their square.
    if (start < chunk.length) this.#rest.push(chunk.slice(start));
  }

  #finish(end) {
    const line = this.#rest.length > 0 ? this.#rest.join('') + end : end;
    this.#rest = [];
    if (line !== '') this.#onLine(line);
  }
}

module.exports = { LineReader };
