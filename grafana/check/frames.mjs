// What Grafana makes of the answers of a Prometheus: node grafana/check/frames.mjs FILE
// FILE holds [{ panel, answers: { refId: result } }], a panel of a dashboard and the `data.result` of its queries. The transformations are Grafana's own code.
// Prints [{ release, title, nothing, frames: [{ refId, fields: [{ name, shown, values }] }] }]; nothing is what stands for a value that is not there.
import { readFileSync } from 'node:fs';
import { releases, tables, transformed } from './grafana.mjs';

function nothing(grafana, panel) {
  const field = { type: 'other', config: panel.fieldConfig.defaults };
  const { text, color } = grafana.getDisplayProcessor({ field, theme: grafana.createTheme() })(null);
  return { text, color };
}

const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const seen = [];
for (const [release, grafana] of Object.entries(releases)) {
  for (const { panel, answers } of asked) {
    const frames = await transformed(grafana, panel, tables(answers));
    seen.push({
      release,
      title: panel.title,
      nothing: nothing(grafana, panel),
      frames: frames.map((frame) => ({
        refId: frame.refId ?? '',
        fields: frame.fields.map((field) => ({
          name: field.name,
          shown: grafana.getFieldDisplayName(field, frame, frames),
          values: Array.from(field.values),
        })),
      })),
    });
  }
}
console.log(JSON.stringify(seen));
