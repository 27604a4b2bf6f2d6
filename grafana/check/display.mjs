// What a person reads on the panels of the dashboards: node grafana/check/display.mjs FILE
// FILE holds { instances, clusters, shown: [{ state, board, panel, answers: { refId: result } }] }: what is declared; and a panel with the `data.result` of its queries.
// Transformations, overrides, mappings, thresholds, units and links are evaluated by Grafana's own code; how text becomes a tile, a bar or a node stands below, since
// Grafana publishes no package of its panels.
// Prints { problems: [text], read: [{ release, state, board, type, title, rows: [{ column: { text, color } }] }] }.
import { readFileSync } from 'node:fs';
import { number, releases, tables, transformed } from './grafana.mjs';

const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const STANDARD = ['unit', 'decimals', 'min', 'max', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'links'];
const CUSTOM = ['width', 'cellOptions', 'align', 'filterable', 'inspect', 'fillOpacity', 'lineWidth'];

// Links are all that a node graph takes of the standard options.
function registry(grafana, type) {
  const standard = type === 'nodeGraph' ? ['links'] : STANDARD;
  const item = (id, path, isCustom) => ({ id, path, isCustom, name: id, process: (value) => value, shouldApply: () => true, override: () => null, editor: () => null });
  return new grafana.FieldConfigOptionsRegistry(() =>
    [...standard.map((id) => ({ ...item(id, id, false), ...(id === 'thresholds' && { process: grounded }) })), ...CUSTOM.map((path) => item('custom.' + path, path, true))]);
}

// JSON has no infinity: the lowest step begins there.
const grounded = (thresholds) =>
  thresholds && { ...thresholds, steps: thresholds.steps.map((step, index) => (index === 0 ? { ...step, value: -Infinity } : step)) };

const legend = (target, metric) => target.legendFormat.replace(/\{\{ *(\w+) *\}\}/g, (all, label) => metric[label] ?? '') || JSON.stringify(metric);

// As the data source does for the format `time_series`: a frame for each series.
function series(panel, answers) {
  return panel.targets.flatMap((target) =>
    answers[target.refId].map((one) => {
      const points = one.values ?? [one.value];
      return {
        refId: target.refId,
        fields: [
          { name: 'Time', type: 'time', config: {}, values: points.map(([time]) => time * 1000) },
          { name: 'Value', type: 'number', labels: one.metric, config: { displayNameFromDS: legend(target, one.metric) }, values: points.map(([, value]) => number(value)) },
        ],
      };
    }));
}

// Variables of a dashboard, and what links take from the row: the syntax is that of Grafana, whose code for it is in no package.
function interpolation(grafana, context) {
  const row = context?.rowIndex ?? context?.valueRowIndex;
  const fields = context && grafana.getFieldDisplayValuesProxy({ frame: context.frame, rowIndex: row });
  const display = context?.field.display?.(context.field.values[row]);
  return (text) =>
    text.replace(/\$\{([^}]+)\}/g, (all, name) => {
      if (name === '__value.raw') return context.field.values[row] ?? '';
      if (name === '__value.text') return display.text;
      if (name.startsWith('__data.fields.')) return fields[name.slice('__data.fields.'.length)]?.text ?? all;
      if (name === 'cls') return asked.clusters[0];
      if (name === 'ins') return asked.instances[0];
      return /^(__url_time_range|\w+:queryparam|runbook|page)$/.test(name) ? name.replace(/\W/g, '_') + '=' : all;
    });
}

const replaceVariables = (grafana) => (text, scoped) => interpolation(grafana, scoped?.__dataContext?.value)(text);

async function framesOf(grafana, { panel, answers }) {
  const asTables = panel.targets.every((target) => target.format === 'table');
  const frames = await transformed(grafana, panel, asTables ? tables(answers) : series(panel, answers));
  return grafana.applyFieldOverrides({
    data: frames, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry(grafana, panel.type), theme: grafana.createTheme(),
    replaceVariables: replaceVariables(grafana), timeZone: 'utc',
  });
}

const written = (grafana, display) => ({ text: grafana.formattedValueToString(display), color: display.color?.toUpperCase() ?? '' });

