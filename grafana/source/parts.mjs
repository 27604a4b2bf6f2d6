// The parts of all four dashboards: colours, variables, common parts of queries, panels.

// Okabe and Ito's colours, which colour-blind people can distinguish. Each state is written out as well.
export const color = {
  good: '#0072B2',
  quiet: '#56B4E9',
  minor: '#E69F00',
  bad: '#D55E00',
  critical: '#CC79A7',
  unknown: '#8F8F8F',
};

const datasource = { type: 'prometheus', uid: '${datasource}' };

// The selection of the user; docs/metrics.md has the names of the labels.
export const chosen = {
  fleet: 'job=~"$job", cls=~"$cls"',
  cluster: 'job=~"$job", cls="$cls"',
  instance: 'job=~"$job", cls="$cls", ins="$ins"',
  agent: 'job=~"$job", instance=~"$instance"',
};

// ---- variables

export const source = {
  name: 'datasource',
  label: 'Data source',
  description: 'The Prometheus that scrapes pgtopo',
  type: 'datasource',
  query: 'prometheus',
  current: {},
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
};

function query(name, label, description, definition, rest) {
  return {
    name,
    label,
    description,
    type: 'query',
    datasource,
    definition,
    query: { query: definition, refId: 'variable-' + name },
    current: {},
    hide: 0,
    options: [],
    refresh: 2,
    regex: '',
    sort: 1,
    ...rest,
  };
}

const several = { multi: true, includeAll: true, allValue: '.+', current: { selected: true, text: ['All'], value: ['$__all'] } };
const one = { multi: false, includeAll: false };

export const variable = {
  job: query('job', 'Job', 'The scrape job of the agents', 'label_values(pgtopo_build_info, job)', several),
  clusters: query('cls', 'Cluster', 'The observed clusters', 'label_values(pgtopo_cluster_health{job=~"$job"}, cls)', several),
  cluster: query('cls', 'Cluster', 'The observed cluster', 'label_values(pgtopo_cluster_health{job=~"$job"}, cls)', one),
  ins: query('ins', 'Instance', 'A declared instance of the cluster', 'label_values(pgtopo_up{job=~"$job", cls="$cls"}, ins)', one),
  agents: query('instance', 'Agent', 'The scraped agents', 'label_values(pgtopo_build_info{job=~"$job"}, instance)', several),
  runbook: {
    name: 'runbook',
    label: 'Runbook',
    description: 'Where docs/drift.md is published; its sections are named after the kinds of drift',
    type: 'constant',
    query: 'https://pgtopo.example/docs/drift.md',
    current: {},
    hide: 2,
    options: [],
    skipUrlSync: true,
  },
  page: {
    name: 'page',
    label: 'Page',
    description: 'Where the page of an agent is served',
    type: 'constant',
    query: 'https://pgtopo.example',
    current: {},
    hide: 2,
    options: [],
    skipUrlSync: true,
  },
};

// ---- links

const carried = '${__url_time_range}&${datasource:queryparam}&${job:queryparam}';

export function to(board, title, more) {
  return { title, url: `/d/pgtopo-${board}?${carried}${more}`, targetBlank: false };
}

// Raw values, and names that the query put there: a text may stand for a value that is not there.
export const toCluster = to('cluster', 'Cluster ${__value.raw}', '&var-cls=${__value.raw}');
export const toInstance = to('instance', 'Instance ${__value.raw}', '&var-cls=${cls}&var-ins=${__value.raw}');
// Of a row whose column `Concerns` is the dashboard that it leads to: of an instance, or of the cluster if what it names is no declared instance.
const where = (cls) => ({ title: 'Open', url: `/d/pgtopo-\${__data.fields.Concerns}?${carried}&var-cls=${cls}&var-ins=\${__value.raw}`, targetBlank: false });
export const toWhere = where('${cls}');
export const toWhereOfFleet = where('${__data.fields.Cluster}');
export const toRunbook = { title: 'What it means and what to do', url: '${runbook}#${__value.raw}', targetBlank: true };

// Fleet and Agent are for all clusters. A choice of several clusters, or of all, is none of one cluster.
const ofOneCluster = ['cluster', 'instance'];

function boards(own) {
  return ['fleet', 'cluster', 'instance', 'agent']
    .filter((board) => board !== own)
    .map((board) => ({
      title: board[0].toUpperCase() + board.slice(1),
      type: 'link',
      icon: 'dashboard',
      tooltip: '',
      url: `/d/pgtopo-${board}?\${datasource:queryparam}&\${job:queryparam}${ofOneCluster.includes(own) && ofOneCluster.includes(board) ? '&${cls:queryparam}' : ''}`,
      tags: [],
      asDropdown: false,
      includeVars: false,
      keepTime: true,
      targetBlank: false,
    }));
}

