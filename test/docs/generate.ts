import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONFIG_FILE, configFileText } from './config-file.ts';
import { POLICIES_FILE, policiesFileText, withTranscripts } from './cookbook/page.ts';
import { METRICS_FILE, metricsFileText } from './metrics-file.ts';

/** `npm run docs`: writes docs/METRICS.md and docs/CONFIG.md, and the transcripts in docs/POLICIES.md. */
const pages = [
  { file: METRICS_FILE, text: metricsFileText() },
  { file: CONFIG_FILE, text: configFileText() },
  { file: POLICIES_FILE, text: await withTranscripts(policiesFileText()) },
];

for (const { file, text } of pages) {
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${fileURLToPath(file)}: written`);
}
