'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

test('both doors lead to the same things', async () => {
  const [required, imported] = [require('partyline'), await import('partyline')];
  assert.deepEqual(Object.keys(imported).filter(isName).sort(), Object.keys(required).sort());
  assert.equal(imported.SharedWorker, required.SharedWorker);
  const [electron, importedElectron] = [require('partyline/electron'), await import('partyline/electron')];
  assert.deepEqual(Object.keys(importedElectron).filter(isName).sort(), Object.keys(electron).sort());
  assert.equal(require.resolve('partyline/preload'), electron.preloadPath);
});

test('all that the package names is there, and it depends on nothing', () => {
  const files = entry => (typeof entry === 'string' ? entry : Object.values(entry));
  const named = Object.values(manifest.exports).flatMap(files);
  for (const file of named) assert.ok(fs.existsSync(path.join(root, file)), file);
  for (const kind of ['dependencies', 'devDependencies', 'peerDependencies']) assert.equal(manifest[kind], undefined);
});

test('everything that is exported is declared', () => {
  for (const name of ['index', 'electron']) {
    const declarations = fs.readFileSync(path.join(root, `${name}.d.ts`), 'utf8');
    for (const exported of Object.keys(require(`../${name}.js`))) {
      assert.match(declarations, new RegExp(`export (class|function|const) ${exported}\\b`));
    }
  }
});

/** A CommonJS module comes through `import` with names of Node's own beside its. */
function isName(name) {
  return name !== 'default' && name !== 'module.exports';
}