const readers = {
  table: (grafana, panel, [frame]) =>
    Array.from({ length: frame?.length ?? 0 }, (_, row) =>
      Object.fromEntries(frame.fields.map((field) => [
        grafana.getFieldDisplayName(field, frame),
        { ...written(grafana, field.display(field.values[row])), raw: field.values[row], mapped: (field.config.mappings ?? []).length > 0, links: field.config.links ? field.getLinks({ valueRowIndex: row }).map((link) => link.href) : [] },
      ]))),

  stat: (grafana, panel, frames) =>
    grafana.getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text) => text, theme: grafana.createTheme(), data: frames, timeZone: 'utc' })
      .map(({ display }) => ({ value: panel.options.textMode === 'name' ? { ...written(grafana, display), text: display.title ?? '' } : written(grafana, display), name: { text: display.title ?? '', color: '' } })),

  // A panel that merges values and colours by thresholds names the step of each value, and not its mapping.
  'state-timeline': (grafana, panel, frames) =>
    frames.flatMap((frame) => {
      const field = frame.fields.find((one) => one.type === 'number');
      const stepped = panel.options.mergeValues && field.config.color?.mode === 'thresholds';
      const text = (value) => (stepped ? { text: `${grafana.getActiveThreshold(value, field.config.thresholds.steps).value}+`.replace('Infinity', '∞'), color: '' } : written(grafana, field.display(value)));
      return [...new Set(field.values)].map((value) => ({ value: text(value), name: { text: grafana.getFieldDisplayName(field, frame), color: '' } }));
    }),

  // What an axis may show: a whole number, and one between.
  timeseries: (grafana, panel, frames) =>
    frames.flatMap((frame) => frame.fields.filter((field) => field.type === 'number').map((field) => ({
      name: { text: grafana.getFieldDisplayName(field, frame), color: '' }, value: written(grafana, field.display(1)), nothing: written(grafana, field.display(null)),
    }))),

  nodeGraph: (grafana, panel, frames) =>
    frames.flatMap((frame) => Array.from({ length: frame.length }, (_, row) => {
      const at = (name) => frame.fields.find((field) => field.name === name)?.values[row];
      const ring = (panel.options.nodes.arcs ?? []).find((arc) => at(arc.field) >= 1);
      const links = frame.fields.filter((field) => field.config.links).flatMap((field) => field.getLinks({ valueRowIndex: row }).map((link) => link.href));
      const isEdge = at('source') !== undefined;
      return {
        id: { text: at('id'), color: (isEdge ? at('color') : (ring?.color ?? at('color'))) ?? '', raw: at('id'), links },
        first: { text: at('mainstat') ?? '', color: '' }, second: { text: at('secondarystat') ?? '', color: '' }, dashes: { text: at('strokedasharray') ?? '', color: '' },
      };
    })),
};

const SENTENCE = /\S+ \S+ \S+ \S+ \S+/;

function* wrong({ panel, answers }, rows) {
  const nothing = panel.fieldConfig.defaults?.noValue;
  for (const row of rows) {
    for (const [column, cell] of Object.entries(row)) {
      const raw = cell.raw === undefined || cell.raw === null ? '' : String(cell.raw);
      if (/∞|NaN|undefined|null/.test(cell.text)) yield `${column} reads ${cell.text}`;
      if (panel.type === 'table' && (cell.text === nothing || (SENTENCE.test(cell.text) && cell.text !== raw))) yield `${column} reads “${cell.text}”`;
      if (panel.type === 'table' && typeof cell.raw === 'string' && raw !== '' && !cell.mapped && cell.text !== raw) yield `${column} reads ${cell.text} instead of ${raw}`;
      if (panel.type === 'table' && cell.text === '') yield `${column} is blank`;
      if (panel.type === 'timeseries' && column === 'nothing' && cell.text !== '') yield `the axis may read ${cell.text}`;
      for (const href of cell.links ?? []) yield* wrongLink(column, href);
    }
    if (panel.type === 'stat' && row.value.text.trim() === '') yield 'the tile is blank';
    if (panel.type === 'nodeGraph' && row.id.color === '') yield `${row.id.text} has no colour`;
    if (panel.type === 'nodeGraph' && panel.fieldConfig.overrides.length === 0) yield 'a node leads nowhere';
  }
  if (panel.type === 'stat' && Object.values(answers).every((one) => one.length === 0) && rows.some((row) => row.value.color !== '#8F8F8F')) yield 'nothing is known, and it is not grey';
}

function* wrongLink(column, href) {
  if (href.includes('${')) yield `${column} leads to ${href}`;
  const [, board] = /^\/d\/pgtopo-(\w+)/.exec(href) ?? [];
  const of = (name) => decodeURIComponent(new RegExp(`var-${name}=([^&]*)`).exec(href)?.[1] ?? '');
  if (board === 'instance' && !asked.instances.includes(of('ins'))) yield `${column} leads to the instance “${of('ins')}”`;
  if (['cluster', 'instance'].includes(board) && !asked.clusters.includes(of('cls'))) yield `${column} leads to the cluster “${of('cls')}”`;
  if (href.startsWith('runbook') && !/#\w+$/.test(href)) yield `${column} leads to ${href}`;
}

const problems = [];
const read = [];
for (const [release, grafana] of Object.entries(releases)) {
  for (const one of asked.shown) {
    const rows = readers[one.panel.type](grafana, one.panel, await framesOf(grafana, one));
    read.push({ release, state: one.state, board: one.board, type: one.panel.type, title: one.panel.title, rows });
    for (const problem of new Set(wrong(one, rows))) problems.push(`Grafana ${release}, ${one.state}: ${one.board} / ${one.panel.title}: ${problem}`);
  }
}
console.log(JSON.stringify({ problems, read }));
