/** `npm run monitoring`: writes what is written of infra/monitoring (slos.ts → rules/slo.yml, dashboards.ts → dashboards/*.json). */
import { writeFile } from 'node:fs/promises';
import { pathOf, written } from '../infra/monitoring/files.js';

for (const [name, text] of written()) await writeFile(pathOf(name), text);
