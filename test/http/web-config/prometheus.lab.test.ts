import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { describeStack } from '../../lab/describe-lab.ts';
import { queryPrometheus } from '../../lab/query.ts';
import { startPrometheus } from '../../lab/stack.ts';
import { waitFor } from '../../lab/wait.ts';
import { hashed } from './hashed.ts';
import { secured, withTls } from './secured.ts';

const application: RequestListener = (_request, response) => {
  response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end('answer 42\n');
};

describeStack('a real Prometheus', () => {
  it('scrapes over TLS with its certificate and password, and not without either', async () => {
    const tls = withTls('client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: ca.crt');
    const web = await secured(`${tls}basic_auth_users: {prometheus: ${hashed('s3cret')}}\n`, { application });
    const { folder, port } = web;
    const job = (name: string, certificate: boolean, password: string) => ({
      job_name: name,
      scheme: 'https',
      tls_config: {
        ca_file: `${folder}/ca.crt`,
        ...(certificate ? { cert_file: `${folder}/client.crt`, key_file: `${folder}/client.key` } : {}),
      },
      basic_auth: { username: 'prometheus', password },
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    });
    const jobs = [
      job('both', true, 's3cret'),
      job('password', false, 's3cret'),
      job('certificate', true, 'x'),
    ];
    const configFile = `${folder}/prometheus.yml`;
    writeFileSync(configFile, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: jobs }));
    const prometheus = await startPrometheus({ configFile, dir: folder });
    onTestFinished(() => prometheus.stop());

    const up = await waitFor('Prometheus has tried all three', async () => {
      const samples = await queryPrometheus(prometheus.url, 'up');
      return samples.length === 3 ? samples : undefined;
    });
    expect(Object.fromEntries(up.map(({ metric, value }) => [metric['job'], value]))).toEqual({
      both: 1,
      password: 0,
      certificate: 0,
    });
    expect(await queryPrometheus(prometheus.url, 'answer')).toMatchObject([{ value: 42 }]);
  });
});
