// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * Defines an `on…` attribute on a prototype. It holds one function or null. The first assignment fixes its place among
 * the listeners; later ones replace only the function.
 *
 * @param {object} prototype
 * @param {string} type the event's type
 * @param {(target: any) => void} [assigned] called after each assignment
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
