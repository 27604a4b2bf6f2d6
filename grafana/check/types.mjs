// Compiles dashboards against the types of several releases of Grafana: node grafana/check/types.mjs FILE...
// Prints what the compiler has against them, and fails then.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const modules = join(here, 'node_modules');
const files = process.argv.slice(2);
// Literals, not an imported JSON file, whose strings would be no literals and whose surplus fields would pass.
const texts = new Map(
  files.map((file) => [
    join(here, basename(file).replace(/\W/g, '_') + '.ts'),
    `import type { Board } from './board';\nexport const board: Board = ${readFileSync(file, 'utf8')};\n`,
  ]),
);

function compile(release) {
  const schema = join(modules, `grafana-schema-${release}`, 'dist');
  const index = release === 10 ? join(schema, 'esm', 'index.d.ts') : join(schema, 'types', 'index.d.ts');
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: {
      '@grafana/schema': [index],
      'composable/*': [join(schema, 'esm', 'raw', 'composable', '*')],
      // Newer releases have it in the data source, which is no package of types.
      'prometheus/*': [join(modules, 'grafana-schema-10', 'dist', 'esm', 'raw', 'composable', 'prometheus', 'dataquery', 'x', '*')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...more) =>
    texts.has(name) ? ts.createSourceFile(name, texts.get(name), more[0]) : getSourceFile.call(host, name, ...more);
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name);
  host.readFile = (name) => texts.get(name) ?? readFile.call(host, name);
  const program = ts.createProgram([...texts.keys()], options, host);
  const wrong = ts.getPreEmitDiagnostics(program).map((one) => {
    const at = one.file ? `${basename(one.file.fileName)}:${one.file.getLineAndCharacterOfPosition(one.start).line}: ` : '';
    return `Grafana ${release}: ${at}${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`;
  });
  return { wrong, seen: program.getSourceFiles().filter((file) => file.fileName.startsWith(schema)).length };
}

let failed = false;
for (const release of [10, 12, 13]) {
  const { wrong, seen } = compile(release);
  wrong.forEach((line) => console.log(line));
  // Types that are not found would be any, and any takes everything.
  if (seen < 5) console.log(`Grafana ${release}: its types were not found`);
  failed ||= wrong.length > 0 || seen < 5;
}
process.exitCode = failed ? 1 : 0;
