'use strict';

/**
 * Gives a class's prototype an `on…` attribute as DOM's classes have it: at most one function, which takes the place
 * in the row of listeners that the first assignment got.
 *
 * @param {object} prototype
 * @param {string} type the event's
 * @param {(target: any) => void} [assigned] what else an assignment does
 */
function defineHandler(prototype, type, assigned = () => {}) {
  const handlers = new WeakMap();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get() {
      return handlers.get(this) ?? null;
    },
    set(handler) {
      if (!handlers.has(this)) this.addEventListener(type, event => handlers.get(this)?.call(this, event));
      handlers.set(this, typeof handler === 'function' ? handler : null);
      assigned(this);
    },
  });
}

module.exports = { defineHandler };
