import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { hash } from 'bcrypt';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../fakes/temp-folder.ts';
import { startFettle } from './run-fettle.ts';

const TLS = new URL('../fakes/tls/', import.meta.url).pathname;

/** A folder with a fettle that listens anywhere, and this web configuration. */
function folderWith(web: string): string {
  const listen = 'exporter: { listen: 127.0.0.1:0 }\nremediator: { listen: 127.0.0.1:0 }\n';
  return tempFolder({ 'fettle.yml': listen, 'web.yml': web });
}

function serve(folder: string, ...more: readonly string[]) {
  const files = ['--config', join(folder, 'fettle.yml'), '--web.config.file', join(folder, 'web.yml')];
  return startFettle(['serve', '--log-format', 'json', ...files, ...more], onTestFinished);
}

function statusOf(address: string, path: string, auth?: string): Promise<number | undefined> {
  const ca = readFileSync(`${TLS}/ca.crt`);
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, ca, auth, servername: 'localhost' }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    asked.on('error', reject).end();
  });
}

it('secures both listeners with TLS and passwords', async () => {
  const users = `basic_auth_users:\n  prometheus: ${await hash('secret', 4)}\n`;
  const tls = `tls_server_config: { cert_file: ${TLS}server.crt, key_file: ${TLS}server.key }\n`;
  const fettle = serve(folderWith(users + tls));
  for (const half of ['exporter', 'remediator']) {
    const address = String((await fettle.logged(`${half} is listening`))['address']);
    expect(await statusOf(address, '/metrics')).toBe(401);
    expect(await statusOf(address, '/metrics', 'prometheus:wrong')).toBe(401);
    expect(await statusOf(address, '/metrics', 'prometheus:secret')).toBe(200);
    await expect(fetch(`http://${address}/metrics`)).rejects.toThrow();
  }
});

it('does not start with a web configuration that is wrong, and says where', async () => {
  const folder = folderWith('basic_auth_users:\n  prometheus: secret\n');
  const { code, stderr } = await serve(folder).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/web\.yml:2:15: basic_auth_users\.prometheus: .*bcrypt/);
});