// The page of the agent, and Pigsty's dashboards by their tags where there are some.
export const toPage = (path) => ({
  title: 'Page of the agent', type: 'link', icon: 'external link', tooltip: '', url: '${page}/#/' + path, tags: [],
  asDropdown: false, includeVars: false, keepTime: false, targetBlank: true,
});
export const toPigsty = (tag) => ({
  title: 'Pigsty', type: 'dashboards', icon: 'external link', tooltip: '', url: '', tags: ['Pigsty', 'PGSQL', tag],
  asDropdown: true, includeVars: true, keepTime: true, targetBlank: false,
});

// ---- values

// From a map of numbers to [text, colour].
export function states(map) {
  const options = {};
  Object.entries(map).forEach(([value, [text, tone]], index) => {
    options[value] = { text, color: tone, index };
  });
  return [{ type: 'value', options }];
}

export const severity = { 3: ['critical', color.critical], 2: ['warning', color.bad], 1: ['info', color.quiet], 0: ['unknown', color.unknown] };

export const health = {
  7: ['not watched', color.unknown],
  6: ['missing', color.critical],
  5: ['degraded', color.bad],
  4: ['unknown', color.unknown],
  3: ['progressing', color.minor],
  2: ['suspended', color.quiet],
  1: ['healthy', color.good],
};

export const sync = { 3: ['drifted', color.bad], 2: ['unknown', color.unknown], 1: ['in sync', color.good] };

// 10 more if it is not the declared role, 20 more if several are primaries.
export const role = {
  23: ['primary, one of several', color.critical], 13: ['primary, not as declared', color.bad], 12: ['replica, not as declared', color.bad],
  3: ['primary', color.good], 2: ['replica', color.quiet], 1: ['unknown', color.unknown],
};

export const declaredRole = {
  5: ['primary', color.good], 4: ['replica', color.quiet], 3: ['offline', color.quiet], 2: ['standby', color.quiet], 1: ['delayed', color.quiet],
  0: ['none', color.unknown],
};

// Steps as [from, colour]. Below all is what has no value at all, which Grafana paints in the colour of the lowest step.
export function steps(...pairs) {
  return { mode: 'absolute', steps: [[null, color.unknown], ...pairs].map(([value, tone]) => ({ color: tone, value })) };
}

export const fineAtZero = (tone) => steps([0, color.good], [1, tone]);
export const plain = steps([0, color.good]);

// ---- panels

// A query for now (in a table), or for the selected time range.
export const now = (refId, expr, legendFormat = '') => ({
  datasource, editorMode: 'code', expr, format: 'table', instant: true, range: false, legendFormat, refId,
});
export const over = (refId, expr, legendFormat) => ({
  datasource, editorMode: 'code', expr, format: 'time_series', instant: false, range: true, legendFormat, refId,
});
export const latest = (refId, expr, legendFormat) => ({ ...over(refId, expr, legendFormat), instant: true, range: false });

function panel(type, id, title, description, size, targets, fieldConfig, options, rest = {}) {
  return {
    id,
    type,
    title,
    description,
    datasource,
    pluginVersion: '10.4.0',
    gridPos: { w: size[0], h: size[1], x: 0, y: 0 },
    targets,
    fieldConfig: { defaults: {}, overrides: [], ...fieldConfig },
    options,
    ...rest,
  };
}

// A tile with the numbers of its queries.
export function stat(id, title, description, size, targets, defaults, textMode = 'auto') {
  return panel('stat', id, title, description, size, targets,
    { defaults: { color: { mode: 'thresholds' }, noValue: 'unknown', unit: 'none', thresholds: plain, ...defaults } },
    {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: 'auto',
      textMode,
      colorMode: 'background',
      graphMode: 'none',
      justifyMode: 'auto',
      wideLayout: true,
      showPercentChange: false,
    });
}

// A tile with the texts of one label. Its colours are by pattern; `textMode: name` would leave it blank where nothing is found.
export function tile(id, title, description, size, target, label, noValue, ...patterns) {
  const mappings = patterns.map(([pattern, tone], index) => ({ type: 'regex', options: { pattern, result: { text: '$&', color: tone, index } } }));
  const one = stat(id, title, description, size, [target], { mappings, noValue, thresholds: steps() }, 'value');
  return { ...one, options: { ...one.options, reduceOptions: { calcs: [], fields: `/^${label}$/`, values: true, limit: 5 } } };
}

const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const tooltip = { mode: 'multi', sort: 'desc' };

// A line ends where the value is unknown: no value is drawn through a gap, and none after the last one, as steps would be. The legend has no values: the last one that is known would look like the present one. No noValue: the axis would show it between whole numbers.
export function lines(id, title, description, size, targets, defaults, overrides = []) {
  return panel('timeseries', id, title, description, size, targets,
    {
      defaults: {
        color: { mode: 'palette-classic' },
        custom: { drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 2, fillOpacity: 0, showPoints: 'auto', spanNulls: false },
        unit: 'none',
        thresholds: plain,
        ...defaults,
      },
      overrides,
    },
    { legend, tooltip });
}

