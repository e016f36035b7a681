import { mkdirSync, writeFileSync } from 'node:fs';
import { METRICS_FILE, metricsFileText } from './metrics-file.ts';

/** `npm run docs`: writes docs/METRICS.md. */
mkdirSync(new URL('.', METRICS_FILE), { recursive: true });
writeFileSync(METRICS_FILE, metricsFileText());
console.log('docs/METRICS.md: written');
