// Grafana's own code, of the oldest release that the dashboards are for and of a new one, and the frames that its data source makes of what Prometheus answers.
import Module, { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// Node.js 18, which Debian 12 has, cannot require modules of the new kind. Those that Grafana requires are for maps and Markdown, which nothing here uses.
const load = Module._load;
Module._load = (...request) => {
  try {
    return load(...request);
  } catch (failure) {
    if (failure.code !== 'ERR_REQUIRE_ESM') throw failure;
    return {};
  }
};
export const releases = { 13: require('@grafana/data') };
// The older one needs a window and a navigator. What it depends on would take that for a browser's, and is loaded before there is one.
require('react-use');
globalThis.window = {};
globalThis.navigator ??= { languages: ['en-GB'] };
releases[10] = require('grafana-data-10');

export const number = (text) => (/^[+-]?Inf$/.test(text) ? (text[0] === '-' ? -Infinity : Infinity) : Number(text));

// As the data source does for the format `table`: a column for the time, one for each label, and one for the value, which names its query if several find
// anything (seen in Grafana 9.4). An answer without series is a frame without rows, and one without columns where it is the only one.
export function tables(answers) {
  const refIds = Object.keys(answers);
  const found = refIds.filter((refId) => answers[refId].length > 0);
  return refIds.map((refId) => {
    const rows = answers[refId];
    if (refIds.length === 1 && rows.length === 0) return { refId, fields: [] };
    const labels = [...new Set(rows.flatMap((row) => Object.keys(row.metric).sort()))];
    return {
      refId,
      fields: [
        { name: 'Time', type: 'time', config: {}, values: rows.map((row) => row.value[0] * 1000) },
        ...labels.map((label) => ({ name: label, type: 'string', config: {}, values: rows.map((row) => row.metric[label] ?? '') })),
        { name: found.length === 1 && found[0] === refId ? 'Value' : `Value #${refId}`, type: 'number', config: {}, values: rows.map((row) => number(row.value[1])) },
      ],
    };
  });
}

function prepare(release, grafana) {
  // Some are there under two names.
  const byId = new Map(Object.values(grafana.standardTransformers).map((one) => [one.id, one]));
  grafana.standardTransformersRegistry.setInit(() =>
    [...byId].map(([id, one]) => ({ id, name: id, transformation: release === '10' ? one : async () => one, editor: () => null })),
  );
}

export function transformed(grafana, panel, frames) {
  const data = frames.map((frame) => grafana.toDataFrame(frame));
  return new Promise((resolve, reject) =>
    grafana.transformDataFrame(panel.transformations ?? [], data).subscribe({ next: resolve, error: reject }),
  );
}

Object.entries(releases).forEach(([release, grafana]) => prepare(release, grafana));
