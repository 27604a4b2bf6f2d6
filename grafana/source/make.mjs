// Writes the dashboards: node grafana/source/make.mjs [FOLDER]
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import agent from './agent.mjs';
import cluster from './cluster.mjs';
import fleet from './fleet.mjs';
import instance from './instance.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../dashboards', import.meta.url));
for (const [name, board] of Object.entries({ agent, cluster, fleet, instance })) {
  writeFileSync(`${folder}/${name}.json`, JSON.stringify(board, null, 2) + '\n');
}