// The colours of states are those of the mappings. By thresholds, values of one step would be merged and named after its bounds.
export function timeline(id, title, description, size, targets, map) {
  return panel('state-timeline', id, title, description, size, targets,
    {
      defaults: {
        color: { mode: 'palette-classic' },
        custom: { fillOpacity: 80, lineWidth: 0 },
        unit: 'none',
        mappings: states(map),
      },
    },
    {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.85,
      legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    });
}

// The appearance of a column, by its heading. One column of a table has no width, and takes what is left: one that each row has. All fit a window of
// 1100 pixels. What is a number to Grafana and a word to the reader stands at the left.
export const rest = null;

export function column(name, width, properties = {}) {
  const unit = 'decimals' in properties && { unit: 'none' };
  const word = 'mappings' in properties && { 'custom.align': 'left' };
  return {
    matcher: { id: 'byName', options: name },
    properties: Object.entries({ ...(width && { 'custom.width': width }), ...unit, ...word, ...properties }).map(([id, value]) => ({ id, value })),
  };
}

export const absent = '-';
// What stands in a cell without a value: the text of a table is for a table without rows. Labels are texts, also if they consist of digits.
const bareCells = { matcher: { id: 'byRegexp', options: '/.*/' }, properties: [{ id: 'noValue', value: absent }, { id: 'unit', value: 'string' }] };

export const tinted = (map) => ({
  mappings: states(map),
  'custom.cellOptions': { type: 'color-background', mode: 'basic' },
  color: { mode: 'thresholds' },
  thresholds: steps(),
});

// Columns as [name in the result, heading]; other columns are left out. Of several queries only one may find anything, and then its value has no name:
// `alone` is its heading.
export function shown(columns, alone) {
  const named = columns.map(([name, heading], index) => [name, heading, index]);
  const all = [...named, ...named.filter(([, heading]) => heading === alone).map(([, heading, index]) => ['Value', heading, index])];
  return [
    { id: 'filterFieldsByName', options: { include: { names: all.map(([name]) => name) } } },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        includeByName: {},
        indexByName: Object.fromEntries(all.map(([name, , index]) => [name, index])),
        renameByName: Object.fromEntries(all),
      },
    },
  ];
}

export const sorted = (...by) => by.map(([field, desc]) => ({ id: 'sortBy', options: { sort: [{ field, desc }] } }));

export function table(id, title, description, size, targets, transformations, overrides, nothing) {
  return panel('table', id, title, description, size, targets,
    {
      defaults: {
        color: { mode: 'thresholds' },
        custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, filterable: false },
        unit: 'none',
        noValue: nothing,
        thresholds: plain,
      },
      overrides: [bareCells, ...overrides],
    },
    { showHeader: true, cellHeight: 'sm' },
    { transformations });
}

// Rings are arcs, of which a legend has only those that occur. Display names by renaming: the panel takes no other overrides than links.
export function graph(id, title, description, size, targets, rings, names, link) {
  return panel('nodeGraph', id, title, description, size, targets, { overrides: [{ matcher: { id: 'byName', options: 'title' }, properties: [{ id: 'links', value: [link] }] }] },
    { nodes: { arcs: Object.entries(rings).map(([field, tone]) => ({ field, color: tone })) }, edges: {} },
    {
      transformations: [
        { id: 'convertFieldType', options: { fields: {}, conversions: Object.keys(rings).map((targetField) => ({ targetField, destinationType: 'number' })) } },
        { id: 'organize', options: { excludeByName: {}, includeByName: {}, indexByName: {}, renameByName: names } },
      ],
    });
}

// ---- a dashboard

export function annotation(name, expr, title, tone, more = {}) {
  return {
    name, datasource, enable: true, hide: false, iconColor: tone, expr, step: '60s', titleFormat: title, textFormat: '', tagKeys: '', ...more,
  };
}

// Panels in rows; a list in a row is a stack of panels.
function placed(rows) {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const stacks = row.map((one) => (Array.isArray(one) ? one : [one]));
    const at = stacks.flatMap((stack) => {
      let below = y;
      const here = stack.map((one) => {
        const put = { ...one, gridPos: { ...one.gridPos, x, y: below } };
        below += one.gridPos.h;
        return put;
      });
      x += stack[0].gridPos.w;
      return here;
    });
    y = Math.max(...at.map((one) => one.gridPos.y + one.gridPos.h));
    return at;
  });
}

export function dashboard(own, title, description, variables, rows, { annotations = [], links = [] } = {}) {
  return {
    id: null,
    uid: 'pgtopo-' + own,
    title: 'pgtopo / ' + title,
    description,
    tags: ['pgtopo', 'postgresql'],
    editable: false,
    graphTooltip: 1,
    schemaVersion: 39,
    version: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: [...boards(own), ...links],
    templating: { list: variables },
    annotations: { list: annotations },
    panels: placed(rows),
  };
}
